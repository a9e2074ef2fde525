"""Tests of what leaves by mail."""
