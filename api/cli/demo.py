"""``wangge demo``: the main job on the made-up city, and what came of it in a table."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import Translate, progress, say, table
from api.cli.serve import start
from api.services.job import JobResult, run_job
from data.database import open_database
from data.settings import Settings
from geo.model import How, Severity
from maps.findings import describe, share, title
from maps.layers import Headline


def register(app: typer.Typer, t: Translate) -> None:
    """Declare ``demo``."""

    @app.command("demo", help=t("cli_demo.help"))
    def demo(
        serve: Annotated[bool, typer.Option("--serve", help=t("cli_demo.serve"))] = False,
        output: Annotated[
            Path | None, typer.Option("-o", "--output", help=t("cli_demo.output"))
        ] = None,
    ) -> None:
        settings = Settings()
        with progress(t) as report:
            report("database", 0, None)
            engine = open_database(settings, report)
            folder = output or settings.state_dir / "out"
            done = run_job(engine, settings, now=datetime.now(UTC), folder=folder, progress=report)
        engine.dispose()
        _say(done, settings, t)
        if serve:
            start(settings, t)


def _gravest(counted: tuple[tuple[str, str], int]) -> tuple[int, str]:
    severity, code = counted[0]
    return list(Severity).index(Severity(severity)), code


def _of(part: int, whole: int) -> str:
    return f"{part:,} / {whole:,} ({share(part, whole)})"


def _headline(one: Headline, t: Translate) -> tuple[str, str]:
    return t(f"map.{one.name}"), _of(one.part, one.whole)


def _say_chain(done: JobResult, settings: Settings, t: Translate) -> None:
    """The first broken links in words, from the top down: what keeps the city from 纵向到底."""
    chain = done.overview.chain
    if chain is None or not chain.broken:
        return
    grids: dict[int, int] = Counter(chain.broken.values())
    rows = []
    for position in sorted(grids, key=lambda one: (chain.levels[one] or 0, one)):
        level = chain.levels[position]
        finding = chain.findings[position]
        name = "" if level is None else t(f"finding.level-{level.word}")
        rows.append((name, describe(finding, settings.lang), grids[position]))
    heads = ("level", "break", "grids-broken")
    table(t("cli_demo.chain"), [t(f"cli_demo.{head}") for head in heads], rows)


def _say_version(done: JobResult, t: Translate) -> None:
    """Where another version made the city: what became of that."""
    if done.renewed:
        say(t("cli_demo.renewed"))
    if done.kept is not None:
        rows = "、".join(f"{name} {count:,}" for name, count in done.kept.items())
        say(t("cli_demo.kept", rows=rows or t("cli_demo.in-use")))


def _say(done: JobResult, settings: Settings, t: Translate) -> None:
    seen = done.overview
    grids, communities = len(seen.data.grids), seen.data.grids["community_code"].nunique()
    hows = seen.incidents.hows
    rows = [
        (t("cli_demo.communities"), f"{communities:,}"),
        (t("cli_demo.grids"), f"{grids:,}"),
        (t("cli_demo.inside-both"), _of(seen.tallies.of[0].inside, grids)),
        (t("cli_demo.incidents"), f"{sum(hows.values()):,}"),
        (t("cli_demo.incidents-inside"), f"{hows.get(How.INSIDE, 0):,}"),
        (t("cli_demo.incidents-boundary"), f"{hows.get(How.BOUNDARY, 0):,}"),
        (t("cli_demo.incidents-outside"), f"{hows.get(How.OUTSIDE, 0):,}"),
        (t("cli_demo.incidents-unplaced"), f"{hows.get('', 0):,}"),
    ]
    rows += [_headline(one, t) for one in seen.data.headlines]
    table(t("cli_demo.title"), (t("cli_demo.item"), t("cli_demo.value")), rows)
    counts = Counter((one.severity.value, one.code) for one in seen.findings)
    found = [
        (t(f"finding.severity-{severity}"), title(code, settings.lang), count)
        for (severity, code), count in sorted(counts.items(), key=_gravest)
    ]
    headings = (t("cli_demo.severity"), t("cli_demo.finding"), t("cli_demo.count"))
    table(t("cli_demo.findings"), headings, found)
    _say_chain(done, settings, t)
    _say_version(done, t)
    say(t("cli_demo.look", page=done.page, report=done.report))
