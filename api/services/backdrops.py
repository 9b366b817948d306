"""Images to trace over: kept with their control points for a community, and laid on the ground by the best fit."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import RowMapping

from api.services.actor import Actor, Role
from api.services.incidents import degrees
from data.readers.images import read_image
from data.store import backdrops, regions
from geo.crs import Datum
from geo.errors import Conflict, InputError, NotFound
from geo.fitting import ControlPoint, Fit, fit_image

MOST_POINTS = 100


@dataclass(frozen=True, slots=True)
class Pinned:
    """A control point as it was told: a pixel, and a place in a datum."""

    x: float
    y: float
    lng: float
    lat: float
    datum: Datum


@dataclass(frozen=True, slots=True)
class Laid:
    """An image, and how it lies on the ground: None until two points tell. corners: of its upper left, upper right,
    lower right and lower left pixel, lng, lat."""

    row: RowMapping
    fit: Fit | None
    corners: Sequence[tuple[float, float]] | None


class Backdrops:
    """The images of one database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def add(self, actor: Actor, community: str, *, name: str, content: bytes) -> Laid:
        """Keep an image for a community. NotFound "place-unknown"; InputError "image-unreadable", "image-too-large"."""
        actor.needs(Role.PLANNER)
        actor.reaches(community)
        image = read_image(content)
        with self.engine.begin() as connection:
            if community not in regions.codes(connection, level="community"):
                raise NotFound("place-unknown", code=community)
            row = backdrops.add(
                connection,
                community_code=community,
                name=name,
                media_type=image.media_type,
                width=image.width,
                height=image.height,
                image=content,
                actor=actor.who,
            )
        return laid(row)

    def listed(self, communities: Collection[str] | None = None) -> Sequence[Laid]:
        """All images, or those of some communities, the latest first."""
        with self.engine.connect() as connection:
            return [laid(row) for row in backdrops.listed(connection, communities)]

    def version(self, number: int) -> int:
        """The present version of an image's control points. NotFound "backdrop-unknown"."""
        with self.engine.connect() as connection:
            row = backdrops.one(connection, number)
        if row is None:
            raise NotFound("backdrop-unknown", id=number)
        return int(row["version"])

    def content(self, number: int) -> tuple[str, bytes]:
        """Type and bytes of an image. NotFound "backdrop-unknown"."""
        with self.engine.connect() as connection:
            found = backdrops.content(connection, number)
        if found is None:
            raise NotFound("backdrop-unknown", id=number)
        return found

    def pin(self, actor: Actor, number: int, points: Sequence[Pinned], *, version: int) -> Laid:
        """Put control points in the place of those that there are.

        NotFound "backdrop-unknown"; Conflict "backdrop-stale"; InputError "control-point-outside" for one beside the
        image, "control-points-same" for points that tell nothing.
        """
        with self.engine.begin() as connection:
            row = _held(connection, actor, number)
            if row["version"] != version:
                raise Conflict(
                    "backdrop-stale", id=number, seen=version, version=row["version"]
                ).at(dict(row), of="backdrop")
            told = [_told(one, row, index) for index, one in enumerate(points)]
            if len(told) > 1:
                fit_image([_point(one) for one in told])
            return laid(backdrops.set_points(connection, number, told))

    def remove(self, actor: Actor, number: int) -> Laid:
        """Throw an image away; what it was. NotFound "backdrop-unknown"."""
        with self.engine.begin() as connection:
            row = _held(connection, actor, number)
            backdrops.remove(connection, number)
        return laid(row)


def laid(row: RowMapping) -> Laid:
    """How an image lies by the points that are kept."""
    points = [_point(one) for one in row["points"]]
    if len(points) < 2:
        return Laid(row, None, None)
    fit = fit_image(points)
    width, height = row["width"], row["height"]
    return Laid(row, fit, fit.ground([(0, 0), (width, 0), (width, height), (0, height)]))


def decoded(told: str) -> bytes:
    """The bytes of an image in base64. InputError "image-unreadable"."""
    try:
        return b64decode(told, validate=True)
    except (binascii.Error, ValueError):
        raise InputError("image-unreadable") from None


def _held(connection: Connection, actor: Actor, number: int) -> RowMapping:
    actor.needs(Role.PLANNER)
    row = backdrops.one(connection, number, hold=True)
    if row is None:
        raise NotFound("backdrop-unknown", id=number)
    actor.reaches(row["community_code"])
    return row


def _told(one: Pinned, row: RowMapping, index: int) -> dict[str, Any]:
    """A point as it is kept: what was told, and where that is."""
    if not (0 <= one.x <= row["width"] and 0 <= one.y <= row["height"]):
        size = {"width": row["width"], "height": row["height"]}
        raise InputError("control-point-outside", number=index + 1, **size)
    lng, lat = degrees(one.lng, one.lat, datum=one.datum)
    raw = {"raw_lng": one.lng, "raw_lat": one.lat, "datum": str(one.datum)}
    return {"x": one.x, "y": one.y, "lng": lng, "lat": lat, **raw}


def _point(kept: dict[str, Any]) -> ControlPoint:
    return ControlPoint(*(float(kept[name]) for name in ("x", "y", "lng", "lat")))
