"""Tests of what comes back to mail of ours."""
