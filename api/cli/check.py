"""``wangge check``: is the net really without gaps? A table by kind, then the gravest findings in words."""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.text import Text
from typer.models import OptionInfo

from api.cli.console import Translate, out, progress, say, table
from api.services.check import CheckResult, findings_layers, run_check
from api.services.reports import write_report
from api.services.targets import refuse_inputs
from data.readers.chain_rules import read_rules
from data.readers.columns import parse_mapping
from data.settings import Settings
from data.writers.atomic import check_target
from data.writers.layers import ENDINGS, write_layers
from geo.chain import ChainRules
from geo.codes import Profile
from geo.coverage import TOLERANCE_M
from geo.crs import parse_datum
from geo.errors import OptionError
from geo.model import Severity, SizeRule
from maps.findings import describe, length, title, unchecked

SHOWN = 20
"""How many findings the terminal tells in words; all are in the report."""


def register(app: typer.Typer, t: Translate) -> None:
    """Declare ``check``."""

    def file(name: str) -> OptionInfo:
        option: OptionInfo = typer.Option(metavar="F[:layer]", help=t(f"cli_check.{name}"))
        return option

    @app.command("check", help=t("cli_check.help"))
    def command(
        *,
        communities: Annotated[str | None, file("communities")] = None,
        grids: Annotated[str | None, file("grids")] = None,
        buildings: Annotated[str | None, file("buildings")] = None,
        posts: Annotated[str | None, typer.Option(metavar="F", help=t("cli_check.posts"))] = None,
        party: Annotated[str | None, typer.Option(metavar="F", help=t("cli_check.party"))] = None,
        contacts: Annotated[
            str | None, typer.Option(metavar="F", help=t("cli_check.contacts"))
        ] = None,
        rules: Annotated[Path | None, typer.Option(metavar="F", help=t("cli_check.rules"))] = None,
        tolerance_m: Annotated[float, typer.Option(help=t("cli_check.tolerance"))] = TOLERANCE_M,
        households: Annotated[
            tuple[int, int], typer.Option(metavar="MIN MAX", help=t("cli_check.households"))
        ] = SizeRule().households,
        residents: Annotated[
            tuple[int, int], typer.Option(metavar="MIN MAX", help=t("cli_check.residents"))
        ] = SizeRule().residents,
        mapping: Annotated[
            list[str] | None, typer.Option("--map", metavar="A=B,…", help=t("cli_check.map"))
        ] = None,
        datum: Annotated[str | None, typer.Option(help=t("cli_check.datum"))] = None,
        encoding: Annotated[str | None, typer.Option(help=t("cli_check.encoding"))] = None,
        profile: Annotated[Profile | None, typer.Option(help=t("cli_check.profile"))] = None,
        output: Annotated[
            Path | None, typer.Option("-o", "--output", help=t("cli_check.output"))
        ] = None,
        report: Annotated[Path | None, typer.Option(help=t("cli_check.report"))] = None,
    ) -> None:
        settings = Settings()
        rule = SizeRule(_bounds("households", households), _bounds("residents", residents))
        for target, endings in ((output, ENDINGS), (report, (".json",))):
            if target is not None:
                check_target(target, endings)
                refuse_inputs(target, (communities, grids, buildings, posts, party))
        kind = profile or Profile(settings.profile)
        with progress(t) as watch:
            result = run_check(
                communities=communities,
                grids=grids,
                buildings=buildings,
                posts=posts,
                party=party,
                contacts=contacts,
                rules=chosen_rules(rules, (party, contacts), profile=kind, settings=settings),
                zone=ZoneInfo(settings.timezone),
                rule=rule,
                profile=kind,
                tolerance_m=tolerance_m,
                mapping=parse_mapping(mapping),
                datum=parse_datum(datum) if datum else None,
                encoding=encoding,
                progress=watch,
            )
        if output is not None:
            write_layers(output, findings_layers(result.findings, lang=settings.lang))
        if report is not None:
            write_report(report, result.findings, result.summary)
        show(result, t, lang=settings.lang, tolerance_m=tolerance_m)
        raise typer.Exit(1 if result.blocked else 0)


def chosen_rules(
    path: Path | None, registers: Iterable[str | None], *, profile: Profile, settings: Settings
) -> ChainRules | None:
    """The whole chain is held against rules where they are asked for, or where one of ``registers`` only they can tell
    of is handed over; a register of posts alone means officers (None)."""
    if path is None and settings.chain_rules is None and not any(registers):
        return None
    return read_rules(path or settings.chain_rules, profile=profile)


def _show_rates(result: CheckResult, t: Translate, *, lang: str) -> None:
    """横向覆盖率 and 纵向到底率, as far as what was handed over tells them."""
    pairs = (("coverage", "covered", "buildings"), ("chain", "whole", "grids"))
    for name, part, whole in pairs:
        rate = result.summary.get(name)
        if isinstance(rate, dict) and rate[whole]:
            share = f"{math.floor(1000 * rate[part] / rate[whole]) / 10}"
            figures = {"part": f"{rate[part]:,}", "whole": f"{rate[whole]:,}"}
            say(t(f"cli_check.rate-{name}", share=share, rules=rate.get("rules"), **figures))
    chain = result.summary.get("chain")
    if isinstance(chain, dict):
        _show_chain(chain, t, lang=lang)


def _show_chain(chain: dict[str, Any], t: Translate, *, lang: str) -> None:
    """Where chains break first, of how many buildings the chain is whole, and what could not be checked."""
    for one in chain["first_breaks"]:
        level, kind = t(f"finding.level-{one['level']}"), title(one["code"], lang)
        say(t("cli_check.first-break", level=level, kind=kind, count=one["grids"]))
    if chain["buildings"]:
        figures = {"part": f"{chain['buildings_whole']:,}", "whole": f"{chain['buildings']:,}"}
        say(t("cli_check.chain-buildings", **figures))
    if chain["unchecked"]:
        say(t("cli_check.unchecked", links=unchecked(chain["unchecked"], lang)))


def show(result: CheckResult, t: Translate, *, lang: str, tolerance_m: float) -> None:
    """The table by kind and severity, the gravest findings in words, and the totals."""
    rows = []
    for severity in Severity:
        found = [one for one in result.findings if one.severity is severity]
        for code in sorted({one.code for one in found}):
            widths = [one.width_m for one in found if one.code == code and one.width_m is not None]
            count = sum(one.code == code for one in found)
            worst = length(max(widths), lang) if widths else "—"
            rows.append((t(f"finding.severity-{severity.value}"), title(code, lang), count, worst))
    if rows:
        heads = ("severity", "kind", "count", "widest")
        table(t("cli_check.table"), [t(f"cli_check.column-{head}") for head in heads], rows)
    for finding in result.findings[:SHOWN]:
        # As Text: what files say is never read as markup.
        out.print(
            Text(f"· {t(f'finding.severity-{finding.severity.value}')} {describe(finding, lang)}")
        )
    if len(result.findings) > SHOWN:
        say(t("cli_check.more", count=len(result.findings) - SHOWN))
    counts = {severity.value: result.summary[severity.value] for severity in Severity}
    _show_rates(result, t, lang=lang)
    say(t("cli_check.total", tolerance=length(tolerance_m, lang), **counts))


def _bounds(name: str, bounds: tuple[int, int]) -> tuple[int, int]:
    low, high = bounds
    if not 0 <= low <= high or high == 0:
        raise OptionError("bounds-impossible", option=f"--{name}", low=low, high=high)
    return bounds
