"""What goes wrong is an exception of its own kind, and says what to do."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from answers import Answer, Request, answering
from click.testing import CliRunner

from sparkplatform import (
    ConfigurationError,
    GatewayUnreachable,
    InvalidManifest,
    InvalidRequest,
    Manifest,
    SparkPlatform,
    UploadFailed,
)
from sparkplatform.cli.app import app

access = "spt_acc_" + "a" * 43


def violated(_: Request) -> Answer:
    violation = {"path": "body.x", "problem": "is too long", "expected": "at most 30 days"}
    content = {"title": "not right", "code": "invalid-input", "violations": [violation]}
    return 400, content, {"content-type": "application/problem+json"}


def test_only_a_job_that_is_wrong_is_a_wrong_job() -> None:
    manifest = Manifest.from_dict({"namespace": "analytics", "mainFile": "s3a://data/job.py"})
    with answering(violated) as server, SparkPlatform(server.url, access) as platform:
        with pytest.raises(InvalidManifest, match="the job is not right"):
            platform.run(manifest)
        with pytest.raises(InvalidManifest):
            platform.validate(manifest)
        with pytest.raises(InvalidRequest, match="the request is not right") as refused:
            platform.create_register_token("bob", refresh_ttl=1e9)
        assert not isinstance(refused.value, InvalidManifest)
        assert refused.value.violations[0].expected == "at most 30 days"


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost.example.org",
        "http://localhost@example.org",
        "http://127.0.0.1.example.org",
        "http://api.example.org",
        "https://ann:secret@api.example.org",
        "https://",
        "https://api.example.org:port",
        "https://[::1",
        "https://api.example.org?x=1",
        "api.example.org",
    ],
)
def test_an_address_that_is_none_or_not_safe(url: str) -> None:
    with pytest.raises(ConfigurationError, match="https://") as refused:
        SparkPlatform(url, access)
    assert "secret" not in str(refused.value)


def test_settings_that_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = "https://api.example.org"
    with pytest.raises(ConfigurationError, match="SPARKPLATFORM_URL"):
        SparkPlatform()
    with pytest.raises(ConfigurationError, match="no token"):
        SparkPlatform(url, "secret")
    with pytest.raises(ConfigurationError, match="PEM"):
        SparkPlatform(url, access, ca=tmp_path / "missing.pem")
    (tmp_path / "empty.pem").write_text("")
    with pytest.raises(ConfigurationError, match="PEM"):
        SparkPlatform(url, access, ca=tmp_path / "empty.pem")
    with pytest.raises(ConfigurationError, match="proxy"):
        SparkPlatform(url, access, proxy="gopher://proxy.example.org")
    monkeypatch.setenv("HTTPS_PROXY", "gopher://proxy.example.org")
    with pytest.raises(ConfigurationError, match="HTTPS_PROXY"):
        SparkPlatform(url, access)


def test_the_command_says_so_as_of_a_wrong_command() -> None:
    done = CliRunner().invoke(app, ["whoami"])
    assert done.exit_code == 2
    assert "SPARKPLATFORM_URL" in done.output


def test_no_token_goes_to_the_store() -> None:
    def answer(request: Request) -> Answer:
        if request.path == "/v1/uploads":
            # The same host, but not the gateway: the API gives it as a whole.
            return 200, {"there": False, "url": f"{server.url}/store/x?signed", "headers": {}}, {}
        return 200, {}, {}

    with answering(answer) as server, SparkPlatform(server.url, access) as platform:
        platform._upload(b"x", "0" * 64, "py")
        assert ["authorization" in request.headers for request in server.requests] == [True, False]


expired = b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"


class Store:
    """A gateway that sends uploads to a store, which answers as it is told."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = iter(answers)
        self.url = ""
        self.addresses = 0

    def __call__(self, request: Request) -> Answer:
        if request.path != "/v1/uploads":
            return next(self.answers)
        self.addresses += 1
        url = f"{self.url}/store/code?X-Amz-Signature=secret{self.addresses}"
        return 200, {"there": False, "url": url, "headers": {}}, {}


def upload(store: Store) -> None:
    with answering(store) as server, SparkPlatform(server.url, access) as platform:
        store.url = server.url
        platform._upload(b"x", "0" * 64, "py")


def test_a_store_that_refuses_is_told_in_its_words() -> None:
    xml: Answer = (403, expired, {"content-type": "application/xml"})
    store = Store(xml, xml)
    with pytest.raises(UploadFailed, match="403: AccessDenied: Request has expired") as refused:
        upload(store)
    assert "secret" not in str(refused.value)
    assert store.addresses == 2


def test_an_upload_goes_on_where_the_store_had_a_fault_or_its_address_has_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _: None)
    store = Store((500, b"<Error/>", {}), None, (403, expired, {}), (200, b"", {}))
    upload(store)
    assert store.addresses == 2


@pytest.mark.parametrize(
    "content", [{"status": "up"}, [], {"items": [{}]}, {"accessToken": "spt_acc_secret"}]
)
def test_json_of_something_else_is_no_answer(content: object) -> None:
    with answering(lambda _: (200, content, {})) as server, SparkPlatform(server.url, access) as platform:
        job = Manifest.from_dict({"namespace": "analytics", "mainFile": "s3a://data/job.py"})
        calls: list[Callable[[], object]] = [
            platform.whoami,
            platform.clusters,
            platform.tokens,
            lambda: platform.default_manifest("test"),
            lambda: platform.validate(job),
            lambda: platform.run(job),
            lambda: list(platform.jobs()),
            lambda: platform._upload(b"x", "0" * 64, "py"),
            lambda: platform.register("spt_reg_" + "r" * 43),
        ]
        for call in calls:
            with pytest.raises(GatewayUnreachable, match=r"no gateway|no answer of a gateway") as failed:
                call()
            assert "secret" not in "".join(traceback.format_exception(failed.value))
