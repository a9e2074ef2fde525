"""A day of a whole firm, played against a real service: `python -m bench.firm`."""
