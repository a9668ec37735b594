"""Puts the compiled form of PySpark's modules beside them, into the archives that Python imports them from.

They bring source only, and Python writes no compiled form into an archive: every driver and every Python worker would
compile them again. To import pyspark.sql takes 0.16 s of CPU then, and 0.51 without. Python passes over what another
version has compiled.
Usage: compile-python.py FOLDER, that of the archives.
"""

import os
import sys
from importlib._bootstrap_external import _code_to_hash_pyc
from importlib.util import source_hash
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

for archive in Path(sys.argv[1]).glob("*.zip"):
    made = archive.with_suffix(".new")
    with ZipFile(archive) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry, content, ZIP_DEFLATED)
            if entry.filename.endswith(".py"):
                code = compile(content, f"{archive}/{entry.filename}", "exec", dont_inherit=True)
                # Unchecked: the source beside it is of this moment.
                compiled = _code_to_hash_pyc(code, source_hash(content), checked=False)
                new.writestr(f"{entry.filename}c", compiled)
    os.replace(made, archive)
    archive.chmod(0o644)
