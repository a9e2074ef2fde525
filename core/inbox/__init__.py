"""What came in: stored before it is acknowledged, then acted on exactly once."""

from core.inbox.reader import InboxReader

__all__ = ["InboxReader"]
