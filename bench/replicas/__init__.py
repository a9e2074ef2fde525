"""Several `serve` processes on one PostgreSQL: how they share, and how they are replaced."""
