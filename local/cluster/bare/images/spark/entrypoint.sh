#!/bin/bash
# How Spark on Kubernetes starts its images: `driver ARGUMENT…`, `executor`, or any other command as it is
# (https://spark.apache.org/docs/latest/running-on-kubernetes.html#docker-images). What it needs is in variables.
set -eu

# A security context may say any user; Hadoop wants it to have a name.
if ! getent passwd "$(id -u)" >/dev/null && [ -w /etc/passwd ]; then
  printf 'spark:x:%s:%s::%s:/bin/false\n' "$(id -u)" "$(id -g)" "$SPARK_HOME" >>/etc/passwd
fi

# Class path, the first part wins.
parts=("${SPARK_CONF_DIR:-$SPARK_HOME/conf}" "${HADOOP_CONF_DIR:-}" "${SPARK_CLASSPATH:-}" "$SPARK_HOME/jars/*"
  "${SPARK_EXTRA_CLASSPATH:-}" "${SPARK_DIST_CLASSPATH:-}")
class_path=
for part in "${parts[@]}"; do
  if [ -n "$part" ]; then class_path=${class_path:+$class_path:}$part; fi
done

case ${1:-} in
driver)
  shift
  exec tini -s -- "$SPARK_HOME/bin/spark-submit" --deploy-mode client \
    --conf "spark.driver.bindAddress=$SPARK_DRIVER_BIND_ADDRESS" \
    --conf "spark.executorEnv.SPARK_DRIVER_POD_IP=$SPARK_DRIVER_BIND_ADDRESS" "$@"
  ;;
executor)
  # SPARK_JAVA_OPT_0 and so on: an option each, in their order, whatever is in it.
  options=()
  for ((number = 0; ; number++)); do
    name=SPARK_JAVA_OPT_$number
    [ -n "${!name+set}" ] || break
    options+=("${!name}")
  done
  exec tini -s -- "$JAVA_HOME/bin/java" "${options[@]}" \
    "-Xms$SPARK_EXECUTOR_MEMORY" "-Xmx$SPARK_EXECUTOR_MEMORY" -cp "$class_path" \
    org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend \
    --driver-url "$SPARK_DRIVER_URL" \
    --executor-id "$SPARK_EXECUTOR_ID" \
    --cores "$SPARK_EXECUTOR_CORES" \
    --app-id "$SPARK_APPLICATION_ID" \
    --hostname "$SPARK_EXECUTOR_POD_IP" \
    --resourceProfileId "$SPARK_RESOURCE_PROFILE_ID" \
    --podName "$SPARK_EXECUTOR_POD_NAME"
  ;;
*) exec "$@" ;;
esac
