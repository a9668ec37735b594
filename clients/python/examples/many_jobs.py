"""Runs three jobs at the same time with asyncio, and waits for all of them."""

import asyncio
from pathlib import Path

from sparkplatform import AsyncSparkPlatform

JOB = Path(__file__).with_name("word_count.py")


async def main() -> None:
    async with AsyncSparkPlatform() as platform:
        manifest = await platform.default_manifest()
        jobs = await asyncio.gather(*(platform.run(manifest, JOB) for _ in range(3)))
        await asyncio.gather(*(job.wait() for job in jobs))
        for job in jobs:
            print(job.id, job.state)


if __name__ == "__main__":
    asyncio.run(main())
