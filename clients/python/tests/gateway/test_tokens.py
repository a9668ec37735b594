"""Who may what, and tokens that end at a bad time."""

from __future__ import annotations

import multiprocessing
import stat
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from refreshing import whoami
from served import ServedGateway

from sparkplatform import PermissionDenied, SparkPlatform
from sparkplatform.errors import AuthenticationError, InvalidRequest, NotFound

_past_an_access_token = 20 * 60


def test_a_token_that_ends_in_the_middle_of_a_wait_is_refreshed(
    clock: ServedGateway, user: SparkPlatform, tmp_path: Path
) -> None:
    program = tmp_path / "hold.py"
    program.write_text("input()\n")
    job = user.run(user.default_manifest(), program)
    clock.set_ahead(_past_an_access_token)
    clock.finish(job.id)
    job.wait(timeout=60)
    assert job.state == "SUCCEEDED"


def test_an_admin_lets_a_user_in_who_is_refused_what_is_the_admins(
    gateway: ServedGateway, own_tokens: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SparkPlatform(gateway.api, token=gateway.refresh_token("ada", "admin")) as admin:
        made = admin.create_register_token("ann@example.org", access_ttl=60, refresh_ttl=timedelta(hours=2))
        monkeypatch.setenv("SPARKPLATFORM_CONFIG_DIR", str(own_tokens / "ann"))
        with SparkPlatform(gateway.api) as ann:
            ann.register(made.register_token)
            assert (ann.whoami().name, ann.whoami().role) == ("ann@example.org", "user")
            with pytest.raises(PermissionDenied) as refused:
                ann.create_register_token("mallory", role="admin")
            assert "admin" in str(refused.value)
            family = ann.whoami().family
            assert family is not None
            admin.revoke(family)
            with pytest.raises(AuthenticationError):
                ann.whoami()


def test_a_token_that_is_limited_to_namespaces_reaches_no_other(
    gateway: ServedGateway, own_tokens: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SparkPlatform(gateway.api, token=gateway.refresh_token("ada", "admin")) as admin:
        namespace = admin.clusters()[0].namespaces[0]
        made = admin.create_register_token("limited", namespaces=[namespace])
        assert made.namespaces == [namespace]
        with pytest.raises(InvalidRequest):
            admin.create_register_token("limited", namespaces=["there-is-none"])
        assert admin.identities() == []
        monkeypatch.setenv("SPARKPLATFORM_CONFIG_DIR", str(own_tokens / "limited"))
        with SparkPlatform(gateway.api) as limited:
            limited.register(made.register_token)
            assert limited.whoami().namespaces == [namespace]
            assert limited.clusters()[0].namespaces == [namespace]


def test_what_is_anothers_is_not_there(gateway: ServedGateway, user: SparkPlatform, tmp_path: Path) -> None:
    program = tmp_path / "plain.py"
    program.write_text("print(1)\n")
    job = user.run(user.default_manifest(), program)
    with SparkPlatform(gateway.api, token=gateway.pair("bob")["accessToken"]) as bob:
        assert list(bob.jobs()) == []
        with pytest.raises(NotFound):
            bob.job(job.id)


def test_the_token_file_is_its_owners_alone(user: SparkPlatform, own_tokens: Path) -> None:
    assert user.whoami().role == "user"
    assert stat.S_IMODE(own_tokens.stat().st_mode) == 0o700
    for file in own_tokens.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_eight_processes_share_one_token_file_when_the_token_has_ended(
    clock: ServedGateway, user: SparkPlatform, name: str
) -> None:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(8, mp_context=spawn) as processes:
        for round_ in range(1, 4):
            clock.set_ahead(round_ * _past_an_access_token)
            assert set(processes.map(whoami, [clock.api] * 16)) == {name}
    # Nobody took a retry for a copy of the token.
    assert user.whoami().name == name
