"""Laws of the SDF reader: whatever frames stand in each other, everything is where the product of its poses says."""

from __future__ import annotations

import math
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from transforms3d.euler import euler2mat
from transforms3d.quaternions import mat2quat

from caravan.sim.frames import SdfError, rotation
from caravan.sim.sdf import read_world

BOX = '<collision name="c"><geometry><box><size>1 1 1</size></box></geometry></collision>'
FORMS = ("rpy", "degrees", "quaternion")
spans = st.floats(-20.0, 20.0)
turns = st.floats(-math.pi, math.pi)
Matrix = np.ndarray


@dataclass
class Draft:
    """A model as it is drawn: its text so far, and where its frames are by the plain product of their poses."""

    root: str
    parts: list[str] = field(default_factory=list)
    at: dict[str, Matrix] = field(default_factory=dict)
    links: dict[str, Matrix] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.at[self.root] = np.eye(4)


def pose(draw: st.DrawFn, known: list[str]) -> tuple[str, Matrix, str]:
    """A <pose> in one of the notations, its matrix, and the frame that it is relative to."""
    xyz, rpy = [draw(spans) for _ in range(3)], [draw(turns) for _ in range(3)]
    parent, form = draw(st.sampled_from(known)), draw(st.sampled_from(FORMS))
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = euler2mat(*rpy, axes="sxyz"), xyz
    words, attributes = rpy, ""
    if form == "degrees":
        words, attributes = [math.degrees(angle) for angle in rpy], ' degrees="true"'
    elif form == "quaternion":
        w, x, y, z = mat2quat(matrix[:3, :3])
        words, attributes = [x, y, z, w], ' rotation_format="quat_xyzw"'
    text = " ".join(repr(float(v)) for v in [*xyz, *words])
    return f'<pose relative_to="{parent}"{attributes}>{text}</pose>', matrix, parent


def fill(draw: st.DrawFn, draft: Draft, depth: int) -> None:
    """Draws frames, links and nested models, each relative to any that is there; they are written in any order."""
    written: list[str] = []
    for k in range(draw(st.integers(1, 4))):
        kinds = ["frame"] + (["link"] if draft.root == "__model__" else []) + (["model"] if depth else [])
        kind, name = draw(st.sampled_from(kinds)), f"n{k}"
        text, matrix, parent = pose(draw, list(draft.at))
        here = draft.at[parent] @ matrix
        if kind == "model":
            written.append(nested(draw, draft, name, text, here, depth))
        else:
            draft.at[name] = here
            written.append(f'<{kind} name="{name}">{text}{BOX if kind == "link" else ""}</{kind}>')
            if kind == "link":
                draft.links[f"{name}"] = here
    draft.parts += draw(st.permutations(written))


def nested(draw: st.DrawFn, draft: Draft, name: str, text: str, here: Matrix, depth: int) -> str:
    """A nested model; what stands `here` is the model, or the frame of it that is its placement frame."""
    inner = Draft("__model__")
    fill(draw, inner, depth - 1)
    placed = draw(st.sampled_from([frame for frame in inner.at if "::" not in frame]))
    attribute = "" if placed == "__model__" else f' placement_frame="{placed}"'
    at = here @ np.linalg.inv(inner.at[placed])
    draft.at[name] = at
    draft.at |= {f"{name}::{frame}": at @ matrix for frame, matrix in inner.at.items() if frame != "__model__"}
    draft.links |= {f"{name}::{link}": at @ matrix for link, matrix in inner.links.items()}
    return f'<model name="{name}"{attribute}><static>true</static>{text}{"".join(inner.parts)}</model>'


@st.composite
def worlds(draw: st.DrawFn) -> tuple[str, list[Matrix]]:
    """A world's text, and where each of its boxes is."""
    draft = Draft("world")
    fill(draw, draft, 3)
    text = f'<sdf version="1.10"><world name="w">{"".join(draft.parts)}</world></sdf>'
    return text, list(draft.links.values())


def read(text: str) -> list[Matrix]:
    """Where the boxes of a world are, by the reader."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "w.sdf"
        file.write_text(text)
        found = []
        for shape in read_world(file).obstacles:
            matrix = np.eye(4)
            matrix[:3, :3], matrix[:3, 3] = rotation(shape.quaternion), shape.position
            found.append(matrix)
        return found


@settings(max_examples=80, deadline=None)
@given(worlds())
def test_every_box_is_where_the_product_of_its_poses_says(drawn: tuple[str, list[Matrix]]) -> None:
    text, expected = drawn
    found = read(text)
    assert len(found) == len(expected)
    for matrix in expected:
        assert min(float(np.abs(matrix - other).max()) for other in found) < 1e-6


TAGS: tuple[str, ...] = (
    "model",
    "link",
    "frame",
    "joint",
    "pose",
    "collision",
    "visual",
    "geometry",
    "box",
    "size",
    "plane",
    "normal",
)
TAGS += (
    "include",
    "uri",
    "name",
    "static",
    "inertial",
    "mass",
    "axis",
    "xyz",
    "parent",
    "child",
    "plugin",
    "ellipsoid",
)
ATTRIBUTES = ("name", "relative_to", "attached_to", "placement_frame", "degrees", "rotation_format", "merge", "type")
WORDS: tuple[str, ...] = (
    "a",
    "b",
    "a::b",
    "world",
    "__model__",
    "",
    "true",
    "quat_xyzw",
    "DiffDrive",
    "nan",
    "1e999",
    "0 0 0",
)
WORDS += ("1 2 3", "1 2 3 0 0 0", "1 2 3 0 0 0 1", "-1 1 1", "model://a", "\u6708", "<", "&x;")


@st.composite
def elements(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    """An element with attributes that SDF knows, and anything in it."""
    tag, words = draw(st.sampled_from(TAGS)), st.sampled_from(WORDS[:-2])
    given_ones = draw(st.dictionaries(st.sampled_from(ATTRIBUTES), words, max_size=3))
    attributes = "".join(f' {name}="{value}"' for name, value in given_ones.items())
    return f"<{tag}{attributes}>{''.join(draw(st.lists(inner, max_size=4)))}</{tag}>"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.recursive(st.sampled_from(WORDS), elements, max_leaves=12), max_size=4))
@example([])
def test_whatever_stands_in_a_file_it_is_read_or_refused_and_nothing_else(words: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "w.sdf"
        file.write_text(f'<sdf version="1.10"><world name="w">{"".join(words)}</world></sdf>', encoding="utf-8")
        try:
            read_world(file)
        except SdfError as error:
            assert str(file) in str(error)


@pytest.mark.parametrize("cut", range(0, 1200, 97))
def test_a_file_that_ends_early_is_refused(tmp_path: Path, cut: int) -> None:
    whole = (Path(__file__).parents[2] / "worlds" / "warehouse.sdf").read_bytes()
    (tmp_path / "w.sdf").write_bytes(whole[:cut])
    with pytest.raises(SdfError, match="not valid XML"):
        read_world(tmp_path / "w.sdf")
