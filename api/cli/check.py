"""``wangge check``: is the net really without gaps? What was found, how much is covered, and what a repair would do."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from typer.models import OptionInfo

from api.cli.check_shown import show, show_repair
from api.cli.console import Translate, progress
from api.services.check import CheckFiles, findings_layers, run_check
from api.services.repair import repair_json, run_repair
from api.services.reports import write_report
from api.services.targets import refuse_inputs
from data.bounds import usual_rule
from data.readers.chain_rules import read_rules
from data.readers.columns import parse_mapping
from data.readers.datums import parse_datums
from data.settings import Settings
from data.writers.atomic import check_target
from data.writers.layers import ENDINGS, write_layers
from geo.chain import ChainRules
from geo.codes import Profile
from geo.coverage import STALE_DAYS, TOLERANCE_M, Measure
from geo.errors import OptionError
from geo.model import SizeRule
from geo.repair import Proposal


def register(app: typer.Typer, t: Translate) -> None:
    """Declare ``check``."""
    usual = usual_rule(Settings())

    def file(name: str) -> OptionInfo:
        option: OptionInfo = typer.Option(metavar="F[:layer]", help=t(f"cli_check.{name}"))
        return option

    @app.command("check", help=t("cli_check.help"))
    def command(
        *,
        communities: Annotated[str | None, file("communities")] = None,
        grids: Annotated[str | None, file("grids")] = None,
        buildings: Annotated[str | None, file("buildings")] = None,
        regions: Annotated[str | None, file("regions")] = None,
        roads: Annotated[str | None, file("roads")] = None,
        rivers: Annotated[str | None, file("rivers")] = None,
        greens: Annotated[str | None, file("greens")] = None,
        things: Annotated[list[str] | None, file("things")] = None,
        posts: Annotated[str | None, typer.Option(metavar="F", help=t("cli_check.posts"))] = None,
        party: Annotated[str | None, typer.Option(metavar="F", help=t("cli_check.party"))] = None,
        contacts: Annotated[
            str | None, typer.Option(metavar="F", help=t("cli_check.contacts"))
        ] = None,
        rules: Annotated[Path | None, typer.Option(metavar="F", help=t("cli_check.rules"))] = None,
        tolerance_m: Annotated[float, typer.Option(help=t("cli_check.tolerance"))] = TOLERANCE_M,
        households: Annotated[
            tuple[int, int], typer.Option(metavar="MIN MAX", help=t("cli_check.households"))
        ] = usual.households,
        residents: Annotated[
            tuple[int, int], typer.Option(metavar="MIN MAX", help=t("cli_check.residents"))
        ] = usual.residents,
        stale_after: Annotated[
            int, typer.Option(min=0, metavar="DAYS", help=t("cli_check.stale-after"))
        ] = STALE_DAYS,
        mapping: Annotated[
            list[str] | None, typer.Option("--map", metavar="A=B,…", help=t("cli_check.map"))
        ] = None,
        datum: Annotated[
            list[str] | None, typer.Option(metavar="DATUM,…", help=t("cli_check.datum"))
        ] = None,
        encoding: Annotated[str | None, typer.Option(help=t("cli_check.encoding"))] = None,
        profile: Annotated[Profile | None, typer.Option(help=t("cli_check.profile"))] = None,
        output: Annotated[
            Path | None, typer.Option("-o", "--output", help=t("cli_check.output"))
        ] = None,
        report: Annotated[Path | None, typer.Option(help=t("cli_check.report"))] = None,
        repair: Annotated[Path | None, typer.Option(help=t("cli_check.repair"))] = None,
        repair_within: Annotated[
            float | None, typer.Option(metavar="METRES", help=t("cli_check.repair-within"))
        ] = None,
    ) -> None:
        settings = Settings()
        kind = profile or Profile(settings.profile)
        measure = Measure(
            rule=SizeRule(_bounds("households", households), _bounds("residents", residents)),
            profile=kind,
            tolerance_m=tolerance_m,
            stale_days=stale_after,
        )
        files = CheckFiles(
            communities=communities,
            grids=grids,
            buildings=buildings,
            regions=regions,
            roads=roads,
            rivers=rivers,
            greens=greens,
            things=tuple(things or ()),
            posts=posts,
            party=party,
            contacts=contacts,
        )
        _check_targets(files, rules, output=output, report=report, repair=repair)
        if repair is None and repair_within is not None:
            raise OptionError("repair-within-alone")
        proposal: Proposal | None = None
        with progress(t) as watch:
            result = run_check(
                files,
                measure=measure,
                zone=ZoneInfo(settings.timezone),
                rules=chosen_rules(rules, (party, contacts), profile=kind, settings=settings),
                mapping=parse_mapping(mapping),
                datum=parse_datums(datum),
                encoding=encoding,
                progress=watch,
            )
            if repair is not None:
                watch("repair", 0, None)
                within_m = tolerance_m if repair_within is None else repair_within
                proposal = run_repair(
                    result.delivered, result.measure, within_m=within_m, output=repair
                )
        if output is not None:
            write_layers(output, findings_layers(result.findings, lang=settings.lang))
        if report is not None:
            told = {} if proposal is None else {"repair": repair_json(proposal)}
            write_report(report, result.findings, {**result.summary, **told})
        show(result, t, lang=settings.lang)
        if proposal is not None and repair is not None:
            show_repair(proposal, repair, t, lang=settings.lang)
        raise typer.Exit(1 if result.blocked else 0)


def _check_targets(
    files: CheckFiles,
    rules: Path | None,
    *,
    output: Path | None,
    report: Path | None,
    repair: Path | None,
) -> None:
    """Nothing is read before it is certain that what comes of it can be written, over no input and no other result."""
    written: list[tuple[Path, Sequence[str], Sequence[str]]] = []
    if output is not None:
        written.append((output, ENDINGS, ("areas", "lines", "points")))
    if repair is not None:
        written.append((repair, ENDINGS, ("communities", "grids", "changes")))
    if report is not None:
        written.append((report, (".json",), ()))
    for target, endings, layers in written:
        check_target(target, endings)
        refuse_inputs(target, [*files.all, rules], layers=layers)
    names = [target.resolve() for target, _, _ in written]
    for name in names:
        if names.count(name) > 1:
            raise OptionError("outputs-same", file=str(name))


def chosen_rules(
    path: Path | None, registers: Iterable[str | None], *, profile: Profile, settings: Settings
) -> ChainRules | None:
    """The whole chain is held against rules where they are asked for, or where one of ``registers`` only they can tell
    of is handed over; a register of posts alone means officers (None)."""
    if path is None and settings.chain_rules is None and not any(registers):
        return None
    return read_rules(path or settings.chain_rules, profile=profile)


def _bounds(name: str, bounds: tuple[int, int]) -> tuple[int, int]:
    low, high = bounds
    if not 0 <= low <= high or high == 0:
        raise OptionError("bounds-impossible", option=f"--{name}", low=low, high=high)
    return bounds
