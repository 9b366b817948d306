"""``wangge import``: files into PostGIS, sorted row by row."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from api.cli.console import Translate, progress, say, table
from api.cli.store import engine_of
from api.services.actor import from_system
from api.services.imports import NOUNS, Imported, Options, buildings, run
from api.services.imports.result import STATES, gravity, say_reason, say_state
from api.services.imports.said import Said
from api.services.reports import blocks
from data.bounds import usual_rule
from data.intake import State
from data.readers.columns import parse_mapping
from data.settings import Settings
from geo.codes import Profile
from geo.crs import parse_datum
from geo.evidence import Reading
from geo.model import ResidentsBasis
from maps.findings import describe

SHOWN_ROWS = 20
"""How many rows are listed on the terminal; all of them are in the table that comes back."""


def register(app: typer.Typer, t: Translate) -> None:
    """Declare ``import``."""

    @app.command("import", help=t("cli_import.help"))
    def command(
        *,
        noun: Annotated[
            str, typer.Argument(metavar="NOUN", help=t("cli_import.noun", nouns=" ".join(NOUNS)))
        ],
        file: Annotated[str, typer.Argument(metavar="F[:layer]", help=t("cli_import.file"))],
        datum: Annotated[str | None, typer.Option(help=t("cli_import.datum"))] = None,
        encoding: Annotated[str | None, typer.Option(help=t("cli_import.encoding"))] = None,
        mapping: Annotated[
            list[str] | None, typer.Option("--map", metavar="A=B,…", help=t("cli_import.map"))
        ] = None,
        ratio: Annotated[float | None, typer.Option(help=t("cli_import.ratio"))] = None,
        dry_run: Annotated[bool, typer.Option("--dry-run", help=t("cli_import.dry-run"))] = False,
        strict: Annotated[bool, typer.Option("--strict", help=t("cli_import.strict"))] = False,
        draft: Annotated[bool, typer.Option("--draft", help=t("cli_import.draft"))] = False,
        keep: Annotated[
            bool, typer.Option("--keep-unplaced", help=t("cli_import.keep-unplaced"))
        ] = False,
        code: Annotated[str | None, typer.Option(help=t("cli_import.code"))] = None,
        name: Annotated[str | None, typer.Option(help=t("cli_import.name"))] = None,
        basis: Annotated[ResidentsBasis | None, typer.Option(help=t("cli_import.basis"))] = None,
        profile: Annotated[Profile | None, typer.Option(help=t("cli_import.profile"))] = None,
        output: Annotated[
            Path | None, typer.Option("-o", "--output", help=t("cli_import.output"))
        ] = None,
    ) -> None:
        settings = Settings()
        chosen = Options(
            from_system(),
            ZoneInfo(settings.timezone),
            datum=parse_datum(datum) if datum else None,
            encoding=encoding,
            mapping=parse_mapping(mapping),
            ratio=ratio,
            dry_run=dry_run,
            strict=strict,
            draft=draft,
            keep_unplaced=keep,
            code=code,
            name=name,
            profile=profile or Profile(settings.profile),
            lang=settings.lang,
            rule=usual_rule(settings),
            basis=basis,
        )
        with progress(t) as report:
            engine = engine_of(settings, report)
            options = replace(chosen, progress=report)
            done = run(engine, noun, file, options, give_back=output)
        show(done, options, t, output)
        stopped = strict and not dry_run and not done.written
        raise typer.Exit(1 if stopped or done.refused or blocks(done.findings) else 0)


def show(done: Imported, options: Options, t: Translate, output: Path | None) -> None:
    """The sorting as a table, the rows to be looked at, and what the store did."""
    if done.understood:
        pairs = [f"{ours} = {theirs}" for ours, theirs in done.understood.items()]
        say(t("cli_import.understood", columns="、".join(pairs)))
    names = {"rows": t("cli_import.rows"), "good": t("cli_import.good")}
    # Households are counted in buildings alone.
    idle = () if done.noun == buildings.NOUN else (State.TO_COUNT,)
    names |= {state.value: say_state(state, options.lang) for state in STATES}
    table(
        t("cli_import.table"),
        [t("cli_import.state"), t("cli_import.count")],
        [(names[key], count) for key, count in done.counts.items() if count or key not in idle],
    )
    if done.evidence:
        say(_evidence(done.evidence, t))
    if done.bases:
        told = [
            t(f"cli_import.basis-{basis or 'none'}", count=n) for basis, n in done.bases.items()
        ]
        say(t("cli_import.bases", bases=t("cli_import.and").join(told)))
    _rows(done, options, t)
    _said(done.said, options, t)
    for finding in done.findings:
        say("· " + describe(finding, options.lang))
    say(_outcome(done, options, t))
    if output is not None and done.returned is not None and len(done.returned):
        say(t("cli_import.returned", file=output, count=len(done.returned)))
    elif output is None and done.returned is not None and done.open:
        say(t("cli_import.returnable"))


def _evidence(readings: Sequence[Reading], t: Translate) -> str:
    """How many points each datum would put inside the city; a swapped order only where it does better."""
    straight = max((reading.inside for reading in readings if not reading.swapped), default=0)
    told = [
        f"{reading.datum}{t('cli_import.swapped') if reading.swapped else ''} {reading.inside}"
        for reading in readings
        if not reading.swapped or reading.inside > straight
    ]
    return t("cli_import.evidence", total=readings[0].total, readings="、".join(told))


def _rows(done: Imported, options: Options, t: Translate) -> None:
    """The gravest rows about which something is to be done."""
    listed = sorted((row for row in done.rows if row.states), key=gravity)
    shown = [
        (
            str(row.row),
            row.key or "",
            "、".join(say_state(state, options.lang) for state in row.states),
            "；".join(say_reason(reason, options.lang) for reason in row.reasons),
        )
        for row in listed[:SHOWN_ROWS]
    ]
    if shown:
        columns = [t(f"cli_import.column-{name}") for name in ("row", "key", "state", "reason")]
        table(t("cli_import.noted"), columns, shown)
    if done.open > len(shown):
        say(t("cli_import.more", count=done.open - len(shown)))


def _said(said: Sequence[Said], options: Options, t: Translate) -> None:
    """What is only noted, counted; and of what is to be done, whatever is said of more rows than are listed."""
    told = [one for one in said if one.reason.state is State.NOTE or one.count > SHOWN_ROWS]
    for one in told[:SHOWN_ROWS]:
        key = "note-alike" if one.alike else "note"
        rows = t("cli_import.and").join(map(str, one.rows))
        note = say_reason(one.reason, options.lang)
        say(t(f"cli_import.{key}", note=note, count=one.count, rows=rows))
    if len(told) > SHOWN_ROWS:
        rest = sum(one.count for one in told[SHOWN_ROWS:])
        say(t("cli_import.notes-more", kinds=len(told) - SHOWN_ROWS, count=rest))


def _outcome(done: Imported, options: Options, t: Translate) -> str:
    if options.dry_run:
        return t("cli_import.nothing-dry")
    if not done.written:
        return t("cli_import.nothing-strict")
    figures = {
        name: getattr(done, name)
        for name in ("added", "updated", "unchanged", "ended", "replaced", "kept")
    }
    said = [t(f"cli_import.{name}", count=count) for name, count in figures.items() if count]
    return t("cli_import.done", figures="、".join(said) or t("cli_import.no-change"))
