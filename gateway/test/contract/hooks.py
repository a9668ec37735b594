"""What is done with each request before it goes to the gateway, and which refusals its description cannot foretell."""

import hashlib
import ipaddress
import itertools
import os
import re
import uuid

import schemathesis
from schemathesis.specs.openapi.checks import positive_data_acceptance

# Unknown tokens are limited by address: each request comes from another, as a proxy before the gateway would tell.
addresses = itertools.count(int(ipaddress.IPv4Address("10.0.0.0")))
# Whoever revokes what its own token descends from is nobody for the rest of the run.
own = set(os.environ["CONTRACT_OWN_IDS"].split(","))


# What schemathesis takes the schema of a stream for, as OpenAPI 3.2 has it (itemSchema); in 3.1 it is the whole text's.
event = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("id", "event", "data")} | {"retry": {"type": "integer"}},
    "additionalProperties": False,
}


@schemathesis.hook
def before_load_schema(context, raw_schema):
    for path in raw_schema["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                if "text/event-stream" in response.get("content", {}):
                    response["content"]["text/event-stream"] = {"schema": event}


@schemathesis.hook
def before_call(context, case, kwargs):
    case.headers["X-Forwarded-For"] = str(ipaddress.IPv4Address(next(addresses)))
    for name, value in case.path_parameters.items():
        if str(value).lower() in own:
            case.path_parameters[name] = str(uuid.uuid4())
    is_upload = case.operation.method.upper() == "PUT" and isinstance(case.body, bytes)
    if is_upload and case.meta.generation.mode.is_positive and next(uploads) % 2 == 0:
        case.path_parameters["sha256"] = hashlib.sha256(case.body).hexdigest()
    is_submission = isinstance(case.body, dict) and isinstance(case.body.get("job"), dict)
    if is_submission and case.meta.generation.mode.is_positive and next(submissions) % 2 == 0:
        make_right(case.body)


submissions = itertools.count()
uploads = itertools.count()


def make_right(body):
    """Takes what does not go together, so that half of the submissions run; a schema says what each field may be."""
    body["namespace"] = "analytics"
    body["code"] = {"file": {"name": "report.py", "text": "print(1)"}}
    body["job"] = {key: body["job"][key] for key in ("name", "arguments", "labels") if key in body["job"]}


# Fields with rules that no schema can say, by the path of their violation: a cursor is of its own list alone, one lifetime
# may not be longer than another, a line's id has a time that there is, and of a job some fields rule out others.
beyond_schema = re.compile(r"query\.cursor|accessLifetimeSeconds|headers\.last-event-id|namespace|job(\.|$)|code(\.|$)")


@schemathesis.check
def what_fits_the_schema_is_accepted(context, response, case):
    """schemathesis' own check, which such a rule would fail."""
    if response.status_code in (400, 422):
        problem = response.json()
        # Keys repeat among those that are made up, and hardly any content is the one that its path names.
        if problem["code"] in ("idempotency-key-reused", "upload-mismatch"):
            return
        paths = {violation["path"] for violation in problem.get("violations", [])}
        if paths and all(beyond_schema.match(path) for path in paths):
            return
    positive_data_acceptance(context, response, case)
