"""The command line of the platform. `app.app` is the command."""
