#!/usr/bin/env bash
# Aborts the bucket's multipart uploads that were begun longer ago than MAX_AGE_DAYS, whoever began them.
# Beside it lie aws.sh, which has more of the environment, and aws-config. Environment: BUCKET, MAX_AGE_DAYS.
set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/aws.sh"

# As text, times of this form are in their order, whatever follows the seconds.
before=$(date -u -d "-$MAX_AGE_DAYS days" +%Y-%m-%dT%H:%M:%S)
old="(Uploads || \`[]\`)[?Initiated < '$before'].[Key, UploadId]"
aborted=0 more=True marker=
while [[ $more == True ]]; do
  # Not the CLI's own paging: versitygw 1.8 refuses the upload's id that it gives for the next page. By the key alone,
  # what a page leaves of its last key is for the next run.
  page=$(call s3api list-multipart-uploads --bucket "$BUCKET" --no-paginate ${marker:+--key-marker "$marker"} \
    --query "[[IsTruncated, NextKeyMarker], $old]" --output text)
  {
    IFS=$'\t' read -r more marker <&3
    while IFS=$'\t' read -r key upload <&3; do
      if try s3api abort-multipart-upload --bucket "$BUCKET" --key "$key" --upload-id "$upload"; then
        aborted=$((aborted + 1))
      elif [[ $complaint != *"(NoSuchUpload)"* ]]; then
        echo "${complaint#$'\n'}" >&2
        exit 1
      fi
    done
  } 3<<<"$page"
done
echo "bucket $BUCKET: $aborted unfinished uploads aborted"
