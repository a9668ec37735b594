"""A real gateway for the tests, on a cluster and a store that are fakes (gateway/test/processes/serve.ts)."""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import threading
import zipfile
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

_project = Path(__file__).parents[4]
_program = _project / "gateway" / "test" / "processes" / "serve.ts"

Json = dict[str, Any]


class ServedGateway:
    """Starts a gateway, and ends it with the ``with`` block. Its clients are made with :meth:`register_token`."""

    def __init__(self, *, tls: bool = False) -> None:
        node = os.environ.get("NODE") or str(_project / "node_modules" / ".bin" / "node")
        if not Path(node).exists():
            raise RuntimeError(f"there is no {node}: run `npm ci` in the project's folder first")
        self._process = subprocess.Popen(
            [node, str(_program), *(["--tls"] if tls else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._turn = threading.Lock()
        told = self._answer()
        self.api: str = told["api"]
        self.namespace: str = told["namespace"]
        self.cluster: str = told["cluster"]
        self.authority: str | None = told.get("authority")
        self.register_token_of_the_first_admin: str = told["registerToken"]
        self._admin = ""

    def __enter__(self) -> ServedGateway:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # It ends with its stdin.
        self._process.communicate(timeout=30)

    def register_token(self, client_name: str, role: str = "user") -> str:
        """A register token of a new client."""
        wish = {"clientName": client_name, "role": role}
        made = self._call("/v1/tokens/register-tokens", wish, self._admin_token())
        return str(made["registerToken"])

    def refresh_token(self, client_name: str, role: str = "user") -> str:
        """The refresh token of a new client that has registered."""
        return str(self.pair(client_name, role)["refreshToken"])

    def pair(self, client_name: str, role: str = "user") -> Json:
        """The first pair of tokens of a new client."""
        return self._call("/v1/tokens/register", {"registerToken": self.register_token(client_name, role)})

    def submit(self, job: Json, code: Json) -> str:
        """Submits a job without the client, and answers its id."""
        body = {"namespace": self.namespace, "job": job, "code": code}
        return str(self._call("/v1/applications", body, self._admin_token())["id"])

    def say(self, job: str, *lines: str) -> None:
        """Adds lines to the log of a driver that runs."""
        self._do("say", id=job, lines=lines)

    def finish(self, job: str) -> None:
        """Ends a job whose name begins with ``hold``."""
        self._do("finish", id=job)

    def restart(self) -> None:
        """Stops the gateway in order and starts it again, at the same address."""
        self._do("restart")

    def set_ahead(self, seconds: int) -> None:
        """Sets the gateway's clock ahead of the real one."""
        self._do("ahead", seconds=seconds)

    def application(self, job: str) -> Json | None:
        """The SparkApplication as the cluster has it."""
        found: Json | None = self._do("application", id=job)
        return found

    def code(self, job: str) -> dict[str, str]:
        """The files of a job's ConfigMap, name -> text."""
        data: dict[str, str] = self._do("code", id=job)["data"]
        return data

    def modules(self, job: str) -> set[str]:
        """The paths in the archive of what a job's program imports."""
        archive = base64.b64decode(self._do("code", id=job)["binaryData"]["modules.zip"])
        return set(zipfile.ZipFile(io.BytesIO(archive)).namelist())

    def stored(self, key: str) -> int | None:
        """The size of an object in the store, in bytes."""
        size: int | None = self._do("stored", key=key)
        return size

    def _admin_token(self) -> str:
        """One that outlasts the tests."""
        if self._admin == "":
            first = self._call(
                "/v1/tokens/register", {"registerToken": self.register_token_of_the_first_admin}
            )
            wish = {"clientName": "tests", "role": "admin", "accessLifetimeSeconds": 86_400}
            made = self._call("/v1/tokens/register-tokens", wish, first["accessToken"])
            pair = self._call("/v1/tokens/register", {"registerToken": made["registerToken"]})
            self._admin = str(pair["accessToken"])
        return self._admin

    def _call(self, path: str, body: Json, token: str = "") -> Json:
        verify: Any = True
        if self.authority is not None:
            import ssl

            verify = ssl.create_default_context(cadata=self.authority)
        headers = {"authorization": f"Bearer {token}"} if token else {}
        answer = httpx.post(self.api + path, json=body, headers=headers, verify=verify)
        answer.raise_for_status()
        result: Json = answer.json()
        return result

    def _do(self, what: str, **given: object) -> Any:
        assert self._process.stdin is not None
        with self._turn:
            self._process.stdin.write(json.dumps({"do": what, **given}) + "\n")
            self._process.stdin.flush()
            answer = self._answer()
        if "failed" in answer:
            raise RuntimeError(f"{what}: {answer['failed']}")
        return answer["done"]

    def _answer(self) -> Json:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the gateway's process has ended with {self._process.wait(30)}")
        answer: Json = json.loads(line)
        return answer
