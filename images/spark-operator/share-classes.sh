#!/bin/sh
# Prepares $SPARK_HOME/submit for the operator's spark-submit: its class path, its options, and an archive of the
# classes of a submission (https://docs.oracle.com/en/java/javase/17/vm/class-data-sharing.html), which the JVM maps
# into memory instead of loading, checking and linking 7,000 of them. Run once, when the image is built; the build
# fails where the archive is not used.
# Usage: share-classes.sh FOLDER, the folder of spark-submit.
set -eu
jars=$SPARK_HOME/jars
submit=$SPARK_HOME/submit
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
# A build's own host name need not resolve.
export SPARK_LOCAL_IP=127.0.0.1
mkdir -p "$submit"
install -m 755 "$1/spark-submit" "$SPARK_HOME/bin/spark-submit"

# An archive fits one class path only, to which more may be appended: a fixed order, and the S3 jars apart. A wildcard
# has the order of the folder on disk. slf4j-api is first in Spark's own as well (other jars have older copies of it).
all() {
  LC_ALL=C find "$jars" -maxdepth 1 -name '*.jar' | LC_ALL=C sort
}
first='/slf4j-api-[^/]*$'
s3='/(bundle|aws-java-sdk-bundle|hadoop-aws)-[^/]*$'
{
  { all | grep -E "$first"; all | grep -Ev "$first|$s3"; } | paste -s -d :
  all | grep -E "$s3" | paste -s -d :
} >"$submit/class-path"

# For a JVM that lives for a second: the first compiler alone, with one thread; no collector threads; no shared
# statistics. `auto`: where the archive does not fit after all, the JVM works without it. Spark's own options open
# packages of Java for what drivers and executors do; one of them (--add-modules) would switch sharing off.
write_options() {
  printf '%s\n' -Xms64m -Xmx256m -XX:TieredStopAtLevel=1 -XX:CICompilerCount=1 -XX:+UseSerialGC -XX:-UsePerfData \
    "$@" >"$submit/java-options"
}

# As far as a submission gets where nothing listens: all but the answer of the API server. What the pod template and
# the properties are like in this platform's jobs, so that the classes for those are in it.
dry_run() {
  template=$(mktemp)
  echo '{"kind":"Pod","apiVersion":"v1","spec":{"containers":[{"name":"spark-kubernetes-driver"}]}}' >"$template"
  KUBERNETES_REQUEST_RETRY_BACKOFFLIMIT=0 "$SPARK_HOME/bin/spark-submit" --deploy-mode cluster --name dry-run \
    --master k8s://https://127.0.0.1:1 --conf spark.kubernetes.submission.waitAppCompletion=false \
    --conf spark.kubernetes.namespace=dry-run --conf spark.kubernetes.driver.pod.name=dry-run-driver \
    --conf spark.kubernetes.container.image=dry/run --conf spark.kubernetes.driver.podTemplateFile="$template" \
    --conf spark.kubernetes.executor.podTemplateFile="$template" --conf spark.kubernetes.driver.label.a=b \
    --conf spark.kubernetes.driver.secretKeyRef.A=b:c --conf spark.kubernetes.driverEnv.A=b \
    local:///dry-run.py >"$template.out" 2>&1 || true
  if ! grep -q 'Connection refused' "$template.out"; then
    cat "$template.out" >&2
    echo "share-classes: the dry run did not get as far as the API server" >&2
    exit 1
  fi
  rm "$template" "$template.out"
}

# The archive lies on top of the one of Java's own classes, which not every Java has.
[ -n "$(find "$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.home = //p')/" -name classes.jsa)" ] ||
  "$java" -Xshare:dump >/dev/null
write_options -XX:ArchiveClassesAtExit="$submit/classes.jsa"
dry_run
write_options -Xshare:auto -XX:SharedArchiveFile="$submit/classes.jsa"
chmod -R a+rX "$submit"

loaded=$(SPARK_SUBMIT_OPTS=-Xlog:class+load "$SPARK_HOME/bin/spark-submit" --version 2>&1)
if ! echo "$loaded" | grep -q 'deploy[.]SparkSubmit source: shared objects file (top)'; then
  echo "share-classes: Java does not use the archive" >&2
  "$java" "@$submit/java-options" -Xshare:on -Xlog:cds -cp "$(head -n 1 "$submit/class-path")" -version >&2 || true
  exit 1
fi
echo "share-classes: $(du -m "$submit/classes.jsa" | cut -f 1) MB of classes are shared."
