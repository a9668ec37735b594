"""The one thing that the two twins wait with."""

from __future__ import annotations

import time
from asyncio import sleep as async_sleep

__all__ = ["async_sleep", "sync_sleep"]

sync_sleep = time.sleep
