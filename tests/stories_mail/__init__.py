"""Whole stories by mail: real SMTP in both directions between our channel and people's mailboxes."""
