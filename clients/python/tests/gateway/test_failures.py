"""What goes wrong is said in words that help."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from served import ServedGateway

from sparkplatform import SparkPlatform
from sparkplatform.errors import (
    AuthenticationError,
    CertificateError,
    GatewayUnreachable,
    JobCancelled,
    JobFailed,
    NotFound,
    WaitTimeout,
)


def run(platform: SparkPlatform, folder: Path, name: str) -> str:
    program = folder / f"{name}.py"
    program.write_text("print(1)\n")
    return platform.run(platform.default_manifest(), program).id


def test_a_failed_job_says_why_and_what_to_do(user: SparkPlatform, tmp_path: Path) -> None:
    job = user.job(run(user, tmp_path, "fail"))
    with pytest.raises(JobFailed) as failed:
        job.wait()
    assert "missing.csv" in str(failed.value)
    assert job.reason is not None
    assert "missing.csv" in job.reason.message
    assert job.reason.hint is not None
    assert job.reason.hint in str(failed.value)
    job.wait(check=False)
    assert job.state == "FAILED"


def test_a_job_that_runs_is_cancelled_once_and_for_all(user: SparkPlatform, tmp_path: Path) -> None:
    job = user.job(run(user, tmp_path, "hold"))
    with pytest.raises(WaitTimeout):
        job.wait(timeout=0.5)
    job.cancel()
    with pytest.raises(JobCancelled):
        job.wait(timeout=60)
    job.cancel()
    job.delete()
    with pytest.raises(NotFound):
        user.job(job.id)


def test_a_wrong_token(gateway: ServedGateway) -> None:
    with (
        SparkPlatform(gateway.api, token="spt_acc_" + "x" * 43) as stranger,
        pytest.raises(AuthenticationError) as refused,
    ):
        stranger.whoami()
    assert "xxx" not in str(refused.value)


def test_no_network() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
    with (
        SparkPlatform(f"http://127.0.0.1:{port}", token="spt_acc_" + "x" * 43) as lonely,
        pytest.raises(GatewayUnreachable) as failed,
    ):
        lonely.whoami()
    assert f"127.0.0.1:{port}" in str(failed.value)


@pytest.fixture(scope="module")
def with_tls() -> Iterator[ServedGateway]:
    with ServedGateway(tls=True) as served:
        yield served


def test_a_certificate_of_an_authority_that_nobody_knows(with_tls: ServedGateway, tmp_path: Path) -> None:
    token = with_tls.refresh_token("ann")
    with (
        SparkPlatform(with_tls.api, token=token) as distrustful,
        pytest.raises(CertificateError) as refused,
    ):
        distrustful.whoami()
    assert "SPARKPLATFORM_CA" in str(refused.value)

    authority = tmp_path / "ca.pem"
    authority.write_text(with_tls.authority or "")
    with SparkPlatform(with_tls.api, token=token, ca=str(authority)) as platform:
        assert platform.whoami().name == "ann"
