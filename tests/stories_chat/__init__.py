"""Whole stories in chat: real HTTP between our channel and a local Bot API server."""
