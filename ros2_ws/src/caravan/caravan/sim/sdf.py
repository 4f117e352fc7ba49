"""SDF worlds and models (1.9 and 1.10) read into the nouns of `caravan.sim.world`.

Read: models of boxes, cylinders, spheres, capsules and ellipsoids, level planes as the floor, <include> (merged too) by
model:// or relative path, poses with relative_to, frames, nested models, placement frames, the DiffDrive plugin, links
and joints. Left out with a note: other plugins, sensors, lights, actors. Refused with file and line: collisions of any
other geometry, and what is broken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from lxml import etree

from caravan.sim.frames import SdfError, Transform, fault, transform
from caravan.sim.links import inside, read_drive, read_joint, read_link
from caravan.sim.scope import Scope
from caravan.sim.shapes import check_floor, moved, plane_normal
from caravan.sim.source import (
    Source,
    check_name,
    check_tags,
    deeper,
    find_file,
    follow,
    is_true,
    name_of,
    note_plugins,
    open_source,
    parse_root,
)
from caravan.sim.world import Drive, Joint, Link, Model, Shape, World

__all__ = ["SdfError", "find_model", "read_model", "read_world"]


@dataclass(frozen=True, slots=True)
class _Floor:
    """A collision that is a plane: where it stands in the model, and its normal."""

    source: Source
    element: etree._Element
    normal: np.ndarray
    at: Transform


@dataclass(slots=True)
class _Parts:
    """What was found in a model, in the model's own frame."""

    links: list[Link] = field(default_factory=list)
    joints: list[Joint] = field(default_factory=list)
    visuals: list[Shape] = field(default_factory=list)
    floors: list[_Floor] = field(default_factory=list)
    drive: Drive | None = None
    static: bool = False

    def take(self, name: str, at: Transform, inner: _Parts) -> None:
        """Takes over the parts of the nested model `name`, which stands at `at`."""
        links, joints = inside(name, at, inner.links, inner.joints)
        self.links += links
        self.joints += joints
        self.visuals += [moved(shape, at) for shape in inner.visuals]
        self.floors += [replace(floor, at=np.asarray(at @ floor.at)) for floor in inner.floors]
        self.drive = self.drive or inner.drive


@dataclass(frozen=True, slots=True)
class _Placed:
    """A model that stands in another or in the world."""

    element: etree._Element
    name: str
    file: Path
    parts: _Parts


def read_world(path: str | Path, search: Sequence[Path] = ()) -> World:
    """The world in an SDF file. Included models are looked for beside it, in its `models` folder and in `search`.

    Raises SdfError naming file and line.
    """
    source = open_source(Path(path), search)
    world = parse_root(source).find("world")
    if world is None:
        raise fault(source.file, None, "no <world> in this file; it must be <sdf><world name=...>...</world></sdf>")
    check_tags(source, world)
    scope = Scope(source.file, "world")
    placed = _read_inside(source, scope, world)
    models = {}
    for one in placed:
        if not one.parts.static:
            source.note(one.element, f"model {one.name!r} is not static; it stays where it stands")
        at = scope.find(one.name, one.element)
        for floor in one.parts.floors:
            check_floor(floor.source, floor.element, floor.normal, at @ floor.at)
        models[one.name] = _model(one.name, one.file, one.parts, at)
    note_plugins(source, world)
    return World(name=world.get("name", "world"), file=source.file, models=models, notes=tuple(source.notes))


def read_model(path: str | Path, search: Sequence[Path] = ()) -> Model:
    """The model in an SDF file, in its own frame. Raises SdfError naming file and line."""
    source = open_source(Path(path), search)
    element = parse_root(source).find("model")
    if element is None:
        raise fault(source.file, None, "no <model> in this file")
    parts, _ = _read_parts(source, element)
    return _model(element.get("name", "model"), source.file, parts, np.eye(4))


def find_model(world: Path, name: str) -> Path | None:
    """The SDF file of the model that a world file would include as model://`name`, or None."""
    return find_file(open_source(world, ()), f"model://{name}")


def _read_inside(source: Source, scope: Scope, element: etree._Element) -> list[_Placed]:
    """Makes the frames of a world or model known to `scope`, and reads the models in it."""
    for frame in element.findall("frame"):
        scope.add(name_of(source, frame), frame, frame.find("pose"), frame.get("attached_to") or scope.root)
    for joint in element.findall("joint"):
        scope.add(name_of(source, joint), joint, joint.find("pose"), (joint.findtext("child") or scope.root).strip())
    placed = []
    for child in element:
        if child.tag == "model":
            placed.append(_read_nested(source, scope, child))
        elif child.tag == "include" and (found := _read_include(source, scope, child)) is not None:
            placed.append(found)
    scope.check()
    return placed


def _read_nested(source: Source, scope: Scope, element: etree._Element) -> _Placed:
    name = name_of(source, element)
    parts, scope.children[name] = _read_parts(deeper(source, element), element)
    placement = (element.get("placement_frame") or "").strip()
    scope.add(name, element, element.find("pose"), scope.root, placed=placement)
    return _Placed(element, name, source.file, parts)


def _read_include(source: Source, scope: Scope, include: etree._Element) -> _Placed | None:
    """The model that is included; None for a light or an actor."""
    inner = follow(source, include)
    root = parse_root(inner)
    model = root.find("model")
    if model is None:
        if root.find("light") is None and root.find("actor") is None:
            raise fault(inner.file, None, "no <model> in this file")
        source.note(include, f"{inner.file.name} has no model and is left out")
        return None
    name = check_name(source, include, (include.findtext("name") or model.get("name") or "").strip())
    parts, frames = _read_parts(deeper(inner, include), model)
    if include.find("static") is not None:
        parts.static = is_true(include.findtext("static"))
    scope.children[name] = frames
    _place_include(source, inner, scope, include, model, name)
    if is_true(include.get("merge")):
        scope.adopt(name, include)
    return _Placed(include, name, inner.file, parts)


def _place_include(
    source: Source, inner: Source, scope: Scope, include: etree._Element, model: etree._Element, name: str
) -> None:
    """Where an included model stands: where the include says, else where the model's own file says."""
    pose, placement = include.find("pose"), (include.findtext("placement_frame") or "").strip()
    placement = placement or (include.get("placement_frame") or "").strip()
    if pose is not None:
        scope.add(name, include, pose, scope.root, placed=placement)
        return
    if placement:
        raise fault(source.file, include, "<placement_frame> needs a <pose> beside it, which says where it is put")
    pose = model.find("pose")
    if pose is not None and pose.get("relative_to"):
        raise fault(
            inner.file, pose, "the <pose> of a model that is included stands in no frame; leave relative_to out"
        )
    placement = (model.get("placement_frame") or "").strip()
    scope.add(name, include, pose, scope.root, file=inner.file, placed=placement)


def _read_parts(source: Source, model: etree._Element) -> tuple[_Parts, Scope]:
    check_tags(source, model)
    scope = Scope(source.file, "__model__")
    parts = _Parts(static=is_true(model.findtext("static")), drive=read_drive(source, model))
    links = model.findall("link")
    for link in links:
        scope.add(name_of(source, link), link, link.find("pose"), "__model__")
    for one in _read_inside(source, scope, model):
        parts.take(one.name, scope.find(one.name, one.element), one.parts)
    for link in links:
        read, visuals = read_link(source, scope, link)
        parts.links.append(read)
        parts.visuals += visuals
        parts.floors += _floors(source, scope, link)
    parts.joints += [read_joint(source, scope, joint) for joint in model.findall("joint")]
    note_plugins(source, model)
    return parts, scope


def _floors(source: Source, scope: Scope, link: etree._Element) -> list[_Floor]:
    found = []
    for element in link.findall("collision"):
        if (normal := plane_normal(source, element)) is not None:
            at = scope.place(element.find("pose"), name_of(source, link), element)
            found.append(_Floor(source, element, normal, at))
    return found


def _model(name: str, file: Path, parts: _Parts, at: Transform) -> Model:
    """The model `name` at `at`. Its links and joints stay in its own frame; what can be touched and seen is moved."""

    def named(shape: Shape, by: Transform) -> Shape:
        return replace(moved(shape, by), name=f"{name}/{shape.name}")

    touched = ((s, at @ transform(link.position, link.quaternion)) for link in parts.links for s in link.shapes)
    return Model(
        name=name,
        file=file,
        static=parts.static,
        obstacles=tuple(named(shape, by) for shape, by in touched),
        visuals=tuple(named(shape, at) for shape in parts.visuals),
        links=tuple(parts.links),
        joints=tuple(parts.joints),
        drive=parts.drive,
    )
