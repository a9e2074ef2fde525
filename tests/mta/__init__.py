"""A real mail server on both sides of the service: `python -m tests.mta` (root, postfix, swaks)."""
