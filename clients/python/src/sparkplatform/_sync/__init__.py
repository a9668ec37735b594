# Generated from _async/__init__.py by scripts/generate_sync.py: do not edit.
"""What speaks to the gateway, written once: scripts/generate_sync.py makes `_sync` of it."""
