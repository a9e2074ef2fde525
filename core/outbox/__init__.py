"""What the system has promised to say: promised inside a unit of work, sent outside of it."""
