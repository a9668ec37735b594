#!/usr/bin/env bash
# Makes the platform's bucket ready: the bucket, its first objects and its policy. Works again on what is there.
# Beside it lie aws-config, objects.tsv (FILE<tab>KEY) with its files, and policy.json if there is a policy to set.
# Environment: BUCKET, the AWS CLI's own for keys, and ENDPOINT, the store's URL, if that is not S3 itself.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export AWS_CONFIG_FILE=$here/aws-config AWS_PAGER=
# A store that is wrong should say so at once.
export AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=3
timeouts=(--cli-connect-timeout 5 --cli-read-timeout 30)
# Newer CLIs add checksums that other stores than S3 may not know.
export AWS_REQUEST_CHECKSUM_CALCULATION=when_required AWS_RESPONSE_CHECKSUM_VALIDATION=when_required

# try ARGUMENT…: one call of the CLI. What it complained about is in `complaint`.
try() {
  complaint=$(aws "${timeouts[@]}" ${ENDPOINT:+--endpoint-url "$ENDPOINT"} "$@" 2>&1 >/dev/null)
}

advice() {
  local store="the store at ${ENDPOINT:-S3}"
  if [[ ! $complaint =~ "An error occurred ("([^\)]*)")" ]]; then
    echo "$store does not answer: check storage.endpoint, and that pods can reach it"
    return
  fi
  # HTTP's status where the answer has no body, else S3's own word.
  local code=${BASH_REMATCH[1]}
  case $code in
    401 | 403 | AccessDenied | InvalidAccessKeyId | SignatureDoesNotMatch)
      echo "$store refused the admin keys ($code): check storage.keys.admin," \
        "and that it may create and write bucket $BUCKET"
      ;;
    *) echo "$store answered $code: check that storage.endpoint is an S3 store" ;;
  esac
}

# Its words become the pod's termination message.
fail() {
  echo "$(advice). ${complaint#$'\n'}" >&2
  exit 1
}

if ! try s3api head-bucket --bucket "$BUCKET"; then
  [[ $complaint == *"(404)"* ]] || fail
  # Unlike `s3api create-bucket`, it names the region by itself.
  try s3 mb "s3://$BUCKET" || fail
fi
while IFS=$'\t' read -r file key <&3; do
  try s3api put-object --bucket "$BUCKET" --key "$key" --body "$here/$file" || fail
done 3<"$here/objects.tsv"
if [[ -e $here/policy.json ]]; then
  try s3api put-bucket-policy --bucket "$BUCKET" --policy "file://$here/policy.json" || fail
fi
echo "bucket $BUCKET: ready"
