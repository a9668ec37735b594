"""Local code becomes what a submission has."""

from __future__ import annotations

import io
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from sparkplatform import InvalidManifest
from sparkplatform.code import load_code, most_inline


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def test_a_file_goes_as_text(tmp_path: Path) -> None:
    write(tmp_path, {"Word_Count.py": "print('ü')\n".encode()})
    code = load_code(tmp_path / "Word_Count.py")
    assert code.name == "word-count"
    assert code.content == {"file": {"name": "Word_Count.py", "text": "print('ü')\n"}}
    assert code.uploads == ()


def test_a_folder_goes_with_its_modules_and_without_caches_and_hidden_files(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "pipeline",
        {
            "main.py": b"import lib.a\n",
            "other.py": b"",
            "lib/a.py": b"x = 1\n",
            "lib/data.bin": b"\xff\x00",
            "lib/__pycache__/a.pyc": b"",
            ".env": b"TOKEN=1",
        },
    )
    code = load_code(folder)
    assert code.name == "pipeline"
    assert code.content["folder"]["main"] == "main.py"
    assert code.content["folder"]["files"] == {
        "main.py": {"text": "import lib.a\n"},
        "other.py": {"text": ""},
        "lib/a.py": {"text": "x = 1\n"},
        "lib/data.bin": {"base64": "/wA="},
    }


def test_the_only_file_at_the_top_is_the_program(tmp_path: Path) -> None:
    code = load_code(write(tmp_path / "p", {"report.py": b"", "lib/main.py": b""}))
    assert code.content["folder"]["main"] == "report.py"


@pytest.mark.parametrize("size", [most_inline, most_inline + 1])
def test_what_is_too_large_for_a_request_is_uploaded(tmp_path: Path, size: int) -> None:
    content = b"#" * size
    code = load_code(write(tmp_path, {"large.py": content}) / "large.py")
    if size <= most_inline:
        assert code.uploads == ()
        return
    assert code.content == {"upload": {"main": sha256(content).hexdigest()}}
    assert [upload.content for upload in code.uploads] == [content]


def test_a_large_folder_is_a_program_and_the_same_archive_each_time(tmp_path: Path) -> None:
    files = {"main.py": b"import big\n", "big.py": b"#" * (most_inline + 1), "lib/x.py": b"x = 1\n"}
    program, modules = load_code(write(tmp_path / "a", files)).uploads
    assert program.content == b"import big\n"
    assert modules.kind == "zip"
    with zipfile.ZipFile(io.BytesIO(modules.content)) as archive:
        assert sorted(archive.namelist()) == ["big.py", "lib/x.py"]
    again = load_code(write(tmp_path / "b", files)).uploads[1]
    assert again.sha256 == modules.sha256


@pytest.mark.parametrize(
    ("files", "path", "problem"),
    [
        ({}, "missing.py", "is no file and no folder"),
        ({"job.jar": b""}, "job.jar", "is no Python"),
        ({"latin.py": b"# \xfc\n"}, "latin.py", "is not UTF-8"),
        ({"f/a.py": b"", "f/b.py": b""}, "f", "has 2 .py files at its top and no main.py"),
    ],
)
def test_what_cannot_be_run_is_refused_with_what_would_be_right(
    tmp_path: Path, files: dict[str, bytes], path: str, problem: str
) -> None:
    write(tmp_path, files)
    with pytest.raises(InvalidManifest) as refused:
        load_code(tmp_path / path)
    [violation] = refused.value.violations
    assert violation.problem == problem
    assert violation.expected


@pytest.mark.parametrize(
    ("stem", "name"), [("Word_Count", "word-count"), ("2026 report", "job-2026-report"), ("x" * 80, "x" * 56)]
)
def test_a_job_is_named_after_its_program(tmp_path: Path, stem: str, name: str) -> None:
    assert load_code(write(tmp_path, {f"{stem}.py": b""}) / f"{stem}.py").name == name
