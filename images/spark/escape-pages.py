"""Changes scripts of Spark's pages, inside its jars, so that a job's own words cannot become HTML.

Jetty serves a whole folder of one jar: a changed file before it in the class path would have to bring all others too.
Ends with 1, and changes nothing, where a script is not the one that the changes were made for.
Usage: escape-pages.py SCRIPTS.JSON JARS, the folder of Spark's jars.
"""

import hashlib
import json
import os
import sys
from itertools import groupby
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile


def only_jar(folder, name):
    found = list(folder.glob(f"{name}_*.jar"))
    if len(found) != 1:
        sys.exit(f"escape-pages: {len(found)} files {name}_*.jar in {folder}, not 1")
    return found[0]


def changed(jar, script, content):
    where = f"{script['path']} in {jar.name}"
    found = hashlib.sha256(content).hexdigest()
    if found != script["sha256"]:
        sys.exit(f"escape-pages: {where} has SHA-256 {found}, not {script['sha256']}: see what changed in Spark")
    text = content.decode()
    for edit in script["edits"]:
        if text.count(edit["before"]) != 1:
            sys.exit(f"escape-pages: {where} has {text.count(edit['before'])} times {edit['before']}")
        text = text.replace(edit["before"], edit["after"])
    return f"{text}\n{script['append']}".encode()


def rewrite(jar, texts):
    made = jar.with_suffix(".new")
    with ZipFile(jar) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry, texts.get(entry.filename, old.read(entry)), ZIP_DEFLATED)
    # The archive of share-classes.sh knows a jar by its time, and the image build puts all that it makes at this.
    os.utime(made, (0, 0))
    made.chmod(0o644)
    os.replace(made, jar)


folder = Path(sys.argv[2])
scripts = json.loads(Path(sys.argv[1]).read_text())
by_jar = {}
for name, group in groupby(sorted(scripts, key=lambda script: script["jar"]), lambda script: script["jar"]):
    jar = only_jar(folder, name)
    with ZipFile(jar) as archive:
        by_jar[jar] = {
            script["path"]: changed(jar, script, archive.read(script["path"])) for script in group
        }
for jar, texts in by_jar.items():
    rewrite(jar, texts)
print(f"escape-pages: {len(scripts)} scripts of Spark's pages are changed.")
