"""Reports: the city in the store, or what was read from files, as Word, Excel, PDF or PNG."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

from api.services.check import CheckFiles, CheckResult
from api.services.file_ages import changed, file_ages
from api.services.headlines import ages_of, headlines
from api.services.overview import Overview
from api.services.scope import covered, restricted
from data.settings import Settings
from data.writers.atomic import check_target, staging
from geo.errors import OptionError
from geo.tally import Tallies, tally
from geo.territory import territory
from maps.layers import MapData
from maps.registers import RegisterAge
from maps.reports import Report, document, one_pager, workbook
from maps.texts import text

FORMS: Mapping[str, Callable[[Report, str], bytes]] = {
    "docx": document,
    "xlsx": workbook,
    "pdf": lambda report, lang: one_pager(report, lang, form="pdf"),
    "png": lambda report, lang: one_pager(report, lang, form="png"),
}
"""What a report can be, by the ending of its name."""
ENDINGS = tuple(f".{form}" for form in FORMS)
KEPT = 12
"""How many reports are kept while the city stays as it is: an office asks for the same one again."""


def of_city(
    seen: Overview,
    settings: Settings,
    *,
    lang: str,
    under: str | None = None,
) -> Report:
    """The city as it was seen, or what lies ``under`` a code. OptionError before the first plan is in force, NotFound
    for a code that is no place of the city's."""
    if seen.data.grids.empty:
        raise OptionError("report-without-plan")
    zone = ZoneInfo(settings.timezone)
    report = Report(
        data=seen.data,
        title=text("report.title", lang),
        place=seen.tallies.territory.root.name or text("report.place-unknown", lang),
        as_of=seen.as_of.astimezone(zone).date(),
        coverage=None if seen.coverage is None else covered(seen.tallies.of[0]),
        chain=seen.chain,
        registers=seen.data.registers,
    )
    return report if under is None else restricted(report, seen.tallies, under)


def of_files(
    checked: CheckResult,
    files: CheckFiles,
    *,
    lang: str,
    zone: ZoneInfo,
    place: str | None = None,
    under: str | None = None,
) -> Report:
    """What a check read from ``files`` and found; the newest of them tells the data's day.

    OptionError without grids, NotFound as `of_city`.
    """
    read = checked.delivered
    if read.grids is None:
        raise OptionError("report-without-grids")
    tallies = _tallies(checked)
    rate = None if read.buildings is None else checked.rate
    report = Report(
        data=MapData(
            grids=read.grids,
            communities=read.communities,
            regions=read.regions,
            buildings=read.buildings,
            roads=read.things.get("roads"),
            rivers=read.things.get("rivers"),
            greens=read.things.get("greens"),
            findings=checked.findings,
            headlines=headlines(rate, checked.chain),
            size=checked.measure.rule,
        ),
        title=text("report.title", lang),
        place=place or tallies.territory.root.name or text("report.place-unknown", lang),
        as_of=max(changed(spec, zone) for spec in files.all),
        coverage=None if read.buildings is None else covered(tallies.of[0]),
        chain=checked.chain,
        registers=_file_ages(checked, files, zone),
        tolerance_m=checked.measure.tolerance_m,
    )
    return report if under is None else restricted(report, tallies, under)


def _tallies(checked: CheckResult) -> Tallies:
    read = checked.delivered
    assert read.grids is not None
    return tally(
        territory(read.regions, read.grids, read.communities),
        grids=read.grids,
        communities=read.communities,
        buildings=read.buildings,
        coverage=checked.coverage,
        findings=checked.findings,
        chain=checked.chain,
        rule=checked.measure.rule,
    )


def _file_ages(checked: CheckResult, files: CheckFiles, zone: ZoneInfo) -> Sequence[RegisterAge]:
    read, told = checked.delivered, checked.registers
    known = (
        ("grids", files.grids, read.grids),
        ("buildings", files.buildings, read.buildings),
        ("posts", files.posts, told.posts),
        ("party", files.party, told.units),
        ("contacts", files.contacts, told.contacts),
    )
    return file_ages(known, zone, ages_of(checked.rate, checked.chain))


def write(report: Report, path: Path, *, lang: str) -> None:
    """The report as a file by the name's ending, whole or not at all. OptionError for another ending."""
    check_target(path, ENDINGS)
    content = FORMS[path.suffix.lower().removeprefix(".")](report, lang)
    with staging(path.parent) as stage:
        (stage / path.name).write_bytes(content)


class ReportCache:
    """Reports of the city in the store, each made once for a state of the city. Safe to ask from several threads: they
    are made one after the other, for a picture takes a processor for seconds."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seen: Overview | None = None
        self._made: dict[tuple[str, str | None, str], tuple[Report, bytes]] = {}
        self._lock = Lock()

    def report(
        self, seen: Overview, *, form: str, lang: str, under: str | None
    ) -> tuple[Report, bytes]:
        """The report of ``seen`` in one of FORMS, and what it was made from. Raises what `of_city` raises."""
        with self._lock:
            if self._seen is not seen:
                self._seen, self._made = seen, {}
            key = (form, under, lang)
            if key not in self._made:
                made = of_city(seen, self._settings, lang=lang, under=under)
                while len(self._made) >= KEPT:
                    self._made.pop(next(iter(self._made)))
                self._made[key] = (made, FORMS[form](made, lang))
            return self._made[key]
