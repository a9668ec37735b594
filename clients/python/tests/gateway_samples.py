"""What the small gateway answers: one client's tokens, and a job in any state."""

from __future__ import annotations

from pathlib import Path

Json = dict[str, object]

MANIFEST = Path(__file__).with_name("contract") / "manifest.json"
TIME = "2026-11-24T12:00:00.000Z"
REGISTER = "spt_reg_" + "r" * 43
REFRESH = "spt_ref_" + "f" * 43
ACCESS = "spt_acc_" + "a" * 43
FAMILY = "4f0c2f6e-6f0e-4a53-b6a7-1f5a0f9f3a57"
SECRETS = (REGISTER, REFRESH, ACCESS)
PAIR: Json = {
    "family": FAMILY,
    "clientName": "alice@example.org",
    "role": "admin",
    "accessToken": ACCESS,
    "accessExpiresInSeconds": 900,
    "refreshToken": REFRESH,
    "refreshExpiresInSeconds": 86_400,
}
GRANT: Json = {
    "clientName": "alice@example.org",
    "role": "user",
    "namespaces": None,
    "accessLifetimeSeconds": 900,
    "refreshLifetimeSeconds": 86_400,
    "createdAt": TIME,
    "expiresAt": "2026-12-24T12:00:00.000Z",
}
REGISTER_TOKEN: Json = {**GRANT, "id": FAMILY, "status": "unused", "createdBy": "admin", "usedAt": None}
TOKEN_FAMILY: Json = {
    **GRANT,
    "id": FAMILY,
    "status": "active",
    "registerTokenId": FAMILY,
    "refreshedAt": TIME,
    "revokedAt": None,
    "revokedBecause": None,
}

IDENTITY: Json = {
    "clientName": "alice@example.org",
    "issuer": "https://login.example.org",
    "subject": "4711",
    "linkedAt": TIME,
}

POD_EVENT: Json = {
    "type": "event",
    "at": TIME,
    "level": "Warning",
    "reason": "FailedScheduling",
    "message": "0/3 nodes are available",
    "count": 2,
    "object": "Pod/alice-1-driver",
    "source": "default-scheduler",
}


def job_sample(job_id: str, state: str, name: str) -> Json:
    ended = state in {"SUCCEEDED", "FAILED", "CANCELLED"}
    return {
        "id": job_id,
        "name": name,
        "cluster": "test",
        "namespace": "analytics",
        "owner": "alice@example.org",
        "state": state,
        "reason": "the driver ran out of memory" if state == "FAILED" else None,
        "hint": "raise driver.memory" if state == "FAILED" else None,
        "sparkVersion": "4.0.4",
        "sparkId": "spark-1",
        "attempts": 1,
        "submittedAt": TIME,
        "startedAt": TIME,
        "endedAt": "2026-11-24T12:01:05.000Z" if ended else None,
        "historyUrl": "https://history.example.org/history/spark-1/",
        "uiUrl": f"https://history.example.org/ui/analytics/{job_id}/",
        "queuePosition": None,
        "states": [{"state": state, "at": TIME, "reason": None}],
        "job": {"name": name},
    }
