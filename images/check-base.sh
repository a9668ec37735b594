#!/bin/sh
# Does the base image fit the row of versions.ts whose jars are about to be added?
# The first step of both Dockerfiles; ends with 1 and says both versions where they differ.
#   sh check-base.sh SPARK SCALA HADOOP JAVA [JARS-FOLDER]
set -eu
spark=$1 scala=$2 hadoop=$3 java=$4 jars=${5:-${SPARK_HOME:-/opt/spark}/jars}
problems=0

problem() {
  printf 'check-base: %s\n' "$*" >&2
  problems=1
}

# What stands between PREFIX and .jar in the one file of that name; nothing where there is no such file or several.
in_name() {
  prefix=$1
  set -- "$jars/$prefix"*.jar
  if [ ! -e "$1" ]; then
    problem "no $prefix*.jar in $jars: the base must be a Spark image that brings its Hadoop jars."
  elif [ $# -gt 1 ]; then
    problem "several $prefix*.jar in $jars: $*; which one counts cannot be told."
  else
    found=${1#"$jars/$prefix"}
    found=${found%.jar}
    return 0
  fi
  return 1
}

if in_name spark-core_; then
  base_spark=${found#*-} base_scala=${found%%-*}
  [ "$base_spark" = "$spark" ] || problem "the row is of Spark $spark, but the base has Spark $base_spark."
  [ "$base_scala" = "$scala" ] || problem "the row is of Scala $scala, but the base has Scala $base_scala."
fi
if in_name hadoop-client-api-; then
  [ "$found" = "$hadoop" ] ||
    problem "hadoop-aws $hadoop is to be added, but the base has hadoop-client-api $found: both must be of one version."
fi
# Jars run on a newer or older Java too, so this is worth a word but no end.
if [ -r "${JAVA_HOME:-}/release" ]; then
  base_java=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$JAVA_HOME/release")
  [ "$base_java" = "$java" ] || printf 'check-base: note: the row was tested with Java %s, the base has Java %s.\n' "$java" "$base_java" >&2
fi

[ "$problems" = 0 ] || { echo "check-base: this base does not fit; give another one or add a tested row to images/versions.ts." >&2; exit 1; }
echo "check-base: fits: Spark $spark, Scala $scala, Hadoop $hadoop."
