"""What the SDF reader takes, and with which words it refuses the rest."""

from __future__ import annotations

import math
import time
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


def test_a_placement_frame_of_the_model_itself_holds_where_the_include_gives_no_pose(tmp_path: Path) -> None:
    inside = f'<pose>5 5 0 0 0 0</pose><frame name="corner"><pose>1 1 0 0 0 0</pose></frame><link name="l">{BOX}</link>'
    library(tmp_path, "rack", model(inside, "rack").replace("<model ", '<model placement_frame="corner" '))
    include = "<include><uri>model://rack</uri>{}<name>{}</name></include>"
    given = include.format("", "a") + include.format("<pose>9 9 0 0 0 0</pose>", "b")
    first, second = world(tmp_path, given).obstacles
    assert first.position == pytest.approx((4.0, 4.0, 0.0))
    assert second.position == pytest.approx((9.0, 9.0, 0.0))


def test_a_model_may_be_put_on_a_frame_that_comes_after_it(tmp_path: Path) -> None:
    library(
        tmp_path,
        "mug",
        model(f'<frame name="base"><pose>0 0 -1 0 0 0</pose></frame><link name="l">{BOX}</link>', "mug"),
    )
    include = "<include><uri>model://mug</uri><placement_frame>base</placement_frame>"
    include += '<pose relative_to="table::top"/></include>'
    table = model('<pose>3 0 0 0 0 0</pose><frame name="top"><pose>0 0 2 0 0 0</pose></frame>', "table")
    assert world(tmp_path, include + table).obstacles[0].position == pytest.approx((3.0, 0.0, 3.0))


def test_a_merged_include_gives_its_frames_to_the_model_around_it(tmp_path: Path) -> None:
    library(
        tmp_path,
        "base",
        model('<link name="b"><pose>1 0 0 0 0 0</pose></link><frame name="f" attached_to="b"/>', "base"),
    )
    merged = '<include merge="true"><uri>model://base</uri><pose>0 2 0 0 0 0</pose></include>'
    own = f'<link name="l"><pose relative_to="f">0 0 5 0 0 0</pose>{BOX}</link>'
    assert world(tmp_path, model(merged + own)).obstacles[0].position == pytest.approx((1.0, 2.0, 5.0))


def test_an_included_light_is_left_out_with_a_note(tmp_path: Path) -> None:
    library(tmp_path, "sun", '<light type="directional" name="sun"/>')
    found = world(tmp_path, "<include><uri>model://sun</uri></include>")
    assert found.models == {}
    assert any("has no model and is left out" in note for note in found.notes)


@pytest.mark.parametrize(
    ("geometry", "kind", "size"),
    [
        ("<capsule><radius>0.5</radius><length>2</length></capsule>", "capsule", (0.5, 2.0)),
        ("<ellipsoid><radii>1 2 3</radii></ellipsoid>", "ellipsoid", (1.0, 2.0, 3.0)),
        ("<cylinder><radius>1</radius><length>2</length></cylinder>", "cylinder", (1.0, 2.0)),
    ],
)
def test_every_primitive_is_read(tmp_path: Path, geometry: str, kind: str, size: tuple[float, ...]) -> None:
    shape = world(tmp_path, link(geometry)).obstacles[0]
    assert (shape.kind, shape.size) == (kind, size)


def test_the_parts_and_the_drive_of_a_robot_are_read() -> None:
    carrier = read_model(ROOT / "worlds" / "models" / "carrier" / "model.sdf")
    base, left, _ = carrier.links
    assert (base.name, base.mass, base.centre) == ("base_link", 40.0, (0.0, 0.0, 0.06))
    assert base.inertia == pytest.approx((0.6413, 1.0093, 1.4347, 0.0, 0.0, 0.0))
    assert [shape.friction for shape in base.shapes] == [1.0, 0.0, 0.0]
    assert left.position == pytest.approx((0.0, 0.18, 0.09))
    joint = carrier.joints[0]
    assert (joint.kind, joint.parent, joint.child) == ("revolute", "base_link", "left_wheel")
    assert joint.axis == (0.0, 1.0, 0.0)
    assert joint.limits == (-math.inf, math.inf)
    assert carrier.drive is not None
    assert carrier.drive.left_joints == ("left_wheel_joint",)
    assert carrier.drive.upper == (1.2, 1.5, 1.0, 3.0)
    assert carrier.drive.lower == (-1.2, -1.5, -1.0, -3.0)


def test_the_steering_of_a_truck_is_read() -> None:
    truck = read_model(ROOT / "worlds" / "models" / "truck" / "model.sdf")
    drive = truck.drive
    assert drive is not None and drive.steering is not None
    assert drive.left_joints == ("front_left_wheel_joint", "rear_left_wheel_joint")
    # The plugin has one pair of limits for speed and turn rate.
    assert drive.upper == (30.0, 30.0, 2.5, 2.5)
    assert (drive.speed, drive.acceleration, drive.brake) == (30.0, 2.5, 8.0)
    assert drive.steering.right_joints == ("front_right_steering",)
    assert drive.steering.radius == pytest.approx(6.0 / math.sin(0.6))
    steering = next(joint for joint in truck.joints if joint.name == "front_left_steering")
    assert steering.limits == (-0.75, 0.75)


def test_an_axis_may_be_expressed_in_another_frame(tmp_path: Path) -> None:
    axis = '<axis><xyz expressed_in="__model__">0 1 0</xyz></axis>'
    joint = f'<joint name="j" type="revolute"><parent>a</parent><child>b</child>{axis}</joint>'
    turned = '<link name="a"/><link name="b"><pose>0 0 0 1.5707963267948966 0 0</pose></link>'
    (tmp_path / "r.sdf").write_text(f'<sdf version="1.10">{model(turned + joint)}</sdf>')
    assert read_model(tmp_path / "r.sdf").joints[0].axis == pytest.approx((0.0, 0.0, -1.0))


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
    "mesh": (
        link("<mesh><uri>a.dae</uri></mesh>"),
        r"w\.sdf:5: <collision> has a <mesh>.*box, cylinder, sphere, capsule and ellipsoid: replace",
    ),
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
    "infinite": (model("\n<pose>inf 0 0 0 0 0</pose>"), r"w\.sdf:4: <pose> .*finite"),
    "pose word": (model("\n<pose>1 2 3 0 0 north</pose>"), r"w\.sdf:4: <pose> has '1 2 3 0 0 north', which is not all"),
    "degrees": (
        model('\n<pose degrees="true" rotation_format="quat_xyzw">0 0 0 0 0 0 1</pose>'),
        r"w\.sdf:4: <pose> is a quaternion, which has no degrees",
    ),
    "rotation": (model('\n<pose rotation_format="rpy">0 0 0 0 0 0</pose>'), r"w\.sdf:4: .*known are euler_rpy"),
    "heightmap": (link("<heightmap/>"), r"w\.sdf:5: <collision> has a <heightmap>.*replace"),
    "polyline": (link("<polyline/>"), r"w\.sdf:5: <collision> has a <polyline>.*replace"),
    "wall": (link("<plane><normal>1 0 0</normal></plane>"), r"w\.sdf:4: .*<plane> that is not level; make a wall"),
    "high floor": (link("<plane/>", "<pose>0 0 1 0 0 0</pose>\n"), r"w\.sdf:5: .*<plane> at height 1 m"),
    "two collisions": (model(f'<link name="l">{BOX}{BOX}</link>'), r"w\.sdf:3: .*<collision> of the name 'c'"),
    "two links": (model('<link name="l"/>\n<link name="l"/>'), r"w\.sdf:4: the name 'l' is taken"),
    "reserved": (model("", "world"), r"w\.sdf:3: the name 'world' has a meaning"),
    "unknown attached": (model('\n<frame name="f" attached_to="g"/>'), r"w\.sdf:4: no frame 'g' here"),
    "circle through a nested model": (
        model(
            '<frame name="f"><pose relative_to="n::g"/></frame>'
            + '<model name="n"><pose relative_to="f"/><frame name="g"/></model>'
        ),
        r"w\.sdf:3: frames in a circle: f -> n::g -> n -> f",
    ),
    "placed without pose": (
        "<include><uri>model://thing</uri><placement_frame>f</placement_frame></include>",
        r"w\.sdf:3: <placement_frame> needs a <pose>",
    ),
    "joint": (model('<joint name="j" type="fixed"><parent>l</parent></joint>'), r"w\.sdf:3: <joint> needs a <parent>"),
    "drive": (
        model('<plugin filename="d" name="gz::sim::systems::DiffDrive">\n<wheel_radius>0</wheel_radius></plugin>'),
        r"w\.sdf:4: <wheel_radius> has '0'; it must be more than 0",
    ),
    "drive joint": (
        model(
            '<link name="a"/><link name="b"/><joint name="left"><parent>a</parent><child>b</child></joint>'
            '<plugin filename="d" name="DiffDrive">\n<left_joint>lefd</left_joint></plugin>'
        ),
        r"w\.sdf:4: the model has no joint 'lefd'; did you mean 'left'",
    ),
    "steering limit": (
        model('<plugin filename="d" name="AckermannSteering">\n<steering_limit>35</steering_limit></plugin>'),
        r"w\.sdf:4: <steering_limit> has 35; it is in rad, below 1\.57",
    ),
    "twice": (model("") + "\n" + model(""), r"w\.sdf:4: the name 'm' is taken"),
    "nameless": ("<model/>", r"w\.sdf:3: <model> needs a name"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_broken_is_refused_with_file_line_and_remedy(tmp_path: Path, name: str) -> None:
    inside, message = BAD[name]
    library(tmp_path, "thing", model("", "thing"))
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


@pytest.mark.parametrize("entity", ['SYSTEM "file:///etc/hostname"', '"1 2 3 0 0 0"'])
def test_xml_entities_open_no_files_and_stand_for_nothing_in_silence(tmp_path: Path, entity: str) -> None:
    inside = (
        f'<sdf version="1.10"><world name="w">{model(f"<pose>&s;</pose><link name=%sl%s>{BOX}</link>")}</world></sdf>'
    )
    (tmp_path / "w.sdf").write_text(f"<!DOCTYPE sdf [<!ENTITY s {entity}>]>" + inside.replace("%s", '"'))
    with pytest.raises(SdfError, match=r"w\.sdf: has a <!DOCTYPE>; take it out"):
        read_world(tmp_path / "w.sdf")


def test_a_bomb_of_entities_is_refused_at_once(tmp_path: Path) -> None:
    steps = "".join(f'<!ENTITY e{k + 1} "{f"&e{k};" * 10}">' for k in range(12))
    bomb = f'<!DOCTYPE sdf [<!ENTITY e0 "lol">{steps}]><sdf version="1.10"><world name="&e12;"/></sdf>'
    (tmp_path / "w.sdf").write_text(bomb)
    begun = time.process_time()
    with pytest.raises(SdfError):
        read_world(tmp_path / "w.sdf")
    assert time.process_time() - begun < 2.0


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "w.sdf").open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    with pytest.raises(SdfError, match=r"w\.sdf: larger than 64 MiB; split"):
        read_world(tmp_path / "w.sdf")


def test_a_folder_is_no_world(tmp_path: Path) -> None:
    with pytest.raises(SdfError, match="it is no file"):
        read_world(tmp_path)


def nest(depth: int) -> str:
    return "".join(f'<model name="m{k}">' for k in range(depth)) + "</model>" * depth


def test_models_too_deep_in_each_other_are_refused(tmp_path: Path) -> None:
    assert world(tmp_path, nest(40)).obstacles == ()
    with pytest.raises(SdfError, match="more than 50 deep"):
        world(tmp_path, nest(60))
    with pytest.raises(SdfError, match=r"not valid XML: Excessive depth"):
        world(tmp_path, nest(3000))


def test_includes_without_end_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caravan.sim.source._MOST_FILES", 300)
    many = "".join(f"<include><uri>model://k{{}}</uri><name>n{k}</name></include>" for k in range(30))
    for k in range(4):
        library(tmp_path, f"k{k}", model(many.replace("{}", str(k + 1)), f"k{k}"))
    library(tmp_path, "k4", model("", "k4"))
    with pytest.raises(SdfError, match="more than 300 includes"):
        world(tmp_path, "<include><uri>model://k0</uri></include>")


def test_a_chain_of_very_many_frames_is_followed(tmp_path: Path) -> None:
    step = "<pose>1 0 0 0 0 0</pose>"
    frames = "".join(f'<frame name="f{k}" attached_to="f{k + 1}">{step}</frame>' for k in range(3000))
    frames += f'<frame name="f3000">{step}</frame>'
    link = f'<link name="l"><pose relative_to="f0"/>{BOX}</link>'
    assert world(tmp_path, model(frames + link)).obstacles[0].position == pytest.approx((3001.0, 0.0, 0.0))


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
