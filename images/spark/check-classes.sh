#!/bin/sh
# Do drivers and executors use the archive of share-classes.sh? A step of the build after that one, since Java looks at
# the times of the jars, which a build may change when a step ends. Ends with 1 where they do not: nobody would see it
# but by the time that jobs take.
set -eu
# A build's own host name need not resolve.
export SPARK_LOCAL_IP=127.0.0.1
jars=$SPARK_HOME/jars
class_path=$jars/spark-class-path.jar
output=$(mktemp)
configuration=$(mktemp -d)
touch "$configuration/spark.properties"

# A driver has its configuration behind the jars, an executor has an empty folder before them.
for all in "$class_path:$configuration:$jars/*" "$SPARK_HOME/conf:$class_path:$jars/*"; do
  "${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:SharedArchiveFile="$SPARK_HOME/classes.jsa" \
    --add-modules=jdk.incubator.vector -Xlog:class+load -Xlog:class+path=info -cp "$all" \
    org.apache.spark.deploy.SparkSubmit --version >"$output" 2>&1 || true
  if ! grep -q 'deploy[.]SparkSubmit source: shared objects file' "$output"; then
    grep -v 'source:' "$output" >&2 || true
    echo "check-classes: Java does not use the archive with the class path $all" >&2
    exit 1
  fi
done
rm -r "$output" "$configuration"
echo "check-classes: drivers and executors share their classes."
