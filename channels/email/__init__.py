"""Mail as a channel: jobs mailed in, decisions and answers mailed back."""

from __future__ import annotations
