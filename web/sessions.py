"""A signed cookie that stands for a token, no longer than that token is valid: for pages only."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeTimedSerializer
from quart import Request, Response

COOKIE = "dispatch_session"
HOURS = 12
MAX_LENGTH = 400


class Sessions:
    """Gives out and reads the cookie; it holds a token's SHA-256, signed with its time."""

    def __init__(self, key: str, *, secure: bool) -> None:
        self._signer = URLSafeTimedSerializer(key, salt="sign in to the pages")
        self._secure = secure

    def begin(self, response: Response, digest: str) -> None:
        """Sign whoever gets this answer in."""
        response.set_cookie(
            COOKIE,
            self._signer.dumps(digest),
            max_age=HOURS * 3600,
            secure=self._secure,
            httponly=True,
            samesite="Strict",
        )

    def end(self, response: Response) -> None:
        """Sign whoever gets this answer out."""
        response.delete_cookie(COOKIE, secure=self._secure, httponly=True, samesite="Strict")

    def digest(self, asked: Request) -> str | None:
        """Return the SHA-256 of the token that a request was signed in by."""
        given = asked.cookies.get(COOKIE, "")
        if not given or len(given) > MAX_LENGTH:
            return None
        try:
            digest = self._signer.loads(given, max_age=HOURS * 3600)
        except BadSignature:
            return None
        return digest if isinstance(digest, str) else None
