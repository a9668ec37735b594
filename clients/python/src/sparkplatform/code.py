"""Code that comes with a job: a file or a folder of this machine, in the request or, if it is large, by an upload."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from .errors import InvalidManifest, Violation

#: What a ConfigMap holds, in bytes, and with it a request. https://kubernetes.io/docs/concepts/configuration/configmap/
most_inline = 900 * 1024
_longest_name = 56


@dataclass(frozen=True)
class Upload:
    """Content that goes into the store before the job is submitted. ``kind``: py or zip."""

    content: bytes
    kind: str

    @property
    def sha256(self) -> str:
        """Its name, in hexadecimal."""
        return sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Code:
    """``content``: the field ``code`` of a submission. ``uploads``: what it names, to be put into the store before."""

    name: str
    content: dict[str, Any]
    uploads: tuple[Upload, ...] = ()


def load_code(path: str | Path) -> Code:
    """Reads a file of Python, or a folder of them with the program at its top.

    A folder's program is ``main.py``, ``__main__.py`` or the only .py at its top. Hidden files and caches are left out.

    Raises InvalidManifest where there is no such file, or where it cannot be told which is the program.
    """
    found = Path(path)
    if found.is_dir():
        return _folder(found)
    if not found.is_file():
        raise _wrong(path, "is no file and no folder", "a .py file, or a folder with a main.py")
    if found.suffix != ".py":
        raise _wrong(path, "is no Python", "a .py file; a .jar goes into S3, and its address into main_file")
    content = found.read_bytes()
    if len(content) > most_inline:
        upload = Upload(content, "py")
        return Code(_job_name(found.stem), {"upload": {"main": upload.sha256}}, (upload,))
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise _wrong(path, "is not UTF-8", "a file of text in UTF-8") from None
    return Code(_job_name(found.stem), {"file": {"name": found.name, "text": text}})


def _folder(folder: Path) -> Code:
    files = {
        each.relative_to(folder).as_posix(): each.read_bytes()
        for each in sorted(folder.rglob("*"))
        if each.is_file() and not _is_left_out(each.relative_to(folder))
    }
    main = _program(folder, list(files))
    name = _job_name(folder.resolve().name)
    if sum(len(path) + len(content) for path, content in files.items()) <= most_inline:
        contents = {path: _inline(content) for path, content in files.items()}
        return Code(name, {"folder": {"main": main, "files": contents}})
    program = Upload(files.pop(main), "py")
    if not files:
        return Code(name, {"upload": {"main": program.sha256}}, (program,))
    modules = Upload(_zip(files), "zip")
    uploads = (program, modules)
    return Code(name, {"upload": {"main": program.sha256, "modules": modules.sha256}}, uploads)


def _is_left_out(path: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts) or path.suffix == ".pyc"


def _program(folder: Path, files: list[str]) -> str:
    top = [path for path in files if "/" not in path and path.endswith(".py")]
    for usual in ("main.py", "__main__.py"):
        if usual in top:
            return usual
    if len(top) == 1:
        return top[0]
    raise _wrong(
        folder, f"has {len(top)} .py files at its top and no main.py", "a main.py, or one .py at the top"
    )


def _inline(content: bytes) -> dict[str, str]:
    try:
        return {"text": content.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}


def _zip(files: dict[str, bytes]) -> bytes:
    """The same bytes for the same files, whenever they were written, so that they are uploaded once."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return target.getvalue()


def _job_name(program: str) -> str:
    """The name of a job of a program without a name: ``Word_Count`` -> ``word-count``."""
    name = re.sub(r"[^a-z0-9]+", "-", program.lower()).strip("-")
    name = name if name[:1].isalpha() else f"job-{name}"
    return name[:_longest_name].rstrip("-")


def name_of(main_file: str) -> str:
    """The name of a job whose program is in S3 or in the image."""
    return _job_name(Path(main_file).stem)


def _wrong(path: str | Path, problem: str, expected: str) -> InvalidManifest:
    return InvalidManifest([Violation(f"code {path}", problem, expected)])
