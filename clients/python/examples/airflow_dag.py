"""Two DAGs that run a Spark job with SparkPlatform alone: no provider, no connection to set up.

Workers need `pip install sparkplatform` and the variables SPARKPLATFORM_URL and SPARKPLATFORM_TOKEN.

- `spark_report` follows the job: its log is the task's log, and killing the task cancels the job.
- `spark_report_polled` holds no worker while the job runs: a sensor looks once a minute.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from airflow.sdk import DAG, BaseOperator, Context, PokeReturnValue, get_current_context, task

from sparkplatform import Job, SparkPlatform


def submit(platform: SparkPlatform, context: Context) -> Job:
    """Submits the report of the run's day.

    The keys are made of the run, so that a task that is tried again, since its worker died, finds the job
    that it has submitted before. Where that job has failed, the next try has a new one.
    """
    manifest = platform.default_manifest()
    manifest.name = "report"
    manifest.main_file = "s3a://data/code/report.py"
    manifest.arguments = [context["ds"]]
    manifest.executor.instances = 4
    instance = context["ti"]
    key = f"{instance.dag_id}/{instance.task_id}/{instance.run_id}"
    job = platform.run(manifest, idempotency_key=f"{key}/1")
    for attempt in range(2, instance.try_number + 1):
        if job.state not in {"FAILED", "CANCELLED"}:
            break
        job = platform.run(manifest, idempotency_key=f"{key}/{attempt}")
    return job


class ReportOperator(BaseOperator):
    """Runs the job to its end."""

    job_id: str | None = None

    def execute(self, context: Context) -> str:
        with SparkPlatform() as platform:
            job = submit(platform, context)
            self.job_id = job.id
            job.wait(logs=True)
            return job.id

    def on_kill(self) -> None:
        # A client of its own: this comes by a signal, in the middle of whatever the other one does.
        if self.job_id is not None:
            with SparkPlatform() as platform:
                platform.job(self.job_id).cancel()


@task
def start() -> str:
    """Submits the job, and ends."""
    with SparkPlatform() as platform:
        return submit(platform, get_current_context()).id


@task.sensor(poke_interval=60, timeout=6 * 3600, mode="reschedule")
def ended(job_id: str) -> PokeReturnValue:
    """Looks at the job."""
    with SparkPlatform() as platform:
        job = platform.job(job_id)
        if job.done:
            job.wait()  # at once: raises JobFailed with the reason, where it failed
        return PokeReturnValue(is_done=job.done, xcom_value=job_id)


def daily(dag_id: str) -> DAG:
    """A DAG of once a day."""
    retries = {"retries": 2, "retry_delay": timedelta(minutes=5)}
    return DAG(
        dag_id,
        schedule="@daily",
        start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
        catchup=False,
        default_args=retries,
    )


with daily("spark_report") as followed:
    ReportOperator(task_id="report")

with daily("spark_report_polled") as polled:
    ended(start())
