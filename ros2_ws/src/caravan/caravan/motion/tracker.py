"""Following a polyline of roadmap nodes with a differential drive.

Regulated pure pursuit (Macenski et al., "Regulated Pure Pursuit for Robot Path Tracking", Autonomous Robots 47, 2023,
after Coulter 1992): the robot steers for a point on the path a short way ahead. Its regulations, for lanes:

- by curvature: the arc of pure pursuit is 2 sin(error) / reach, and speed falls with the error, to none at 20 degrees.
  That is stricter than the paper's speed in proportion to the radius below 0.9 m, for every reach used here. The robot
  stops and turns in place at each sharp corner, and while it does not look along its lane: it never swings wide.
- by closeness to the end: not in proportion to the distance, but the speed from which it can still brake,
  v^2 = v_end^2 + 2 a d; and no faster than lets it keep to the lane's clearance if commands cease to come now, and the
  base goes on for `CEASED` before it stops by itself.
- by closeness to obstacles: the paper slows beside them; a lane is clear of them by `site_check.CLEARANCE`, and what
  stands in it is the guard's part, as the paper's time to collision is (`driver`, `corridor`).

The path starts at the point that the robot comes from. Nothing is remembered here: the caller keeps the segment that
`advance` answers with (segment k leads from path[k] to path[k + 1]).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from caravan.model.geometry import Point, Pose, Twist, wrap
from caravan.model.site import CLEARANCE
from caravan.motion.limits import Limits

ARRIVED = 0.04
"""The robot stops this near to the last point, m."""
SHARP = math.radians(25.0)
"""A corner that turns more than this is driven to, turned at, and left."""
_CORNER = 0.05
"""A corner counts as reached at this distance along the lane, m."""
_TUBE = 0.1
"""Farther than this off its lane a robot drives straight back to it, m."""
_TURN_FIRST = 0.35
"""At this heading error the robot turns in place; below it the speed grows as the error shrinks, rad."""
_LOOKAHEAD = (0.35, 0.25, 0.5)
"""The point to steer for is ahead by at least the first (m) or the second (m) plus the third (s) times the speed."""
_TURN_GAIN = 2.5
"""Turn rate per heading error where the robot is slow, 1/s."""
_EASE = 0.8
"""Part of the possible acceleration that is used for planned braking and turning; the rest is for surprises."""
_BEND_SPEED = 0.5
"""Speed through a corner that is not sharp, m/s."""
CEASED = 0.5
"""So long a base goes on by its last command when no more come, s, as ros2_control's diff_drive_controller does."""


@dataclass(frozen=True, slots=True)
class _Foot:
    """The point of a segment that is nearest to the robot."""

    point: Point
    done: float
    """How far along the segment it is, m."""
    left: float
    """From there to the segment's end, m."""
    off: float
    """Distance of the robot, m."""
    heading: float


def _foot(pose: Pose, a: Point, b: Point) -> _Foot:
    length = a.distance(b)
    if length < 1e-9:
        return _Foot(b, 0.0, 0.0, b.distance(pose), pose.yaw)
    ux, uy = (b.x - a.x) / length, (b.y - a.y) / length
    done = min(length, max(0.0, (pose.x - a.x) * ux + (pose.y - a.y) * uy))
    point = Point(a.x + done * ux, a.y + done * uy)
    return _Foot(point, done, length - done, point.distance(pose), math.atan2(uy, ux))


def _bend(path: Sequence[Point], corner: int) -> float:
    """How much the path turns at path[corner], rad; infinite at its end."""
    if corner >= len(path) - 1:
        return math.inf
    a, b, c = path[corner - 1 : corner + 2]
    if a.distance(b) < 1e-9 or b.distance(c) < 1e-9:
        return 0.0
    return abs(wrap(math.atan2(c.y - b.y, c.x - b.x) - math.atan2(b.y - a.y, b.x - a.x)))


def advance(pose: Pose, path: Sequence[Point], segment: int = 0) -> int:
    """The segment that the robot is on, `segment` or a later one: those whose end it has reached are behind it."""
    while segment < len(path) - 2:
        foot = _foot(pose, path[segment], path[segment + 1])
        beside = abs(math.sin(math.atan2(pose.y - foot.point.y, pose.x - foot.point.x) - foot.heading)) * foot.off
        if not (foot.left <= _CORNER and beside <= _TUBE):
            break
        segment += 1
    return segment


def room(pose: Pose, path: Sequence[Point], segment: int = 0) -> float:
    """The way left to the path's last point, m: back to the lane and along it. 0 without a path."""
    if len(path) < 2:
        return 0.0
    foot = _foot(pose, path[segment], path[segment + 1])
    rest = sum(a.distance(b) for a, b in zip(path[segment + 1 :], path[segment + 2 :], strict=False))
    return foot.off * (foot.off > ARRIVED) + foot.left + rest


def track(pose: Pose, path: Sequence[Point], limits: Limits, segment: int = 0, speed: float = 0.0) -> Twist:
    """The velocity that brings a robot at `pose` on along `path`, to a stop within `ARRIVED` of its last point.

    `speed` is how fast it drives now, m/s. The answer is finite and within `limits` for any finite pose and path;
    with fewer than two points it is a stop. Robots do not drive backwards.
    """
    if len(path) < 2:
        return Twist()
    segment = advance(pose, path, segment)
    foot = _foot(pose, path[segment], path[segment + 1])
    last = segment == len(path) - 2
    if last and path[-1].distance(pose) <= ARRIVED:
        return Twist()
    ahead = min(max(_LOOKAHEAD[0], _LOOKAHEAD[1] + _LOOKAHEAD[2] * max(speed, 0.0)), 1.0)
    if foot.off > _TUBE or (last and foot.left < _TUBE and foot.off > ARRIVED):
        aim = _along(path, segment, foot.done + ahead * 0.5, beyond=False)
        top = min(_braking(0.0, aim.distance(pose), limits), _abandoned(aim.distance(pose) + CLEARANCE, limits))
    else:
        aim = _along(path, segment, foot.done + ahead, beyond=True)
        top = _allowed(path, segment, foot, limits)
    error = wrap(math.atan2(aim.y - pose.y, aim.x - pose.x) - pose.yaw)
    linear = min(limits.speed, top) * max(0.0, 1.0 - abs(error) / _TURN_FIRST)
    return Twist(linear, _turn(error, linear, aim.distance(pose), limits))


def pursue(error: float, reach: float, linear: float) -> float:
    """The turn rate (rad/s) of the arc to a point `reach` m away that is `error` rad to the left, at `linear` m/s."""
    return 2.0 * linear * math.sin(error) / max(reach, 0.1)


def _turn(error: float, linear: float, reach: float, limits: Limits) -> float:
    """Pure pursuit's curvature, 2 sin(error) / reach, at speed; when slow, a turn that can still be ended in time."""
    pursuit = pursue(error, reach, linear)
    in_place = _TURN_GAIN * error
    wanted = in_place if abs(in_place) > abs(pursuit) else pursuit
    in_time = math.sqrt(2.0 * _EASE * limits.turn_acceleration * abs(error))
    bound = min(limits.turn_rate, in_time)
    return min(bound, max(-bound, wanted))


def _along(path: Sequence[Point], segment: int, way: float, beyond: bool) -> Point:
    """The point `way` metres from path[segment] along the path, not past the next sharp corner.

    Where that is too short, the point lies `beyond` it in the lane's own direction, or is the corner itself.
    """
    while True:
        a, b = path[segment], path[segment + 1]
        length = a.distance(b)
        if way <= length or _bend(path, segment + 1) > SHARP:
            break
        way, segment = way - length, segment + 1
    part = way if beyond else min(way, length)
    if length < 1e-9:
        return b
    return Point(a.x + (b.x - a.x) * part / length, a.y + (b.y - a.y) * part / length)


def _braking(end: float, distance: float, limits: Limits) -> float:
    return math.sqrt(end * end + 2.0 * _EASE * limits.acceleration * max(0.0, distance))


def _abandoned(distance: float, limits: Limits) -> float:
    """The speed v from which a base that nobody commands any more stops in so far: v CEASED + v^2 / 2a = distance."""
    a = limits.acceleration
    return math.sqrt((a * CEASED) ** 2 + 2.0 * a * distance) - a * CEASED


def _allowed(path: Sequence[Point], segment: int, foot: _Foot, limits: Limits) -> float:
    """The highest speed here from which every corner ahead is reached at its own speed."""
    top, way = limits.speed, foot.left
    for corner in range(segment + 1, len(path)):
        bend = _bend(path, corner)
        # Straight on, it leaves the lane of the corner's other side at the sine of the bend.
        aside = math.sin(min(bend, math.pi / 2.0))
        if bend > SHARP:
            return min(top, _braking(0.0, way, limits), _abandoned(way + CLEARANCE / aside, limits))
        if bend > math.radians(5.0):
            braked = _braking(min(_BEND_SPEED, limits.speed), way, limits)
            top = min(top, braked, _abandoned(way + CLEARANCE / aside, limits))
        way += path[corner].distance(path[corner + 1])
    return top
