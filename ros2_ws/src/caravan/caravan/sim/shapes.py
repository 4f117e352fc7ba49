"""The shapes of SDF collisions and visuals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from lxml import etree

from caravan.sim.frames import Transform, fault, numbers, position, quaternion, transform
from caravan.sim.source import Source, check_tags, name_of
from caravan.sim.world import Shape, ShapeKind

_SIZES: dict[str, tuple[ShapeKind, tuple[str, ...]]] = {
    "box": ("box", ("size",)),
    "cylinder": ("cylinder", ("radius", "length")),
    "sphere": ("sphere", ("radius",)),
    "capsule": ("capsule", ("radius", "length")),
    "ellipsoid": ("ellipsoid", ("radii",)),
}
_OF_THREE = ("size", "radii")
_LEVEL = 0.999
"""The least cosine between the normal of a plane that is the floor and the vertical."""


def moved(shape: Shape, at: Transform) -> Shape:
    """The shape as seen from the frame that `at` leads to."""
    whole = at @ transform(shape.position, shape.quaternion)
    return replace(shape, position=position(whole), quaternion=quaternion(whole))


def read_shape(source: Source, element: etree._Element, at: Transform) -> Shape | None:
    """The shape of a collision or visual at `at`; None for a plane, and for a visual that cannot be shown.

    Raises SdfError for a geometry that cannot be touched here, or whose sizes are no good.
    """
    if element.tag == "collision":
        check_tags(source, element)
    geometry = element.find("geometry")
    given = [child for child in geometry if child.tag != "empty"] if geometry is not None else []
    if len(given) != 1:
        raise fault(source.file, element, f"<{element.tag}> needs a <geometry> with one shape in it")
    tag = str(given[0].tag)
    if tag == "plane" or (tag not in _SIZES and element.tag == "visual"):
        return None
    if tag not in _SIZES:
        text = f"<collision> has a <{tag}>; this simulator knows box, cylinder, sphere, capsule and ellipsoid"
        raise fault(source.file, given[0], f"{text}: replace it by one or several of them")
    kind, keys = _SIZES[tag]
    size = tuple(v for key in keys for v in _size(source, given[0], key))
    return Shape(
        name=name_of(source, element),
        kind=kind,
        size=size,
        position=position(at),
        quaternion=quaternion(at),
        colour=_colour(source, element),
        friction=_friction(source, element),
    )


def plane_normal(source: Source, element: etree._Element) -> np.ndarray | None:
    """The normal of a collision that is a plane, in its own frame; None for another."""
    plane = element.find("geometry/plane")
    if plane is None:
        return None
    normal = plane.find("normal")
    vector = np.array(numbers(source.file, normal, 3) if normal is not None else [0.0, 0.0, 1.0])
    length = float(np.linalg.norm(vector))
    if length < 1e-9:
        raise fault(source.file, plane, "<normal> has length 0; the floor's is 0 0 1")
    return np.asarray(vector / length)


def check_floor(source: Source, element: etree._Element, normal: np.ndarray, at: Transform) -> None:
    """Raises SdfError for a plane that is not the floor: robots would drive through it."""
    if (at[:3, :3] @ normal)[2] < _LEVEL:
        raise fault(source.file, element, "<collision> has a <plane> that is not level; make a wall or ramp of boxes")
    if abs(at[2, 3]) > 1e-3:
        text = f"<collision> has a <plane> at height {at[2, 3]:g} m; the floor is at 0: move it there, or take a box"
        raise fault(source.file, element, text)


def _size(source: Source, geometry: etree._Element, key: str) -> list[float]:
    element = geometry.find(key)
    if element is None:
        raise fault(source.file, geometry, f"<{geometry.tag}> needs a <{key}>")
    values = numbers(source.file, element, 3 if key in _OF_THREE else 1)
    if min(values) <= 0.0:
        raise fault(source.file, element, f"<{key}> has {element.text!r}; it must be more than 0")
    return values


def _colour(source: Source, element: etree._Element) -> tuple[float, float, float, float] | None:
    diffuse = element.find("material/diffuse")
    if diffuse is None:
        return None
    red, green, blue, *alpha = (min(1.0, max(0.0, v)) for v in numbers(source.file, diffuse, (3, 4)))
    return red, green, blue, alpha[0] if alpha else 1.0


def _friction(source: Source, element: etree._Element) -> float:
    mu = element.find("surface/friction/ode/mu")
    return 1.0 if mu is None else max(0.0, numbers(source.file, mu, 1)[0])
