"""Approve links: signed, stored nowhere, valid for 30 days."""

from __future__ import annotations

from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

VALID_FOR = timedelta(days=30)
MAX_LENGTH = 500


class ApprovalLinks:
    """Signs (job, its nonce, moment) for the purpose of approval, and reads that back."""

    def __init__(self, secret_key: str, base_url: str) -> None:
        self._signer = URLSafeSerializer(secret_key, salt="approve a job")
        self._base_url = base_url.rstrip("/")

    def url(self, job_id: int, nonce: str, now: datetime) -> str:
        """Return the address of the approval page of that job."""
        token = self._signer.dumps([job_id, nonce, int(now.timestamp())])
        return f"{self._base_url}/approve?token={token}"

    def read(self, token: str, now: datetime) -> tuple[int, str] | None:
        """Return (job id, nonce), or None when the token is not ours or too old."""
        if len(token) > MAX_LENGTH:
            return None
        try:
            job_id, nonce, signed_at = self._signer.loads(token)
        except (BadSignature, ValueError, TypeError):
            return None
        if now.timestamp() - signed_at > VALID_FOR.total_seconds():
            return None
        return job_id, nonce
