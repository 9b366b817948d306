"""``wangge plan``: drafts are made, redrawn by operations, compared and published; the same use cases as over HTTP."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from api.cli.asking import pairs
from api.cli.console import Translate, explain, say
from api.cli.manual import Manual
from api.cli.plan_asked import moment, operations
from api.cli.plan_documents import add_documents
from api.cli.plan_import import add_import
from api.cli.plan_new import add_new
from api.cli.plan_stages import add_stages
from api.cli.plan_told import Told, show_changed, show_diff, show_heads, show_plan, show_replay
from api.cli.store import engine_of
from api.plan_shown import changed, compared, head, layers, published, replayed
from api.services.activating import activate_due
from api.services.actor import Actor, from_system
from api.services.approvals import Approval
from api.services.comparing import Comparing
from api.services.drafting import Shelf
from api.services.publishing import Outcome, Publishing, Wish
from api.services.redrawing import Redrawing
from data.readers.stage_rules import read_stages
from data.settings import Settings
from data.store import drafts
from data.writers.layers import write_layers
from geo.errors import Conflict, OptionError
from geo.model import Severity

BLOCKED = ("plan-blocked", "plan-unready")
APPROVE_FORM = "CODE=REASON, CODE@GRID=REASON, CODE@estate:NAME=REASON"


class Desk:
    """What the verbs work with: the use cases on one database, who asks, and where answers go."""

    def __init__(self, t: Translate) -> None:
        self.settings, self.t = Settings(), t
        self.engine = engine_of(self.settings)
        shelf = Shelf(self.settings)
        self.redrawing, self.comparing = (
            Redrawing(self.engine, shelf),
            Comparing(self.engine, shelf),
        )
        rules = read_stages(self.settings.stage_rules)
        self.publishing = Publishing(self.engine, shelf, rules)
        self.zone = ZoneInfo(self.settings.timezone)
        self.lang = self.settings.lang

    def version(self, plan: int, seen: int | None) -> int:
        """The version that is changed: the one that was seen, else the present one."""
        return seen or int(self.redrawing.head(plan)["version"])


def register(app: typer.Typer, t: Translate) -> None:
    """Declare ``plan`` with all of its verbs."""
    plan = Manual(t, help=t("cli_plan.help"))
    app.add_typer(plan, name="plan")
    add_new(plan, t)
    _drafts(plan, t)
    _edits(plan, t)
    _comparisons(plan, t)
    _publications(plan, t)
    add_documents(plan, t)
    add_import(plan, t)
    add_stages(plan, t)


def _drafts(plan: Manual, t: Translate) -> None:
    """What begins and ends drafts, and says which there are."""
    number = Annotated[int, typer.Argument(metavar="N", min=1, help=t("cli_plan.number"))]
    by_ = Annotated[str | None, typer.Option("--by", metavar="NAME", help=t("cli_plan.by"))]

    @plan.command("export", help=t("cli_plan.export"))
    def export(
        numbers: Annotated[
            list[int], typer.Argument(metavar="N", min=1, help=t("cli_plan.numbers"))
        ],
        output: Annotated[Path, typer.Option("-o", "--output", help=t("cli_plan.output"))],
    ) -> None:
        told = Desk(t).redrawing.layers(numbers)
        layers_ = {"grids": told.grids, "blocks": told.blocks, "communities": told.communities}
        written = write_layers(output, layers_)
        say(t("cli_plan.written", file="、".join(map(str, written.paths))))

    @plan.command("list", help=t("cli_plan.list"))
    def listing(
        community: Annotated[str | None, typer.Option(help=t("cli_plan.community"))] = None,
        status: Annotated[str | None, typer.Option(help=t("cli_plan.status"))] = None,
    ) -> None:
        with Desk(t).engine.connect() as connection:
            rows = drafts.listed(connection, community=community, status=status)
        show_heads([head(row) for row in rows], t)

    @plan.command("discard", help=t("cli_plan.discard"))
    def discard(number: number, by: by_ = None) -> None:
        Desk(t).redrawing.discard(_actor(by), number)
        say(t("cli_plan.discarded", plan=number))

    @plan.command("history", help=t("cli_plan.history"))
    def history(number: number) -> None:
        desk = Desk(t)
        desk.redrawing.head(number)
        with desk.engine.connect() as connection:
            rows = drafts.changes_since(connection, number, 0)
        for row in rows:
            at = row["at"].astimezone(desk.zone).strftime("%Y-%m-%d %H:%M")
            what = t(f"cli_plan.what-{row['what']}")
            say(t("cli_plan.event", at=at, version=row["version"], who=row["actor"], what=what))


def _edits(plan: Manual, t: Translate) -> None:
    """What changes drafts."""
    number = Annotated[int, typer.Argument(metavar="N", min=1, help=t("cli_plan.number"))]
    by_ = Annotated[str | None, typer.Option("--by", metavar="NAME", help=t("cli_plan.by"))]
    seen = Annotated[int | None, typer.Option("--version", min=1, help=t("cli_plan.version"))]
    taking = Annotated[bool, typer.Option("--take-over", help=t("cli_plan.take-over"))]
    json_ = Annotated[Path | None, typer.Option("--json", help=t("cli_plan.json"))]

    @plan.command("edit", help=t("cli_plan.edit"))
    def edit(
        *,
        number: number,
        asked: Annotated[
            list[str], typer.Argument(metavar="OPERATION", help=t("cli_plan.operations"))
        ],
        version: seen = None,
        take_over: taking = False,
        by: by_ = None,
        json: json_ = None,
    ) -> None:
        desk, wanted = Desk(t), operations(asked)
        at = desk.version(number, version)
        done = desk.redrawing.edit(_actor(by), number, wanted, version=at, take_over=take_over)
        told = changed(done, desk.lang)
        Told(json, t).tell(told, lambda: show_changed(told, t))

    def step(which: str) -> None:
        @plan.command(which, help=t(f"cli_plan.{which}"))
        def command(
            number: number,
            version: seen = None,
            take_over: taking = False,
            by: by_ = None,
            json: json_ = None,
        ) -> None:
            desk = Desk(t)
            do: Callable[..., Any] = getattr(desk.redrawing, which)
            at = desk.version(number, version)
            told = changed(do(_actor(by), number, version=at, take_over=take_over), desk.lang)
            Told(json, t).tell(told, lambda: show_changed(told, t))

    step("undo")
    step("redo")


def _comparisons(plan: Manual, t: Translate) -> None:
    """What shows plans, alone and beside each other."""
    number = Annotated[int, typer.Argument(metavar="N", min=1, help=t("cli_plan.number"))]
    json_ = Annotated[Path | None, typer.Option("--json", help=t("cli_plan.json"))]
    other = Annotated[int | None, typer.Option("--against", min=1, help=t("cli_plan.against"))]

    @plan.command("show", help=t("cli_plan.show"))
    def show(number: number, json: json_ = None) -> None:
        desk = Desk(t)
        told = layers(desk.redrawing.look(number), desk.lang)
        Told(json, t).tell(told, lambda: show_plan(told, t))
        _end(any(one.severity is Severity.BLOCKING for one in told.badges))

    @plan.command("diff", help=t("cli_plan.diff"))
    def diff(number: number, against: other = None, json: json_ = None) -> None:
        told = compared(Desk(t).comparing.diff(number, against=against))
        Told(json, t).tell(told, lambda: show_diff(told, t))

    @plan.command("replay", help=t("cli_plan.replay"))
    def replay(number: number, against: other = None, json: json_ = None) -> None:
        told = replayed(Desk(t).comparing.replay(number, against=against))
        Told(json, t).tell(told, lambda: show_replay(told, t))


def _publications(plan: Manual, t: Translate) -> None:
    """What puts plans in force."""
    number = Annotated[int, typer.Argument(metavar="N", min=1, help=t("cli_plan.number"))]
    by_ = Annotated[str | None, typer.Option("--by", metavar="NAME", help=t("cli_plan.by"))]
    json_ = Annotated[Path | None, typer.Option("--json", help=t("cli_plan.json"))]
    when = Annotated[str | None, typer.Option("--since", help=t("cli_plan.since"))]
    excused = Annotated[
        list[str] | None,
        typer.Option("--approve", metavar="CODE[@GRID]=REASON", help=t("cli_plan.approve")),
    ]
    paper = Annotated[str | None, typer.Option("--number", help=t("cli_plan.approve-number"))]
    dated = Annotated[
        datetime | None,
        typer.Option("--day", formats=["%Y-%m-%d"], help=t("cli_plan.approve-day")),
    ]

    @plan.command("publish", help=t("cli_plan.publish"))
    def publish(
        *,
        numbers: Annotated[
            list[int], typer.Argument(metavar="N", min=1, help=t("cli_plan.numbers"))
        ],
        since: when = None,
        approve: excused = None,
        office_number: paper = None,
        day: dated = None,
        by: by_ = None,
        json: json_ = None,
    ) -> None:
        desk = Desk(t)
        activate_due(desk.publishing)
        versions = {one: desk.version(one, None) for one in numbers}
        wish = Wish(versions, moment(since, desk.zone), _reasons(approve, office_number, day))
        _publish(desk, lambda: desk.publishing.publish(_actor(by), wish), json)

    @plan.command("restore", help=t("cli_plan.restore"))
    def restore(
        *,
        number: number,
        since: when = None,
        approve: excused = None,
        office_number: paper = None,
        day: dated = None,
        by: by_ = None,
        json: json_ = None,
    ) -> None:
        desk = Desk(t)
        wish = Wish({}, moment(since, desk.zone), _reasons(approve, office_number, day))
        _publish(desk, lambda: desk.publishing.restore(_actor(by), number, wish), json)

    @plan.command("withdraw", help=t("cli_plan.withdraw"))
    def withdraw(number: number, by: by_ = None) -> None:
        show_heads([head(Desk(t).publishing.withdraw(_actor(by), number))], t)


def _actor(by: str | None) -> Actor:
    return from_system() if by is None else Actor(by)


def _reasons(
    approve: Sequence[str] | None, office_number: str | None, day: datetime | None
) -> list[Approval]:
    """CODE=REASON approves a kind, CODE@GRID=REASON what is of that grid, CODE@estate:NAME=REASON of that estate; all
    by the paper of that number and day. OptionError "approve-paper" for a paper that approves nothing."""
    if not approve and (office_number or day):
        raise OptionError("approve-paper", form=APPROVE_FORM)
    dated = None if day is None else day.date()
    found = []
    for said, reason in pairs("--approve", approve, APPROVE_FORM):
        code, _, what = said.partition("@")
        kind, _, estate = what.partition(":")
        of_estate = estate if kind == "estate" and estate else None
        grids = () if of_estate or not what else tuple(one.strip() for one in what.split(","))
        found.append(Approval(code, reason, grids, of_estate, office_number, dated))
    return found


def _publish(desk: Desk, do: Callable[[], Outcome], json: Path | None) -> None:
    """Publish and tell; status 1 where something blocks."""
    try:
        told = published(do(), desk.zone, desk.lang)
    except Conflict as error:
        if error.code not in BLOCKED:
            raise
        say(explain(error, desk.t))
        raise typer.Exit(1) from None
    Told(json, desk.t).tell(told, lambda: say(told.said))


def _end(blocked: bool) -> None:
    if blocked:
        raise typer.Exit(1)
