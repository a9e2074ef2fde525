"""Tests of how plugins load, run and observe."""
