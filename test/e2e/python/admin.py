"""The first admin registers, and makes a register token for a user, which it prints."""

import json
import os
import sys

from sparkplatform import SparkPlatform

platform = SparkPlatform()
platform.register(os.environ["REGISTER_TOKEN"])
made = platform.create_register_token(sys.argv[1], access_ttl=int(sys.argv[2]))
print(json.dumps({"role": platform.whoami().role, "registerToken": made.register_token}))
