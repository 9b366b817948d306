"""Schemathesis over the whole document: whatever it thinks of for an operation, of what fits and of what doesn't, is
answered as the document says, never by a server error, and who is refused is told in his language what to do.

Longer, by hand, on a city that may be spoilt: ``st run ADDRESS/openapi.json --max-examples 100``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, BaseSchema, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import Connection, create_engine

from api.description import PROBLEM
from data.cluster import Cluster
from data.settings import Settings
from maps.texts import LANGUAGES
from tests.api.blocks_town import fill, middle, report
from tests.api.square_town import hand_over
from tests.conftest import database
from tests.data.store.conftest import WEST
from tests.serving import served
from tests.test_texts import TELLS_WHAT_TO_DO

EXAMPLES = 5
"""Questions for each operation."""
DRAFTS = 4
"""After the two plans in force."""
EVENTS = 1
"""After so many of an endless stream we hang up."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
PATIENCE_S = 60


@pytest.fixture(scope="module")
def address(cluster: Cluster, template: str) -> Iterator[str]:
    """The service on the town of blocks, with drafts, incidents, an objection, and a step gone."""
    with database(cluster, template) as url:
        engine = create_engine(url)
        with engine.begin() as connection:
            _town(connection)
        engine.dispose()
        with served(Settings(database_url=url)) as address:
            for path, body in _MADE:
                made = requests.post(address + path, json=body, timeout=PATIENCE_S)
                assert made.ok, made.text
            for _ in range(DRAFTS):
                told = hand_over(address, "buildings", "台账.csv", _LEDGER)
                assert told.status_code == 200, told.text
            yield address


def _town(connection: Connection) -> None:
    fill(connection)
    for name in "abc":
        report(connection, name, *middle(0, 0))


_MADE: tuple[tuple[str, Mapping[str, Any]], ...] = (
    *[("/plans", {"communities": [WEST]})] * DRAFTS,
    ("/plans/3/comments", {"kind": "objection", "said": "太远"}),
    ("/plans/3/stages", {"stage": "walked", "day": "2026-11-29"}),
)
_LEDGER = "楼栋编号,户数,人口\nx-1,12,30\nx-2,很多,\n".encode("gbk")


@pytest.fixture(scope="module")
def schema(address: str) -> BaseSchema:
    """What the service says of itself."""
    projects = ProjectsConfig(default=ProjectConfig(max_stream_events=EVENTS))
    said = requests.get(f"{address}/openapi.json", timeout=PATIENCE_S).json()
    config = SchemathesisConfig(projects=projects)
    made = schemathesis.openapi.from_dict(said, config=config)
    made.config.update(base_url=address)
    return made


def test_whatever_is_asked_is_answered_as_documented(
    address: str, schema: BaseSchema, subtests: pytest.Subtests
) -> None:
    found = [one.ok() for one in schema.get_all_operations()]
    with requests.Session() as session:
        listed = session.get(f"{address}/incidents", timeout=PATIENCE_S).json()["items"]
        known = Known([one["id"] for one in listed])
        for operation in sorted(found, key=lambda one: one.method == "delete"):
            with subtests.test(operation.label):
                asked_and_checked(operation, known, session)


class Known:
    """What there is in the town: a question about it goes further than one about nothing."""

    def __init__(self, incidents: list[str]) -> None:
        self.incidents = incidents

    def put(self, case: Case, number: int) -> None:
        """Let the address of a case name something that there is."""
        for name in case.path_parameters:
            if name == "code":
                case.path_parameters[name] = WEST
            elif name not in ("form", "name"):
                here = case.path.startswith("/incidents")
                case.path_parameters[name] = self.incidents[number % 3] if here else number
                if isinstance(case.body, dict) and "version" in case.body:
                    case.body["version"] = 0 if here else 1  # as nobody has changed it yet


def asked_and_checked(operation: APIOperation, known: Known, session: requests.Session) -> None:
    every = st.one_of(*(operation.as_strategy(mode) for mode in GenerationMode))

    @given(every, st.none() | st.integers(1, DRAFTS + 2), st.sampled_from(LANGUAGES))
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Case, number: int | None, lang: str) -> None:
        if number is not None:
            known.put(case, number)
        reply = case.call(session=session, headers={"accept-language": lang}, timeout=PATIENCE_S)
        case.validate_response(reply, checks=CHECKS)
        if reply.status_code >= 400:
            helpful(reply, lang)

    ask()


def helpful(reply: schemathesis.Response, lang: str) -> None:
    """A problem that names its kind and tells what to do."""
    assert reply.headers["content-type"] == [PROBLEM]
    said = reply.json()
    assert said["type"] == f"urn:wangge:{said['title']}"
    assert said["status"] == reply.status_code
    assert TELLS_WHAT_TO_DO[lang].search(said["detail"]), said["detail"]
