"""Everything that people may say for a place, out of what the store knows: the entries of a gazetteer."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text
from sqlalchemy.engine import RowMapping

from data.readers.table import cell_text
from data.readers.words import column_for
from geo.gazetteer import Entry, EntryKind
from geo.model import ROADS

_BUILDINGS = """
    SELECT 'building:' || building_id AS key, said, words.kind, building_id, estate, community_code,
        ST_X(point) AS lng, ST_Y(point) AS lat
    FROM buildings, LATERAL (VALUES (address, 'building'), (name, 'landmark')) words(said, kind)
    WHERE said IS NOT NULL ORDER BY building_id, words.kind"""
_ESTATES = """
    SELECT 'estate:' || community_code || ':' || estate AS key, estate AS said, 'estate' AS kind, NULL AS building_id,
        estate, community_code, ST_X(middle) AS lng, ST_Y(middle) AS lat
    FROM (SELECT estate, community_code, ST_GeometricMedian(ST_Collect(point)) AS middle FROM buildings
        WHERE estate IS NOT NULL AND community_code IS NOT NULL GROUP BY estate, community_code) estates
    ORDER BY key"""
_SAID = """
    SELECT 'address:' || id AS key, said, kind, building_id, estate, community_code,
        ST_X(point) AS lng, ST_Y(point) AS lat
    FROM addresses ORDER BY id"""
_LINES = """
    SELECT 'line:' || name AS key, name AS said,
        CASE WHEN "class" = ANY(:roads) AND name !~ '(桥|隧道)$' THEN 'road' ELSE 'landmark' END AS kind,
        NULL AS building_id, NULL AS estate, NULL AS community_code, ST_X(spot) AS lng, ST_Y(spot) AS lat
    FROM (SELECT name, min("class") AS "class", ST_ClosestPoint(ST_Collect(geom), ST_Centroid(ST_Collect(geom))) AS spot
        FROM lines WHERE name IS NOT NULL GROUP BY name) named
    ORDER BY name"""
_CROSSINGS = """
    SELECT 'crossing:' || one || '/' || other AS key, one || '/' || other AS said, 'crossing' AS kind,
        NULL AS building_id, NULL AS estate, NULL AS community_code, ST_X(spot) AS lng, ST_Y(spot) AS lat
    FROM (SELECT a.name AS one, b.name AS other,
            ST_PointOnSurface(ST_Collect(ST_Intersection(a.geom, b.geom))) AS spot
        FROM lines a JOIN lines b ON a.name < b.name AND ST_Intersects(a.geom, b.geom)
        WHERE a."class" = ANY(:roads) AND b."class" = ANY(:roads) GROUP BY a.name, b.name) met
    ORDER BY key"""
_REGIONS = """
    SELECT 'region:' || code AS key, name AS said, 'region' AS kind, NULL AS building_id, NULL AS estate,
        code AS community_code, ST_X(spot) AS lng, ST_Y(spot) AS lat
    FROM (SELECT code, name, ST_PointOnSurface(geom) AS spot FROM regions) placed
    ORDER BY code"""


PENDING = "pending:"
"""How the keys of rows of a ledger begin that wait for their place."""
_WAITING = """
    SELECT key, row FROM import_pending WHERE noun = 'buildings'
        AND reasons ?| ARRAY['no-coordinates', 'half-coordinates', 'coordinates-impossible', 'outside']
    ORDER BY key"""
_NAMED = (("name", "landmark"), ("address", "building"))


def entries(connection: Connection) -> list[Entry]:
    """Addresses and aliases as they were told, and then the words that follow from buildings, estates, roads, crossings
    and regions, where the same words are not told of the same thing already; and the ledger's rows that wait for their
    place, which have none.

    Keys: ``address:<id>``, ``building:<building_id>``, ``estate:<community>:<name>``, ``line:<name>``,
    ``crossing:<name>/<name>``, ``region:<code>``, ``pending:<key>``. Points in EPSG:4490.
    """
    known, made = set[tuple[str, str]](), list[Entry]()
    for query in (_SAID, _ESTATES, _BUILDINGS, _LINES, _CROSSINGS, _REGIONS):
        for row in _rows(connection, query):
            thing = row["building_id"] or row["estate"] or row["key"]
            if (row["said"], thing) not in known:
                known.add((row["said"], thing))
                made.append(_entry(row))
    return made + list(_waiting(connection))


def _waiting(connection: Connection) -> Iterator[Entry]:
    """Rows of a ledger that were kept aside, under the name and the address that their cells tell."""
    for key, cells in connection.execute(text(_WAITING)):
        for column, kind in _NAMED:
            heading = column_for(column, cells)
            said = cell_text(cells[heading]) if heading is not None else ""
            if said:
                yield Entry(f"{PENDING}{key}:{column}", said, _KINDS[kind])


def _rows(connection: Connection, query: str) -> Iterator[RowMapping]:
    wanted = {"roads": list(ROADS)} if ":roads" in query else {}
    yield from connection.execute(text(query), wanted).mappings()


def _entry(row: RowMapping) -> Entry:
    return Entry(
        key=row["key"],
        said=row["said"],
        kind=_KINDS.get(row["kind"], EntryKind.LANDMARK),
        lng=row["lng"],
        lat=row["lat"],
        region=row["community_code"] or "",
        building=row["building_id"] or "",
    )


_KINDS = {
    "address": EntryKind.BUILDING,
    "name": EntryKind.LANDMARK,
    **{kind.value: kind for kind in EntryKind},
}
"""What an address is said to be of; a kind of a city's own is a landmark."""

_WRITTEN = """
    SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables
    WHERE relname IN ('addresses', 'buildings', 'import_pending', 'lines', 'regions') ORDER BY relname"""


def version(connection: Connection) -> tuple[tuple[str, int], ...]:
    """What changes, within about a second, when anything is written that `entries` reads."""
    return tuple((name, written) for name, written in connection.execute(text(_WRITTEN)))


def officers(connection: Connection, said: str) -> list[RowMapping]:
    """Who answers for a grid now and has this name, number or telephone: ``person``, ``grid_code``, by grid."""
    query = text(
        "SELECT person, grid_code FROM posts WHERE kind = 'A' AND valid @> clock_timestamp()"
        " AND :said IN (person, person_no, phone) ORDER BY grid_code, person"
    )
    return list(connection.execute(query, {"said": said}).mappings())


def building(connection: Connection, building_id: str) -> Entry | None:
    """The building of that number, under the name it is known by."""
    query = text(
        "SELECT 'building:' || building_id AS key, COALESCE(name, address, building_id) AS said, 'building' AS kind,"
        " building_id, estate, community_code, ST_X(point) AS lng, ST_Y(point) AS lat"
        " FROM buildings WHERE building_id = :building_id"
    )
    row = connection.execute(query, {"building_id": building_id}).mappings().first()
    return None if row is None else _entry(row)
