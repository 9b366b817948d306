"""``wangge plan new``: copies of a plan, or what the engine draws; ``ground``: what there is to draw on."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import Translate, line, progress, say, table
from api.cli.manual import Manual
from api.cli.plan_told import Told, show_heads
from api.cli.stopping import ending
from api.cli.store import engine_of
from api.drawing_shown import ground as shown_ground
from api.drawing_shown import left_out
from api.plan_schemas import DraftIn, PlansOut
from api.plan_shown import head
from api.services.actor import Actor, from_system
from api.services.alternatives import KINDS
from api.services.anew import Kept
from api.services.drafting import Shelf
from api.services.drawable import drawable_now
from api.services.drawing_anew import Drawer
from api.services.redrawing import Redrawing, Source
from data.settings import Settings
from geo.bounds import checked_bounds
from maps.findings import describe

FROM_NOTHING = ("households", "residents", "dedicated", "load")


def add_new(plan: Manual, t: Translate) -> None:
    """Declare ``new`` and ``ground``."""

    @plan.command("new", help=t("cli_plan.new"))
    def new(
        *,
        communities: Annotated[
            list[str] | None, typer.Argument(metavar="COMMUNITY", help=t("cli_plan.communities"))
        ] = None,
        street: Annotated[str | None, typer.Option(help=t("cli_plan.street"))] = None,
        from_: Annotated[int | None, typer.Option("--from", min=1, help=t("cli_plan.from"))] = None,
        name: Annotated[str | None, typer.Option(help=t("cli_plan.name"))] = None,
        drawn: Annotated[bool, typer.Option("--drawn", help=t("cli_plan.drawn"))] = False,
        grids: Annotated[
            int | None, typer.Option("--grids", min=1, max=999, help=t("cli_plan.into"))
        ] = None,
        others: Annotated[
            int,
            typer.Option("--alternatives", min=0, max=len(KINDS), help=t("cli_plan.alternatives")),
        ] = 0,
        seed: Annotated[int, typer.Option(min=0, help=t("cli_draw.seed"))] = 0,
        households: Annotated[
            tuple[int, int] | None,
            typer.Option(metavar="MIN MAX", help=t("cli_plan.first-households")),
        ] = None,
        residents: Annotated[
            tuple[int, int] | None,
            typer.Option(metavar="MIN MAX", help=t("cli_plan.first-residents")),
        ] = None,
        dedicated: Annotated[
            list[str] | None, typer.Option(metavar="A", help=t("cli_plan.first-dedicated"))
        ] = None,
        by: Annotated[
            str | None, typer.Option("--by", metavar="NAME", help=t("cli_plan.by"))
        ] = None,
        json: Annotated[Path | None, typer.Option("--json", help=t("cli_plan.json"))] = None,
    ) -> None:
        for bounds, option in ((households, "--households"), (residents, "--residents")):
            if bounds is not None:
                checked_bounds(bounds, option=option)
        asked = DraftIn.model_validate(
            {
                "communities": communities or None,
                "street": street,
                "from": from_ or "published",
                "name": name,
                "grids": grids,
                "alternatives": others,
                "seed": seed,
                "households": households,
                "residents": residents,
                "dedicated": dedicated or [],
            }
        )
        settings = Settings()
        engine, shelf = engine_of(settings), Shelf(settings)
        actor = from_system() if by is None else Actor(by)
        if not (drawn or grids or others or seed or households or residents or dedicated):
            codes = tuple(communities) if communities else None
            source = Source(from_, codes, street, name)
            made = PlansOut(
                plans=[head(row) for row in Redrawing(engine, shelf).create(actor, source)]
            )
            Told(json, t).tell(made, lambda: show_heads(made.plans, t))
            return
        drawer = Drawer(engine, shelf)
        with progress(t) as watched, ending(watched, None, t("cli_draw.ending")) as task:
            watch, cancelled = task
            found = drawer.drawn(actor, asked.anew(), progress=watch, cancelled=cancelled)
            watch("draw-keep", 0, None)
            kept = drawer.keep(actor, found)
        made = PlansOut(plans=[head(row) for row in kept.heads])
        Told(json, t).tell(made, lambda: _show(kept, made, t, settings.lang))

    @plan.command("ground", help=t("cli_plan.ground-help"))
    def ground(
        json: Annotated[Path | None, typer.Option("--json", help=t("cli_plan.json"))] = None,
    ) -> None:
        told = shown_ground(drawable_now(engine_of(Settings())))

        def shown() -> None:
            heads = ("code", "name", "buildings", "households", "uncounted", "in-force", "drafts")
            rows = [
                (
                    one.code, one.name, one.buildings, one.households, one.uncounted,
                    t(f"cli_plan.{'yes' if one.in_force else 'no'}"), one.drafts,
                )
                for one in told.communities
            ]  # fmt: skip
            names = [t(f"cli_plan.column-{name}") for name in heads]
            table(t("cli_plan.ground-table"), names, rows)
            say(t("cli_plan.ground-lines", roads=told.roads, rivers=told.rivers))
            for what in told.lacking:
                line(f"· {t(f'redraw.lacking-{what}')}")

        Told(json, t).tell(told, shown)


def _show(kept: Kept, made: PlansOut, t: Translate, lang: str) -> None:
    """The drafts, how good each kind is, and what the engine says."""
    show_heads(made.plans, t)
    heads = ("plan", "evenness", "compactness", "on-lines")
    rows = [
        (
            t(f"cli_draw.kind-{'drawn' if one.kind == 'balanced' else one.kind}"),
            f"{one.evenness:.3f}",
            f"{one.compactness:.3f}",
            f"{100 * one.on_lines:.1f} %",
            f"{one.inside} / {one.grids}",
        )
        for one in kept.choices
    ]
    names = [*(t(f"cli_draw.column-{name}") for name in heads), t("cli_plan.column-inside-grids")]
    table(t("cli_draw.scores", of=t("cli_draw.scores-households")), names, rows)
    for code, what in kept.left_out.items():
        line(f"· {left_out(code, what, lang).text}")
    for found in kept.findings:
        line(f"· {describe(found, lang)}")
