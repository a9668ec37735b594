# Generated from _async/client.py by scripts/generate_sync.py: do not edit.
"""The platform, as a program uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from .._attributes import by_attribute
from ..code import Code, load_code, name_of
from ..errors import InvalidManifest, UploadFailed, Violation
from ..manifest import Manifest
from ..models import (
    Application,
    Cluster,
    Defaults,
    UploadPlace,
    Verdict,
)
from ..settings import Settings
from ..tokens import TokenFile
from .admission import Admission
from .pages import pages

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from .job import Job


class SparkPlatform(Admission):
    """A spark-platform. Safe to use from several threads or tasks; close it, or use it in a ``with`` block.

    ``url``: the API's; default: SPARKPLATFORM_URL, or where somebody has logged in last. ``token``: a refresh token, or
    an access token; default: SPARKPLATFORM_TOKEN, or the one of the last login. ``ca``: a PEM file of certificates to
    trust besides this machine's; default: SPARKPLATFORM_CA, or what the last login there was given. ``cluster``:
    default: SPARKPLATFORM_CLUSTER, or the only one there is. ``timeout``: seconds for one call. ``proxy``: a URL;
    default: HTTPS_PROXY and NO_PROXY.

        platform = SparkPlatform("https://api.spark.example.org", token=REFRESH_TOKEN)
        job = platform.run(platform.default_manifest(), "job.py")
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        ca: str | os.PathLike[str] | None = None,
        cluster: str | None = None,
        timeout: float = 30,
        proxy: str | None = None,
    ) -> None:
        # Here, since HTTP takes longer to load than all the rest.
        from .transport import Transport

        tokens = TokenFile()
        settings = Settings.find(
            url, token, ca=ca, cluster=cluster, timeout=timeout, proxy=proxy, tokens=tokens
        )
        self._transport = Transport(settings, tokens)
        self._namespaces: list[str] | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._transport.settings.url}>"

    def __enter__(self) -> SparkPlatform:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._transport.close()

    def clusters(self) -> list[Cluster]:
        """The clusters, with their namespaces and versions of Spark."""
        return [Cluster.of(each) for each in pages(self._transport, "/clusters")]

    def default_manifest(self, cluster: str | None = None) -> Manifest:
        """What a job has where nothing is said, to be changed and run."""
        defaults = self._default(cluster)
        offered, job = defaults.cluster, dict(defaults.job)
        if len(offered.namespaces) == 1:
            job["namespace"] = offered.namespaces[0]
        return Manifest.from_dict(job, offered.spark_versions)

    def manifest_schema(self, cluster: str | None = None) -> dict[str, Any]:
        """The JSON Schema of all that may be said of a job."""
        return (self._default(cluster)).job_schema

    def _default(self, cluster: str | None) -> Defaults:
        name = cluster or self._transport.settings.cluster or self._only_cluster()
        return Defaults.of(self._transport.call("GET", f"/clusters/{name}/manifest"))

    def _only_cluster(self) -> str:
        names = [each.name for each in self.clusters()]
        if len(names) == 1:
            return names[0]
        raise InvalidManifest([Violation("cluster", "is not said", f"one of {', '.join(names)}")])

    def validate(self, manifest: Manifest, code: str | Path | None = None) -> None:
        """Checks a job as the platform would, and submits nothing. Raises InvalidManifest with all that is wrong."""
        body, _ = self._submission(manifest, code)
        verdict = Verdict.of(self._transport.call("POST", "/applications:validate", body=body))
        if not verdict.valid:
            raise InvalidManifest([by_attribute(Violation(**each)) for each in verdict.violations])

    def run(
        self, manifest: Manifest, code: str | Path | None = None, *, idempotency_key: str | None = None
    ) -> Job:
        """Submits a job, and returns it without waiting for its end.

        ``code``: a file or a folder of this machine, which goes up by itself; without it, ``manifest.main_file`` says
        where the program is. ``idempotency_key``: calls with the same key and the same job are one job; by default each
        call is one, however often it has to be sent.

        Raises InvalidManifest with all that is wrong.
        """
        body, uploaded = self._submission(manifest, code)
        for upload in uploaded.uploads if uploaded else ():
            self._upload(upload.content, upload.sha256, upload.kind)
        headers = {"idempotency-key": idempotency_key or str(uuid4())}
        answer = self._transport.call("POST", "/applications", body=body, headers=headers)
        return self._job({**answer, "job": body["job"]})

    def _job(self, answer: object) -> Job:
        from .job import Job

        return Job(self._transport, Application.of(answer))

    def _submission(self, manifest: Manifest, code: str | Path | None) -> tuple[dict[str, Any], Code | None]:
        job = manifest.to_dict()
        namespace = job.pop("namespace", None) or self._only_namespace()
        loaded = None
        if code is not None:
            if "mainFile" in job:
                raise InvalidManifest(
                    [Violation("main_file", "is said, and code comes along", "one of the two")]
                )
            loaded = load_code(code)
        elif "mainFile" not in job:
            raise InvalidManifest(
                [
                    Violation(
                        "main_file",
                        "is missing",
                        "s3a://… or local:///…, or a local file: run(manifest, 'job.py')",
                    )
                ]
            )
        job.setdefault("name", loaded.name if loaded else name_of(job["mainFile"]))
        body = {"namespace": namespace, "job": job}
        return (body if loaded is None else {**body, "code": loaded.content}), loaded

    def _only_namespace(self) -> str:
        if self._namespaces is None:
            self._namespaces = [name for each in self.clusters() for name in each.namespaces]
        if len(self._namespaces) == 1:
            return self._namespaces[0]
        raise InvalidManifest(
            [Violation("namespace", "is not said", f"one of {', '.join(self._namespaces)}")]
        )

    def _upload(self, content: bytes, sha256: str, kind: str) -> None:
        wish = {"sha256": sha256, "size": len(content), "kind": kind}
        for again in (True, False):
            place = UploadPlace.of(self._transport.call("POST", "/uploads", body=wish))
            if place.there:
                return
            try:
                self._transport.put(place.url, content, place.headers)
            except UploadFailed as error:
                # Its address has ended, perhaps: another is good for some minutes.
                if again and error.status == 403:
                    continue
                raise
            return

    def job(self, job_id: str) -> Job:
        """A job of before, by its id. Raises NotFound."""
        answer = self._transport.call("GET", f"/applications/{job_id}")
        return self._job(answer)

    def jobs(
        self,
        *,
        state: str | Sequence[str] | None = None,
        owner: str | None = None,
        namespace: str | None = None,
        name: str | None = None,
        limit: int | None = None,
    ) -> Iterator[Job]:
        """Jobs, the newest first, page by page as they are used.

        ``state``: one, or several. ``owner``: only this user's; users see nothing but their own. ``name``: the one in
        the manifest. ``limit``: how many at the most.
        """
        states = [state] if isinstance(state, str) else list(state or ())
        wish = {"state": ",".join(states), "owner": owner, "namespace": namespace}
        if limit is not None and limit < 1:
            return
        given = 0
        for each in pages(
            self._transport, "/applications", {key: value for key, value in wish.items() if value}
        ):
            if name is not None and each["name"] != name:
                continue
            yield self._job(each)
            given += 1
            # Before the next page is asked for.
            if given == limit:
                return
