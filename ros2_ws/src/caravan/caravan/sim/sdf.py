"""SDF worlds and models read into the nouns of `caravan.sim.world`.

Read: models that stand still (boxes, cylinders, spheres, planes as the floor), <include> by model:// or relative path,
poses with relative_to, frames, nested models, the DiffDrive plugin. Left out with a note: other plugins, sensors,
lights, actors. Refused with file and line: collisions of any other geometry, and what is broken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from lxml import etree

from caravan.sim.frames import Scope, SdfError, Transform, fault, numbers, quaternion, rotation
from caravan.sim.source import Source, check_tags, find_file, is_true, name_of, note_plugins, open_source, parse_root
from caravan.sim.world import Drive, Model, Shape, ShapeKind, World

__all__ = ["SdfError", "find_model", "read_model", "read_world"]

_SIZES: dict[str, tuple[ShapeKind, tuple[str, ...]]] = {
    "box": ("box", ("size",)),
    "cylinder": ("cylinder", ("radius", "length")),
    "sphere": ("sphere", ("radius",)),
}


@dataclass(slots=True)
class _Parts:
    """What was found in a model, in the model's own frame."""

    obstacles: list[Shape] = field(default_factory=list)
    visuals: list[Shape] = field(default_factory=list)
    drive: Drive | None = None
    static: bool = False


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
    _add_frames(scope, world)
    parts = {name: (element, found) for element, name, found in _add_models(source, scope, world)}
    scope.check()
    models = {}
    for name, (element, (file, found)) in parts.items():
        if not found.static:
            source.note(element, f"model {name!r} is not static; it stays where it stands")
        models[name] = _model(name, file, found, scope.find(name, element))
    note_plugins(source, world)
    return World(name=world.get("name", "world"), file=source.file, models=models, notes=tuple(source.notes))


def read_model(path: str | Path, search: Sequence[Path] = ()) -> Model:
    """The model in an SDF file, in its own frame. Raises SdfError naming file and line."""
    source = open_source(Path(path), search)
    element = _only_model(source)
    parts, _ = _read_parts(source, element)
    return _model(element.get("name", "model"), source.file, parts, np.eye(4))


def find_model(world: Path, name: str) -> Path | None:
    """The SDF file of the model that a world file would include as model://`name`, or None."""
    return find_file(open_source(world, ()), f"model://{name}")


def _only_model(source: Source) -> etree._Element:
    model = parse_root(source).find("model")
    if model is None:
        raise fault(source.file, None, "no <model> in this file")
    return model


def _add_frames(scope: Scope, element: etree._Element) -> None:
    for frame in element.findall("frame"):
        scope.add(frame.get("name", ""), frame, frame.find("pose"), frame.get("attached_to") or scope.root)


def _add_models(
    source: Source, scope: Scope, element: etree._Element
) -> list[tuple[etree._Element, str, tuple[Path, _Parts]]]:
    """Reads the models and includes in `element` and makes their frames known to `scope`."""
    found = []
    for child in element:
        if child.tag == "model":
            name, inner, model, pose = name_of(source, child), source, child, child.find("pose")
        elif child.tag == "include":
            inner = _follow(source, child)
            model = _only_model(inner)
            name = (child.findtext("name") or model.get("name") or "").strip()
            pose = child.find("pose") if child.find("pose") is not None else model.find("pose")
        else:
            continue
        parts, frames = _read_parts(inner, model)
        if is_true(child.findtext("static")):
            parts.static = True
        scope.children[name] = frames
        _set_frame(scope, name, child, pose, child.get("placement_frame") or child.findtext("placement_frame"))
        found.append((child, name, (inner.file, parts)))
    return found


def _set_frame(
    scope: Scope, name: str, element: etree._Element, pose: etree._Element | None, placement: str | None
) -> None:
    if not placement:
        scope.add(name, element, pose, scope.root)
        return
    inner = scope.children[name].find(placement, element)
    scope.put(name, element, np.asarray(scope.place(pose, scope.root, element) @ np.linalg.inv(inner)))


def _follow(source: Source, include: etree._Element) -> Source:
    uri = (include.findtext("uri") or "").strip()
    if not uri:
        raise fault(source.file, include, "<include> needs a <uri>")
    if is_true(include.get("merge")):
        raise fault(source.file, include, "<include merge=...> is not supported; include the model without it")
    if uri.startswith(("http://", "https://", "fuel://")):
        raise fault(source.file, include, f"{uri} is on the network; download the model and use model://name")
    file = find_file(source, uri)
    if file is None:
        looked = ", ".join(map(str, dict.fromkeys(source.folders)))
        raise fault(source.file, include, f"no model {uri!r}; looked in {looked}")
    if file in source.chain:
        names = " -> ".join(p.parent.name + "/" + p.name for p in (*source.chain, file))
        raise fault(source.file, include, f"the include goes round in a circle: {names}")
    return replace(source, file=file, folders=(*source.folders, file.parent), chain=(*source.chain, file))


def _read_parts(source: Source, model: etree._Element) -> tuple[_Parts, Scope]:
    check_tags(source, model)
    scope = Scope(source.file, "__model__")
    parts = _Parts(static=is_true(model.findtext("static")), drive=_drive(source, model))
    links = model.findall("link")
    for link in links:
        scope.add(name_of(source, link), link, link.find("pose"), "__model__")
    _add_frames(scope, model)
    for joint in model.findall("joint"):
        scope.add(name_of(source, joint), joint, joint.find("pose"), (joint.findtext("child") or "__model__").strip())
    for element, name, (_, inner) in _add_models(source, scope, model):
        at = scope.find(name, element)
        parts.obstacles += [_moved(shape, at) for shape in inner.obstacles]
        parts.visuals += [_moved(shape, at) for shape in inner.visuals]
        parts.drive = parts.drive or inner.drive
    scope.check()
    for link in links:
        _read_link(source, scope, link, parts)
    note_plugins(source, model)
    return parts, scope


def _read_link(source: Source, scope: Scope, link: etree._Element, parts: _Parts) -> None:
    check_tags(source, link)
    name = name_of(source, link)
    for kind, shapes in (("collision", parts.obstacles), ("visual", parts.visuals)):
        for element in link.findall(kind):
            at = scope.place(element.find("pose"), name, element)
            if (shape := _shape(source, element, at)) is not None:
                shapes.append(shape)


def _shape(source: Source, element: etree._Element, at: Transform) -> Shape | None:
    """The shape of a collision or visual; None for a plane, and for a visual that cannot be shown."""
    if element.tag == "collision":
        check_tags(source, element)
    geometry = element.find("geometry")
    given = [child for child in geometry if str(child.tag) not in ("empty",)] if geometry is not None else []
    if len(given) != 1:
        raise fault(source.file, element, f"<{element.tag}> needs a <geometry> with one shape in it")
    tag = str(given[0].tag)
    if tag == "plane" or (tag not in _SIZES and element.tag == "visual"):
        return None
    if tag not in _SIZES:
        text = f"<collision> has a <{tag}>; this simulator knows box, cylinder and sphere: replace it by one of them"
        raise fault(source.file, given[0], text)
    kind, keys = _SIZES[tag]
    size = tuple(v for key in keys for v in _size(source, given[0], key))
    x, y, z = (float(v) for v in at[:3, 3])
    name = name_of(source, element)
    return Shape(
        name=name, kind=kind, size=size, position=(x, y, z), quaternion=quaternion(at), colour=_colour(source, element)
    )


def _size(source: Source, geometry: etree._Element, key: str) -> list[float]:
    element = geometry.find(key)
    if element is None:
        raise fault(source.file, geometry, f"<{geometry.tag}> needs a <{key}>")
    values = numbers(source.file, element, 3 if key == "size" else 1)
    if min(values) <= 0.0:
        raise fault(source.file, element, f"<{key}> has {element.text!r}; it must be more than 0")
    return values


def _colour(source: Source, element: etree._Element) -> tuple[float, float, float, float] | None:
    diffuse = element.find("material/diffuse")
    if diffuse is None:
        return None
    red, green, blue, *alpha = (min(1.0, max(0.0, v)) for v in numbers(source.file, diffuse, (3, 4)))
    return red, green, blue, alpha[0] if alpha else 1.0


def _moved(shape: Shape, at: Transform) -> Shape:
    whole = at @ _of(shape)
    x, y, z = (float(v) for v in whole[:3, 3])
    return replace(shape, position=(x, y, z), quaternion=quaternion(whole))


def _of(shape: Shape) -> Transform:
    out = np.eye(4)
    out[:3, :3], out[:3, 3] = rotation(shape.quaternion), shape.position
    return out


def _model(name: str, file: Path, parts: _Parts, at: Transform) -> Model:
    def named(shape: Shape) -> Shape:
        return replace(_moved(shape, at), name=f"{name}/{shape.name}")

    return Model(
        name=name,
        file=file,
        static=parts.static,
        obstacles=tuple(map(named, parts.obstacles)),
        visuals=tuple(map(named, parts.visuals)),
        drive=parts.drive,
    )


def _drive(source: Source, model: etree._Element) -> Drive | None:
    plugin = next((p for p in model.findall("plugin") if p.get("name", "").split("::")[-1] == "DiffDrive"), None)
    if plugin is None:
        return None

    def value(tag: str) -> float | None:
        element = plugin.find(tag)
        return None if element is None else numbers(source.file, element, 1)[0]

    return Drive(
        wheel_separation=value("wheel_separation") or 1.0,
        wheel_radius=value("wheel_radius") or 0.2,
        speed=value("max_linear_velocity"),
        turn_rate=value("max_angular_velocity"),
        acceleration=value("max_linear_acceleration"),
    )
