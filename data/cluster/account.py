"""Whom the server runs as: PostgreSQL refuses root, so root lends it Debian's account ``postgres``."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from geo.errors import EnvironmentMissing

SERVICE = "postgres"


@dataclass(frozen=True, slots=True)
class Account:
    """The operating system user that owns the cluster's files and processes."""

    name: str
    uid: int
    gid: int

    @property
    def clients(self) -> tuple[str, ...]:
        """The users that the server lets in: root always, its owner unless that is the lent account."""
        return ("root",) if self.name == SERVICE else ("root", self.name)

    def own(self, path: Path) -> None:
        """Give a file or folder to the account (nothing to do unless we are root)."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def run(self, command: Sequence[str | Path], *, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a program as the account in a clean environment; the caller judges the return code.

        What it prints, on either stream, comes back as ``stdout``.
        """
        lent = os.geteuid() == 0
        return subprocess.run(
            [str(word) for word in command],
            cwd=cwd,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(cwd)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            user=self.uid if lent else None,
            group=self.gid if lent else None,
            extra_groups=[] if lent else None,
        )

    def reaches(self, folder: Path) -> bool:
        """Whether the account may enter ``folder`` (a parent such as /root may be closed to it)."""
        return self.run(["test", "-x", folder], cwd=Path("/")).returncode == 0


def account_for(home: Path) -> Account:
    """The account for a cluster in ``home``: the caller's; for root whoever owns data there, else ``postgres``."""
    if os.geteuid() != 0:
        return _account(os.geteuid())
    data = home / "data"
    if data.is_dir() and data.stat().st_uid != 0:
        return _account(data.stat().st_uid)
    return _account(SERVICE)


def _account(user: int | str) -> Account:
    try:
        entry = pwd.getpwuid(user) if isinstance(user, int) else pwd.getpwnam(user)
    except KeyError as error:
        raise EnvironmentMissing("account-missing", user=user) from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
