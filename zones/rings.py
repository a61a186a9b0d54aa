"""Cut zones from the coast: the sea nearest to a named stretch, out to so many nautical miles.

The split by nearest coast (Voronoi cells of points along it) gives in one step the median lines to the islands
opposite, seamless joins between neighbours and equidistance at the borders. None of it is a legal boundary.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from zones.coast import BOX, CLIP

WGS84: Final = "EPSG:4326"
# One map for all nearest-coast cells. It is conformal: its scale is the same in all directions, so medians stay true.
CONIC: Final = "+proj=lcc +lat_1=32 +lat_2=40 +lon_0=22 +ellps=WGS84"
SPACING_M: Final = 400  # between coast points; errs by 20 m on the median of a strait 2 km wide
REACH_DEG: Final = 1.1  # coast farther than twice 24 nm from a zone's coast cannot bound it; 48 nm of longitude at 43 N
CUT_DEG: Final = 0.001  # the land's straight edges at the clip box, which are no coast, lie within so much of it
EDGE_M: Final = 150  # detail of the edges between cells that is smoothed away, shared edges together; chosen
STRAIGHT_DEG: Final = 0.05  # longest edge that is projected as a straight line: an undivided 43 degrees bows by 100 km
NODE_M: Final = 0.01  # corners of cells are rounded to so much, else those of four points on a circle do not match
STEP_M: Final = 5_000  # the same for cell edges; bows by less than half a metre
OUTLINE_M: Final = 15  # the outer limit is smoothed by so much: it is made of arcs that start every 400 m
ARC_STEPS: Final = 32  # points in a quarter circle: an arc of 24 nm errs by 13 m
METRES_PER_NM: Final = 1852
SMALLEST_PART_M2: Final = 0.1e6  # ponds cut off behind the coast; chosen
SMALLEST_HOLE_M2: Final = 0.5e6  # islets too small to matter; chosen
DECIMALS_DEG: Final = 1e-5  # one metre
Definition = Mapping[str, Any]


def cut(
    land: BaseGeometry, countries: Mapping[str, BaseGeometry], definitions: Sequence[Definition]
) -> gpd.GeoDataFrame:
    """Return one row per zone and ring (columns `definition`, `ring_nm`, geometry in WGS84), in the order given."""
    points, owner = coast_points(land, countries, definitions)
    areas = territories(points, owner, len(definitions))
    wanted = [(index, ring) for index, definition in enumerate(definitions) for ring in definition["rings_nm"]]
    shapes = [ring_of(land, points[owner == index], areas.iloc[index], ring) for index, ring in wanted]
    return gpd.GeoDataFrame(wanted, columns=["definition", "ring_nm"], geometry=shapes, crs=WGS84)


def coast_points(
    land: BaseGeometry, countries: Mapping[str, BaseGeometry], definitions: Sequence[Definition]
) -> tuple[gpd.GeoSeries, npt.NDArray[np.int64]]:
    """Return points along the coast that matters and the number of the zone each belongs to, -1 for none."""
    boxes = [shapely.box(*box) for definition in definitions for box in definition["coast"]]
    near = shapely.union_all(shapely.buffer(boxes, REACH_DEG, join_style="mitre"))
    uncut = shapely.box(*CLIP).buffer(-CUT_DEG, join_style="mitre")
    coast = gpd.GeoSeries([segmented(shapely.intersection(land.boundary, near & uncut))], crs=WGS84)
    dense = shapely.segmentize(coast.to_crs(CONIC).to_numpy(), SPACING_M)
    spots = np.unique(shapely.get_coordinates(dense), axis=0)
    points = gpd.GeoSeries(shapely.points(spots), crs=CONIC).to_crs(WGS84)
    return points, owners(points, countries, definitions)


def owners(
    points: gpd.GeoSeries, countries: Mapping[str, BaseGeometry], definitions: Sequence[Definition]
) -> npt.NDArray[np.int64]:
    """Return for each point the first definition whose country and boxes hold it, -1 for none."""
    owner = np.full(len(points), -1)
    for index, definition in reversed(list(enumerate(definitions))):
        there = shapely.union_all([shapely.box(*box) for box in definition["coast"]])
        if "coast_country" in definition:
            there = shapely.intersection(countries[definition["coast_country"]], there)
        shapely.prepare(there)
        owner[shapely.intersects(there, points.to_numpy())] = index
    return owner


def territories(points: gpd.GeoSeries, owner: npt.NDArray[np.int64], count: int) -> gpd.GeoSeries:
    """Return for each zone all that lies nearer to its coast than to other coast, land and far sea included."""
    spots = shapely.MultiPoint(shapely.get_coordinates(points.to_crs(CONIC)))
    cells = shapely.get_parts(shapely.voronoi_polygons(spots, ordered=True))
    cells = shapely.set_precision(cells, NODE_M, mode="pointwise")
    merged = [shapely.coverage_union_all(cells[owner == index]) for index in range(count)]
    smooth = shapely.segmentize(shapely.coverage_simplify(merged, EDGE_M), STEP_M)
    return gpd.GeoSeries(smooth, crs=CONIC)


def ring_of(land: BaseGeometry, coast: gpd.GeoSeries, area: BaseGeometry, ring_nm: float) -> BaseGeometry:
    """Return the sea of one zone out to a ring, on an equal-area map centred on its coast: good to 3 m there."""
    west, south, east, north = coast.total_bounds
    local = f"+proj=laea +lat_0={(south + north) / 2} +lon_0={(west + east) / 2} +ellps=WGS84"
    near = shapely.clip_by_rect(land, west - REACH_DEG, south - REACH_DEG, east + REACH_DEG, north + REACH_DEG)
    ground = gpd.GeoSeries([segmented(near)], crs=WGS84).to_crs(local).make_valid().iloc[0]
    reach = coast.to_crs(local).buffer(ring_nm * METRES_PER_NM, quad_segs=ARC_STEPS).union_all().simplify(OUTLINE_M)
    own = gpd.GeoSeries([area], crs=CONIC).to_crs(local).make_valid().iloc[0]
    sea = without_crumbs(shapely.difference(shapely.intersection(own, reach), ground))
    degrees: BaseGeometry = gpd.GeoSeries([sea], crs=local).to_crs(WGS84).iloc[0]
    return shapely.set_precision(shapely.intersection(degrees, shapely.box(*BOX)), DECIMALS_DEG)


def segmented(geometry: BaseGeometry) -> BaseGeometry:
    """Return a geometry in degrees with its long edges divided, ready to be projected."""
    return shapely.segmentize(geometry, STRAIGHT_DEG)


def without_crumbs(geometry: BaseGeometry) -> shapely.MultiPolygon:
    """Return polygons in metres without parts and holes too small to matter."""
    parts = shapely.get_parts(geometry)
    return shapely.MultiPolygon([_fill(part) for part in parts if part.area >= SMALLEST_PART_M2])


def _fill(part: shapely.Polygon) -> shapely.Polygon:
    """Return a polygon without its small holes."""
    holes = [hole for hole in part.interiors if shapely.Polygon(hole).area >= SMALLEST_HOLE_M2]
    return shapely.Polygon(part.exterior, holes)
