#!/bin/sh
# Makes an archive of the classes of drivers and executors
# (https://docs.oracle.com/en/java/javase/17/vm/class-data-sharing.html), which the JVM maps into memory instead of
# loading, checking and linking some 14,000 of them. Run once, when the image is built. jobs/manifest/shared-classes.ts
# tells a job's JVMs of it.
# Usage: share-classes.sh SAMPLE.PY, a program whose classes are those of most jobs.
set -eu
sample=$1
jars=$SPARK_HOME/jars
class_path=$jars/spark-class-path.jar
archive=$SPARK_HOME/classes.jsa
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
# A build's own host name need not resolve.
export SPARK_LOCAL_IP=127.0.0.1
work=$(mktemp -d)

# An archive fits one class path, to which more may be appended, and in which no folder may have files: Spark's
# configuration folder has some. So all jars are in a jar of their own, which names them and comes before that folder. In
# a fixed order (that of a wildcard is the disk's), slf4j-api first as in Spark's own (other jars have older copies of
# it), and the large S3 jars last, which then few look-ups open.
python3 - "$class_path" <<'PYTHON'
import os, re, sys, zipfile

class_path = sys.argv[1]
found = sorted(name for name in os.listdir(os.path.dirname(class_path)) if name.endswith(".jar"))
jars = [name for name in found if name != os.path.basename(class_path)]
s3 = re.compile(r"(bundle|aws-java-sdk-bundle|hadoop-aws)-")
jars.sort(key=lambda name: (not name.startswith("slf4j-api-"), bool(s3.match(name))))
line = "Class-Path: " + " ".join(jars)
# A line has 72 bytes at the most, and goes on in the next after a space.
lines = [line[:70]] + [" " + line[at : at + 69] for at in range(70, len(line), 69)]
with zipfile.ZipFile(class_path, "w") as jar:
    jar.writestr("META-INF/MANIFEST.MF", "\r\n".join(["Manifest-Version: 1.0", *lines, "", ""]))
PYTHON
chmod 644 "$class_path"
# The archive is refused where a jar is of another time than it was, and the image build puts all that it makes at this.
touch -d @0 "$class_path"

# Runs a driver whose list of classes has this name. Output goes to a file, to be shown where it is not as expected.
driver() {
  list=$1 && shift
  "$SPARK_HOME/bin/spark-submit" --driver-class-path "$class_path" \
    --driver-java-options "-XX:DumpLoadedClassList=$work/$list" "$@" "$sample" >"$work/output" 2>&1
}

failed() {
  cat "$work/output" >&2
  echo "share-classes: $1" >&2
  exit 1
}

# With an executor in a JVM of its own.
driver driver.list --master 'local-cluster[1,1,1024]' --conf spark.executor.memory=512m \
  --conf spark.executor.extraClassPath="$class_path" \
  --conf spark.executor.extraJavaOptions="-XX:DumpLoadedClassList=$work/executor.list" ||
  failed "the sample does not run"
# As far as a driver in Kubernetes gets where nothing listens.
KUBERNETES_REQUEST_RETRY_BACKOFFLIMIT=0 driver kubernetes.list --deploy-mode client \
  --master k8s://https://127.0.0.1:1 --conf spark.driver.host=127.0.0.1 --conf spark.kubernetes.container.image=dry/run || true
grep -q 'Connection refused' "$work/output" || failed "the dry run did not get as far as the API server"

cat "$work"/*.list | awk '!/^#/ && !seen[$0]++' >"$work/all"
# The collector of large heaps can take more from the archive, if that was made with it; the others take the rest.
"$java" -Xshare:dump -XX:+UseG1GC -XX:SharedClassListFile="$work/all" -XX:SharedArchiveFile="$archive" \
  -cp "$class_path" >"$work/output" 2>&1 || failed "Java makes no archive"
chmod 644 "$archive"

# The sample's executor has left its folder.
rm -r "$work" "$SPARK_HOME/work"
echo "share-classes: $(du -m "$archive" | cut -f 1) MB of classes are shared."
