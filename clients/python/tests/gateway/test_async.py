"""The asyncio twin does the same."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from served import ServedGateway

from sparkplatform import AsyncSparkPlatform
from sparkplatform.errors import JobFailed


def test_jobs_run_side_by_side(gateway: ServedGateway, name: str, tmp_path: Path) -> None:
    for each in ("one", "two", "fail"):
        (tmp_path / f"{each}.py").write_text("print(1)\n")

    async def all_of_it() -> None:
        async with AsyncSparkPlatform(gateway.api, token=gateway.refresh_token(name)) as platform:
            manifest = await platform.default_manifest()
            one, two, fail = await asyncio.gather(
                *(platform.run(manifest, tmp_path / f"{each}.py") for each in ("one", "two", "fail"))
            )
            await asyncio.gather(one.wait(), two.wait())
            with pytest.raises(JobFailed):
                await fail.wait()
            lines = [line async for line in one.logs(follow=True)]
            assert lines[-1] == "the driver ends"
            assert {job.id async for job in platform.jobs()} == {one.id, two.id, fail.id}

    asyncio.run(all_of_it())
