"""``wangge trace``: ledger rows put on the map, images fitted by control points, roads and outlines drawn; the same use
cases as over HTTP."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import Translate, say, table
from api.cli.manual import Manual
from api.cli.store import engine_of
from api.cli.trace_asked import place, places, points
from api.services.actor import Actor, from_system
from api.services.backdrops import Backdrops, Laid
from api.services.drafting import Shelf
from api.services.drawing_ground import Drawn, Ground
from api.services.locating import LocatorCache
from api.services.placing import Placer
from api.services.tracing_estates import TracedEstates
from data.settings import Settings
from data.tables import TraceKind
from geo.crs import parse_datum
from geo.errors import FileUnreadable
from geo.model import ROADS, LineClass


class Desk:
    """What the verbs work with: the use cases on one database."""

    def __init__(self) -> None:
        settings = Settings()
        engine, shelf = engine_of(settings), Shelf(settings)
        self.placer = Placer(engine, shelf, LocatorCache(engine), settings)
        self.backdrops, self.ground = Backdrops(engine), Ground(engine, shelf)
        self.estates = TracedEstates(engine, shelf)


def register(app: typer.Typer, t: Translate) -> None:
    """Declare ``trace waiting|place|off|image|fit|draw|remove|restore|estate``."""
    trace = Manual(t, help=t("cli_trace.help"))
    app.add_typer(trace, name="trace")
    _rows(trace, t)
    _images(trace, t)
    _lines(trace, t)
    _estates(trace, t)


def _rows(trace: Manual, t: Translate) -> None:
    """Rows of a ledger that wait for their place."""
    by_ = Annotated[str | None, typer.Option("--by", metavar="NAME", help=t("cli_trace.by"))]

    @trace.command("waiting", help=t("cli_trace.waiting"))
    def waiting(
        communities: Annotated[
            list[str] | None, typer.Argument(metavar="COMMUNITY", help=t("cli_trace.communities"))
        ] = None,
        named: Annotated[str | None, typer.Option(help=t("cli_trace.named"))] = None,
        limit: Annotated[int, typer.Option(min=1, max=500, help=t("cli_trace.limit"))] = 50,
    ) -> None:
        found = Desk().placer.waiting(communities=communities or None, words=named, limit=limit)
        names = ("key", "name", "address", "community", "households")
        rows = [
            (row.key, row.ledger.name, row.ledger.address, row.told, row.ledger.households)
            for row in found.rows
        ]
        table(
            t("cli_trace.rows", shown=len(rows), total=found.total),
            [t(f"cli_trace.column-{name}") for name in names],
            rows,
        )

    @trace.command("place", help=t("cli_trace.place"))
    def put(
        *,
        key: Annotated[str, typer.Argument(metavar="KEY", help=t("cli_trace.key"))],
        where: Annotated[str, typer.Argument(metavar="LNG,LAT", help=t("cli_trace.where"))],
        datum: Annotated[str, typer.Option(help=t("cli_trace.datum"))] = "wgs84",
        anyway: Annotated[bool, typer.Option("--anyway", help=t("cli_trace.anyway"))] = False,
        by: by_ = None,
    ) -> None:
        at, read = place(where), parse_datum(datum)
        done = Desk().placer.place(_actor(by), key, *at, datum=read, anyway=anyway)
        grid = done.answer.grid if done.answer else None
        said = t("cli_trace.nowhere") if grid is None else f"{grid.code} {grid.name or ''}".strip()
        number, drafts = done.placement["id"], len(done.drafts)
        say(t("cli_trace.placed", key=key, grid=said, number=number, drafts=drafts))

    @trace.command("off", help=t("cli_trace.off"))
    def off(
        number: Annotated[int, typer.Argument(metavar="N", min=1, help=t("cli_trace.number"))],
        by: by_ = None,
    ) -> None:
        done = Desk().placer.undo(_actor(by), number)
        say(t("cli_trace.taken-off", key=done.placement["key"]))


def _images(trace: Manual, t: Translate) -> None:
    """Images to trace over."""
    by_ = Annotated[str | None, typer.Option("--by", metavar="NAME", help=t("cli_trace.by"))]

    @trace.command("image", help=t("cli_trace.image"))
    def image(
        file: Annotated[Path, typer.Argument(metavar="F", help=t("cli_trace.file"))],
        community: Annotated[
            str, typer.Argument(metavar="COMMUNITY", help=t("cli_trace.community"))
        ],
        by: by_ = None,
    ) -> None:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise FileUnreadable("file-missing", file=str(file)) from error
        laid = Desk().backdrops.add(_actor(by), community, name=file.name[:100], content=content)
        row = laid.row
        size = {"width": row["width"], "height": row["height"]}
        say(t("cli_trace.image-kept", number=row["id"], **size))

    @trace.command("fit", help=t("cli_trace.fit"))
    def fit(
        number: Annotated[int, typer.Argument(metavar="N", min=1, help=t("cli_trace.image-n"))],
        told: Annotated[
            list[str], typer.Option("--point", metavar="X,Y=LNG,LAT", help=t("cli_trace.point"))
        ],
        datum: Annotated[str, typer.Option(help=t("cli_trace.datum"))] = "wgs84",
        by: by_ = None,
    ) -> None:
        given, desk = points(told, parse_datum(datum)), Desk()
        version = desk.backdrops.version(number)
        _show_fit(desk.backdrops.pin(_actor(by), number, given, version=version), t)


def _show_fit(laid: Laid, t: Translate) -> None:
    """What each point is missed by, and what is doubtful."""
    if laid.fit is None:
        say(t("cli_trace.fit-needs"))
        return
    names = ("number", "pixel", "place", "residual")
    rows = [
        (str(n), f"{one['x']:g}, {one['y']:g}", f"{one['lng']:.6f}, {one['lat']:.6f}", f"{m:.2f}")
        for n, (one, m) in enumerate(
            zip(laid.row["points"], laid.fit.residuals_m, strict=True), start=1
        )
    ]
    said = {"rms": f"{laid.fit.rms_m:.2f}", "scale": f"{laid.fit.metres_per_pixel:.3f}"}
    kind = t(f"cli_trace.kind-{laid.fit.kind}")
    table(
        t("cli_trace.fitted", kind=kind, **said),
        [t(f"cli_trace.column-{name}") for name in names],
        rows,
    )
    for one in laid.fit.doubts:
        say(t(f"tracing.doubt-{one}", rms=said["rms"]))


def _lines(trace: Manual, t: Translate) -> None:
    """Roads, rivers and outlines."""
    by_ = Annotated[str | None, typer.Option("--by", metavar="NAME", help=t("cli_trace.by"))]
    number_ = Annotated[int, typer.Argument(metavar="N", min=1, help=t("cli_trace.number"))]
    classes = " ".join(ROADS)

    @trace.command("draw", help=t("cli_trace.draw"))
    def draw(
        *,
        kind: Annotated[TraceKind, typer.Argument(metavar="KIND", help=t("cli_trace.kind"))],
        community: Annotated[
            str, typer.Argument(metavar="COMMUNITY", help=t("cli_trace.community"))
        ],
        along: Annotated[list[str], typer.Argument(metavar="LNG,LAT", help=t("cli_trace.along"))],
        line_class: Annotated[
            LineClass | None,
            typer.Option("--class", help=t("cli_trace.class", classes=classes)),
        ] = None,
        name: Annotated[str | None, typer.Option(help=t("cli_trace.name"))] = None,
        closed: Annotated[bool, typer.Option("--closed", help=t("cli_trace.closed"))] = False,
        datum: Annotated[str, typer.Option(help=t("cli_trace.datum"))] = "wgs84",
        by: by_ = None,
    ) -> None:
        drawn = Drawn(kind, places(along), parse_datum(datum), closed, line_class, name)
        row = Desk().ground.draw(_actor(by), community, drawn)
        say(t("cli_trace.drawn", number=row["id"]))

    def changed(verb: str, does: Callable[[Ground], Callable[[Actor, int], object]]) -> None:
        @trace.command(verb, help=t(f"cli_trace.{verb}"))
        def command(number: number_, by: by_ = None) -> None:
            does(Desk().ground)(_actor(by), number)
            say(t(f"cli_trace.{verb}-done", number=number))

    changed("remove", lambda ground: ground.remove)
    changed("restore", lambda ground: ground.restore)


def _estates(trace: Manual, t: Translate) -> None:
    """Outlines that name the buildings within."""

    @trace.command("estate", help=t("cli_trace.estate"))
    def estate(
        *,
        number: Annotated[int, typer.Argument(metavar="N", min=1, help=t("cli_trace.number"))],
        also: Annotated[
            list[str] | None, typer.Option(metavar="BUILDING", help=t("cli_trace.also"))
        ] = None,
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help=t("cli_trace.estate-dry-run"))
        ] = False,
        undo: Annotated[bool, typer.Option("--undo", help=t("cli_trace.estate-undo"))] = False,
        by: Annotated[
            str | None, typer.Option("--by", metavar="NAME", help=t("cli_trace.by"))
        ] = None,
    ) -> None:
        use = Desk().estates
        if undo:
            done = use.take_back(_actor(by), number)
            counts = {"named": done.named, "left": done.left, "drafts": len(done.drafts)}
            say(t("cli_trace.estate-undone", **counts))
            return
        found = use.inside(number)
        counts = {"unnamed": len(found.unnamed), "same": found.same, "others": len(found.others)}
        say(t("cli_trace.estate-inside", estate=found.estate, **counts))
        if found.others:
            rows = [(one["building_id"], one["name"], one["estate"]) for one in found.others]
            names = [t(f"cli_trace.column-{name}") for name in ("key", "name", "estate")]
            table(found.estate, names, rows)
        if not dry_run:
            done = use.name(_actor(by), number, also=also or ())
            told = {"named": done.named, "estate": done.estate, "drafts": len(done.drafts)}
            say(t("cli_trace.estate-done", **told))


def _actor(by: str | None) -> Actor:
    return Actor(who=by) if by else from_system()
