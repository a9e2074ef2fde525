"""The local Bot API server, as a client and as its people see it."""
