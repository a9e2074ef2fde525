"""The running process: settings, command line, composition, loops, shutdown."""

DISTRIBUTION = "dispatch-offer-router"  # as pyproject.toml names what is installed
