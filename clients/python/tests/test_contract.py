"""The client is what the API is: its recorded description (contract/), which a test of the gateway keeps true."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from sparkplatform import models
from sparkplatform.manifest import Manifest

_contract = Path(__file__).parent / "contract"
_schemas: dict[str, Any] = json.loads((_contract / "openapi.json").read_text())["components"]["schemas"]
_job: dict[str, Any] = json.loads((_contract / "manifest.json").read_text())["schema"]["properties"]["job"]


def names(model: type[models.Answer]) -> dict[str, bool]:
    """The fields by their names in the API, and whether the client takes them for granted."""
    return {field.alias or name: field.is_required() for name, field in model.model_fields.items()}


@pytest.mark.parametrize(
    ("model", "schema"),
    [
        (models.Application, "ApplicationDetail"),
        (models.Application, "Application"),
        (models.Application, "SubmittedApplication"),
        (models.Cluster, "Cluster"),
        (models.ClusterEvent, "ClusterEvent"),
        (models.StateEvent, "StateChange"),
        (models.Identity, "Identity"),
        (models.NewRegisterToken, "NewRegisterToken"),
        (models.RegisterToken, "RegisterToken"),
        (models.Revoked, "Revoked"),
        (models.TokenFamily, "TokenFamily"),
        (models.TokenPair, "TokenPair"),
        (models.WhoAmI, "Subject"),
    ],
)
def test_what_a_model_reads_is_what_the_api_answers(model: type[models.Answer], schema: str) -> None:
    answered = _schemas[schema]
    for name, needed in names(model).items():
        assert not needed or name in answered["required"], name
    # An answer of one of the shapes has what the others have not.
    if model is not models.Application:
        assert set(names(model)) == set(answered["properties"])


def test_nothing_that_the_api_tells_of_a_job_is_left_out() -> None:
    assert set(names(models.Application)) == set(_schemas["ApplicationDetail"]["properties"])


def test_the_states_are_the_apis() -> None:
    assert list(get_args(models.State)) == _schemas["Application"]["properties"]["state"]["enum"]


def properties(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """The properties of a schema that may be a reference, or one with null beside it."""
    for option in schema.get("anyOf", ()):
        if option.get("type") != "null":
            return properties(option, whole)
    if "$ref" in schema:
        return properties(whole["$defs"][schema["$ref"].rsplit("/", 1)[1]], whole)
    found: dict[str, Any] = schema.get("properties", {})
    return found


def paths(found: dict[str, Any], whole: dict[str, Any], before: str = "") -> set[str]:
    """All fields of an object, those within others too: ``executor.instances``."""
    below = {
        path
        for name, each in found.items()
        for path in paths(properties(each, whole), whole, f"{before}{name}.")
    }
    return {f"{before}{name}" for name in found} | below


def test_a_manifest_has_what_may_be_said_of_a_job_and_nothing_else() -> None:
    own = Manifest.model_json_schema(by_alias=True)
    assert paths(own["properties"], own) - {"namespace"} == paths(_job["properties"], _job)
