"""The private PostGIS for real: made, killed, raced for, moved into awkward folders, gone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Row, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from data.cluster import Cluster, check_server, layout, processes
from geo.errors import EnvironmentMissing

AS_ROOT = os.geteuid() == 0


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the server's account can enter (pytest's own are closed to it)."""
    made = Path(tempfile.mkdtemp(prefix="wangge-test-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    for lock in made.rglob("pg.lock"):
        Cluster(lock.with_name("pg")).destroy()
    shutil.rmtree(made)


def ask(url: str, question: str) -> Row[tuple[object, ...]]:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        row = connection.execute(text(question)).one()
        connection.commit()
        return row


def test_from_nothing_to_a_durable_postgis_and_back(folder: Path) -> None:
    cluster = Cluster(folder / "pg")
    assert cluster.status().state == "absent"
    url = cluster.up()
    assert url == cluster.url()
    check_server(url)
    assert ask(url, "select ST_AsText(ST_Point(117, 31, 4490))") == ("POINT(117 31)",)
    assert ask(url, "select current_setting('fsync'), current_setting('synchronous_commit')") == (
        "on",
        "on",
    )
    assert ask(url, "select cardinality(show_trgm('桐城网格')) > 0") == (True,)
    assert cluster.status().state == "running"
    cluster.down()
    assert cluster.status().state == "stopped"
    cluster.destroy()
    assert cluster.status().state == "absent"
    assert [left.name for left in folder.iterdir()] == ["pg.lock"]


def test_what_was_committed_survives_kill_9(folder: Path) -> None:
    cluster = Cluster(folder / "pg")
    url = cluster.up()
    ask(url, "create table kept(n int); insert into kept values (165) returning n")
    for _ in range(3):
        pid = cluster.status().pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        cluster.up()
        assert cluster.status().pid != pid
        assert ask(url, "select n from kept") == (165,)


def test_a_stale_pid_file_is_not_believed(folder: Path) -> None:
    cluster = Cluster(folder / "pg")
    cluster.up()
    data = cluster.status().home / "data"
    left_behind = (data / "postmaster.pid").read_text()
    cluster.down()
    stranger = left_behind.replace(left_behind.split()[0], str(os.getpid()), 1)
    (data / "postmaster.pid").write_text(stranger)
    assert cluster.status().state == "stopped"
    assert ask(cluster.up(), "select 1") == (1,)


def test_two_ups_at_once_make_one_cluster(folder: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from data.cluster import Cluster;"
        "print(Cluster(Path(sys.argv[1])).up())"
    )
    command = [sys.executable, "-c", program, str(folder / "pg")]
    racers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    urls = {racer.communicate(timeout=60)[0].strip() for racer in racers}
    assert [racer.returncode for racer in racers] == [0, 0, 0]
    assert urls == {Cluster(folder / "pg").url()}


@pytest.mark.parametrize("name", ['城 市\'s "$HOME"', "深" * 40])
def test_awkward_folders(folder: Path, name: str) -> None:
    """Blanks, quotes and dollars in the path; a path too long for a socket."""
    root = folder / name / "pg"
    url = Cluster(root).up()
    assert ask(url, "select 1") == (1,)
    sockets = Path(str(make_url(url).query["host"]))
    assert len(os.fsencode(sockets / layout.SOCKET_NAME)) <= layout.LONGEST_SOCKET_PATH
    assert sockets.stat().st_mode & 0o777 == 0o700
    Cluster(root).destroy()
    assert not sockets.exists()


def test_an_interrupted_first_start_leaves_nothing_in_the_way(folder: Path) -> None:
    half_made = folder / "pg" / "data.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("15\n")
    assert ask(Cluster(folder / "pg").up(), "select 1") == (1,)


def test_a_folder_that_is_a_file_is_said(folder: Path) -> None:
    (folder / "taken").write_text("")
    with pytest.raises(EnvironmentMissing) as caught:
        Cluster(folder / "taken" / "pg").up()
    assert caught.value.code == "cluster-dir-unusable"


def test_no_process_survives_down(folder: Path) -> None:
    cluster = Cluster(folder / "pg")
    cluster.up()
    data = cluster.status().home / "data"
    assert processes.server_pids(data)
    cluster.down()
    assert processes.server_pids(data) == []


@pytest.mark.skipif(not AS_ROOT, reason="only root can be another user")
def test_nobody_else_gets_in(folder: Path) -> None:
    url = Cluster(folder / "pg").up()
    sockets = Path(str(make_url(url).query["host"]))
    program = "import sys, psycopg2; psycopg2.connect(host=sys.argv[1], user='wangge')"
    command = [sys.executable, "-c", program, str(sockets)]
    assert subprocess.run(command, check=False).returncode == 0
    # Even past the socket's folder the server asks the kernel who is there.
    sockets.parent.chmod(0o711)
    sockets.chmod(0o711)
    (sockets / layout.SOCKET_NAME).chmod(0o777)
    psql = ["psql", "-h", str(sockets), "-U", "wangge", "-d", "wangge", "-c", "select 1"]
    nobody = subprocess.run(
        psql, user="nobody", cwd="/", capture_output=True, text=True, check=False
    )
    assert nobody.returncode != 0
    assert "Peer authentication failed" in nobody.stderr


@pytest.mark.skipif(not AS_ROOT, reason="root's server runs as another user")
def test_root_in_a_closed_folder_lends_a_home(folder: Path) -> None:
    folder.chmod(0o700)
    cluster = Cluster(folder / "pg")
    assert ask(cluster.up(), "select 1") == (1,)
    home = cluster.status().home
    assert home.parent == layout.LENT_HOMES
    assert Cluster(folder / "pg").url() == cluster.url()
    cluster.destroy()
    assert not home.exists()
    assert not (folder / "pg").is_symlink()


@pytest.mark.skipif(not AS_ROOT, reason="only root can leave something of its own there")
def test_a_filled_closed_folder_is_refused(folder: Path) -> None:
    folder.chmod(0o700)
    (folder / "pg").mkdir()
    (folder / "pg" / "mine.txt").write_text("")
    with pytest.raises(EnvironmentMissing) as caught:
        Cluster(folder / "pg").up()
    assert caught.value.code == "cluster-dir-closed"
    assert (folder / "pg" / "mine.txt").exists()
    shutil.rmtree(folder / "pg")
