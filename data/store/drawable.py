"""What there is to draw plans on: communities with their outlines, who lives there, what runs through."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Row, text

_COMMUNITIES = text(
    """SELECT r.code, r.name, r.parent_code AS street, s.name AS street_name,
      r.geom IS NOT NULL AS outline,
      r.geom IS NOT NULL AND ST_AsEWKB(r.geom) IS DISTINCT FROM ST_AsEWKB(r.source_geom) AS noded,
      coalesce(p.in_force, false) AS in_force, coalesce(p.waits, false) AS waits, coalesce(p.drafts, 0) AS drafts,
      coalesce(b.buildings, 0) AS buildings,
      coalesce(b.uncounted, 0) AS uncounted, coalesce(b.households, 0)::bigint AS households
    FROM regions r LEFT JOIN regions s ON s.code = r.parent_code AND s.level = 'street'
    LEFT JOIN (SELECT community_code, bool_or(status = 'published') AS in_force, bool_or(status = 'scheduled') AS waits,
        count(*) FILTER (WHERE status = 'draft') AS drafts FROM plans GROUP BY 1) p ON p.community_code = r.code
    LEFT JOIN (SELECT community_code, count(*) AS buildings,
        count(*) FILTER (WHERE households IS NULL AND kind = 'residence') AS uncounted, sum(households) AS households
        FROM buildings GROUP BY 1) b ON b.community_code = r.code
    WHERE r.level = 'community' ORDER BY r.code"""
)
_LINES = text(
    """SELECT count(*) FILTER (WHERE class NOT IN ('river', 'bridge')) AS roads,
      count(*) FILTER (WHERE class = 'river') AS rivers, count(*) FILTER (WHERE class = 'bridge') AS bridges
    FROM lines"""
)
_TOUCHING = text(
    """SELECT DISTINCT o.code FROM regions r JOIN regions o ON o.level = 'community'
      AND o.geom && ST_Expand(r.geom, 1e-5) AND ST_DWithin(o.geom, r.geom, 1e-5)
    WHERE r.level = 'community' AND r.code = ANY(:codes)"""
)


def communities(connection: Connection) -> Sequence[Row[tuple[object, ...]]]:
    """Every community: code, name, street, street_name, outline (whether it has one), noded (whether that was fitted to
    its neighbours' by a plan), in_force, waits, drafts, buildings, uncounted (homes without a count),
    households; by code."""
    return connection.execute(_COMMUNITIES).all()


def lines(connection: Connection) -> Row[tuple[int, int, int]]:
    """How many roads, rivers and bridges there are."""
    return connection.execute(_LINES).one()


def touching(connection: Connection, codes: Sequence[str]) -> set[str]:
    """The communities that touch some, those among them."""
    return set(connection.scalars(_TOUCHING, {"codes": list(codes)}))
