#!/usr/bin/env bash
# Makes the platform's bucket ready: the bucket, its first objects and its policy. Works again on what is there.
# Beside it lie aws.sh, which has more of the environment, aws-config, objects.tsv (FILE<tab>KEY) with its files, and
# policy.json if there is a policy to set. Environment: BUCKET.
set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/aws.sh"

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
