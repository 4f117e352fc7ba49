"""Which frame is where: the frames of one model or world by name (sdformat.org, "Pose frame semantics")."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from lxml import etree

from caravan.sim.frames import Transform, did_you_mean, fault, parse_pose

_OWN_NAMES = "give each link, joint, frame and model a name of its own"


@dataclass(frozen=True, slots=True)
class _Frame:
    """A frame as it is written; `placed` is the frame of its model that stands at `pose`, if not the model's own."""

    file: Path
    element: etree._Element
    pose: etree._Element | None
    parent: str
    placed: str = ""


@dataclass(frozen=True, slots=True)
class _Step:
    """From a frame to its parent, and who asks for the parent."""

    transform: Transform
    parent: str
    asker: etree._Element
    file: Path


@dataclass(slots=True)
class Scope:
    """The frames of one model or world, found as they are asked for; those of its nested models are `inner::frame`."""

    file: Path
    root: str
    """`__model__` or `world`: the frame all others are resolved to."""
    children: dict[str, Scope] = field(default_factory=dict)
    _given: dict[str, _Frame] = field(default_factory=dict)
    _found: dict[str, Transform] = field(default_factory=dict)

    def add(
        self,
        name: str,
        element: etree._Element,
        pose: etree._Element | None,
        parent: str,
        *,
        file: Path | None = None,
        placed: str = "",
    ) -> None:
        """A frame `name` at `pose`, which is relative to `parent` unless it says otherwise itself.

        `file` is where the pose stands, if not in the scope's own. With `placed`, it is that frame of the nested model
        `name` which is put there, and the model with it.
        """
        if name in self._given or name == self.root:
            raise fault(self.file, element, f"the name {name!r} is taken already here; {_OWN_NAMES}")
        base = (pose.get("relative_to") if pose is not None else None) or parent
        self._given[name] = _Frame(file or self.file, element, pose, base, placed)

    def adopt(self, inner: str, element: etree._Element) -> None:
        """The frames and nested models of the nested model `inner` become known here under their own names too."""
        scope = self.children[inner]
        for name in scope._given:
            self.add(name, element, None, f"{inner}::{name}")
        self.children |= scope.children

    def find(self, name: str, asker: etree._Element, file: Path | None = None) -> Transform:
        """The transform from frame `name` to the root, for the element `asker` in `file` (default: the scope's).

        Raises SdfError for an unknown name or a circle.
        """
        file = file or self.file
        way: dict[str, _Step] = {}
        while name != self.root and name not in self._found:
            if name in way:
                circle = [*list(way)[list(way).index(name) :], name]
                raise fault(file, asker, f"frames in a circle: {' -> '.join(circle)}")
            way[name] = step = self._step(name, asker, file)
            asker, file, name = step.asker, step.file, step.parent
        at = self._found.get(name, np.eye(4))
        for name, step in reversed(way.items()):
            at = self._found[name] = np.asarray(at @ step.transform)
        return at

    def _step(self, name: str, asker: etree._Element, file: Path) -> _Step:
        """From frame `name` to the one that it is given in."""
        head, _, rest = name.partition("::")
        if (frame := self._given.get(name)) is not None:
            transform = parse_pose(frame.file, frame.pose)
            if frame.placed:
                transform = transform @ np.linalg.inv(self.children[name].find(frame.placed, frame.element, frame.file))
            return _Step(transform, frame.parent, frame.element, frame.file)
        if rest and head in self.children:
            return _Step(self.children[head].find(rest, asker, file), head, asker, file)
        raise fault(file, asker, f"no frame {name!r} here{did_you_mean(name, [*self._given, self.root])}")

    def check(self) -> None:
        """Raises SdfError if a frame is broken, even one that nothing is relative to."""
        for name, frame in self._given.items():
            self.find(name, frame.element, frame.file)

    def place(self, pose: etree._Element | None, parent: str, asker: etree._Element) -> Transform:
        """Where a nameless thing is whose <pose> is `pose`, by default in frame `parent`."""
        base = (pose.get("relative_to") if pose is not None else None) or parent
        return np.asarray(self.find(base, asker) @ parse_pose(self.file, pose))
