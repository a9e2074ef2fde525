"""Every error of ours. Expected outcomes (late, repeated, already decided) are values instead."""

from __future__ import annotations


class DispatchError(Exception):
    """Root of all errors that this project raises itself."""


class ConfigurationError(DispatchError):
    """A setting or plugins.toml is wrong: one line that names the place and the fix."""


class DatabaseBusy(DispatchError):
    """The database did not become free in time; nothing was written, trying again is safe."""


class StorageFault(DispatchError):
    """The database could not keep what was asked; nothing was acknowledged."""


class SendError(DispatchError):
    """A channel could not hand a message over."""


class TemporarySendError(SendError):
    """May work later. `retry_after`: seconds the other side asked us to wait, if it did."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class PermanentSendError(SendError):
    """Will never work: that Address is dead."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
