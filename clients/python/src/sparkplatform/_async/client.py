"""The platform, as a program uses it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ..code import Code, load_code, name_of
from ..errors import InvalidManifest, NotFound, Violation
from ..manifest import Manifest
from ..models import (
    Application,
    Cluster,
    NewRegisterToken,
    RegisterToken,
    Revoked,
    Role,
    TokenFamily,
    WhoAmI,
)
from ..settings import Settings
from ..tokens import TokenFile
from .pages import pages

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from .job import AsyncJob


class AsyncSparkPlatform:
    """A spark-platform. Safe to use from several threads or tasks; close it, or use it in a ``with`` block.

    ``url``: the API's; default: SPARKPLATFORM_URL, or where somebody has logged in last. ``token``: a refresh token, or
    an access token; default: SPARKPLATFORM_TOKEN, or the one of the last login. ``ca``: a PEM file of certificates to
    trust besides this machine's; default: SPARKPLATFORM_CA. ``cluster``: default: SPARKPLATFORM_CLUSTER, or the only
    one there is. ``timeout``: seconds for one call. ``proxy``: a URL; default: HTTPS_PROXY and NO_PROXY.

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
        from .transport import AsyncTransport

        tokens = TokenFile()
        settings = Settings.find(
            url, token, ca=ca, cluster=cluster, timeout=timeout, proxy=proxy, tokens=tokens
        )
        self._transport = AsyncTransport(settings, tokens)
        self._namespaces: list[str] | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._transport.settings.url}>"

    async def __aenter__(self) -> AsyncSparkPlatform:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._transport.aclose()

    async def clusters(self) -> list[Cluster]:
        """The clusters, with their namespaces and versions of Spark."""
        answer = await self._transport.call("GET", "/clusters")
        return [Cluster.model_validate(each) for each in answer["items"]]

    async def default_manifest(self, cluster: str | None = None) -> Manifest:
        """What a job has where nothing is said, to be changed and run."""
        answer = await self._default(cluster)
        offered = Cluster.model_validate(answer["cluster"])
        job = dict(answer["job"])
        if len(offered.namespaces) == 1:
            job["namespace"] = offered.namespaces[0]
        return Manifest.from_dict(job, offered.spark_versions)

    async def manifest_schema(self, cluster: str | None = None) -> dict[str, Any]:
        """The JSON Schema of all that may be said of a job."""
        schema: dict[str, Any] = (await self._default(cluster))["schema"]
        return schema

    async def _default(self, cluster: str | None) -> Any:
        name = cluster or self._transport.settings.cluster or await self._only_cluster()
        return await self._transport.call("GET", f"/clusters/{name}/manifest")

    async def _only_cluster(self) -> str:
        names = [each.name for each in await self.clusters()]
        if len(names) == 1:
            return names[0]
        raise InvalidManifest([Violation("cluster", "is not said", f"one of {', '.join(names)}")])

    async def validate(self, manifest: Manifest, code: str | Path | None = None) -> None:
        """Checks a job as the platform would, and submits nothing. Raises InvalidManifest with all that is wrong."""
        body, _ = await self._submission(manifest, code)
        answer = await self._transport.call("POST", "/applications:validate", body=body)
        if not answer["valid"]:
            raise InvalidManifest([Violation(**each) for each in answer["violations"]])

    async def run(
        self, manifest: Manifest, code: str | Path | None = None, *, idempotency_key: str | None = None
    ) -> AsyncJob:
        """Submits a job, and returns it without waiting for its end.

        ``code``: a file or a folder of this machine, which goes up by itself; without it, ``manifest.main_file`` says
        where the program is. ``idempotency_key``: calls with the same key and the same job are one job; by default each
        call is one, however often it has to be sent.

        Raises InvalidManifest with all that is wrong.
        """
        body, uploaded = await self._submission(manifest, code)
        for upload in uploaded.uploads if uploaded else ():
            await self._upload(upload.content, upload.sha256, upload.kind)
        headers = {"idempotency-key": idempotency_key or str(uuid4())}
        answer = await self._transport.call("POST", "/applications", body=body, headers=headers)
        return self._job({**answer, "job": body["job"]})

    def _job(self, answer: object) -> AsyncJob:
        from .job import AsyncJob

        return AsyncJob(self._transport, Application.model_validate(answer))

    async def _submission(
        self, manifest: Manifest, code: str | Path | None
    ) -> tuple[dict[str, Any], Code | None]:
        job = manifest.to_dict()
        namespace = job.pop("namespace", None) or await self._only_namespace()
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

    async def _only_namespace(self) -> str:
        if self._namespaces is None:
            self._namespaces = [name for each in await self.clusters() for name in each.namespaces]
        if len(self._namespaces) == 1:
            return self._namespaces[0]
        raise InvalidManifest(
            [Violation("namespace", "is not said", f"one of {', '.join(self._namespaces)}")]
        )

    async def _upload(self, content: bytes, sha256: str, kind: str) -> None:
        wish = {"sha256": sha256, "size": len(content), "kind": kind}
        answer = await self._transport.call("POST", "/uploads", body=wish)
        if not answer["there"]:
            await self._transport.put(answer["url"], content, answer["headers"])

    async def job(self, job_id: str) -> AsyncJob:
        """A job of before, by its id. Raises NotFound."""
        answer = await self._transport.call("GET", f"/applications/{job_id}")
        return self._job(answer)

    async def jobs(
        self,
        *,
        state: str | Sequence[str] | None = None,
        owner: str | None = None,
        namespace: str | None = None,
        name: str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[AsyncJob]:
        """Jobs, the newest first, page by page as they are used.

        ``state``: one, or several. ``owner``: only this user's; users see nothing but their own. ``name``: the one in
        the manifest. ``limit``: how many at the most.
        """
        states = [state] if isinstance(state, str) else list(state or ())
        wish = {"state": ",".join(states), "owner": owner, "namespace": namespace}
        left = limit
        async for each in pages(
            self._transport, "/applications", {key: value for key, value in wish.items() if value}
        ):
            if name is not None and each["name"] != name:
                continue
            if left is not None:
                if left <= 0:
                    return
                left -= 1
            yield self._job(each)

    async def whoami(self) -> WhoAmI:
        """Whom the platform takes this client for."""
        return WhoAmI.model_validate(await self._transport.call("GET", "/whoami"))

    async def register(self, register_token: str) -> None:
        """Uses a register token, once, and keeps the tokens that it is answered as the login at this platform."""
        transport = self._transport
        await transport.session.register(transport.post_plain, register_token)

    async def login(self, token: str) -> None:
        """Keeps a register or a refresh token as the login at this platform."""
        await self._transport.session.log_in(self._transport.post_plain, token)

    async def logout(self) -> None:
        """Revokes the login at this platform, and forgets it."""
        family = (await self.whoami()).family
        if family is not None:
            await self.revoke(family)
        await self._transport.session.forget()

    async def create_register_token(
        self,
        client_name: str,
        access_ttl: float | timedelta | None = None,
        refresh_ttl: float | timedelta | None = None,
        role: Role = "user",
    ) -> NewRegisterToken:
        """Makes a token with which a client registers, once; for admins.

        ``access_ttl``, ``refresh_ttl``: how long its tokens live, in seconds; by default the platform's.
        """
        wish = {
            "clientName": client_name,
            "role": role,
            "accessLifetimeSeconds": _seconds(access_ttl),
            "refreshLifetimeSeconds": _seconds(refresh_ttl),
        }
        body = {key: value for key, value in wish.items() if value is not None}
        # Not sent twice: the token of a lost answer could be used by nobody, but would be there.
        answer = await self._transport.call("POST", "/tokens/register-tokens", body=body, safe=False)
        return NewRegisterToken.model_validate(answer)

    async def register_tokens(self) -> list[RegisterToken]:
        """The register tokens, without the tokens; for admins."""
        found = pages(self._transport, "/tokens/register-tokens")
        return [RegisterToken.model_validate(each) async for each in found]

    async def tokens(self) -> list[TokenFamily]:
        """Who is logged in: one's own logins, or everybody's for admins."""
        return [TokenFamily.model_validate(each) async for each in pages(self._transport, "/tokens")]

    async def revoke(self, token_id: str, *, cascade: bool = False) -> Revoked:
        """Revokes a login or a register token, by its id. ``cascade``: with all that it has made. Raises NotFound."""
        params = {"cascade": "true"} if cascade else {}
        try:
            answer = await self._transport.call("DELETE", f"/tokens/{token_id}", params=params)
        except NotFound:
            path = f"/tokens/register-tokens/{token_id}"
            answer = await self._transport.call("DELETE", path, params=params)
        return Revoked.model_validate(answer)


def _seconds(time: float | timedelta | None) -> int | None:
    if time is None:
        return None
    return int(time.total_seconds() if isinstance(time, timedelta) else time)
