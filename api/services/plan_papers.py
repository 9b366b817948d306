"""The documents of a plan: registration table, notice, wall maps, report and walking sheet, for whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import RowMapping

from api.services.draft_edit import one
from api.services.drafting import Shelf
from api.services.on_duty import Whereabouts, on_duty
from data.apart import Apart, Limits
from data.demo import SOURCE
from data.readers.photos import shrunk, shrunk_apart
from data.settings import Settings
from data.store import card, drafts, plan_life, plan_papers, regions
from data.store.terms import clock
from data.tables import CommentKind
from data.writers.atomic import made_folder, staging
from geo.errors import FileUnreadable, InputError
from geo.redraw import Draft
from geo.redraw.difference import plan_diff
from geo.redraw.replay import replay
from maps.plan_papers import Papers, Remark, Step, notice, register, report, sheets, walk
from maps.plan_papers.content import Officer
from maps.reports.words import cut
from maps.texts import text

DOCUMENTS: Mapping[str, Callable[[Papers, str], bytes]] = {
    "register.xlsx": register,
    "notice.pdf": lambda papers, lang: notice(papers, lang, form="pdf"),
    "notice.png": lambda papers, lang: notice(papers, lang, form="png"),
    "sheets.pdf": sheets,
    "report.docx": report,
    "walk.pdf": walk,
}
"""What a plan's documents are called, and who makes them."""
WITH_PHOTOS = ("walk.pdf",)
PHOTO = Limits(memory_bytes=1 << 30, processor_s=10, clock_s=20)


@dataclass(frozen=True, slots=True)
class Document:
    """A document. title: what a person would call the file, without an ending."""

    name: str
    title: str
    content: bytes


class PlanPapers:
    """Makes the documents of the plans of one database, one after the other: a picture takes seconds."""

    def __init__(
        self, engine: Engine, shelf: Shelf, settings: Settings, apart: Apart | None = None
    ) -> None:
        """``apart``: where photos are read; None: here."""
        self.engine, self.shelf, self.apart = engine, shelf, apart
        self.zone = ZoneInfo(settings.timezone)
        self._lock = Lock()

    def make(self, plan_id: int, name: str, *, lang: str, against: int | None = None) -> Document:
        """One of DOCUMENTS for a plan. NotFound "plan-unknown"; InputError "plans-elsewhere".

        ``against``: the plan before; None: the one in force, or for a plan that was in force itself its forerunner.
        """
        papers = self.papers(plan_id, against=against, photos=name in WITH_PHOTOS)
        return self._made(papers, name, lang)

    def write(
        self, plan_id: int, folder: Path, *, lang: str, against: int | None = None
    ) -> list[Path]:
        """All of them into a folder, whole or none. OptionError where that can't be written."""
        papers = self.papers(plan_id, against=against, photos=True)
        made = [self._made(papers, name, lang) for name in DOCUMENTS]
        with staging(made_folder(folder)) as stage:
            for document in made:
                (stage / document.name).write_bytes(document.content)
        return [folder / document.name for document in made]

    def papers(self, plan_id: int, *, against: int | None = None, photos: bool = False) -> Papers:
        """What the documents of a plan are made from. ``photos``: with those from walking borders."""
        with self._reading() as connection:
            head = one(drafts.heads(connection, [plan_id]), plan_id)
            other = plan_papers.plan_before(connection, head) if against is None else against
            now = self.shelf.take(connection, head).draft
            was = self._before(connection, head, other, now)
            return self._papers(connection, head, was, now, photos=photos)

    def _before(
        self, connection: Connection, head: RowMapping, other: int | None, now: Draft
    ) -> Draft:
        """The plan that another stands after; before a community's first there was no grid."""
        if other is None:
            return Draft(now.ground, blocks={}, grids={}, used=frozenset())
        before = one(drafts.heads(connection, [other]), other)
        if before["community_code"] != head["community_code"]:
            raise InputError("plans-elsewhere", plan=head["id"], other=other)
        return self.shelf.take(connection, before).draft

    def _made(self, papers: Papers, name: str, lang: str) -> Document:
        with self._lock:
            content = DOCUMENTS[name](papers, lang)
        kind = text(f"papers.file-{name.partition('.')[0]}", lang)
        title = f"{cut(papers.place, 40)}{kind}_{papers.as_of:%Y%m%d}"
        return Document(name, title, content)

    def _reading(self) -> AbstractContextManager[Connection]:
        return self.engine.connect().execution_options(isolation_level="REPEATABLE READ")

    def _papers(
        self,
        connection: Connection,
        head: RowMapping,
        before: Draft,
        after: Draft,
        *,
        photos: bool,
    ) -> Papers:
        code, plan_id = head["community_code"], head["id"]
        since = head["since"]
        return Papers(
            plan_id=plan_id,
            version=head["version"],
            status=head["status"],
            before=before,
            after=after,
            diff=plan_diff(before, after),
            replay=replay([before], [after]),
            as_of=datetime.now(UTC).astimezone(self.zone).date(),
            since=None if since is None else self._day(since),
            steps=[_step(row) for row in plan_life.stages(connection, plan_id)],
            remarks=[
                self._remark(row, self._photo(connection, row) if photos else None)
                for row in plan_life.comments(connection, plan_id)
            ],
            officers=_officers(connection, sorted({*before.grids, *after.grids})),
            around=plan_papers.around(connection, code),
            demo=regions.any_from(connection, SOURCE),
        )

    def _remark(self, row: RowMapping, photo: bytes | None) -> Remark:
        answered = row["answered_at"]
        return Remark(
            kind=row["kind"],
            said=row["said"],
            day=self._day(row["at"]),
            name=row["name"],
            grid_code=row["grid_code"],
            answer=row["answer"],
            answered=None if answered is None else self._day(answered),
            lng=row["lng"],
            lat=row["lat"],
            photo=photo,
            number=row["id"],
        )

    def _photo(self, connection: Connection, row: RowMapping) -> bytes | None:
        """The photo of a note from walking, made to fit a page; None for one that can't be."""
        if row["kind"] != CommentKind.WALK or row["photo_type"] is None:
            return None
        found = plan_life.photo(connection, row["plan_id"], row["id"])
        if found is None or self.apart is None:
            return None if found is None else shrunk(found[1])
        try:
            about = f"{row['plan_id']}/{row['id']}"
            return self.apart.run(shrunk_apart, found[1], about=about, limits=PHOTO)
        except FileUnreadable:
            return None

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


def _step(row: RowMapping) -> Step:
    return Step(row["stage"], row["day"], row["number"], row["file_name"], row["note"])


def _officers(connection: Connection, grids: Sequence[str]) -> Mapping[str, list[Officer]]:
    """Who answers for each grid, with whoever stands in now."""
    now = clock(connection).to_pydatetime()
    found: dict[str, list[Officer]] = {}
    for duty in on_duty(card.posts(connection, grids=grids, regions=[], at=now), now):
        row = duty.row
        stood = duty.where is Whereabouts.STOOD_IN
        officer = Officer(
            row["person"],
            row["phone"],
            row["stand_in"] if stood else None,
            row["stand_in_phone"] if stood else None,
        )
        found.setdefault(row["grid_code"], []).append(officer)
    return found
