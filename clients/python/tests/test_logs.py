"""A log comes line by line, each once, whatever breaks in between."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from answers import Answer, Request, answering, job_fields, problem

from sparkplatform import GatewayUnreachable, Job, JobCancelled, SparkPlatform, WaitTimeout
from sparkplatform._sync import job as jobs
from sparkplatform._sync import logs

access = "spt_acc_" + "a" * 43
odd = "a\x0cb\x1cc\u2028d\x85e"
end = b'event: end\ndata: {"why": "it has ended"}\n\n'


def events(*pieces: bytes) -> Answer:
    return 200, iter(pieces), {"content-type": "text/event-stream; charset=utf-8"}


def line(number: int, text: str) -> bytes:
    return f"id: 2026-11-24T12:00:00Z.{number}\ndata: {text}\n\n".encode()


class Answers:
    """A job whose log is answered by each of ``answers`` in turn. ``asked``: what came for the log."""

    def __init__(self, *answers: Answer, state: str = "SUCCEEDED", runs: int = 0) -> None:
        self.answers = iter(answers)
        self.state = state
        #: How many drivers are still to come; 0: the state stays.
        self.runs = runs
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Answer:
        if "/logs" not in request.path:
            return 200, job_fields(self.state), {}
        self.asked.append(request)
        answer = next(self.answers)
        if self.runs:
            self.runs -= 1
            self.state = "SUCCEEDED" if self.runs == 0 else "RETRYING"
        return answer


@contextmanager
def job_of(answers: Answers) -> Iterator[Job]:
    with answering(answers) as server, SparkPlatform(server.url, access) as platform:
        yield platform.job("ann-1")


def test_a_line_ends_where_the_log_ends_it() -> None:
    whole: Answer = (200, f"{odd}\nnext\n\nlast".encode(), {"content-type": "text/plain; charset=utf-8"})
    with job_of(Answers(events(line(1, odd), end), whole)) as job:
        assert list(job.logs(follow=True)) == [odd]
        assert list(job.logs()) == [odd, "next", "", "last"]


def test_a_letter_in_two_pieces_is_one() -> None:
    sent = line(1, "größer")
    cut = sent.index("ö".encode()) + 1
    with job_of(Answers(events(sent[:cut], sent[cut:], end))) as job:
        assert list(job.logs(follow=True)) == ["größer"]


@pytest.mark.parametrize(
    "trouble",
    [
        None,
        problem(503, "cluster-unavailable"),
        (502, b"<html>", {"content-type": "text/html"}),
        problem(429, "too-many-failures", **{"retry-after": "0"}),
    ],
)
def test_following_goes_on_after_the_last_line(trouble: Answer) -> None:
    answers = Answers(events(line(1, "one")), trouble, events(line(2, "two"), end))
    with job_of(answers) as job:
        assert list(job.logs(follow=True)) == ["one", "two"]
    assert answers.asked[2].headers["last-event-id"] == "2026-11-24T12:00:00Z.1"


def test_following_has_an_end_where_the_trouble_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_patience", 0)
    with job_of(Answers(None)) as job, pytest.raises(GatewayUnreachable):
        list(job.logs(follow=True))


def test_a_log_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _: None)
    whole: Answer = (200, b"one\ntwo\n", {"content-type": "text/plain"})
    with job_of(Answers(problem(503, "cluster-unavailable"), None, whole)) as job:
        assert list(job.logs()) == ["one", "two"]


def test_a_log_that_breaks_off_is_told() -> None:
    short: Answer = (200, iter([b"one\n"]), {"content-type": "text/plain", "content-length": "100"})
    with job_of(Answers(short)) as job:
        found = job.logs()
        assert next(found) == "one"
        with pytest.raises(GatewayUnreachable):
            next(found)


@pytest.mark.parametrize("signs", [0.1, 0.4])
def test_a_wait_with_logs_ends_in_time(signs: float) -> None:
    late = threading.Event()

    def quiet() -> Iterator[bytes]:
        began = time.monotonic()
        while time.monotonic() < began + 1.5:
            yield b": alive\n\n"
            time.sleep(signs)
        late.set()

    answers = [(200, quiet(), {"content-type": "text/event-stream"}) for _ in range(20)]
    with job_of(Answers(*answers, state="RUNNING")) as job:
        began = time.monotonic()
        with pytest.raises(WaitTimeout):
            job.wait(timeout=0.6, logs=True)
        assert time.monotonic() - began >= 0.6
        assert not late.is_set()


def test_a_job_that_ends_while_its_log_cannot_be_had_shows_it_after_its_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    late = threading.Event()

    def cut() -> Iterator[bytes]:
        yield line(1, "one")
        answers.state = "SUCCEEDED"
        late.wait(10)

    answers = Answers(
        (200, cut(), {"content-type": "text/event-stream"}), events(line(2, "two"), end), state="RUNNING"
    )
    with job_of(answers) as job:
        job.wait(timeout=0.2, logs=True)
        late.set()
    assert capsys.readouterr().out == "one\ntwo\n"
    assert [each.headers.get("last-event-id") for each in answers.asked] == [None, "2026-11-24T12:00:00Z.1"]


def test_a_log_that_does_not_come_holds_up_nobody_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_parting", 0.2)
    silent: list[Answer] = [problem(503, "storage-unavailable", **{"retry-after": "5"})] * 20
    answers = Answers(*silent)
    with job_of(answers) as job:
        job.wait(timeout=0.2, logs=True)
    # Two tries while it waits, two when it parts: not the twenty of who comes back every five seconds.
    assert len(answers.asked) <= 4


def test_a_job_without_a_log_ends_as_it_ended() -> None:
    with job_of(Answers(problem(404, "not-found"), state="CANCELLED")) as job, pytest.raises(JobCancelled):
        job.wait(logs=True)


def test_a_job_that_is_tried_again_is_followed_to_its_end() -> None:
    answers = Answers(
        events(line(1, "first run"), end), events(end), events(line(2, "second run"), end), runs=3
    )
    with job_of(answers) as job:
        assert list(job.logs(follow=True)) == ["first run", "second run"]
    assert answers.asked[2].headers["last-event-id"] == "2026-11-24T12:00:00Z.1"
