"""A Postfix of its own in a folder, on a free port; the machine's is neither read nor touched."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

OURS = "dispatch.example"
MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
myhostname = mx.{ours}
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.1/32
alias_maps =
local_recipient_maps =
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
relay_domains = {ours}
transport_maps = inline:{{ {transports} }}
relay_recipient_maps = regexp:{folder}/recipients
smtpd_milters = inet:127.0.0.1:{milter}
milter_default_action = tempfail
non_smtpd_milters =
minimal_backoff_time = 1s
queue_run_delay = 1s
"""
RECIPIENTS = r"""
/^jobs@dispatch\.example$/                       OK
/^reply\+[a-z2-7]{26}@dispatch\.example$/        OK
/^dispatch@dispatch\.example$/                   OK
"""
SERVICES = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
smtp      unix  -       -       n       -       -       smtp
relay     unix  -       -       n       -       -       smtp
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
anvil     unix  -       -       n       -       1       anvil
scache    unix  -       -       n       -       1       scache
tlsmgr    unix  -       -       n       1000?   1       tlsmgr
postlog   unix-dgram n  -       n       -       1       postlogd
"""


@contextmanager
def postfix(port: int, milter: int, hosts: Mapping[str, int]) -> Iterator[Path]:
    """Relay on `port` until the block ends: mail for each domain to its port; hand out the log."""
    with tempfile.TemporaryDirectory(prefix="mta-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        for name in ("queue", "data", "config"):
            (folder / name).mkdir()
        subprocess.run(["chown", "postfix", folder / "data"], check=True)
        transports = " ".join(f"{{{d} = smtp:[127.0.0.1]:{p}}}" for d, p in hosts.items())
        main = MAIN.format(folder=folder, ours=OURS, transports=transports, milter=milter)
        (folder / "config/main.cf").write_text(main)
        (folder / "config/master.cf").write_text(SERVICES.format(port=port))
        (folder / "recipients").write_text(RECIPIENTS)
        _tell(folder, "start")
        try:
            yield folder / "mail.log"
        finally:
            _tell(folder, "stop")


def _tell(folder: Path, what: str) -> None:
    subprocess.run(
        ["/usr/sbin/postfix", "-c", folder / "config", what],
        check=True,
        capture_output=True,
        timeout=60,
    )
