"""What the SDF reader takes, and with which words it refuses the rest."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from caravan.model.geometry import Point
from caravan.sim.footprint import clearance, footprints
from caravan.sim.frames import rotation
from caravan.sim.sdf import SdfError, find_model, read_model, read_world
from caravan.sim.world import World

BOX = '<collision name="c"><geometry><box><size>1 2 3</size></box></geometry></collision>'
ROOT = Path(__file__).parents[2]


def model(inside: str, name: str = "m", static: bool = True) -> str:
    return f'<model name="{name}"><static>{str(static).lower()}</static>{inside}</model>'


def world(tmp_path: Path, inside: str) -> World:
    file = tmp_path / "w.sdf"
    file.write_text(f'<sdf version="1.10">\n<world name="w">\n{inside}\n</world>\n</sdf>')
    return read_world(file)


def library(tmp_path: Path, name: str, inside: str) -> None:
    folder = tmp_path / "models" / name
    folder.mkdir(parents=True)
    (folder / "model.sdf").write_text(f'<sdf version="1.10">\n{inside}\n</sdf>')


def test_poses_add_up_from_collision_to_world(tmp_path: Path) -> None:
    box = BOX.replace("<geometry>", "<pose>0 1 0 0 0 0</pose><geometry>")
    link = f'<link name="l"><pose>1 0 0 0 0 0</pose>{box}</link>'
    found = world(tmp_path, model(f"<pose>10 0 0 0 0 1.5707963267948966</pose>{link}"))
    shape = found.obstacles[0]
    assert shape.name == "m/c"
    assert shape.size == (1.0, 2.0, 3.0)
    assert shape.position == pytest.approx((9.0, 1.0, 0.0))
    assert rotation(shape.quaternion)[:2, 0] == pytest.approx((0.0, 1.0))


def test_frames_carry_what_is_relative_to_them(tmp_path: Path) -> None:
    frames = '<frame name="f"><pose>5 0 0 0 0 0</pose></frame>'
    frames += '<frame name="g" attached_to="f"><pose>0 5 0 0 0 0</pose></frame>'
    link = f'<link name="l"><pose relative_to="g">1 1 0 0 0 0</pose>{BOX}</link>'
    assert world(tmp_path, model(frames + link)).obstacles[0].position == pytest.approx((6.0, 6.0, 0.0))


@pytest.mark.parametrize(
    "pose",
    [
        '<pose degrees="true">0 0 0 0 0 90</pose>',
        '<pose rotation_format="quat_xyzw">0 0 0 0 0 0.70710678 0.70710678</pose>',
        "<pose>0 0 0 0 0 1.5707963267948966</pose>",
    ],
)
def test_a_quarter_turn_in_every_notation(tmp_path: Path, pose: str) -> None:
    shape = world(tmp_path, model(f'{pose}<link name="l">{BOX}</link>')).obstacles[0]
    assert abs(shape.quaternion[3]) == pytest.approx(math.sqrt(0.5))


def test_an_included_model_stands_where_the_include_says(tmp_path: Path) -> None:
    library(tmp_path, "rack", model(f'<link name="l">{BOX}</link>', "rack"))
    include = "<include><uri>model://rack</uri><name>r1</name><pose>3 4 0 0 0 0</pose></include>"
    found = world(tmp_path, include)
    assert found.obstacles[0].name == "r1/c"
    assert found.obstacles[0].position == pytest.approx((3.0, 4.0, 0.0))
    assert found.notes == ()


def test_a_placement_frame_is_put_at_the_pose(tmp_path: Path) -> None:
    inside = f'<frame name="corner"><pose>1 1 0 0 0 0</pose></frame><link name="l">{BOX}</link>'
    library(tmp_path, "rack", model(inside, "rack"))
    include = '<include placement_frame="corner"><uri>model://rack</uri><pose>5 5 0 0 0 0</pose></include>'
    assert world(tmp_path, include).obstacles[0].position == pytest.approx((4.0, 4.0, 0.0))


def test_a_nested_model_moves_with_its_parent(tmp_path: Path) -> None:
    inner = model(f'<pose>0 1 0 0 0 0</pose><link name="l">{BOX}</link>', "inner")
    found = world(tmp_path, model(f"<pose>1 0 0 0 0 0</pose>{inner}", "outer"))
    assert found.obstacles[0].position == pytest.approx((1.0, 1.0, 0.0))


def test_what_is_left_out_is_noted_with_its_line(tmp_path: Path) -> None:
    inside = '<plugin filename="x" name="my::Disco"/>\n' + model(f'<link name="l">{BOX}</link>', static=False)
    notes = world(tmp_path, inside).notes
    assert any("w.sdf:3: plugin 'my::Disco'" in note for note in notes)
    assert any("w.sdf:4: model 'm' is not static" in note for note in notes)


def test_a_plane_is_the_floor_and_no_obstacle(tmp_path: Path) -> None:
    plane = '<collision name="c"><geometry><plane><normal>0 0 1</normal></plane></geometry></collision>'
    assert world(tmp_path, model(f'<link name="l">{plane}</link>')).obstacles == ()


def link(geometry: str, pose: str = "") -> str:
    return model(f'<link name="l">\n{pose}<collision name="c">\n<geometry>{geometry}</geometry></collision></link>')


CYCLE = '<frame name="a" attached_to="b"/><frame name="b" attached_to="a"/>'

BAD = {
    "mesh": (link("<mesh><uri>a.dae</uri></mesh>"), r"w\.sdf:5: <collision> has a <mesh>.*box, cylinder and sphere"),
    "nan": (link("<sphere><radius>1</radius></sphere>", "<pose>nan 0 0 0 0 0</pose>"), r"w\.sdf:4: <pose> .*finite"),
    "five": (
        link("<sphere><radius>1</radius></sphere>", "<pose>0 0 0 0 0</pose>"),
        r"w\.sdf:4: .*5 numbers and needs 6",
    ),
    "word": (link("<sphere><radius>big</radius></sphere>"), r"w\.sdf:5: <radius> has 'big'"),
    "flat": (link("<box><size>1 0 1</size></box>"), r"w\.sdf:5: <size>.*more than 0"),
    "no size": (link("<box/>"), r"w\.sdf:5: <box> needs a <size>"),
    "no shape": (link(""), r"w\.sdf:4: <collision> needs a <geometry>"),
    "missing": ("<include><uri>model://rakc</uri></include>", r"w\.sdf:3: no model 'model://rakc'; looked in .*models"),
    "network": ("<include><uri>https://fuel.gazebosim.org/x</uri></include>", r"w\.sdf:3: .*on the network"),
    "no uri": ("<include/>", r"w\.sdf:3: <include> needs a <uri>"),
    "misspelt": (model('<lnik name="l"/>'), r"w\.sdf:3: <model> has no element <lnik>; did you mean 'link'\?"),
    "frame": (
        model(f'<link name="l"><pose relative_to="shelv">0 0 0 0 0 0</pose>{BOX}</link><frame name="shelf"/>'),
        r"w\.sdf:3: no frame 'shelv' here; did you mean 'shelf'\?",
    ),
    "circle": (
        model(f'{CYCLE}<link name="l"><pose relative_to="a"/>{BOX}</link>'),
        r"w\.sdf:3: frames in a circle: a -> b",
    ),
    "twice": (model("") + "\n" + model(""), r"w\.sdf:4: the name 'm' is taken"),
    "nameless": ("<model/>", r"w\.sdf:3: <model> needs a name"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_broken_is_refused_with_file_line_and_remedy(tmp_path: Path, name: str) -> None:
    inside, message = BAD[name]
    with pytest.raises(SdfError, match=message):
        world(tmp_path, inside)


def test_an_include_that_goes_round_in_a_circle_is_refused(tmp_path: Path) -> None:
    library(tmp_path, "a", model("<include><uri>model://b</uri></include>", "a"))
    library(tmp_path, "b", model("\n<include><uri>model://a</uri></include>", "b"))
    with pytest.raises(SdfError, match=r"b/model\.sdf:3: the include goes round in a circle: .*a/model\.sdf"):
        world(tmp_path, "<include><uri>model://a</uri></include>")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<sdf version='1.10'><world>", r"w\.sdf:1: not valid XML"),
        ("<robot/>", r"w\.sdf:1: the root is <robot>"),
        ("<sdf version='1.10'/>", "no <world>"),
        ("", "not valid XML"),
    ],
)
def test_a_file_that_is_no_world_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "w.sdf").write_text(text)
    with pytest.raises(SdfError, match=message):
        read_world(tmp_path / "w.sdf")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SdfError, match=r"none\.sdf: cannot be read"):
        read_world(tmp_path / "none.sdf")


def test_xml_entities_open_no_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("1 2 3 0 0 0")
    entity = f'<!DOCTYPE sdf [<!ENTITY s SYSTEM "file://{tmp_path}/secret">]>'
    inside = (
        f'<sdf version="1.10"><world name="w">{model(f"<pose>&s;</pose><link name=%sl%s>{BOX}</link>")}</world></sdf>'
    )
    (tmp_path / "w.sdf").write_text(entity + inside.replace("%s", '"'))
    assert read_world(tmp_path / "w.sdf").obstacles[0].position == (0.0, 0.0, 0.0)


def test_the_warehouse_and_its_robots_read_without_notes() -> None:
    found = read_world(ROOT / "worlds" / "warehouse.sdf")
    assert found.notes == ()
    assert len([m for m in found.models if m.startswith("rack")]) == 5
    for name in ("carrier", "lifter", "tug"):
        file = find_model(found.file, name)
        assert file is not None
        drive = read_model(file).drive
        assert drive is not None
        assert drive.speed is not None


def test_clearance_is_the_gap_to_the_nearest_outline(tmp_path: Path) -> None:
    outlines = footprints(world(tmp_path, model(f'<pose>5 0 0 0 0 0.785398</pose><link name="l">{BOX}</link>')))
    gap, name = clearance(outlines, Point(0.0, 0.0), Point(1.0, 0.0))
    assert name == "m/c"
    assert gap == pytest.approx(4.0 - math.sqrt(0.5), abs=0.4)
    assert clearance(outlines, Point(5.0, 0.0), Point(5.0, 0.0))[0] < 0.0
    assert clearance(outlines, Point(0.0, 0.0), Point(9.0, 0.0))[0] == 0.0
