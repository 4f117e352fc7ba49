"""The links, joints and drive of an SDF model: what a robot is made of."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import numpy as np
from lxml import etree

from caravan.sim.frames import Transform, did_you_mean, fault, numbers, parse_pose, position, quaternion, transform
from caravan.sim.scope import Scope
from caravan.sim.shapes import moved, read_shape
from caravan.sim.source import Source, check_tags, name_of
from caravan.sim.world import Drive, Joint, Link, Shape, Steering

_BOUNDS = ("linear_velocity", "angular_velocity", "linear_acceleration", "angular_acceleration")
_BOTH = ("velocity", "velocity", "acceleration", "acceleration")
"""What bounds both, linear and angular, in older files."""
_UNBOUND = 1e15
"""SDF writes that a joint turns for ever with a limit beyond this."""


def read_link(source: Source, scope: Scope, element: etree._Element) -> tuple[Link, list[Shape]]:
    """A link, and its visuals in the frame of the model. Raises SdfError."""
    check_tags(source, element)
    name = name_of(source, element)
    _check_names(source, element)
    at = scope.find(name, element)
    shapes = {"collision": [], "visual": []}  # type: dict[str, list[Shape]]
    for kind, found in shapes.items():
        for part in element.findall(kind):
            if (shape := read_shape(source, part, scope.place(part.find("pose"), name, part))) is not None:
                found.append(shape)
    own = np.asarray(np.linalg.inv(at), dtype=np.float64)
    mass, centre, inertia = _inertial(source, element.find("inertial"))
    link = Link(
        name=name,
        position=position(at),
        quaternion=quaternion(at),
        mass=mass,
        centre=centre,
        inertia=inertia,
        shapes=tuple(moved(shape, own) for shape in shapes["collision"]),
    )
    return link, shapes["visual"]


def _check_names(source: Source, link: etree._Element) -> None:
    for tag in ("collision", "visual"):
        elements = link.findall(tag)
        often = Counter(element.get("name") for element in elements)
        for element in elements:
            if often[element.get("name")] > 1:
                text = f"the link has more than one <{tag}> of the name {element.get('name')!r}; give each its own"
                raise fault(source.file, element, text)


def _inertial(
    source: Source, element: etree._Element | None
) -> tuple[float, tuple[float, float, float], tuple[float, float, float, float, float, float]]:
    """Mass, its centre, and the inertia about it along the link's axes; SDF's defaults for what is not there."""
    if element is None:
        return 1.0, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0, 0.0, 0.0, 0.0)

    def value(path: str, default: float) -> float:
        child = element.find(path)
        return default if child is None else numbers(source.file, child, 1)[0]

    xx, yy, zz = (value(f"inertia/{axes}", 1.0) for axes in ("ixx", "iyy", "izz"))
    xy, xz, yz = (value(f"inertia/{axes}", 0.0) for axes in ("ixy", "ixz", "iyz"))
    at = parse_pose(source.file, element.find("pose"))
    turned = at[:3, :3] @ np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]) @ at[:3, :3].T
    a, b, c, d, e, f = (float(turned[k]) for k in ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)))
    return value("mass", 1.0), position(at), (a, b, c, d, e, f)


def read_joint(source: Source, scope: Scope, element: etree._Element) -> Joint:
    """A joint of the model whose frames are `scope`. Raises SdfError."""
    parent, child = ((element.findtext(tag) or "").strip() for tag in ("parent", "child"))
    if not parent or not child:
        raise fault(source.file, element, "<joint> needs a <parent> and a <child>")
    frame = scope.find(child, element)
    at = np.linalg.inv(frame) @ scope.find(name_of(source, element), element)
    axis, limits = (0.0, 0.0, 1.0), (-math.inf, math.inf)
    if (given := element.find("axis")) is not None:
        axis, limits = _axis(source, scope, given, frame, at), _limits(source, given)
    return Joint(
        name=name_of(source, element),
        kind=element.get("type", ""),
        parent=parent,
        child=child,
        position=position(at),
        axis=axis,
        limits=limits,
    )


def _axis(
    source: Source, scope: Scope, element: etree._Element, child: Transform, at: Transform
) -> tuple[float, float, float]:
    """The axis of a joint in the frame of its child; the joint itself is at `at` there."""
    xyz = element.find("xyz")
    if xyz is None:
        return (0.0, 0.0, 1.0)
    vector = np.array(numbers(source.file, xyz, 3))
    length = float(np.linalg.norm(vector))
    if length < 1e-9:
        raise fault(source.file, xyz, "<xyz> has length 0; write the axis, like 0 1 0")
    frame = xyz.get("expressed_in")
    turn = np.linalg.inv(child)[:3, :3] @ scope.find(frame, xyz)[:3, :3] if frame else at[:3, :3]
    x, y, z = (float(v) for v in turn @ (vector / length))
    return x, y, z


def _limits(source: Source, axis: etree._Element) -> tuple[float, float]:
    def value(tag: str, default: float) -> float:
        element = axis.find(f"limit/{tag}")
        given = (element.text or "").strip().lower() if element is not None else ""
        if element is None or given.strip("+-") in ("inf", "infinity"):
            return default
        (limit,) = numbers(source.file, element, 1)
        return limit if abs(limit) < _UNBOUND else default

    return value("lower", -math.inf), value("upper", math.inf)


def inside(name: str, at: Transform, links: list[Link], joints: list[Joint]) -> tuple[list[Link], list[Joint]]:
    """The parts of the nested model `name`, which stands at `at`, as the model around it has them."""
    kept = []
    for link in links:
        whole = at @ transform(link.position, link.quaternion)
        kept.append(replace(link, name=f"{name}::{link.name}", position=position(whole), quaternion=quaternion(whole)))
    return kept, [
        replace(j, name=f"{name}::{j.name}", parent=f"{name}::{j.parent}", child=f"{name}::{j.child}") for j in joints
    ]


def read_drive(source: Source, model: etree._Element) -> Drive | None:
    """What the DiffDrive or AckermannSteering plugin of a model says, if it has one. Raises SdfError."""
    found = {p.get("name", "").split("::")[-1]: p for p in reversed(model.findall("plugin"))}
    steered = found.get("AckermannSteering")
    plugin = steered if steered is not None else found.get("DiffDrive")
    if plugin is None:
        return None
    return Drive(
        wheel_separation=_measure(source, plugin, "wheel_separation", 1.0),
        wheel_radius=_measure(source, plugin, "wheel_radius", 0.2),
        left_joints=_joints(source, model, plugin, "left_joint"),
        right_joints=_joints(source, model, plugin, "right_joint"),
        lower=_bounds(source, plugin, "min", -math.inf),
        upper=_bounds(source, plugin, "max", math.inf),
        steering=None if steered is None else _steering(source, model, steered),
    )


def _steering(source: Source, model: etree._Element, plugin: etree._Element) -> Steering:
    """With the defaults of the plugin. Raises SdfError."""
    limit = _measure(source, plugin, "steering_limit", 0.5)
    if limit >= math.pi / 2.0:
        raise fault(
            source.file, plugin.find("steering_limit"), f"<steering_limit> has {limit:g}; it is in rad, below 1.57"
        )
    return Steering(
        wheel_base=_measure(source, plugin, "wheel_base", 1.0),
        kingpin_width=_measure(source, plugin, "kingpin_width", 0.8),
        limit=limit,
        gain=_measure(source, plugin, "steer_p_gain", 1.0),
        left_joints=_joints(source, model, plugin, "left_steering_joint"),
        right_joints=_joints(source, model, plugin, "right_steering_joint"),
    )


def _measure(source: Source, plugin: etree._Element, tag: str, default: float) -> float:
    element = plugin.find(tag)
    if element is None:
        return default
    (value,) = numbers(source.file, element, 1)
    if value <= 0.0:
        raise fault(source.file, element, f"<{tag}> has {element.text!r}; it must be more than 0")
    return value


def _joints(source: Source, model: etree._Element, plugin: etree._Element, tag: str) -> tuple[str, ...]:
    known = [joint.get("name", "") for joint in model.iter("joint")]
    names = []
    for element in plugin.findall(tag):
        name = (element.text or "").strip()
        if name.split("::")[-1] not in known and model.find("include") is None:
            raise fault(source.file, element, f"the model has no joint {name!r}{did_you_mean(name, known)}")
        names.append(name)
    return tuple(names)


def _bounds(source: Source, plugin: etree._Element, side: str, default: float) -> tuple[float, float, float, float]:
    def value(which: str, both: str) -> float:
        element = plugin.find(f"{side}_{which}")
        element = plugin.find(f"{side}_{both}") if element is None else element
        if element is None:
            return default
        (bound,) = numbers(source.file, element, 1)
        if bound * default < 0.0:
            sign = "more than 0" if default > 0.0 else "less than 0"
            raise fault(source.file, element, f"<{element.tag}> has {element.text!r}; it must be 0 or {sign}")
        return bound

    a, b, c, d = (value(*names) for names in zip(_BOUNDS, _BOTH, strict=True))
    return a, b, c, d
