"""`python -m tests.deploy`: nginx and Caddy as docs/deploy sets them up, before a real service.

Needs nginx, caddy and openssl (`apt-get install nginx-light caddy`). Everything listens on free
loopback ports; nothing of the machine's own configuration is read or changed.
"""

from __future__ import annotations

import contextlib
import os
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx

from tests.bot.processes import Shell
from tests.channels.email.receiving.serving import free_port
from tests.deploy.files import DEPLOY

NAME = "dispatch.example.com"
TOKEN = "a-token-of-this-trial"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
SOON = 1.0  # seconds within which a line of history must be through
PATIENCE = 20.0


def main() -> int:
    """Try both; say what was seen."""
    with tempfile.TemporaryDirectory(prefix="dispatch-deploy-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # nginx's workers are somebody else
        settings = {"API_TOKEN": TOKEN, "BASE_URL": f"https://{NAME}", "LOG_LEVEL": "WARNING"}
        port = free_port()
        with Shell(folder, settings).serving(PORT=str(port)):
            with _nginx(folder, port) as client:
                _walk("nginx", client)
                burst = [client.get("/health").status_code for _ in range(250)]
                assert 503 in burst, "nobody is slowed down"
            with _caddy(folder, [free_port(), port]) as client:  # nobody listens on the first
                _walk("caddy", client)
    return 0


def _walk(proxy: str, client: httpx.Client) -> None:
    """Go through the proxy as people and programs do."""
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/jobs").status_code == 401
    assert client.get("/jobs", headers=BEARER).status_code == 200
    heard: list[tuple[float, str]] = []
    listener = threading.Thread(target=_listen, args=(client, heard), daemon=True)
    listener.start()
    _until(lambda: bool(heard))
    asked = time.monotonic()
    body = {"sheet_job_id": f"by {proxy}"}
    created = client.post("/jobs", json=body, headers=BEARER | {"X-Forwarded-For": "127.0.0.1"})
    assert created.status_code == 201, created.text
    assert created.json()["approve_url"].startswith(f"https://{NAME}/approve?token=")
    _until(lambda: any("created" in line for _, line in heard))
    took = next(at for at, line in heard if "created" in line) - asked
    assert took < SOON, f"the stream is buffered: {took:.1f} s"
    page = client.get(created.json()["approve_url"].removeprefix(f"https://{NAME}"))
    assert page.status_code == 200
    large = client.post("/jobs", content=b"x" * 1_100_000, headers=BEARER)
    assert large.status_code == 413, large.status_code
    origin = {"Origin": f"https://{NAME}", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/tick", headers=BEARER | origin).status_code == 200
    foreign = client.post("/tick", headers=BEARER | {"Origin": "https://elsewhere.example"})
    assert foreign.status_code == 403
    sys.stdout.write(f"{proxy}: all well, an event came through the stream in {took:.3f} s\n")


def _listen(client: httpx.Client, heard: list[tuple[float, str]]) -> None:
    with (
        contextlib.suppress(httpx.HTTPError),
        client.stream("GET", "/stream", headers=BEARER, timeout=PATIENCE) as response,
    ):
        heard.extend((time.monotonic(), line) for line in response.iter_lines())


@contextlib.contextmanager
def _nginx(folder: Path, upstream: int) -> Iterator[httpx.Client]:
    tls, plain = free_port(), free_port()
    certificate, key = folder / "cert.pem", folder / "key.pem"
    _run(
        *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
        *("-keyout", str(key), "-out", str(certificate), "-subj", f"/CN={NAME}"),
        *("-addext", f"subjectAltName=DNS:{NAME}"),
    )
    site = (DEPLOY / "nginx.conf").read_text()
    for written, here in (
        ("127.0.0.1:4567", f"127.0.0.1:{upstream}"),
        ("listen 443 ", f"listen 127.0.0.1:{tls} "),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        (f"/etc/letsencrypt/live/{NAME}/fullchain.pem", str(certificate)),
        (f"/etc/letsencrypt/live/{NAME}/privkey.pem", str(key)),
    ):
        assert written in site, written
        site = site.replace(written, here)
    conf = folder / "nginx.conf"
    conf.write_text(f"pid {folder}/nginx.pid;\nevents {{}}\nhttp {{\n{site}\n}}\n")
    words = ("nginx", "-p", str(folder), "-c", str(conf), "-e", str(folder / "nginx.log"))
    _run(*words, "-t")
    with _running(*words, "-g", "daemon off;"):
        trusted = ssl.create_default_context(cafile=str(certificate))
        yield from _client(f"https://127.0.0.1:{tls}", trusted)
        moved = httpx.get(f"http://127.0.0.1:{plain}/desk", headers={"Host": NAME})
        assert moved.headers["Location"] == f"https://{NAME}/desk"


@contextlib.contextmanager
def _caddy(folder: Path, upstreams: list[int]) -> Iterator[httpx.Client]:
    port = free_port()
    words = ("caddy", "run", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile"))
    here = {"HOME": str(folder), "UPSTREAMS": " ".join(f"127.0.0.1:{one}" for one in upstreams)}
    _run("caddy", "validate", *words[2:], SITE=NAME, **here)
    with _running(*words, SITE=f"http://{NAME}:{port}", **here):
        yield from _client(f"http://127.0.0.1:{port}", None)


def _client(url: str, trusted: ssl.SSLContext | None) -> Iterator[httpx.Client]:
    headers = {"Host": NAME}
    verify = trusted if trusted is not None else False
    with httpx.Client(base_url=url, headers=headers, verify=verify, timeout=PATIENCE) as client:
        client.event_hooks["request"].append(
            lambda request: request.extensions.update(sni_hostname=NAME)
        )
        _until(lambda: _answers(client))
        yield client


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/health").status_code == 200
    except httpx.TransportError:
        return False


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


@contextlib.contextmanager
def _running(*words: str, **settings: str) -> Iterator[None]:
    process = subprocess.Popen(words, env=os.environ | settings, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


def _run(*words: str, **settings: str) -> None:
    ended = subprocess.run(
        words, env=os.environ | settings, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr


if __name__ == "__main__":
    sys.exit(main())
