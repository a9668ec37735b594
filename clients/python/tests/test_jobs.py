"""Jobs are listed page by page."""

from __future__ import annotations

import pytest
from answers import Answer, Request, answering, job_fields, problem

from sparkplatform import SparkPlatform, SparkPlatformError

access = "spt_acc_" + "a" * 43


def page(request: Request) -> Answer:
    """Two jobs a page, without an end."""
    number = int(request.path.partition("cursor=")[2] or 0)
    items = [
        {**job_fields("RUNNING"), "id": f"ann-{number}-{each}", "name": f"job-{each}"} for each in (1, 2)
    ]
    return 200, {"items": items, "nextCursor": str(number + 1)}, {}


@pytest.mark.parametrize(("limit", "pages"), [(0, 0), (1, 1), (2, 1), (3, 2)])
def test_no_more_pages_are_asked_for_than_are_used(limit: int, pages: int) -> None:
    with answering(page) as server, SparkPlatform(server.url, access) as platform:
        assert len(list(platform.jobs(limit=limit))) == limit
        assert len(server.requests) == pages


def test_a_limit_counts_those_with_the_name() -> None:
    with answering(page) as server, SparkPlatform(server.url, access) as platform:
        assert [job.id for job in platform.jobs(name="job-2", limit=2)] == ["ann-0-2", "ann-1-2"]
        assert len(server.requests) == 2


def test_a_job_of_a_list_has_no_manifest_to_be_taken_for_one() -> None:
    with answering(page) as server, SparkPlatform(server.url, access) as platform:
        [job] = platform.jobs(limit=1)
        with pytest.raises(SparkPlatformError, match="refresh"):
            _ = job.manifest


def test_a_deletion_whose_answer_is_lost_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _: None)
    answers = iter([(200, job_fields("SUCCEEDED"), {}), None, problem(404, "not-found")])
    with answering(lambda _: next(answers)) as server, SparkPlatform(server.url, access) as platform:
        platform.job("ann-1").delete()
        assert [str(request) for request in server.requests][1:] == ["DELETE /v1/applications/ann-1"] * 2
