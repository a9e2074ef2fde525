"""The rules and the record: knows no transport and no web."""
