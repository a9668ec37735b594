"""What speaks to the gateway, written once: scripts/generate_sync.py makes `_sync` of it."""
