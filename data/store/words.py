"""Everything that people may say for a place, out of what the store knows: the entries of a gazetteer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.engine import RowMapping

from data.readers.table import cell_text
from data.readers.words import column_for
from data.store.city_changes import SAID, Stand, stand
from geo.gazetteer import Entry, EntryKind
from geo.model import ROADS

_BUILDINGS = """
    SELECT 'building:' || building_id AS key, said, words.kind, building_id, estate, community_code,
        ST_X(point) AS lng, ST_Y(point) AS lat
    FROM buildings, LATERAL (VALUES (address, 'building'), (name, 'landmark')) words(said, kind)
    WHERE said IS NOT NULL AND {buildings} ORDER BY building_id, words.kind"""
_ESTATES = """
    SELECT 'estate:' || community_code || ':' || estate AS key, estate AS said, 'estate' AS kind, NULL AS building_id,
        estate, community_code, ST_X(middle) AS lng, ST_Y(middle) AS lat
    FROM (SELECT estate, community_code, ST_GeometricMedian(ST_Collect(point)) AS middle FROM buildings
        WHERE estate IS NOT NULL AND community_code IS NOT NULL GROUP BY estate, community_code
        HAVING bool_or({buildings})) estates
    ORDER BY key"""
_SAID = """
    SELECT 'address:' || id AS key, said, kind, building_id, estate, community_code,
        ST_X(point) AS lng, ST_Y(point) AS lat
    FROM addresses WHERE {addresses} ORDER BY id"""
_LINES = """
    SELECT 'line:' || name AS key, name AS said,
        CASE WHEN "class" = ANY(:roads) AND name !~ '(桥|隧道)$' THEN 'road' ELSE 'landmark' END AS kind,
        NULL AS building_id, NULL AS estate, NULL AS community_code, ST_X(spot) AS lng, ST_Y(spot) AS lat
    FROM (SELECT name, min("class") AS "class", ST_ClosestPoint(ST_Collect(geom), ST_Centroid(ST_Collect(geom))) AS spot
        FROM lines WHERE name IS NOT NULL GROUP BY name HAVING bool_or({lines})) named
    ORDER BY name"""
_CROSSINGS = """
    SELECT 'crossing:' || one || '/' || other AS key, one || '/' || other AS said, 'crossing' AS kind,
        NULL AS building_id, NULL AS estate, NULL AS community_code, ST_X(spot) AS lng, ST_Y(spot) AS lat
    FROM (SELECT a.name AS one, b.name AS other,
            ST_PointOnSurface(ST_Collect(ST_Intersection(a.geom, b.geom))) AS spot
        FROM lines a JOIN lines b ON a.name < b.name AND ST_Intersects(a.geom, b.geom)
        WHERE a."class" = ANY(:roads) AND b."class" = ANY(:roads) GROUP BY a.name, b.name
        HAVING bool_or({a} OR {b})) met
    ORDER BY key"""
_REGIONS = """
    SELECT 'region:' || code AS key, name AS said, 'region' AS kind, NULL AS building_id, NULL AS estate,
        code AS community_code, ST_X(spot) AS lng, ST_Y(spot) AS lat
    FROM (SELECT code, name, ST_PointOnSurface(geom) AS spot FROM regions) placed
    ORDER BY code"""


PENDING = "pending:"
"""How the keys of rows of a ledger begin that wait for their place."""
_WAITING = """
    SELECT key, row FROM import_pending WHERE noun = 'buildings' AND {import_pending}
        AND reasons ?| ARRAY['no-coordinates', 'half-coordinates', 'coordinates-impossible', 'outside']
    ORDER BY key"""
_NAMED = (("name", "landmark"), ("address", "building"))


Snapshot = str
"""What a transaction sees, as PostgreSQL tells it."""

_NEW = """NOT pg_visible_in_snapshot((((pg_snapshot_xmax(CAST(:since AS pg_snapshot))::text::bigint >> 32) << 32)
    + {table}.xmin::text::bigint)::text::xid8, CAST(:since AS pg_snapshot))"""
"""Whether a row was written after a snapshot. A transaction's number begins anew after four thousand millions; for as
long as a snapshot is from before that, what is written after it is not new to it."""
_MANY = " + ".join(
    f"(SELECT count(*) FROM {table} WHERE {_NEW.format(table=table)})" for table in SAID
)


def snapshot(connection: Connection) -> Snapshot:
    """What this transaction sees."""
    seen: str = connection.execute(text("SELECT CAST(pg_current_snapshot() AS text)")).scalar_one()
    return seen


def changed(connection: Connection, since: Snapshot) -> int:
    """How many rows that `entries` reads were written since."""
    return int(connection.execute(text(f"SELECT {_MANY}"), {"since": since}).scalar_one())


def entries(connection: Connection, *, since: Snapshot | None = None) -> list[Entry]:
    """Addresses and aliases as they were told, and then the words that follow from buildings, estates, roads, crossings
    and regions, where the same words are not told of the same thing already; and the ledger's rows that wait for their
    place, which have none.

    Keys: ``address:<id>``, ``building:<building_id>``, ``estate:<community>:<name>``, ``line:<name>``,
    ``crossing:<name>/<name>``, ``region:<code>``, ``pending:<key>``. Points in EPSG:4490. ``since``: those alone that
    follow from what was written since, and all regions.
    """
    known, made = set[tuple[str, str]](), list[Entry]()
    for query in (_SAID, _ESTATES, _BUILDINGS, _LINES, _CROSSINGS, _REGIONS):
        for row in _rows(connection, query, since):
            thing = row["building_id"] or row["estate"] or row["key"]
            if (row["said"], thing) not in known:
                known.add((row["said"], thing))
                made.append(_entry(row))
    return made + list(_waiting(connection, since))


_GONE = """
    SELECT key FROM unnest(CAST(:keys AS text[])) AS asked(key), LATERAL (
        SELECT split_part(key, ':', 1) AS kind, substr(key, strpos(key, ':') + 1) AS rest) told
    WHERE NOT CASE kind
        WHEN 'address' THEN EXISTS (SELECT FROM addresses WHERE id::text = rest)
        WHEN 'building' THEN EXISTS (SELECT FROM buildings WHERE building_id = rest)
        WHEN 'estate' THEN EXISTS (SELECT FROM buildings WHERE community_code = split_part(rest, ':', 1)
            AND estate = substr(rest, strpos(rest, ':') + 1))
        WHEN 'line' THEN EXISTS (SELECT FROM lines WHERE name = rest)
        WHEN 'crossing' THEN EXISTS (SELECT FROM lines WHERE name = split_part(rest, '/', 1))
            AND EXISTS (SELECT FROM lines WHERE name = split_part(rest, '/', 2))
        WHEN 'region' THEN EXISTS (SELECT FROM regions WHERE code = rest)
        WHEN 'pending' THEN EXISTS (SELECT FROM import_pending WHERE noun = 'buildings'
            AND rest IN (import_pending.key || '\\:name', import_pending.key || '\\:address'))
        ELSE true END"""


def gone(connection: Connection, keys: Sequence[str]) -> set[str]:
    """Those keys of entries whose thing is there no more."""
    return set(connection.execute(text(_GONE), {"keys": list(keys)}).scalars())


def _query(query: str, since: Snapshot | None) -> str:
    names = dict.fromkeys((*SAID, "a", "b"), "true")
    if since is not None:
        names = {name: _NEW.format(table=name) for name in names}
    return query.format_map(names)


def _waiting(connection: Connection, since: Snapshot | None) -> Iterator[Entry]:
    """Rows of a ledger that were kept aside, under the name and the address that their cells tell."""
    for key, cells in connection.execute(text(_query(_WAITING, since)), _given(since)):
        for column, kind in _NAMED:
            heading = column_for(column, cells)
            said = cell_text(cells[heading]) if heading is not None else ""
            if said:
                yield Entry(f"{PENDING}{key}:{column}", said, _KINDS[kind])


def _rows(connection: Connection, query: str, since: Snapshot | None) -> Iterator[RowMapping]:
    wanted: dict[str, Any] = {"roads": list(ROADS)} if ":roads" in query else {}
    given = {} if query is _REGIONS else _given(since)
    yield from connection.execute(text(_query(query, since)), wanted | given).mappings()


def _given(since: Snapshot | None) -> dict[str, Any]:
    return {} if since is None else {"since": since}


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


def version(connection: Connection) -> Stand:
    """What changes with any transaction that writes what `entries` reads."""
    return stand(connection, SAID)


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
