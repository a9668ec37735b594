"""Submits jobs with the client and, in turn, by a bare POST of the same body; one line of JSON for each round."""

import json
import os
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import httpx
from served import ServedGateway
from sparkplatform import SparkPlatform

rounds, submissions = int(sys.argv[1]), int(sys.argv[2])


def milliseconds(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000


with ServedGateway() as gateway, tempfile.TemporaryDirectory() as folder:
    os.environ["SPARKPLATFORM_CONFIG_DIR"] = folder
    program = Path(folder, "bench.py")
    program.write_text("print(1)\n")
    pair = gateway.pair("bench")
    platform = SparkPlatform(gateway.api, token=pair["accessToken"])
    manifest = platform.default_manifest()

    with httpx.Client(headers={"authorization": f"Bearer {pair['accessToken']}"}) as bare:
        job = platform.run(manifest, program)
        accepted = bare.get(f"{gateway.api}/v1/applications/{job.id}").json()
        code = {"file": {"name": program.name, "text": program.read_text()}}
        # The job as the client has sent it, which the gateway tells.
        body = {"namespace": accepted["namespace"], "job": accepted["job"], "code": code}
        content = json.dumps(body).encode()

        def post() -> None:
            headers = {"content-type": "application/json", "idempotency-key": str(uuid.uuid4())}
            bare.post(f"{gateway.api}/v1/applications", content=content, headers=headers).raise_for_status()

        for _ in range(rounds):
            pairs = [
                (milliseconds(lambda: platform.run(manifest, program)), milliseconds(post))
                for _ in range(submissions)
            ]
            value, baseline = (statistics.median(each) for each in zip(*pairs, strict=True))
            print(json.dumps({"value": value, "baseline": baseline}), flush=True)
