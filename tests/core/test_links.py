"""The token by which a message is answered is base32 of a keyed digest, and always the same."""

from __future__ import annotations

import base64
import hmac

from core.links import REPLY_TOKEN_LENGTH, ApprovalLinks

NAMES = ("", "a", "0" * 32, "f" * 32, *(f"{number:032x}" for number in range(200)))


def test_a_reply_token_is_base32_of_a_digest_of_the_messages_name() -> None:
    key = hmac.digest(b"secret", b"answer a message", "sha256")
    links = ApprovalLinks("secret", "http://localhost")
    for name in NAMES:
        digest = hmac.digest(key, name.encode(), "sha256")
        whole = base64.b32encode(digest).decode().lower()
        assert links.reply_token(name) == whole[:REPLY_TOKEN_LENGTH]
