"""Open this for how mails are bred: from the corpus by mutation, and from nothing by a grammar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

CORPUS = Path(__file__).parent / "corpus"
LONGEST = 300_000
WORDS = (
    *(b"\r\n", b"\n", b"\r", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"--b\r\n", b"--b--\r\n", b"."),
    *(b"From: x@y.example\r\n", b"From:", b"Message-ID: <", b"Subject: =?utf-8?q?", b"=?x?b?=?="),
    *(
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n",
        b"Content-Type: message/rfc822\r\n\r\n",
    ),
    *(
        b"Content-Type: text/plain; charset=",
        b"utf-7",
        b"utf-16",
        b"idna",
        b"unicode_escape",
        b"rot13",
    ),
    *(
        b"punycode",
        b"hz",
        b"iso-2022-jp",
        b"Content-Transfer-Encoding: base64\r\n\r\n",
        b"uuencode",
    ),
    *(b"Content-Disposition: attachment; filename*0*=", b"filename*99999=a;", b";", b'"', b"\\"),
    *(b"(", b")", b"<", b">", b",", b"@", b":", b"; boundary=", b"=", b"=0D=0A", b" ", b"\t"),
    *(b"Ref: ", b"From: Leeds\r\nTo: York\r\n", b"Date: 31/02/2027\r\n", b"cancel ", b"YES", b"> "),
    *(
        b"{",
        b"[",
        b'{"sheet_job_id": ',
        b"<table>",
        b"<tr><td>",
        b"<blockquote>",
        b"&#x0;",
        b"<!--",
    ),
    *("Łódź".encode(), "\u202e".encode(), "👩‍🔧".encode(), b"9" * 400, b"1e999", b"-----"),
)
TYPES = (
    *("text/plain", "text/html", "text/csv", "application/json", "message/rfc822", "text", "", "/"),
    *("multipart/mixed", "multipart/alternative", "multipart/report", "message/delivery-status"),
    *("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "message/partial"),
)
ENDINGS = (".csv", ".json", ".xlsx", "")
ENCODINGS = ("7bit", "base64", "quoted-printable", "x-uuencode", "binary", "odd")
CHARSETS = (
    "utf-8",
    "iso-8859-1",
    "utf-16",
    "utf-7",
    "x-odd",
    "idna",
    "unicode_escape",
    "\x00",
    '"',
)


def corpus() -> Sequence[bytes]:
    """Return the mails that all others descend from."""
    return [path.read_bytes() for path in sorted(CORPUS.glob("*.eml"))]


def breed(dice: Random, parents: Sequence[bytes]) -> bytes:
    """Return one mail that has not been seen."""
    if dice.random() < 0.3:
        return generated(dice)[:LONGEST]
    mail = dice.choice(parents)
    for _ in range(dice.choice((1, 1, 2, 3, 5, 8, 20))):
        mail = dice.choice(MUTATIONS)(dice, mail, parents)[:LONGEST]
    return mail


def _insert(dice: Random, mail: bytes, parents: Sequence[bytes]) -> bytes:
    at = dice.randint(0, len(mail))
    return mail[:at] + dice.choice(WORDS) + mail[at:]


def _repeat(dice: Random, mail: bytes, parents: Sequence[bytes]) -> bytes:
    at, times = dice.randint(0, len(mail)), dice.choice((10, 100, 2_000, 20_000))
    return mail[:at] + dice.choice(WORDS) * times + mail[at:]


def _flip(dice: Random, mail: bytes, parents: Sequence[bytes]) -> bytes:
    changed = bytearray(mail)
    for _ in range(min(len(mail), dice.choice((1, 4, 32)))):
        changed[dice.randrange(len(mail))] = dice.randrange(256)
    return bytes(changed)


def _drop(dice: Random, mail: bytes, parents: Sequence[bytes]) -> bytes:
    start = dice.randint(0, len(mail))
    return mail[:start] + mail[start + dice.choice((1, 2, 10, 100, 1_000)) :]


def _double(dice: Random, mail: bytes, parents: Sequence[bytes]) -> bytes:
    start = dice.randint(0, len(mail))
    piece = mail[start : start + dice.choice((10, 100, 1_000))]
    at = dice.randint(0, len(mail))
    return mail[:at] + piece * dice.choice((1, 2, 50)) + mail[at:]


def _splice(dice: Random, mail: bytes, parents: Sequence[bytes]) -> bytes:
    other = dice.choice(parents)
    return mail[: dice.randint(0, len(mail))] + other[dice.randint(0, len(other)) :]


def _shuffle_lines(dice: Random, mail: bytes, parents: Sequence[bytes]) -> bytes:
    lines = mail.split(b"\r\n")
    first = dice.randint(0, len(lines))
    some = lines[first : first + 10]
    dice.shuffle(some)
    return b"\r\n".join([*lines[:first], *some, *lines[first + 10 :]])


Mutation = Callable[[Random, bytes, Sequence[bytes]], bytes]
MUTATIONS: Sequence[Mutation] = (
    *(_insert, _insert, _insert, _repeat, _flip, _drop, _double, _splice, _shuffle_lines),
)


def generated(dice: Random, depth: int = 0) -> bytes:
    """Return a mail, or a part of one, by the grammar of mail, used without sense."""
    kind = dice.choice(TYPES)
    boundary = dice.choice(("b", "bb", "b b", "", "--", "b" * 80))
    fields = [
        f"Content-Type: {kind}; boundary={boundary}; charset={dice.choice(CHARSETS)}",
        f"Content-Transfer-Encoding: {dice.choice(ENCODINGS)}",
        f'Content-Disposition: attachment; filename="a{dice.choice(ENDINGS)}"',
        "From: Jo <jo@example.com>",
        "Subject: " + "=?utf-8?q?a?= " * dice.choice((0, 1, 50)),
        "Message-ID: <a@b>",
        "X-" + "y" * dice.choice((1, 80, 5_000)) + ": z",
    ]
    chosen = dice.sample(fields, dice.randint(0, len(fields)))
    head = "\r\n".join(chosen).encode() + b"\r\n\r\n"
    if depth > 12 or dice.random() < 0.4:
        return head + b"".join(dice.choices(WORDS, k=dice.choice((0, 3, 30, 300)))) + b"\r\n"
    parts = [generated(dice, depth + 1) for _ in range(dice.choice((0, 1, 1, 2, 3)))]
    mark = b"--" + boundary.encode()
    return head + b"".join(mark + b"\r\n" + part for part in parts) + mark + b"--\r\n"
