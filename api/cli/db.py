"""``wangge db``: the private PostGIS, or a look at the one that DATABASE_URL names."""

import time

import typer
from sqlalchemy import make_url

from api.cli.console import Translate, say
from api.cli.manual import Manual
from data.cluster import Cluster, check_server
from data.database import private_cluster
from data.settings import Settings
from geo.errors import OptionError


def register(app: typer.Typer, t: Translate) -> None:
    """Declare ``db up|status|down|destroy``."""
    db = Manual(t, help=t("cli_db.help"))
    app.add_typer(db, name="db")

    @db.command("up", help=t("cli_db.up"))
    def up() -> None:
        settings = Settings()
        began = time.perf_counter()
        url = settings.database_url or private_cluster(settings).up()
        check_server(url)
        shown = make_url(url).render_as_string(hide_password=True)
        say(t("cli_db.ready", url=shown, seconds=f"{time.perf_counter() - began:.1f}"))

    @db.command("status", help=t("cli_db.status"))
    def status() -> None:
        settings = Settings()
        if settings.database_url is not None:
            check_server(settings.database_url)
            url = make_url(settings.database_url).render_as_string(hide_password=True)
            say(t("cli_db.own", url=url))
            return
        found = private_cluster(settings).status()
        say(t(f"cli_db.state-{found.state}", home=found.home, version=found.version, pid=found.pid))

    @db.command("down", help=t("cli_db.down"))
    def down() -> None:
        cluster = _private(Settings())
        if _absent(cluster, t):
            return
        cluster.down()
        say(t("cli_db.stopped", home=cluster.root))

    @db.command("destroy", help=t("cli_db.destroy"))
    def destroy(yes: bool = typer.Option(False, "--yes", "-y", help=t("cli_db.yes"))) -> None:
        cluster = _private(Settings())
        if _absent(cluster, t):
            return
        home = cluster.status().home
        if not yes:
            _make_sure(t("cli_db.sure", home=home))
        cluster.destroy()
        say(t("cli_db.destroyed", home=home))


def _absent(cluster: Cluster, t: Translate) -> bool:
    """Whether there is nothing to stop or delete, which is then said."""
    found = cluster.status()
    if found.state == "absent":
        say(t("cli_db.state-absent", home=found.home))
    return found.state == "absent"


def _make_sure(question: str) -> None:
    """Go on only where a person says yes (or 是); the end of the input is a no."""
    try:
        answer = input(f"{question} [y/N] ")
    except EOFError:
        answer = ""
    if answer.strip().lower() not in ("y", "yes", "是"):
        raise typer.Abort


def _private(settings: Settings) -> Cluster:
    """The private cluster; refused where the database is the user's own, which is not ours to stop."""
    if settings.database_url is not None:
        raise OptionError("db-not-private")
    return private_cluster(settings)
