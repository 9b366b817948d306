"""What the service holds while it runs: the database, the locator in memory, the page of the moment."""

from __future__ import annotations

import asyncio
import logging
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from fastapi import Request
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool

from api.services.activating import Activator, activate_due
from api.services.actor import Actor, Role
from api.services.backdrops import Backdrops
from api.services.call_files import CallFiles
from api.services.card import Cards
from api.services.comparing import Comparing
from api.services.drafting import Shelf
from api.services.drawing_anew import Drawer
from api.services.drawing_ground import Ground
from api.services.drawings import Drawings
from api.services.ground_imports import GroundImports
from api.services.handling import Desk
from api.services.intake import Intake
from api.services.live import Live
from api.services.locating import LocatorCache
from api.services.pages import PageCache
from api.services.placing import Placer
from api.services.plan_imports import PlanImports
from api.services.plan_life import PlanLife
from api.services.plan_papers import PlanPapers
from api.services.publishing import Publishing
from api.services.redrawing import Redrawing
from api.services.reporting import ReportCache
from api.services.searching import Searcher
from api.services.tracing_estates import TracedEstates
from api.services.warming import Warming, warm_card, warm_splitting
from api.services.watching import Watch
from api.services.words import WordsCache
from data.apart import LOADED, Apart, Limits
from data.database import open_database
from data.readers.chain_rules import read_rules
from data.readers.line_rules import read_lines
from data.readers.nearby_rules import NearbyRules, read_nearby
from data.readers.stage_rules import read_stages
from data.settings import Settings
from geo.codes import Profile
from geo.errors import EnvironmentMissing

CHILDREN = (*LOADED, "api.services.adopting")
"""What children find loaded that read foreign files, or work out what they hold."""
START_S = 60.0
"""How long a request waits for a service that is starting."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class State:
    """One a process; opened before the first request is answered, closed after the last."""

    settings: Settings
    engine: Engine
    locators: LocatorCache
    watch: Watch
    intake: Intake
    pages: PageCache
    searcher: Searcher
    desk: Desk
    live: Live
    publishing: Publishing
    drawings: Drawings
    apart: Apart
    closing: ExitStack

    @classmethod
    def open(cls, settings: Settings) -> State:
        """Open the database and warm up: a service that answers is ready to answer at once. What was opened is closed
        again where the rest can't be."""
        with ExitStack() as opened:
            engine = open_database(settings)
            opened.callback(engine.dispose)
            publishing = Publishing(engine, Shelf(settings), read_stages(settings.stage_rules))
            activate_due(publishing)  # whose time came while nobody served
            locators, words = LocatorCache(engine), WordsCache(engine)
            locators.current()
            words.current()
            watch = opened.enter_context(closing(Watch(engine, locators)))
            intake = opened.enter_context(closing(Intake(engine, locators)))
            live = opened.enter_context(closing(Live(engine)))
            opened.enter_context(closing(Activator(publishing)))
            drawer = Drawer(engine, publishing.shelf)
            drawings = opened.enter_context(closing(Drawings(engine, drawer)))
            pages = opened.enter_context(closing(PageCache(engine, settings)))
            apart = opened.enter_context(closing(Apart(_limits(settings), loaded=CHILDREN)))
            searcher, desk = Searcher(engine, locators, words), Desk(engine, locators)
            pages.warm()  # beside what is asked from now on: who looks at the map does not wait for it
            all_of_it = opened.pop_all()
        return cls(
            settings, engine, locators, watch, intake, pages, searcher, desk, live, publishing,
            drawings, apart, all_of_it,
        )  # fmt: skip

    def close(self) -> None:
        """Let followers go, record what was reported, stop the threads and give the connections back."""
        self.closing.close()

    @cached_property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.settings.timezone)

    @cached_property
    def cards(self) -> Cards:
        """The dispatcher's answers."""
        rules = read_rules(self.settings.chain_rules, profile=Profile(self.settings.profile))
        return Cards(self.engine, self.locators, rules=rules, lines=read_lines())

    @cached_property
    def reports(self) -> ReportCache:
        """Reports of the city, as Word, Excel, PDF and PNG."""
        return ReportCache(self.settings)

    @cached_property
    def warm_splits(self) -> Warming:
        """What a planner's first split needs."""
        return Warming(warm_splitting)

    @cached_property
    def warm_cards(self) -> Warming:
        """What a dispatcher's first card needs."""
        return Warming(lambda: warm_card(self.engine, lambda: self.cards))

    @cached_property
    def redrawing(self) -> Redrawing:
        """Drafts, and what planners do with them."""
        return Redrawing(self.engine, self.publishing.shelf)

    @cached_property
    def plan_imports(self) -> PlanImports:
        """Plans drawn elsewhere, on their way in."""
        return PlanImports(self.engine, self.publishing.shelf, self.apart)

    @cached_property
    def ground_imports(self) -> GroundImports:
        """Communities, buildings, roads as files, on their way in."""
        return GroundImports(self.engine, self.apart)

    @cached_property
    def call_files(self) -> CallFiles:
        """A hotline's sheets, on their way in."""
        return CallFiles(self.engine, self.apart)

    @cached_property
    def comparing(self) -> Comparing:
        """Plans beside each other."""
        return Comparing(self.engine, self.publishing.shelf)

    @cached_property
    def plan_life(self) -> PlanLife:
        """What becomes of plans outside."""
        return PlanLife(self.engine)

    @cached_property
    def plan_papers(self) -> PlanPapers:
        """The documents of plans."""
        return PlanPapers(self.engine, self.publishing.shelf, self.settings, self.apart)

    @cached_property
    def placer(self) -> Placer:
        """Ledger rows that wait for their place."""
        return Placer(self.engine, self.publishing.shelf, self.locators, self.settings)

    @cached_property
    def backdrops(self) -> Backdrops:
        """Images to trace over."""
        return Backdrops(self.engine)

    @cached_property
    def ground(self) -> Ground:
        """Roads, rivers and outlines that planners draw."""
        return Ground(self.engine, self.publishing.shelf)

    @cached_property
    def traced_estates(self) -> TracedEstates:
        """What drawn outlines say of the buildings within."""
        return TracedEstates(self.engine, self.publishing.shelf)

    @cached_property
    def nearby(self) -> NearbyRules:
        """Within which distance and time a further call may be about the same matter."""
        return read_nearby()

    @cached_property
    def actor(self) -> Actor:
        """Whom a request is recorded under, until there are accounts."""
        return Actor(
            who=self.settings.actor or UNSIGNED,
            role=Role.DISPATCHER,
        )


UNSIGNED = "http"
"""Who is recorded where nobody is named; pages say it in the reader's language (static/language.js)."""


def _limits(settings: Settings) -> Limits:
    """What a foreign file may take to be read."""
    return Limits(
        memory_bytes=settings.reading_memory_mb << 20,
        processor_s=settings.reading_s,
        clock_s=2 * settings.reading_s,
    )


class Opening:
    """The state of a process from its start on: a request that comes early waits, one that comes after a failure tries
    again."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._task: asyncio.Task[State] | None = None
        self.state: State | None = None
        self._leaving = False

    def begin(self) -> asyncio.Task[State]:
        """Open in the background, unless that is under way or done."""
        if self._task is None or (self._task.done() and self.state is None):
            self._task = asyncio.create_task(self._open())
            self._task.add_done_callback(_noticed)
        return self._task

    async def get(self) -> State:
        """The state once it is open. EnvironmentMissing where that takes too long, or what opening it raised."""
        if self.state is not None:
            return self.state
        try:
            return await asyncio.wait_for(asyncio.shield(self.begin()), START_S)
        except TimeoutError:
            raise EnvironmentMissing("service-starting") from None

    def end_streams(self) -> None:
        """Let those go who follow the live list, now or later, or wait for a file to be read; safe in a signal's
        handler."""
        self._leaving = True
        if self.state is not None:
            self.state.live.end()
            self.state.apart.leave()

    async def close(self) -> None:
        """Close what was opened."""
        if self._task is not None:
            await asyncio.wait([self._task])
        if self.state is not None:
            await run_in_threadpool(self.state.close)

    async def _open(self) -> State:
        try:
            self.state = await run_in_threadpool(State.open, self._settings)
        except Exception as error:
            _log.error("the service can't answer yet: %s", error)
            raise
        if self._leaving:
            self.state.live.end()
            self.state.apart.leave()
        return self.state


def _noticed(task: asyncio.Task[State]) -> None:
    """What went wrong is logged and told to whoever asks; asyncio need not say it a third time."""
    if not task.cancelled():
        task.exception()


async def state(request: Request) -> State:
    """The running service, for a route's ``Depends``. It costs no thread: a ready state is there at once."""
    opening: Opening = request.app.state.opening
    return opening.state or await opening.get()
