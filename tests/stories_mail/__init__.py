"""Whole stories by mail: real SMTP in both directions to our channel and from it."""
