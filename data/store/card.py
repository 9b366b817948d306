"""What stands and who answers at one place, now: the reads of a dispatcher's answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.engine import RowMapping

from data.store.posts import ROW

Row = dict[str, Any]

_M_PER_DEGREE = 110_000.0
"""Less than any degree of latitude has; the cosine of the latitude widens a box of degrees eastwards."""

_SPOT = """spot AS (SELECT ST_SetSRID(ST_MakePoint(:lng, :lat), 4490) AS p, ST_Expand(
        ST_SetSRID(ST_MakePoint(:lng, :lat), 4490),
        CAST(:metres AS float8) / :degree_m / greatest(cosd(:lat), 0.01), CAST(:metres AS float8) / :degree_m
    ) AS around)"""

_REGIONS = """
    WITH RECURSIVE start AS (
        SELECT code FROM regions
        WHERE CASE WHEN CAST(:community AS text) IS NULL
            THEN ST_Covers(geom, ST_SetSRID(ST_MakePoint(:lng, :lat), 4490)) ELSE code = :community END
        ORDER BY array_position(ARRAY['community', 'street', 'city'], level), code LIMIT 1
    ), chain AS (
        SELECT r.*, 0 AS up FROM regions r JOIN start USING (code)
        UNION ALL
        SELECT r.*, up + 1 FROM regions r JOIN chain ON r.code = chain.parent_code WHERE up < 8
    )
    SELECT code, name, level, kind FROM chain ORDER BY up DESC"""


def regions(
    connection: Connection, *, lng: float, lat: float, community: str | None
) -> Sequence[RowMapping]:
    """The city, the street and the community of a place, from the top down: those above ``community``, else above the
    lowest region that covers the place (of several, the lowest code)."""
    values = {"lng": lng, "lat": lat, "community": community}
    return connection.execute(text(_REGIONS), values).mappings().all()


_OWN = "(kind = 'A' AND grid_code = ANY(:grids) OR kind = 'B' AND community_code = ANY(:regions))"
_POSTS = f"""
    WITH own AS (SELECT * FROM posts WHERE {_OWN}),
        stood AS (SELECT FROM own WHERE valid @> :at AND leave @> :at AND stand_in IS NOT NULL LIMIT 1)
    SELECT {ROW}, true AS own FROM own
    UNION ALL
    SELECT {ROW}, false AS own FROM posts WHERE valid @> :at AND NOT {_OWN} AND EXISTS (SELECT FROM stood)
    ORDER BY kind, line, person"""


def posts(
    connection: Connection, *, grids: Collection[str], regions: Collection[str], at: datetime
) -> list[Row]:
    """The A posts of grids and the B posts of regions (``own``), those that are over too; and where anybody of these
    is stood in for at a moment, all posts in force then, which tell who is away. POST_COLUMNS."""
    values = {"grids": list(grids), "regions": list(regions), "at": at}
    return _rows(connection, _POSTS, values)


_UNIT = "u.code, u.kind, u.name, u.parent_code, u.community_code, u.building_id, u.unit, u.contact, u.phone"
_PARTY = f"""
    SELECT {_UNIT}, u.grid_code, NULL::float8 AS lng, NULL::float8 AS lat FROM party_units u
    WHERE u.grid_code = ANY(:grids)
        OR u.grid_code IS NULL AND u.building_id IS NULL AND u.community_code = ANY(:regions)
    UNION
    SELECT {_UNIT}, u.grid_code, ST_X(b.point), ST_Y(b.point) FROM party_units u JOIN buildings b USING (building_id)
    WHERE (u.grid_code IS NULL OR u.grid_code <> ALL(:grids)) AND (b.building_id = :house
        OR EXISTS (SELECT FROM plan_grids g WHERE g.code = ANY(:grids) AND g.plan_id = ANY(:plans)
            AND ST_Covers(g.geom, b.point)))"""
_PARENTS = """
    SELECT code, kind, name, parent_code, community_code, building_id, unit, contact, phone, grid_code,
        NULL::float8 AS lng, NULL::float8 AS lat
    FROM party_units WHERE code = ANY(:codes)"""


def party(
    connection: Connection,
    *,
    grids: Collection[str],
    plans: Collection[int],
    regions: Collection[str],
    house: str | None,
) -> list[Row]:
    """The party's units of regions and grids (in force in ``plans``), of houses that stand there and of one house, with
    the units right above them. ``lng``, ``lat``: of the house of a unit that tells none of these grids."""
    places = {"grids": list(grids), "plans": list(plans), "regions": list(regions), "house": house}
    rows = _rows(connection, _PARTY, places)
    known = {row["code"] for row in rows}
    above = {row["parent_code"] for row in rows if row["parent_code"]} - known
    if above:
        rows += _rows(connection, _PARENTS, {"codes": list(above)})
    return sorted(rows, key=lambda row: (_KINDS.index(row["kind"]), row["code"]))


def _rows(connection: Connection, query: str, values: Mapping[str, Any]) -> list[Row]:
    return [dict(row) for row in connection.execute(text(query), values).mappings()]


_KINDS = ("branch", "group", "household")


def _word(column: str) -> str:
    """A name as geo.chain.terms.same_word makes it, nearly: what is found is compared once more."""
    return f"lower(regexp_replace(normalize({column}, NFKC), '\\s+', '', 'g'))"


_ESTATE = f"""
    SELECT kind, estate, community_code, organisation, person, phone, lower(valid) AS since, upper(valid) AS until
    FROM estate_contacts
    WHERE {_word("estate")} = {_word(":estate")} AND (community_code IS NULL OR community_code = :community)
    ORDER BY kind DESC, community_code NULLS LAST, person"""


def contacts(connection: Connection, *, estate: str, community: str | None) -> list[Row]:
    """Whom one calls in an estate, those whose time is over too: CONTACT_COLUMNS."""
    return _rows(connection, _ESTATE, {"estate": estate, "community": community})


_HOMES = f"""
    SELECT building_id, kind, estate, community_code, name, address, households, units, ST_X(point) AS lng,
        ST_Y(point) AS lat
    FROM buildings
    WHERE building_id = :building_id OR (community_code = :community OR community_code IS NULL)
        AND {_word("estate")} = {_word("CAST(:estate AS text)")}
    ORDER BY building_id"""


def homes(
    connection: Connection, *, building_id: str, estate: str | None, community: str | None
) -> list[Row]:
    """A building and those of its estate: what the chain knows of them, and their points."""
    values = {"building_id": building_id, "estate": estate, "community": community}
    return _rows(connection, _HOMES, values)


_KEPT = """
    SELECT EXISTS (SELECT FROM posts WHERE kind = 'B' AND community_code = ANY(:city)) AS city_lines,
        EXISTS (SELECT FROM posts WHERE kind = 'B' AND community_code = ANY(:street)) AS street_lines,
        EXISTS (SELECT FROM posts WHERE kind = 'B' AND community_code = ANY(:community)) AS community_lines,
        EXISTS (SELECT FROM branches WHERE community_code = ANY(:city)) AS city_branches,
        EXISTS (SELECT FROM branches WHERE community_code = ANY(:street)) AS street_branches,
        EXISTS (SELECT FROM branches WHERE community_code = ANY(:community)) AS community_branches,
        EXISTS (SELECT FROM party_units) AS party, EXISTS (SELECT FROM estate_contacts) AS contacts"""
_BRANCHES = """
    WITH branches AS (SELECT community_code FROM party_units
        WHERE kind = 'branch' AND grid_code IS NULL AND building_id IS NULL)"""


def kept(connection: Connection, levels: Mapping[str, Collection[str]]) -> RowMapping:
    """Whether anything is kept of the lines and branches of each level (its regions by code: city, street, community),
    of the party, and of contacts."""
    places = {level: list(codes) for level, codes in levels.items()}
    return connection.execute(text(_BRANCHES + _KEPT), places).mappings().one()


_OPEN = f"""
    WITH {_SPOT}
    SELECT count(*) FROM incidents, spot
    WHERE closed_at IS NULL AND point && around AND ST_Distance(point::geography, p::geography) <= :metres"""


def open_near(connection: Connection, *, lng: float, lat: float, within_m: float) -> int:
    """How many open incidents lie within so many metres."""
    values = {"lng": lng, "lat": lat, "metres": within_m, "degree_m": _M_PER_DEGREE}
    return int(connection.scalar(text(_OPEN), values) or 0)


def category(connection: Connection, catalogue_code: str) -> str | None:
    """The category of what can be reported under a code; None for an unknown code too."""
    query = text("SELECT category FROM catalogue_items WHERE code = :code")
    found: str | None = connection.scalar(query, {"code": catalogue_code})
    return found
