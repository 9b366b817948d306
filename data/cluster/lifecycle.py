"""A private PostGIS in a folder: started when needed, durable, gone without a trace when told."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from data.cluster import layout, processes
from data.cluster.account import Account, account_for
from data.cluster.programs import find_programs
from geo.errors import EnvironmentMissing

DATABASE = "wangge"
EXTENSIONS = ("postgis", "pg_trgm", "btree_gist")
START_TIMEOUT_S = 60
LEAVE_TIMEOUT_S = 20


@dataclass(frozen=True, slots=True)
class Status:
    """``state`` is absent, stopped or running; ``pid`` the postmaster's while running."""

    state: str
    home: Path
    pid: int | None = None
    version: str | None = None


class Cluster:
    """The private cluster called ``root`` (a folder; it need not exist).

    It listens on a socket in a folder of mode 0700 only, and knows its clients by their operating system user: the
    caller and root. As root the server runs as Debian's ``postgres``, and root alone gets in. Nothing is touched
    before ``up``.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    def up(self) -> str:
        """Make what is missing, start the server if it is not running, and give the URL of the database ``wangge``.

        Safe to call from several processes at once, and after any crash. Raises EnvironmentMissing.
        """
        with self._locked():
            account = account_for(self.root)
            home = layout.settle(self.root, account)
            layout.private_dir(layout.socket_dir(home), account)
            if not (home / "data").exists():
                _initialise(home, account)
            if processes.postmaster_pid(home / "data") is None:
                _start(home, account)
            try:
                self._ensure_database()
            except DBAPIError as error:
                log, output = str(home / "server.log"), str(error.orig).strip()
                raise EnvironmentMissing(
                    "cluster-failed", step="connect", log=log, output=output
                ) from error
        return self.url()

    def status(self) -> Status:
        """What is there now; changes nothing."""
        home = self.root.resolve()
        data = home / "data"
        try:
            version = _version(data)
        except FileNotFoundError:
            return Status("absent", home)
        except OSError as error:
            raise _unusable(self.root, error) from error
        pid = processes.postmaster_pid(data)
        return Status("running" if pid else "stopped", home, pid, version)

    def down(self) -> None:
        """Stop the server if it is running; its sessions are ended, their open transactions rolled back."""
        if self.status().state == "absent":
            return
        with self._locked():
            self._stop()

    def destroy(self) -> None:
        """Stop the server and remove all that ``up`` made, data included."""
        with self._locked():
            if self.status().state != "absent":
                self._stop()
            home = self.root.resolve()
            for made in (layout.socket_dir(home), home):
                if made.exists():
                    shutil.rmtree(made)
            if self.root.is_symlink():
                self.root.unlink()

    def url(self, database: str = DATABASE) -> str:
        """The SQLAlchemy URL (psycopg2) of one of the cluster's databases, whether it runs or not."""
        sockets = layout.socket_dir(self.root.resolve())
        address = URL.create(
            "postgresql+psycopg2",
            username=layout.ROLE,
            database=database,
            query={"host": str(sockets)},
        )
        # SQLAlchemy writes a space as "+", which libpq, reading the same URL, takes for a plus.
        scheme, mark, rest = address.render_as_string(hide_password=False).partition("://")
        return scheme + mark + rest.replace("+", "%20")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time; the lock lies beside the cluster, so that destroying it removes no held lock."""
        try:
            self.root.parent.mkdir(parents=True, exist_ok=True)
            lock = os.open(
                self.root.with_name(self.root.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600
            )
            try:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
            finally:
                os.close(lock)
        except OSError as error:
            raise _unusable(self.root, error) from error

    def _stop(self) -> None:
        home = self.root.resolve()
        data = home / "data"
        if processes.postmaster_pid(data) is not None:
            stop = ["-D", "data", "-m", "fast", "-w", "-t", str(START_TIMEOUT_S), "stop"]
            _pg_ctl(home, account_for(self.root), stop)
        _wait_for_strays(data)

    def _ensure_database(self) -> None:
        with _session(self.url("postgres")) as session:
            known = session.scalar(
                text("select true from pg_database where datname = :name"), {"name": DATABASE}
            )
            if not known:
                session.execute(text(f"create database {DATABASE} template template0"))
        with _session(self.url()) as session:
            for extension in EXTENSIONS:
                session.execute(text(f"create extension if not exists {extension}"))


@contextmanager
def _session(url: str) -> Iterator[Connection]:
    """A connection of its own, each statement committed by itself."""
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection


def _initialise(home: Path, account: Account) -> None:
    """Make the data folder beside its place and rename it: a crash leaves all of it or nothing."""
    made = home / "data.new"
    if made.exists():
        shutil.rmtree(made)
    options = ["-D", made.name, "-U", layout.ROLE, "-E", "UTF8", "--locale=C.UTF-8"]
    options += ["--lc-messages=C", "-A", "peer", "--data-checksums"]
    done = account.run([find_programs() / "initdb", *options], cwd=home)
    if done.returncode != 0:
        raise EnvironmentMissing("cluster-init-failed", path=str(home), output=done.stdout.strip())
    with (made / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.write("\ninclude 'wangge.conf'\n")
    made.rename(home / "data")


def _start(home: Path, account: Account) -> None:
    data = home / "data"
    sockets = layout.socket_dir(home)
    _wait_for_strays(data)
    (data / "postmaster.pid").unlink(missing_ok=True)
    for stale in sockets.glob(".s.PGSQL.*"):
        stale.unlink()
    layout.write_private(data / "wangge.conf", layout.server_conf(sockets), account)
    layout.write_private(data / "pg_hba.conf", layout.hba_conf(), account)
    layout.write_private(data / "pg_ident.conf", layout.ident_conf(account), account)
    # Relative names: pg_ctl hands them to a shell, in double quotes only.
    start = ["-D", "data", "-l", "server.log", "-w", "-t", str(START_TIMEOUT_S), "start"]
    _pg_ctl(home, account, start)


def _pg_ctl(home: Path, account: Account, words: list[str]) -> None:
    done = account.run([find_programs(_version(home / "data")) / "pg_ctl", *words], cwd=home)
    if done.returncode != 0:
        log = home / "server.log"
        last = log.read_text("utf-8", "replace").splitlines()[-8:] if log.exists() else []
        raise EnvironmentMissing(
            "cluster-failed", step=words[-1], log=str(log), output="\n".join(last)
        )


def _wait_for_strays(data: Path) -> None:
    """The sessions of a killed postmaster must be gone before another may start."""
    strays = processes.wait_until_gone(data, timeout_s=LEAVE_TIMEOUT_S)
    if strays:
        raise EnvironmentMissing(
            "cluster-in-use", path=str(data), pids=", ".join(map(str, sorted(strays)))
        )


def _version(data: Path) -> str:
    return (data / "PG_VERSION").read_text().strip()


def _unusable(root: Path, error: OSError) -> EnvironmentMissing:
    return EnvironmentMissing(
        "cluster-dir-unusable", path=str(root), reason=error.strerror or str(error)
    )
