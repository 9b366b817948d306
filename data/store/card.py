"""What stands and who answers at one place, now: the reads of a dispatcher's answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, text
from sqlalchemy.engine import RowMapping

_M_PER_DEGREE = 110_000.0
"""Less than any degree of latitude has; the cosine of the latitude widens a box of degrees eastwards."""

_SPOT = """spot AS (SELECT ST_SetSRID(ST_MakePoint(:lng, :lat), 4490) AS p, ST_Expand(
        ST_SetSRID(ST_MakePoint(:lng, :lat), 4490),
        CAST(:metres AS float8) / :degree_m / greatest(cos(radians(:lat)), 0.01), CAST(:metres AS float8) / :degree_m
    ) AS around)"""
_HOUSE = "building_id, name, address, estate, kind, community_code, households"

_UNDER = f"""
    WITH {_SPOT}
    SELECT {_HOUSE}, COALESCE(ST_Covers(footprint, p), false) AS in_outline,
        ST_Distance(COALESCE(footprint, point)::geography, p::geography) AS metres
    FROM buildings, spot
    WHERE (footprint && around OR point && around)
        AND ST_Distance(COALESCE(footprint, point)::geography, p::geography) <= :metres
    ORDER BY in_outline DESC, metres, building_id LIMIT 1"""
_ONE = f"""
    SELECT {_HOUSE}, COALESCE(ST_Covers(footprint, p), false) AS in_outline,
        ST_Distance(COALESCE(footprint, point)::geography, p::geography) AS metres
    FROM buildings, (SELECT ST_SetSRID(ST_MakePoint(:lng, :lat), 4490) AS p) spot
    WHERE building_id = :building_id"""


def building_under(
    connection: Connection, *, lng: float, lat: float, within_m: float
) -> RowMapping | None:
    """The building whose footprint covers a place, else the nearest; with ``in_outline`` and ``metres``."""
    values = {"lng": lng, "lat": lat, "metres": within_m, "degree_m": _M_PER_DEGREE}
    return connection.execute(text(_UNDER), values).mappings().first()


def building(
    connection: Connection, building_id: str, *, lng: float, lat: float
) -> RowMapping | None:
    """The building of that number, and how far it is from a place."""
    values = {"building_id": building_id, "lng": lng, "lat": lat}
    return connection.execute(text(_ONE), values).mappings().first()


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


_POSTS = """
    SELECT kind, title, line, grid_code, community_code,
        CASE WHEN stood THEN stand_in ELSE person END AS person,
        CASE WHEN stood THEN stand_in_phone ELSE phone END AS phone,
        CASE WHEN stood THEN person END AS stand_in_for,
        away AND NOT stood AS on_leave,
        CASE WHEN away AND NOT upper_inf(leave) THEN upper(leave)
            WHEN NOT upper_inf(valid) THEN upper(valid) END AS until
    FROM posts, LATERAL (SELECT leave @> clock_timestamp() IS TRUE AS away) l,
        LATERAL (SELECT away AND stand_in IS NOT NULL AS stood) s
    WHERE person IS NOT NULL AND valid @> clock_timestamp()
        AND (kind = 'A' AND grid_code = :grid OR kind = 'B' AND community_code = ANY(:regions))
    ORDER BY kind, line, person"""


def posts(
    connection: Connection, *, grid: str | None, regions: Collection[str]
) -> Sequence[RowMapping]:
    """Who is on duty now at the A posts of a grid and the B posts of some regions.

    ``person``, ``phone``: who answers, the stand-in of one on leave (``stand_in_for``). ``on_leave``: away, and nobody
    stands in. ``until``: the end of the leave, else of the term; None where none is told.
    """
    values = {"grid": grid, "regions": list(regions)}
    return connection.execute(text(_POSTS), values).mappings().all()


_PARTY = """
    SELECT u.code, u.kind, u.name, u.parent_code, u.community_code, u.grid_code, u.building_id, u.unit,
        u.contact, u.phone
    FROM party_units u
    WHERE u.grid_code = :grid AND (u.building_id IS NULL OR u.building_id = :building)
        OR u.building_id = :building
        OR u.grid_code IS NULL AND u.building_id IS NULL AND u.community_code = ANY(:regions)
    ORDER BY array_position(ARRAY['branch', 'group', 'household'], u.kind), u.code"""


def party(
    connection: Connection, *, grid: str | None, building: str | None, regions: Collection[str]
) -> Sequence[RowMapping]:
    """The party's units of some regions, of a grid and of a building: from branches down to households."""
    values = {"grid": grid, "building": building, "regions": list(regions)}
    return connection.execute(text(_PARTY), values).mappings().all()


_ESTATE = """
    SELECT kind, organisation, person, phone,
        CASE WHEN NOT upper_inf(valid) THEN upper(valid) END AS until
    FROM estate_contacts
    WHERE estate = :estate AND (community_code IS NULL OR community_code = :community)
        AND valid @> clock_timestamp() AND (person IS NOT NULL OR phone IS NOT NULL)
    ORDER BY kind DESC, community_code NULLS LAST, person"""


def contacts(connection: Connection, *, estate: str, community: str | None) -> Sequence[RowMapping]:
    """Whom one calls in an estate now."""
    values = {"estate": estate, "community": community}
    return connection.execute(text(_ESTATE), values).mappings().all()


def estate_households(connection: Connection, *, estate: str, community: str | None) -> int:
    """How many households are recorded in an estate."""
    query = text(
        "SELECT COALESCE(sum(households), 0) FROM buildings"
        " WHERE estate = :estate AND community_code IS NOT DISTINCT FROM :community"
    )
    return int(connection.scalar(query, {"estate": estate, "community": community}) or 0)


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
