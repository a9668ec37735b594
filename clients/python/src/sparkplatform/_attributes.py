"""Where the API says that a job is wrong, in the names of the manifest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from .manifest import Manifest

if TYPE_CHECKING:
    from .errors import Violation


def by_attribute(violation: Violation) -> Violation:
    """What is wrong with a job, by its attribute: ``job.executor.memoryOverhead`` is ``executor.memory_overhead``."""
    names = violation.path.removeprefix("job.").split(".")
    part: type[BaseModel] | None = Manifest
    for index, name in enumerate(names):
        fields = {} if part is None else part.model_fields
        field = next((each for each in fields if to_camel(each) == name), None)
        if field is None:
            break
        names[index] = field
        kinds = (fields[field].annotation, *get_args(fields[field].annotation))
        part = next((each for each in kinds if isinstance(each, type) and issubclass(each, BaseModel)), None)
    return replace(violation, path=".".join(names))
