"""What somebody reads for whom something is not right."""

import json

from sparkplatform import SparkPlatform, errors

try:
    SparkPlatform().whoami()
    raise SystemExit("nothing was wrong")
except errors.SparkPlatformError as error:
    print(json.dumps({"type": type(error).__name__, "message": str(error)}))
