"""The command line, against a small gateway over HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from command import call
from gateway_samples import FAMILY, REFRESH, REGISTER

if TYPE_CHECKING:
    from fake_gateway import FakeGateway


@pytest.mark.usefixtures("gateway")
def test_manifest_shows_every_default_and_the_schema() -> None:
    shown = dict(line.split(maxsplit=1) for line in call("manifest").stdout.splitlines())
    assert (shown["executor.instances"], shown["restart.retries"]) == ("1", "0")
    assert json.loads(call("manifest", "--schema").stdout)["properties"]["job"]["required"] == ["name"]


def test_list_is_a_table_that_can_be_filtered(gateway: FakeGateway) -> None:
    gateway.add_job("alice-1", "SUCCEEDED")
    gateway.add_job("alice-2", "RUNNING")
    lines = call("list").stdout.splitlines()
    assert lines[0].split()[:3] == ["ID", "NAME", "STATE"]
    assert lines[1].split()[:3] == ["alice-1", "word-count", "SUCCEEDED"]
    assert lines[1].endswith("1:05")
    assert [job["id"] for job in json.loads(call("list", "--state", "running", "--json").stdout)] == [
        "alice-2"
    ]


def test_status_says_why_and_what_to_do(gateway: FakeGateway) -> None:
    gateway.add_job("alice-1", "FAILED")
    shown = call("status", "alice-1").stdout
    assert "the driver ran out of memory" in shown
    assert "raise driver.memory" in shown
    assert json.loads(call("status", "alice-1", "--json").stdout)["state"] == "FAILED"


def test_logs_and_events(gateway: FakeGateway) -> None:
    gateway.add_job("alice-1")
    assert call("logs", "alice-1").stdout.splitlines() == gateway.log
    assert call("logs", "alice-1", "-f").stdout.splitlines() == gateway.log
    lines = call("logs", "alice-1", "--json").stdout.splitlines()
    assert [json.loads(line) for line in lines] == [{"line": line} for line in gateway.log]
    shown = call("events", "alice-1").stdout
    assert "SUCCEEDED" in shown
    assert "FailedScheduling  Pod/alice-1-driver  0/3 nodes are available" in shown
    assert json.loads(call("events", "alice-1", "--json").stdout)[0]["type"] == "state"


def test_cancel_and_delete(gateway: FakeGateway) -> None:
    gateway.add_job("alice-1")
    assert json.loads(call("cancel", "alice-1", "--json").stdout)["state"] == "CANCELLED"
    assert "is deleted" in call("delete", "alice-1").stderr
    assert gateway.jobs == {}


def test_login_keeps_a_token_that_is_read_and_never_shown(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SPARKPLATFORM_TOKEN")
    monkeypatch.delenv("SPARKPLATFORM_URL")
    assert call("whoami", "--url", gateway.url).exit_code == 3
    assert "alice@example.org" in call("login", "--url", gateway.url, stdin=f"{REGISTER}\n").stderr
    assert "alice@example.org" in call("whoami").stdout, "the platform of the last login is known"
    assert call("logout").exit_code == 0
    assert gateway.revoked == [FAMILY]
    assert call("whoami", "--url", gateway.url).exit_code == 3


@pytest.mark.usefixtures("gateway")
def test_login_takes_a_refresh_token_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPARKPLATFORM_TOKEN")
    assert call("login", stdin=f"{REFRESH}\n").exit_code == 0
    assert call("whoami").exit_code == 0


def test_tokens(gateway: FakeGateway) -> None:
    made = call("token", "create", "bob@example.org", "--access-ttl", "15m")
    assert made.stdout == f"{REGISTER}\n"
    assert "bob@example.org" in made.stderr
    assert FAMILY in call("token", "list").stdout
    assert FAMILY in call("token", "list", "--register").stdout
    assert call("token", "revoke", FAMILY).exit_code == 0
    assert gateway.revoked == [FAMILY]


@pytest.mark.usefixtures("gateway")
def test_a_token_can_be_limited_to_namespaces() -> None:
    limited = call("token", "create", "bob", "--namespace", "analytics", "--namespace", "finance", "--json")
    assert json.loads(limited.stdout)["namespaces"] == ["analytics", "finance"]
    assert json.loads(call("token", "create", "bob", "--json").stdout)["namespaces"] is None


@pytest.mark.usefixtures("gateway")
def test_identities() -> None:
    assert "4711" in call("identity", "list").stdout
    assert json.loads(call("identity", "list", "--json").stdout)[0]["clientName"] == "alice@example.org"
    assert "alice@example.org" in call("identity", "unlink", "alice@example.org").stderr


@pytest.mark.usefixtures("gateway")
def test_exit_codes_tell_what_went_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    assert call("status", "nothing").exit_code == 4
    assert call("nonsense").exit_code == 2
    monkeypatch.setenv("SPARKPLATFORM_TOKEN", "spt_acc_" + "x" * 43)
    assert call("list").exit_code == 3
    unreachable = call("list", "--url", "http://127.0.0.1:1")
    assert unreachable.exit_code == 5
    assert unreachable.stderr.startswith("Error: ")
    assert unreachable.stdout == ""


@pytest.mark.parametrize(
    "command",
    [
        "",
        "run",
        "list",
        "status",
        "events",
        "logs",
        "cancel",
        "delete",
        "login",
        "manifest",
        "token create",
        "identity list",
        "identity unlink",
    ],
)
def test_help_has_an_example(command: str) -> None:
    result = call(*command.split(), "--help")
    assert result.exit_code == 0
    assert f"\n  sparkplatform {command}".rstrip() in result.stdout.replace("    ", "  ")
