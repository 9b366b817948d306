"""Where a cluster's files and socket lie, and how its server is configured."""

from __future__ import annotations

import hashlib
import os
import stat
import uuid
from pathlib import Path

from data.cluster.account import Account
from geo.errors import EnvironmentMissing

LONGEST_SOCKET_PATH = 107
SOCKET_NAME = ".s.PGSQL.5432"
ROLE = "wangge"
LENT_HOMES = Path("/var/lib/wangge")
"""Where root's clusters live when the project lies in a folder that is closed to the server's account."""


def socket_dir(home: Path) -> Path:
    """The folder of the server's socket: in ``home``, or under /tmp where the path could not be used.

    A socket's path has at most 107 bytes, and libpq takes a comma for the end of a host.
    """
    inside = home / "socket"
    path = str(inside / SOCKET_NAME)
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH and not set(path) & set(',"\n'):
        return inside
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path("/tmp") / f"wangge-{digest}"


def private_dir(path: Path, account: Account) -> None:
    """Make ``path`` a folder that only ``account`` may enter; refuse what a stranger put there."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (account.uid, os.geteuid()):
        raise EnvironmentMissing("cluster-dir-foreign", path=str(path), user=account.name)
    account.own(path)
    path.chmod(0o700)


def settle(root: Path, account: Account) -> Path:
    """The home of a cluster called ``root``: made, private and within the account's reach.

    Where a parent is closed to the account (root's own folder is, on Debian) the cluster lives in /var/lib/wangge
    and ``root`` becomes a link to it.
    """
    if not root.is_symlink():
        private_dir(root, account)
        if account.reaches(root):
            return root.resolve()
        if any(root.iterdir()):
            raise EnvironmentMissing("cluster-dir-closed", path=str(root), user=account.name)
        root.rmdir()
        root.symlink_to(LENT_HOMES / f"pg-{uuid.uuid4().hex[:12]}")
    home = root.resolve()
    home.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    private_dir(home, account)
    if not account.reaches(home):
        raise EnvironmentMissing("cluster-dir-closed", path=str(home), user=account.name)
    return home


def write_private(path: Path, text: str, account: Account) -> None:
    """Write a file that only ``account`` can read; never through a link."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    account.own(path)


def server_conf(sockets: Path) -> str:
    """Our part of postgresql.conf: no network, nothing less than durable, clocks in UTC."""
    return f"""listen_addresses = ''
unix_socket_directories = {_quoted(f'"{sockets}"')}
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 256MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
fsync = on
full_page_writes = on
synchronous_commit = on
timezone = 'UTC'
log_timezone = 'UTC'
"""


def hba_conf() -> str:
    """Nobody but whom the kernel vouches for (peer), by the map below; no password, no network."""
    return f"local all all peer map={ROLE}\n"


def ident_conf(account: Account) -> str:
    """Which operating system users are the role."""
    return "".join(f'{ROLE} "{name}" {ROLE}\n' for name in account.clients)


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
