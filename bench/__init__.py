"""Measures the service against plain forms of the same work, interleaved in one run."""
