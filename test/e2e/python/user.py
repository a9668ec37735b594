"""A user registers, and tries what is the admin's."""

import json
import os

from sparkplatform import SparkPlatform, errors

platform = SparkPlatform()
platform.register(os.environ["REGISTER_TOKEN"])
me = platform.whoami()
try:
    platform.create_register_token("mallory", role="admin")
    refused = ""
except errors.PermissionDenied as error:
    refused = str(error)
print(json.dumps({"name": me.name, "role": me.role, "refused": refused}))
