"""What may be asked twice is; what may not is not; and nobody waits for ever."""

from __future__ import annotations

import pytest
from answers import Answer, Request, answering, problem

from sparkplatform import GatewayError, GatewayUnreachable, Manifest, SparkPlatform, TooManyRequests
from sparkplatform._sync import transport

access = "spt_acc_" + "a" * 43
who: Answer = (200, {"name": "ann", "role": "user", "family": None}, {})


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses that are noted, and not made."""
    pauses: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", pauses.append)
    return pauses


@pytest.mark.parametrize(
    "trouble", [None, problem(503, "cluster-unavailable"), problem(429, "too-many-failures")]
)
def test_a_question_is_asked_again(trouble: Answer) -> None:
    answers = iter([trouble, trouble, who])
    with answering(lambda _: next(answers)) as server, SparkPlatform(server.url, access) as platform:
        assert platform.whoami().name == "ann"
        assert len(server.requests) == 3


def test_the_gateway_says_how_long_to_wait(quick: list[float]) -> None:
    answers = iter([problem(429, "too-many-failures", **{"retry-after": "7"}), who])
    with answering(lambda _: next(answers)) as server, SparkPlatform(server.url, access) as platform:
        platform.whoami()
    assert quick == [7.0]


def test_what_makes_something_new_each_time_is_asked_once() -> None:
    with answering(lambda _: problem(503, "store-unavailable")) as server:
        with SparkPlatform(server.url, access) as platform, pytest.raises(GatewayError) as failed:
            platform.create_register_token("bob")
        assert failed.value.code == "store-unavailable"
        assert "urn:uuid:1" in str(failed.value)
        assert len(server.requests) == 1


def test_a_fault_of_the_request_is_told_at_once() -> None:
    with answering(lambda _: problem(409, "application-active")) as server:
        with SparkPlatform(server.url, access) as platform, pytest.raises(GatewayError) as failed:
            platform.whoami()
        assert failed.value.code == "application-active"
        assert len(server.requests) == 1


def test_patience_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_patience", 0.5)
    with answering(lambda _: problem(429, "too-many-failures")) as server:
        with SparkPlatform(server.url, access) as platform, pytest.raises(TooManyRequests):
            platform.whoami()
        assert len(server.requests) > 1


@pytest.mark.parametrize("status", [200, 404, 502])
def test_what_is_no_gateway_is_told_so(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_patience", 0.5)
    page: Answer = (status, b"<html>Log in</html>", {"content-type": "text/html"})
    with (
        answering(lambda _: page) as server,
        SparkPlatform(server.url, access) as platform,
        pytest.raises(GatewayUnreachable, match="no answer of a gateway"),
    ):
        platform.whoami()


def test_every_try_of_a_submission_has_the_same_key() -> None:
    accepted: Answer = (
        201,
        {
            "id": "ann-1",
            "name": "job",
            "cluster": "test",
            "namespace": "analytics",
            "owner": "ann",
            "state": "QUEUED",
            "reason": None,
            "hint": None,
            "sparkVersion": "4.0.4",
            "sparkId": None,
            "attempts": 0,
            "submittedAt": "2026-11-24T12:00:00.000Z",
            "startedAt": None,
            "endedAt": None,
            "historyUrl": None,
            "uiUrl": None,
            "queuePosition": 1,
        },
        {},
    )
    answers = iter([None, problem(504, "gateway-timeout"), accepted, accepted])

    def answer(request: Request) -> Answer:
        return next(answers)

    manifest = Manifest.from_dict({"namespace": "analytics", "mainFile": "s3a://data/job.py"})
    with answering(answer) as server, SparkPlatform(server.url, access) as platform:
        platform.run(manifest)
        platform.run(manifest)
        keys = [request.headers["idempotency-key"] for request in server.requests]
    assert len(set(keys[:3])) == 1
    assert keys[3] != keys[0]
