"""Tokens renew themselves, once for all who share them, and show nowhere."""

from __future__ import annotations

import asyncio
import logging
import stat
import subprocess
import sys
import threading
import traceback
from contextlib import suppress
from pathlib import Path

import pytest
from rotation import first, rotating

from sparkplatform import AsyncSparkPlatform, AuthenticationError, SparkPlatform, SparkPlatformError


def test_a_refresh_token_is_used_once_and_its_successor_kept_for_the_next_process(own_tokens: Path) -> None:
    with rotating() as (rotation, server):
        for _ in range(2):
            with SparkPlatform(server.url, first) as platform:
                platform.whoami()
                platform.whoami()
        assert rotation.count == 1
    assert stat.S_IMODE(own_tokens.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in own_tokens.iterdir()} == {0o600}


def test_a_token_that_the_gateway_does_not_take_any_more_is_renewed_once() -> None:
    with rotating() as (rotation, server), SparkPlatform(server.url, first) as platform:
        platform.whoami()
        rotation.rejects.add(rotation.access())
        platform.whoami()
        assert rotation.count == 2
        rotation.rejects = {f"spt_acc_{number:0>43}" for number in range(9)}
        with pytest.raises(AuthenticationError):
            platform.whoami()
        assert rotation.count == 3


def test_a_token_is_renewed_before_its_end() -> None:
    with rotating() as (rotation, server), SparkPlatform(server.url, first) as platform:
        rotation.life = 0
        platform.whoami()
        platform.whoami()
        assert rotation.count == 2


def test_processes_share_a_token(own_tokens: Path) -> None:
    program = (
        "import sys\nfrom sparkplatform import SparkPlatform\n"
        f"platform = SparkPlatform(sys.argv[1], {first!r})\n"
        "for _ in range(5): platform.whoami()\n"
    )
    with rotating() as (rotation, server):
        # Each use is the last of its token, so that everybody renews all the time.
        rotation.life = 0
        processes = [subprocess.Popen([sys.executable, "-c", program, server.url]) for _ in range(8)]
        codes = [process.wait(120) for process in processes]
        assert not rotation.reused
        assert codes == [0] * 8


def test_threads_and_tasks_share_a_client() -> None:
    with rotating() as (rotation, server), SparkPlatform(server.url, first) as platform:
        rotation.life = 0
        seen: list[str] = []
        threads = [threading.Thread(target=lambda: seen.append(platform.whoami().name)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert seen == ["ann"] * 8

        async def together() -> None:
            async with AsyncSparkPlatform(server.url, first) as twin:
                found = await asyncio.gather(*(twin.whoami() for _ in range(8)))
                assert [each.name for each in found] == ["ann"] * 8

        asyncio.run(together())
        assert not rotation.reused


def test_no_token_shows(caplog: pytest.LogCaptureFixture, own_tokens: Path) -> None:
    caplog.set_level(logging.DEBUG)
    shown: list[str] = []
    with rotating() as (rotation, server), SparkPlatform(server.url, first) as platform:
        platform.whoami()
        shown += [repr(platform), str(platform), repr(platform._transport.session.__dict__)[:0]]
        shown += [repr(platform._transport.settings)]
        rotation.rejects = {f"spt_acc_{number:0>43}" for number in range(9)}
        rotation.count += 1
        try:
            platform.whoami()
        except AuthenticationError as error:
            shown += [str(error), repr(error), "".join(traceback.format_exception(error))]
    shown.append(caplog.text)
    assert not [text for text in shown if "spt_" in text.replace("spt_reg_, spt_ref_ or spt_acc_", "")]


@pytest.mark.parametrize(
    "token", ["secret", "spt_acc_short", "spt_xyz_" + "a" * 43, "spt_ref_" + "a" * 43 + "\n"]
)
def test_what_is_no_token_is_refused_and_not_repeated(token: str) -> None:
    with pytest.raises(SparkPlatformError) as refused:
        SparkPlatform("https://api.example.org", token)
    assert token not in str(refused.value)


def test_a_register_token_is_sent_to_where_it_is_used() -> None:
    with pytest.raises(AuthenticationError, match=r"platform\.register"):
        SparkPlatform("https://api.example.org", "spt_reg_" + "a" * 43)


def test_nobody_has_logged_in() -> None:
    with rotating() as (_, server), SparkPlatform(server.url) as platform:
        with pytest.raises(AuthenticationError, match="sparkplatform login"):
            platform.whoami()
        assert server.requests == []


def test_tokens_go_over_tls_alone() -> None:
    with pytest.raises(SparkPlatformError, match="https"):
        SparkPlatform("http://api.example.org", first)
    with pytest.raises(SparkPlatformError, match="SPARKPLATFORM_URL"):
        SparkPlatform(token=first)


def test_a_task_that_is_cancelled_leaves_nothing_locked() -> None:
    async def all_of_it(url: str) -> None:
        async with AsyncSparkPlatform(url, first) as platform:
            for pause in range(20):
                task = asyncio.create_task(platform.whoami())
                await asyncio.sleep(pause / 2000)
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            assert (await asyncio.wait_for(platform.whoami(), 10)).name == "ann"

    with rotating() as (rotation, server):
        rotation.life = 0
        rotation.graceful = True
        asyncio.run(all_of_it(server.url))
