"""Which street or zone a community belongs to, what it is called, and the towns around."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, Polygon

from data.demo import ground
from data.demo.dice import dice

CITY_CODE, CITY_NAME = "340881", "桐城市"
KM = 1000.0
SPREAD = 0.84


@dataclass(frozen=True, slots=True)
class Street:
    """A street or zone in town: where its office stands (km east, north of the centre), how many communities."""

    code: str
    name: str
    kind: str
    office_km: tuple[float, float]
    communities: int


STREETS = (
    Street("340881001", "龙腾街道", "street", (0.9, 1.1), 7),
    Street("340881002", "文昌街道", "street", (-0.3, -0.2), 7),
    Street("340881003", "龙眠街道", "street", (-1.4, 1.2), 6),
    Street("340881400", "桐城经济开发区", "zone", (1.8, -1.4), 4),
    Street("340881401", "桐城双新经济开发区", "zone", (-2.0, -1.3), 2),
)
TOWNS = (
    ("340881100", "孔城镇", (14.0, -1.0)),
    ("340881101", "吕亭镇", (8.5, 9.0)),
    ("340881102", "范岗镇", (-5.5, -7.0)),
    ("340881103", "新渡镇", (-4.0, -17.5)),
    ("340881104", "双港镇", (5.0, -21.0)),
    ("340881105", "大关镇", (6.0, 19.0)),
    ("340881106", "青草镇", (-15.5, -16.5)),
    ("340881107", "金神镇", (9.5, -11.0)),
    ("340881108", "嬉子湖镇", (18.0, -13.5)),
    ("340881109", "唐湾镇", (-17.0, 6.5)),
    ("340881110", "黄甲镇", (-7.5, 14.5)),
    ("340881111", "鲟鱼镇", (15.5, -27.0)),
)
HEART = "文昌"
BY_OLD_TOWN = (("北大街", 1, 1), ("南大街", 1, -1), ("西门", 0, -1), ("东作门", 0, 1))
"""Name, axis (east, north) and on which side of the heart."""
BY_RIVER = ("紫来桥", "望溪", "滨河", "龙眠", "石河")
ELSEWHERE = ("盛唐", "和平", "同安", "公园路", "学府", "新华", "朝阳", "平安", "长青", "兴隆", "凤凰",
             "安居", "明德", "康乐", "思源", "腾飞", "桂花", "碧桃", "清风", "明月", "安康", "创业")  # fmt: skip


def street_of(areas: list[Polygon]) -> list[int]:
    """The index in STREETS for each community: grown from the offices, in one piece each."""
    near = _touching(areas)
    offices = [
        shapely.Point(ground.CENTRE[0] + x * KM, ground.CENTRE[1] + y * KM)
        for x, y in (street.office_km for street in STREETS)
    ]
    owner: dict[int, int] = {}
    for index, office in enumerate(offices):
        free = [i for i in range(len(areas)) if i not in owner]
        owner[min(free, key=lambda i: areas[i].distance(office))] = index
    while len(owner) < len(areas):
        owner |= [_growth(areas, near, owner, offices)]
    return [owner[i] for i in range(len(areas))]


def _touching(areas: list[Polygon]) -> list[set[int]]:
    one, other = shapely.STRtree(areas).query(areas, predicate="intersects")
    near: list[set[int]] = [set() for _ in areas]
    for i, j in zip(one, other, strict=True):
        if i != j and areas[i].intersection(areas[j]).length > 1.0:
            near[i].add(int(j))
    return near


def _growth(
    areas: list[Polygon], near: list[set[int]], owner: dict[int, int], offices: list[shapely.Point]
) -> tuple[int, int]:
    """The next community and its street: the street that lacks most, then the nearest to its office."""
    options = [
        (list(owner.values()).count(street) / STREETS[street].communities,
         areas[i].centroid.distance(offices[street]), i, street)
        for i in range(len(areas)) if i not in owner
        for street in {owner[j] for j in near[i] if j in owner}
    ]  # fmt: skip
    _, _, community, street = min(options)
    return community, street


def community_names(areas: list[Polygon], water: shapely.Geometry, *, seed: int) -> list[str]:
    """A name for each community that suits where it lies."""
    rng = dice(seed, "community names")
    heart = shapely.Point(ground.OLD_TOWN)
    by_heart = sorted(range(len(areas)), key=lambda i: areas[i].centroid.distance(heart))
    names = _heart_names(areas, by_heart)
    riverside = [
        i for i in by_heart if i not in names and areas[i].intersection(water).length > 200
    ]
    names |= dict(zip(riverside, BY_RIVER, strict=False))
    rest = iter(rng.permutation(ELSEWHERE))
    return [f"{names[i] if i in names else next(rest)}社区" for i in range(len(areas))]


def _heart_names(areas: list[Polygon], by_heart: list[int]) -> dict[int, str]:
    """The old town's own names: its heart, and the gates in their right directions."""
    names = {by_heart[0]: HEART}
    for name, axis, side in BY_OLD_TOWN:
        free = [i for i in by_heart[: len(BY_OLD_TOWN) + 1] if i not in names]
        far = [side * areas[i].centroid.coords[0][axis] for i in free]
        names[free[int(np.argmax(far))]] = name
    return names


def town_cells(*, seed: int) -> list[tuple[str, str, Polygon]]:
    """Code, name and outline (m) of the towns as if the urban area were not there; they tile the city."""
    rng = dice(seed, "towns")
    centre = np.array(ground.CENTRE)
    seats = np.array([seat for _, _, seat in TOWNS]) * SPREAD * KM
    seats = seats + rng.uniform(-900, 900, seats.shape) + centre
    county = _county(rng)
    cells = shapely.voronoi_polygons(MultiPoint(seats), extend_to=county.envelope, only_edges=True)
    edges = shapely.unary_union([cells.intersection(county), county.exterior], grid_size=1.0)
    bent = [_bent(edge, seed) for edge in shapely.get_parts(shapely.line_merge(edges))]
    faces = shapely.get_parts(shapely.polygonize(bent))
    bent_seats = [_bent(LineString([seat, seat + 1.0]), seed).centroid for seat in seats]
    found = [max(faces, key=lambda face: _closeness(face, seat)) for seat in bent_seats]
    return [(code, name, face) for (code, name, _), face in zip(TOWNS, found, strict=True)]


def _closeness(face: Polygon, seat: shapely.Point) -> float:
    return -float(face.distance(seat))


def _county(rng: np.random.Generator) -> Polygon:
    theta = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    radius = np.ones_like(theta)
    for order in range(2, 11):
        radius += rng.uniform(0.01, 0.28 / order) * np.sin(order * theta + rng.uniform(0, 6.28))
    east = ground.CENTRE[0] + 500 + 20.2 * KM * radius * np.cos(theta)
    north = ground.CENTRE[1] - 4.0 * KM + 24.2 * KM * radius * np.sin(theta)
    return Polygon(np.column_stack([east, north]))


def _bent(line: LineString, seed: int) -> LineString:
    """The line with a point each 400 m, moved by waves of 2-9 km: hills and brooks, not a ruler."""
    rng = dice(seed, "hills")
    waves = [(rng.uniform(0, 6.28), rng.uniform(300, 1400), rng.uniform(0, 6.28), rng.uniform(60, 330),
              rng.uniform(0, 6.28)) for _ in range(7)]  # fmt: skip

    def move(points: ground.Points) -> ground.Points:
        moved = points.copy()
        for heading, wave_m, phase, push_m, push in waves:
            along = points[:, 0] * np.cos(heading) + points[:, 1] * np.sin(heading)
            shift = push_m * np.sin(along / wave_m + phase)
            moved += shift[:, None] * wave_m / 1400 * [np.cos(push), np.sin(push)]
        return moved

    return shapely.transform(shapely.segmentize(line, 400.0), move)
