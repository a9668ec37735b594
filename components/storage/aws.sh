# Sourced by the scripts beside it: how they call the AWS CLI. Beside it lies aws-config.
# Environment: the AWS CLI's own for keys, and ENDPOINT, the store's URL, if that is not S3 itself.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export AWS_CONFIG_FILE=$here/aws-config AWS_PAGER=
# A store that is wrong should say so at once.
export AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=3
timeouts=(--cli-connect-timeout 5 --cli-read-timeout 30)
# Newer CLIs add checksums that other stores than S3 may not know.
export AWS_REQUEST_CHECKSUM_CALCULATION=when_required AWS_RESPONSE_CHECKSUM_VALIDATION=when_required

# call ARGUMENT…: one call of the CLI.
call() {
  aws "${timeouts[@]}" ${ENDPOINT:+--endpoint-url "$ENDPOINT"} "$@"
}

# try ARGUMENT…: one call of the CLI. What it complained about is in `complaint`.
try() {
  complaint=$(call "$@" 2>&1 >/dev/null)
}
