"""Each field of the manifest has its option."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from gateway_samples import MANIFEST

from sparkplatform.cli.manifest_options import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator

# The program itself, and what follows `--`.
ARGUMENTS = {"main_file", "arguments"}


def leaves(schema: dict[str, object], prefix: str = "") -> Iterator[str]:
    properties = schema["properties"]
    assert isinstance(properties, dict)
    for name, field in properties.items():
        path = prefix + re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)
        if "properties" in field:
            yield from leaves(field, f"{path}.")
        else:
            yield path


def test_no_field_lacks_an_option_and_no_option_a_field() -> None:
    schema = json.loads(MANIFEST.read_text(encoding="utf-8"))["schema"]["properties"]
    assert {field.path for field in FIELDS} | ARGUMENTS == {"namespace", *leaves(schema["job"])}
