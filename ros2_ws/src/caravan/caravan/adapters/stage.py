"""A site as it is seen from the south and above, drawn without any graphics card: shelves stand, robots drive.

An oblique view: east is right, north is up and foreshortened, height is up. What stands further north is drawn first.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from caravan.adapters.ink import COLOURS, FINE, Colour, Label, apart, cut_to, font, mixed, pale, rgb, shade, tile
from caravan.model.geometry import Point, Pose
from caravan.model.site import Robot, Site
from caravan.sim.footprint import footprint, heights, hull, rim
from caravan.sim.world import Shape, World

_TILT = math.radians(58.0)
"""Of the view above the horizon."""
_NORTH, _UP = math.sin(_TILT), math.cos(_TILT)
_MARGIN = 0.6
"""Around the world, m."""
_CUT = 1.1
"""Things are drawn no higher, m, and walls not even so: they would hide what is behind them."""
_WALL_CUT = 0.25
_THIN = 0.45
"""What is no wider is a wall, if it is long, m."""
_FLAT = 0.05
"""What is no higher is painted on the floor, m."""
_BODY = 0.45
"""Height of a robot's body, m."""
_BAR, _CAPTION = 46, 40
"""Heights of the line above the picture and of the one below it, px."""
_BESIDE = 14
"""From the middle of a thing to that of its name, px."""
_LEAST = 6
"""The least radius of a robot in the picture, px."""
_SLIM = 4
"""The least width of one that is a box, px."""
_TRUCK = 2.5
"""Height of one that is a box, m."""
_CORNERS = np.array([(1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)])
_INK, _FLOOR, _AROUND, _LANE, _GREEN = "#2f3640", "#f4f3ef", "#ffffff", "#dfe2e6", "#2e9e5b"
_SHELF = (176, 184, 196)
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What there is to see at one time. `clock` and `caption` are lines of text; trails are oldest first."""

    poses: Mapping[str, Pose]
    trails: Mapping[str, Sequence[Point]]
    clock: str = ""
    caption: str = ""


class Stage:
    """Draws moments of `site` in `world`, each a picture `width` px wide; its height follows from the world's shape."""

    def __init__(self, world: World, site: Site, width: int = 1280, title: str = "") -> None:
        self._site = site
        self._solids = [s for s in world.obstacles if footprint(s) is not None]
        low, high = _bounds(self._solids, site)
        self._scale = FINE * width / (high[0] - low[0])
        self._left, self._top = low[0], high[1] * _NORTH + _CUT * _UP
        depth = (high[1] - low[1]) * _NORTH + _CUT * _UP
        # Video encoders want even numbers.
        height = 2 * math.ceil((depth * self._scale / FINE + _BAR + _CAPTION) / 2)
        self.size = (width, height)
        """Of the pictures, px."""
        self._colours = {name: COLOURS[k % len(COLOURS)] for k, name in enumerate(site.robots)}
        self._seen = _seen_colours(world)
        self._ground = self._draw_ground(world, low, high, title or site.name)
        self._place_names = self._name_places()

    def draw(self, moment: Moment) -> Image.Image:
        """The picture of a moment."""
        picture = self._ground.copy()
        pen = ImageDraw.Draw(picture)
        self._draw_trails(pen, moment.trails)
        standing = [(_south_edge(shape), partial(self._draw_solid, pen, shape)) for shape in self._solids]
        driving = [
            (pose.y, partial(self._draw_robot, pen, self._site.robots[name], pose))
            for name, pose in moment.poses.items()
        ]
        for _, draw in sorted([*standing, *driving], key=lambda item: -item[0]):
            draw()
        for name, corner in apart([*self._robot_names(moment), *self._place_names]):
            picture.paste(name, corner, name)
        self._draw_lines(pen, moment)
        return picture.reduce(FINE)

    # -- what never changes ---------------------------------------------------------------------------------------

    def _draw_ground(self, world: World, low: Points, high: Points, title: str) -> Image.Image:
        picture = Image.new("RGB", (self.size[0] * FINE, self.size[1] * FINE), _AROUND)
        pen = ImageDraw.Draw(picture)
        m = _MARGIN / 2.0
        corners = [(low[0] + m, low[1] + m), (high[0] - m, low[1] + m), (high[0] - m, high[1] - m)]
        corners.append((low[0] + m, high[1] - m))
        pen.polygon(self._pixels(np.array(corners), 0.0), fill=_FLOOR)
        for model in world.models.values():
            for shape in model.visuals:
                if shape.colour is not None and heights(shape)[1] < _FLAT:
                    pen.polygon(self._pixels(_rim(shape), 0.0), fill=mixed(shape.colour, 0.35))
        nodes = self._site.roadmap.nodes
        for lane in self._site.roadmap.lanes:
            ends = np.array([(nodes[n].x, nodes[n].y) for n in (lane.start, lane.end)])
            pen.line(self._pixels(ends, 0.0), fill=_LANE, width=2 * FINE)
        for place in self._site.places.values():
            if place.position is not None:
                (x, y), r = self._pixel(place.position.x, place.position.y, 0.0), 3.5 * FINE
                mark = pen.rectangle if place.charger else pen.ellipse
                mark((x - r, y - r, x + r, y + r), fill=_GREEN if place.charger else _INK)
        pen.text((16 * FINE, _BAR * FINE / 2), title, _INK, font(17 * FINE, True), anchor="lm")
        return picture

    # -- what moves -----------------------------------------------------------------------------------------------

    def _draw_trails(self, pen: ImageDraw.ImageDraw, trails: Mapping[str, Sequence[Point]]) -> None:
        for name, trail in trails.items():
            if len(trail) > 1:
                points = self._pixels(np.array([(p.x, p.y) for p in trail]), 0.0)
                pen.line(points, fill=pale(self._colours[name]), width=4 * FINE, joint="curve")

    def _draw_solid(self, pen: ImageDraw.ImageDraw, shape: Shape) -> None:
        outline = _rim(shape)
        top = min(heights(shape)[1], _WALL_CUT if _is_wall(outline) else _CUT)
        self._draw_block(pen, outline, max(0.0, heights(shape)[0]), top, self._seen.get(shape.name, _SHELF))

    def _draw_block(self, pen: ImageDraw.ImageDraw, outline: Points, low: float, top: float, colour: Colour) -> None:
        """An upright block: its sides as one silhouette, darker, and its top."""
        around = hull(np.vstack((self._flat(outline, low), self._flat(outline, top))))
        pen.polygon([(float(x), float(y)) for x, y in around], fill=shade(colour, 0.72))
        pen.polygon(self._pixels(outline, top), fill=colour, outline=shade(colour, 0.85), width=FINE)

    def _draw_robot(self, pen: ImageDraw.ImageDraw, robot: Robot, pose: Pose) -> None:
        cos, sin = math.cos(pose.yaw), math.sin(pose.yaw)
        turn, here = np.array([(cos, sin), (-sin, cos)]), np.array([pose.x, pose.y])
        outline, sign = (points @ turn for points in self._shapes(robot))
        height = _BODY if robot.length is None else _TRUCK
        pen.polygon(self._pixels(here + 1.12 * outline, 0.0), fill="#c9c8c3")
        self._draw_block(pen, here + outline, 0.05, height, rgb(self._colours[robot.id]))
        pen.polygon(self._pixels(here + sign, height), fill="#ffffff")

    def _shapes(self, robot: Robot) -> tuple[Points, Points]:
        """The rim of a robot that looks east, and the sign on it that tells so: an arrow, or a windscreen."""
        if robot.length is None or robot.width is None:
            angles, turned = np.arange(28) * 2.0 * np.pi / 28, np.array([0.0, 2.5, np.pi, -2.5])
            radius, reach = self._shown_radius(robot), np.array([0.78, 0.72, 0.28, 0.72])
            arrow = np.column_stack((np.cos(turned), np.sin(turned))) * reach[:, None]
            return radius * np.column_stack((np.cos(angles), np.sin(angles))), radius * arrow
        half = max(1.0, _SLIM * FINE / float(self._scale) / robot.width) * np.array([robot.length, robot.width]) / 2.0
        return half * _CORNERS, half * (_CORNERS * (0.1, 0.7) + (0.75, 0.0))

    def _draw_lines(self, pen: ImageDraw.ImageDraw, moment: Moment) -> None:
        width, height = self.size[0] * FINE, self.size[1] * FINE
        pen.text((width - 16 * FINE, _BAR * FINE / 2), moment.clock, _INK, font(17 * FINE, True), anchor="rm")
        line = cut_to(moment.caption, font(14 * FINE, False), width - 32 * FINE)
        pen.text((16 * FINE, height - _CAPTION * FINE / 2), line, _INK, font(14 * FINE, False), anchor="lm")

    # -- from metres to pixels ------------------------------------------------------------------------------------

    def _name_places(self) -> list[Label]:
        named = []
        for place in self._site.places.values():
            if place.position is not None:
                x, y = self._pixel(place.position.x, place.position.y, 0.0)
                text = tile(place.id.replace("_", " "), _GREEN if place.charger else _INK, False)
                named.append(self._label(text, x, y + _BESIDE * FINE))
        return apart(named)

    def _robot_names(self, moment: Moment) -> list[Label]:
        named = []
        for name, pose in moment.poses.items():
            x, y = self._pixel(pose.x, pose.y + self._shown_radius(self._site.robots[name]), _BODY)
            named.append(
                self._label(tile(name.replace("_", " "), self._colours[name], True), x, y - 0.7 * _BESIDE * FINE)
            )
        return apart(named)

    def _label(self, text: Image.Image, x: float, y: float) -> Label:
        """A name with its middle at (x, y), or as near as the edge of the picture lets it."""
        left = min(max(0.0, x - text.width / 2), self.size[0] * FINE - text.width)
        return text, (round(left), round(y - text.height / 2))

    def _shown_radius(self, robot: Robot) -> float:
        """Of a robot in the picture, m: in a large world it would be too small to be seen."""
        return max(robot.radius, _LEAST * FINE / float(self._scale))

    def _pixel(self, x: float, y: float, z: float) -> tuple[float, float]:
        across, down = self._flat(np.array([[x, y]]), z)[0]
        return float(across), float(down)

    def _pixels(self, points: Points, z: float) -> list[tuple[float, float]]:
        return [(float(x), float(y)) for x, y in self._flat(points, z)]

    def _flat(self, points: Points, z: float) -> Points:
        across = (points[:, 0] - self._left) * self._scale
        down = (self._top - points[:, 1] * _NORTH - z * _UP) * self._scale + _BAR * FINE
        return np.column_stack((across, down))


def _bounds(solids: Sequence[Shape], site: Site) -> tuple[Points, Points]:
    """The south-west and north-east corners of all there is, with a margin."""
    spots = [(p.x, p.y) for p in site.roadmap.nodes.values()]
    spots += [(p.position.x, p.position.y) for p in site.places.values() if p.position is not None]
    spots += [(r.start.x, r.start.y) for r in site.robots.values() if r.start is not None]
    spots += [(p.x, p.y) for road in site.roads for p in road.spots()]
    points = np.vstack([np.array(spots).reshape(-1, 2), *(_rim(s) for s in solids), np.zeros((0, 2))])
    if not len(points):
        points = np.array([[-5.0, -4.0], [5.0, 4.0]])
    low, high = points.min(axis=0) - _MARGIN, points.max(axis=0) + _MARGIN
    # No world is so narrow that its picture would be nothing but height.
    middle, half = (low + high) / 2.0, (high - low) / 2.0
    half[0] = max(half[0], half[1] / 1.5, 2.0)
    return middle - half, middle + half


def _rim(shape: Shape) -> Points:
    """The outline of a shape on the floor, whatever its height."""
    x, y, _ = shape.position
    raised = Shape(name=shape.name, kind=shape.kind, size=shape.size, position=(x, y, 0.5), quaternion=shape.quaternion)
    outline = footprint(raised)
    assert outline is not None
    return rim(outline)


def _is_wall(outline: Points) -> bool:
    sizes = np.sort(np.ptp(outline, axis=0))
    return bool(sizes[0] <= _THIN and sizes[1] > 4.0 * _THIN)


def _south_edge(shape: Shape) -> float:
    """Where a thing begins, as seen from the south: it hides what is behind."""
    return float(_rim(shape)[:, 1].min())


def _seen_colours(world: World) -> dict[str, Colour]:
    """The colour of what can be touched: that of the visual of its name."""
    found = {}
    for model in world.models.values():
        colours = {shape.name: shape.colour for shape in model.visuals}
        for shape in model.obstacles:
            if (colour := colours.get(shape.name)) is not None:
                found[shape.name] = mixed(colour, 0.9)
    return found
