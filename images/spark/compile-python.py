"""Puts the compiled form of PySpark's modules beside them, into the archives that Python imports them from.

They bring source only, and Python writes no compiled form into an archive: every driver and every Python worker would
compile them again. To import pyspark.sql takes 0.16 s of CPU then, and 0.51 without. Python passes over what another
version has compiled.
Usage: compile-python.py FOLDER, that of the archives.
"""

import os
import py_compile
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile


def compiled(content, path):
    with TemporaryDirectory() as folder:
        source, result = Path(folder, "module.py"), Path(folder, "module.pyc")
        source.write_bytes(content)
        # Unchecked: the source beside it is of this moment.
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        py_compile.compile(source, result, path, doraise=True, invalidation_mode=mode)
        return result.read_bytes()


for archive in Path(sys.argv[1]).glob("*.zip"):
    made = archive.with_suffix(".new")
    with ZipFile(archive) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry, content, ZIP_DEFLATED)
            if entry.filename.endswith(".py"):
                new.writestr(f"{entry.filename}c", compiled(content, f"{archive}/{entry.filename}"))
    os.replace(made, archive)
    archive.chmod(0o644)
