"""Tests of mail as a channel."""
