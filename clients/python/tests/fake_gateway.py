"""A small gateway on a port of its own: enough of the API for a job's whole life, with the recorded manifest.

What it leaves out, the tests against the real gateway have.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from gateway_samples import (
    ACCESS,
    FAMILY,
    IDENTITY,
    MANIFEST,
    PAIR,
    POD_EVENT,
    REFRESH,
    REGISTER,
    REGISTER_TOKEN,
    TIME,
    TOKEN_FAMILY,
    Json,
    job_sample,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self

#: How often a job is looked at before it ends.
LOOKS = 2


class RefusalError(Exception):
    """A problem to answer with."""

    def __init__(self, status: int, code: str, detail: str, **more: object) -> None:
        super().__init__(code)
        self.status = status
        self.body = {"type": code, "title": code, "status": status, "detail": detail, "code": code, **more}


class FakeGateway:
    """``url`` is where it listens. A job runs until ``may_end`` is set, and ends as ``outcome`` says."""

    def __init__(self) -> None:
        self.jobs: dict[str, Json] = {}
        self.submissions: list[Json] = []
        self._by_key: dict[str | None, str] = {}
        self._looks: Counter[str] = Counter()
        self.outcome = "SUCCEEDED"
        self.log = ["first line", "second line"]
        self.may_end = threading.Event()
        self.may_end.set()
        self.log_was_read = threading.Event()
        self.revoked: list[str] = []
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                gateway._answer(self)

            def do_POST(self) -> None:
                gateway._answer(self)

            def do_DELETE(self) -> None:
                gateway._answer(self)

            def log_message(self, *_: object) -> None:
                """Nothing: the tests' output is theirs."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.may_end.set()
        self._server.shutdown()
        self._server.server_close()

    def add_job(self, job_id: str, state: str = "RUNNING", name: str = "word-count") -> Json:
        self.jobs[job_id] = job_sample(job_id, state, name)
        return self.jobs[job_id]

    def submitted(self, number: int) -> Json:
        """The job of a submission, from 0."""
        job = self.submissions[number]["job"]
        assert isinstance(job, dict)
        return job

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        size = int(request.headers.get("Content-Length") or 0)
        body = json.loads(request.rfile.read(size) or b"{}")
        path = urlsplit(request.path)
        try:
            if path.path.endswith("/logs"):
                self._demand_token(request)
                self._send_log(request, self._job(path.path.split("/")[3]), parse_qs(path.query))
                return
            status, answer = self._route(request, path.path.removeprefix("/v1"), parse_qs(path.query), body)
        except RefusalError as refusal:
            status, answer = refusal.status, refusal.body
        kind = "application/json" if status < 400 else "application/problem+json"
        self._send(request, status, kind, json.dumps(answer).encode())

    def _route(
        self, request: BaseHTTPRequestHandler, path: str, query: dict[str, list[str]], body: Json
    ) -> tuple[int, object]:
        if path == "/tokens/register":
            if body != {"registerToken": REGISTER}:
                raise RefusalError(401, "token-invalid", "ask an admin for a new one")
            return 201, PAIR
        if path == "/tokens/refresh":
            if body != {"refreshToken": REFRESH}:
                raise RefusalError(401, "token-invalid", "ask an admin for a new one")
            return 200, PAIR
        self._demand_token(request)
        simple: dict[tuple[str, str], Callable[[], tuple[int, object]]] = {
            ("GET", "/whoami"): lambda: (
                200,
                {"name": "alice@example.org", "role": "admin", "family": FAMILY, "namespaces": None},
            ),
            ("GET", "/clusters"): lambda: (200, {"items": [self._manifest()["cluster"]]}),
            ("GET", "/clusters/test/manifest"): lambda: (200, self._manifest()),
            ("POST", "/applications:validate"): lambda: (
                200,
                {"valid": True, "violations": [], "manifest": {}},
            ),
            ("POST", "/applications"): lambda: (
                201,
                self._submit(body, request.headers.get("Idempotency-Key")),
            ),
            ("GET", "/applications"): lambda: (200, {"items": self._matching(query)}),
            ("POST", "/tokens/register-tokens"): lambda: (
                201,
                {
                    **REGISTER_TOKEN,
                    "clientName": body["clientName"],
                    "namespaces": body.get("namespaces"),
                    "registerToken": REGISTER,
                },
            ),
            ("GET", "/tokens/register-tokens"): lambda: (200, {"items": [REGISTER_TOKEN]}),
            ("GET", "/identities"): lambda: (200, {"items": [IDENTITY]}),
            ("DELETE", "/identities/alice%40example.org"): lambda: (200, IDENTITY),
            ("GET", "/tokens"): lambda: (200, {"items": [TOKEN_FAMILY]}),
        }
        answer = simple.get((request.command, path))
        if answer is not None:
            return answer()
        if path.startswith("/tokens/"):
            self.revoked.append(path.rsplit("/", 1)[1])
            return 200, {"families": 1, "registerTokens": 0}
        job_id, _, rest = path.removeprefix("/applications/").partition("/")
        job_id, _, action = job_id.partition(":")
        job = self._job(job_id)
        if rest == "events":
            return 200, {
                "items": [{"type": "state", "at": TIME, "state": job["state"], "reason": None}, POD_EVENT]
            }
        if request.command == "GET" and not rest:
            job = self._looked_at(job_id)
        if action == "cancel" and job["endedAt"] is None:
            job["state"] = "CANCELLED"
        if request.command == "DELETE":
            del self.jobs[job_id]
        return 200, job

    def _looked_at(self, job_id: str) -> Json:
        """What was submitted ends by itself, so that who only looks sees it run and end."""
        self._looks[job_id] += 1
        if job_id in self._by_key.values() and self._looks[job_id] > LOOKS and self.may_end.is_set():
            self._end(job_id)
        return self.jobs[job_id]

    def _end(self, job_id: str) -> None:
        if self.jobs[job_id]["endedAt"] is None:
            self.add_job(job_id, self.outcome, str(self.jobs[job_id]["name"]))

    def _submit(self, body: Json, key: str | None) -> Json:
        if key in self._by_key:
            return self.jobs[self._by_key[key]]
        self.submissions.append(body)
        job_id = self._by_key[key] = f"alice-{len(self.submissions)}"
        job = body["job"]
        return self.add_job(job_id, name=str(job["name"]) if isinstance(job, dict) else "")

    def _matching(self, query: dict[str, list[str]]) -> list[Json]:
        states = ",".join(query.get("state", [])).split(",")
        return [job for job in self.jobs.values() if states == [""] or job["state"] in states]

    def _job(self, job_id: str) -> Json:
        if job_id not in self.jobs:
            raise RefusalError(404, "not-found", "there is nothing of yours with this id")
        return self.jobs[job_id]

    def _manifest(self) -> Json:
        content: Json = json.loads(MANIFEST.read_text(encoding="utf-8"))
        return content

    def _demand_token(self, request: BaseHTTPRequestHandler) -> None:
        if request.headers.get("Authorization") != f"Bearer {ACCESS}":
            raise RefusalError(401, "token-invalid", "register anew")

    def _send(self, request: BaseHTTPRequestHandler, status: int, kind: str, content: bytes) -> None:
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def _send_log(self, request: BaseHTTPRequestHandler, job: Json, query: dict[str, list[str]]) -> None:
        self.log_was_read.set()
        streamed = "text/event-stream" in request.headers.get("Accept", "") or query.get("follow") == ["true"]
        if not streamed:
            self._send(
                request, 200, "text/plain; charset=utf-8", "".join(f"{x}\n" for x in self.log).encode()
            )
            return
        request.send_response(200)
        request.send_header("Content-Type", "text/event-stream; charset=utf-8")
        request.send_header("Connection", "close")
        request.end_headers()
        for number, line in enumerate(self.log, 1):
            request.wfile.write(f"id: {TIME}.{number}\ndata: {line}\n\n".encode())
        request.wfile.flush()
        self.may_end.wait()
        self._end(str(job["id"]))
        request.wfile.write(b'event: end\ndata: {"why": "it has ended"}\n\n')
        request.close_connection = True
