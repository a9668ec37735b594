"""The file of tokens: what is kept in it, and what becomes of one that is not as it should be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from rotation import first, rotating

from sparkplatform import ConfigurationError, SparkPlatform, SparkPlatformError
from sparkplatform._sync import session


def ask(url: str) -> None:
    with SparkPlatform(url) as platform:
        platform.whoami()


def test_a_damaged_file_is_told_and_left_as_it_is(own_tokens: Path) -> None:
    own_tokens.mkdir()
    (own_tokens / "tokens.json").write_text("{")
    with pytest.raises(SparkPlatformError, match="is damaged"):
        SparkPlatform()
    assert (own_tokens / "tokens.json").read_text() == "{"


def test_a_login_that_is_not_good_any_more_is_forgotten(own_tokens: Path) -> None:
    with rotating() as (rotation, server), SparkPlatform(server.url) as platform:
        platform.login(first)
        rotation.count += 2
        platform.logout()
    assert "spt_" not in (own_tokens / "tokens.json").read_text()


def test_a_folder_that_cannot_be_worked_in_is_told(own_tokens: Path) -> None:
    (own_tokens / "tokens.lock").mkdir(parents=True)
    with rotating() as (_, server), SparkPlatform(server.url, first) as platform:
        with pytest.raises(ConfigurationError, match="SPARKPLATFORM_CONFIG_DIR"):
            platform.whoami()
        assert server.requests == []


@pytest.mark.parametrize(
    "content", ["[]", '{"tokens": []}', '{"tokens": {"URL": "x"}}', '{"tokens": {"URL": {}}}']
)
def test_what_is_no_file_of_tokens_is_told(content: str, own_tokens: Path) -> None:
    own_tokens.mkdir()
    with rotating() as (_, server):
        (own_tokens / "tokens.json").write_text(content.replace("URL", server.url))
        with pytest.raises(ConfigurationError, match="is damaged"):
            ask(server.url)


def test_no_half_written_tokens_stay(own_tokens: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with rotating() as (_, server), SparkPlatform(server.url, first) as platform:
        with monkeypatch.context() as patch:
            patch.setattr("os.fsync", interrupted)
            with pytest.raises(KeyboardInterrupt):
                platform.whoami()
        assert [file.name for file in own_tokens.iterdir()] == ["tokens.lock"]


def test_who_waits_for_another_program_waits_not_for_ever(
    own_tokens: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_longest_wait", 0.2)
    own_tokens.mkdir()
    program = (
        "import sys, filelock\nwith filelock.FileLock(sys.argv[1]): print('held', flush=True), input()\n"
    )
    command = [sys.executable, "-c", program, str(own_tokens / "tokens.lock")]
    with (
        rotating() as (rotation, server),
        SparkPlatform(server.url, first) as platform,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other,
    ):
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(SparkPlatformError, match=r"tokens\.lock"):
            platform.whoami()
        # One that dies leaves nothing locked.
        other.kill()
        other.wait()
        assert platform.whoami().name == "ann"
        assert rotation.count == 1
