"""Tests of the Telegram channel; those that need the other side talk to a local Bot API server."""
