"""What the site file reader takes, and with which words it refuses the rest."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from caravan.adapters.site_file import SiteError, check_world, read_site, robots_of
from caravan.model.geometry import Point
from caravan.model.site import Lane, Site
from caravan.sim.sdf import read_world
from caravan.sim.world import Model, Shape, World

WAREHOUSE = Path(__file__).parents[2] / "config" / "warehouse.yaml"


def site(tmp_path: Path, text: str) -> Site:
    file = tmp_path / "site.yaml"
    file.write_text(text, encoding="utf-8")
    return read_site(file)


def test_a_vocabulary_alone_is_a_site(tmp_path: Path) -> None:
    found = site(
        tmp_path,
        """
        places: {dock_3: {aliases: [bay 3, 三号月台]}, yard:}
        robots: {carrier_2: {aliases: [robot two], capabilities: [lift]}}
        items: {pallet: {aliases: [pallets], needs: [lift]}}
        platoons: {yard_train: {aliases: [the yard convoy]}}
        capabilities: {lift: {aliases: [lifting]}}
        """,
    )
    assert found.places["dock_3"].aliases == ("bay 3", "三号月台")
    assert found.places["yard"].position is None
    assert found.items["pallet"].needs == ("lift",)
    assert found.robots["carrier_2"].start is None
    assert found.world is None


@pytest.mark.parametrize("text", ["", "# nothing\n", "places: {}\n"])
def test_no_part_is_obligatory(tmp_path: Path, text: str) -> None:
    assert site(tmp_path, text) == Site()


def test_the_same_alias_for_two_things_is_allowed(tmp_path: Path) -> None:
    found = site(tmp_path, "places: {a: {aliases: [the crane]}, b: {aliases: [the crane]}}")
    assert found.places["a"].aliases == found.places["b"].aliases


def test_a_list_of_nodes_is_lanes_in_a_row(tmp_path: Path) -> None:
    found = site(
        tmp_path,
        """
        places: {dock: {position: [0, 0]}}
        roadmap:
          waypoints: {n1: [2, 0], n2: [4, 0], n3: [6, 0]}
          lanes: [[dock, n1, n2], {nodes: [n2, n3], two_way: false, speed: 0.5}]
        """,
    )
    assert found.roadmap.nodes["dock"] == Point(0.0, 0.0)
    assert found.roadmap.lanes == (
        Lane(start="dock", end="n1"),
        Lane(start="n1", end="n2"),
        Lane(start="n2", end="n3", two_way=False, speed=0.5),
    )


@pytest.mark.parametrize(
    ("text", "seconds"), [('"+08:00"', 28800.0), ('"-03:30"', -12600.0), ("3600", 3600.0), ('"+0:00"', 0.0)]
)
def test_utc_offset_is_a_clock_difference_or_seconds(tmp_path: Path, text: str, seconds: float) -> None:
    assert site(tmp_path, f"utc_offset: {text}").utc_offset == seconds


def test_the_world_is_looked_for_beside_the_file_and_in_worlds(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "worlds").mkdir()
    (tmp_path / "worlds" / "w.sdf").touch()
    assert site(tmp_path / "config", "world: w.sdf").world == str(tmp_path / "worlds" / "w.sdf")
    (tmp_path / "config" / "w.sdf").touch()
    assert site(tmp_path / "config", "world: w.sdf").world == str(tmp_path / "config" / "w.sdf")


def test_a_policy_has_zones_and_rights_and_zones_slow_their_lanes(tmp_path: Path) -> None:
    found = site(
        tmp_path,
        """
        places: {a: {position: [0, 0]}, b: {position: [4, 0]}, c: {position: [8, 0]}}
        robots: {r: {max_load: 50}}
        items: {sack: {mass: 25}}
        roadmap: {lanes: [[a, b], {nodes: [b, c], speed: 0.2}]}
        policy:
          sentences_per_minute: 5
          zones:
            lab: {places: [b, c], robots: [r], requesters: [anna], max_speed: 0.5}
            pit: {places: [c], robots: []}
          rights: {anna: [tasks, control], "*": []}
        """,
    )
    assert (found.robots["r"].max_load, found.items["sack"].mass) == (50.0, 25.0)
    lab, pit = found.policy.zones["lab"], found.policy.zones["pit"]
    assert (lab.places, lab.robots, lab.requesters, lab.max_speed) == (("b", "c"), ("r",), ("anna",), 0.5)
    assert (pit.robots, pit.requesters) == ((), None)
    assert found.policy.rights == {"anna": ("tasks", "control"), "*": ()} and found.policy.sentences_per_minute == 5
    assert [lane.speed for lane in found.roadmap.lanes] == [0.5, 0.2]


BAD = {
    "misspelt key": ("places: {a: {alaises: [x]}}", r"places\.a\.alaises: .*unknown key.*did you mean 'aliases'\?"),
    "misspelt part": ("plaecs: {}", r"plaecs: .*did you mean 'places'\?"),
    "alias a number": ("places: {a: {aliases: [x, 3]}}", r"places\.a\.aliases\[1\]: 3: .*write \"3\" in quotes"),
    "alias a flag": ("places: {a: {aliases: [yes]}}", r"places\.a\.aliases\[0\]: True"),
    "aliases no list": ("places: {a: {aliases: x}}", r"places\.a\.aliases: 'x': this must be a list"),
    "blank alias": ("places: {a: {aliases: [' ']}}", "must not be blank"),
    "parts no mapping": ("places: [a, b]", "places: .*must be a mapping"),
    "file no mapping": ("- a", "must be a mapping"),
    "id twice": ("places:\n  a: {}\n  a: {}", r"site\.yaml:3:3: .*'a' is given twice"),
    "id no text": ("places: {7: {}}", 'the name 7 is not text; write "7" in quotes'),
    "id no name": ("places: {'a/b': {}}", "a name needs"),
    "position": ("places: {a: {position: [1, 2, 3]}}", r"places\.a\.position: .*must be \[x, y\]"),
    "nan": ("places: {a: {position: [.nan, 2]}}", r"places\.a\.position\[0\]: nan: .*finite number"),
    "charger": ("places: {a: {charger: 1}}", "true or false"),
    "speed": ("robots: {a: {speed: 0}}", r"robots\.a\.speed: 0: .*more than 0"),
    "payload": ("robots: {a: {payload: 1.5}}", r"robots\.a\.payload: 1\.5: .*whole number"),
    "max load": ("robots: {a: {max_load: 0}}", r"robots\.a\.max_load: 0: .*more than 0"),
    "mass": ("items: {a: {mass: -1}}", r"items\.a\.mass: -1: .*0 or more"),
    "name with a line end": (
        'places: {"dock\\n3": {}}',
        r"places\.dock\\n3: .*invisible character U\+000A; take it out",
    ),
    "name to the left": ('robots: {"\\u202ecarrier": {}}', r"robots\.\\u202ecarrier: .*invisible character U\+202E"),
    "alias with a line end": ('items: {a: {aliases: ["x", "b\\nc"]}}', r"items\.a\.aliases\[1\]: .*U\+000A"),
    "alias with nothing": (
        'places: {a: {aliases: ["do\\u200bck"]}}',
        r"places\.a\.aliases\[0\]: .*U\+200B; take it out",
    ),
    "alias to the right": ('platoons: {a: {aliases: ["x\\u2067"]}}', r"platoons\.a\.aliases\[0\]: .*U\+2067"),
    "bell": ('name: "a\\ab"', r"name: .*U\+0007"),
    "rate": ("policy: {sentences_per_minute: 0}", r"policy\.sentences_per_minute: 0: .*1 or more"),
    "zone of no place": ("policy: {zones: {z: {}}}", r"policy\.zones\.z: .*a zone needs places"),
    "zone of an unknown place": (
        "places: {lab: {}}\npolicy: {zones: {z: {places: [lap]}}}",
        r"policy\.zones\.z\.places\[0\]: 'lap': no place or waypoint of this name; did you mean 'lab'\?",
    ),
    "zone of an unknown robot": (
        "places: {a: {}}\nrobots: {r1: {}}\npolicy: {zones: {z: {places: [a], robots: [r2]}}}",
        r"policy\.zones\.z\.robots\[0\]: 'r2': no robot of this name",
    ),
    "zone of anybody": (
        'places: {a: {}}\npolicy: {zones: {z: {places: [a], requesters: ["*"]}}}',
        r"policy\.zones\.z\.requesters: .*leave requesters out",
    ),
    "right": ("policy: {rights: {anna: [task]}}", r"policy\.rights\.anna\[0\]: 'task': .*did you mean 'tasks'\?"),
    "start in a zone": (
        "places: {a: {position: [0, 0]}}\nrobots: {r: {start: [0, 0, 0]}}\n"
        "policy: {zones: {z: {places: [a], robots: []}}}",
        r"robots\.r\.start: the nearest node is 'a', which a zone closes to it",
    ),
    "battery": ("robots: {a: {battery: {capacity: -1}}}", r"robots\.a\.battery\.capacity: -1"),
    "reserve": ("robots: {a: {battery: {reserve: 20}}}", "reserve: 20: .*fraction"),
    "charge power": (
        "robots: {a: {battery: {charge_power: 0}}}",
        r"robots\.a\.battery\.charge_power: 0: .*leaves it out",
    ),
    "small battery": (
        "places: {a: {position: [0, 0], charger: true}, b: {position: [90, 0]}}\nroadmap: {lanes: [[a, b]]}\n"
        "robots: {r: {start: [0, 0, 0], battery: {capacity: 1}}}",
        r"robots\.r\.battery\.capacity: 1 Wh do not last from a charger to 'b' \(90 s\) and back .*; give it 5.1 Wh",
    ),
    "chargers for too many": (
        "places: {a: {position: [0, 0], charger: true}, b: {position: [9, 0]}}\nroadmap: {lanes: [[a, b]]}\nrobots:\n"
        "  r: {start: [0, 0, 0], battery: {charge_power: 12}}\n  s: {start: [9, 0, 0]}",
        r"robots\.r\.battery\.capacity: 100 Wh .*; none would, .*add chargers, or raise charge_power",
    ),
    "ros name": ("robots: {a b: {start: [0, 0, 0]}}", "cannot name ROS topics"),
    "capability": (
        "robots: {a: {capabilities: [lfit]}}\ncapabilities: {lift: {}}",
        r"robots\.a\.capabilities\[0\]: 'lfit': .*did you mean 'lift'\?",
    ),
    "needs": ("items: {a: {needs: [fly]}}\ncapabilities: {lift: {}}", r"items\.a\.needs\[0\]: 'fly': .*known are lift"),
    "lane": (
        "roadmap: {waypoints: {n_1: [0, 0]}, lanes: [[n_1, n_2]]}",
        r"roadmap\.lanes\[0\]\[1\]: 'n_2': .*did you mean 'n_1'\?",
    ),
    "lane to nowhere": (
        "places: {a: {}}\nroadmap: {waypoints: {n: [0, 0]}, lanes: [[n, a]]}",
        r"roadmap\.lanes\[0\]\[1\]: 'a': .*has no position",
    ),
    "lane of one": ("roadmap: {waypoints: {n: [0, 0]}, lanes: [[n]]}", "two nodes or more"),
    "lane to itself": ("roadmap: {waypoints: {n: [0, 0]}, lanes: [[n, n]]}", "to itself"),
    "lane twice": ("roadmap: {waypoints: {n: [0, 0], m: [2, 0]}, lanes: [[n, m], [m, n]]}", "given twice"),
    "waypoint": ("places: {a: {position: [0, 0]}}\nroadmap: {waypoints: {a: [1, 0]}}", "is a place already"),
    "start off": (
        "places: {a: {position: [0, 0]}}\nrobots: {r: {start: [1, 1, 0]}}",
        r"robots\.r\.start: .*1\.41 m off the roadmap; the nearest node is 'a'",
    ),
    "one start": (
        "places: {a: {position: [0, 0]}}\nrobots: {r: {start: [0, 0, 0]}, s: {start: [0.1, 0, 0]}}",
        r"robots\.s\.start: 'r' stands there already",
    ),
    "nodes too near": (
        "places: {a: {position: [0, 0]}, b: {position: [0.5, 0]}}\nrobots: {r: {start: [0, 0, 0]}}",
        "the place 'a' and the place 'b' are 0.50 m apart",
    ),
    "lanes cross": (
        "places: {a: {position: [0, 0]}, b: {position: [4, 4]}, c: {position: [0, 4]}, d: {position: [4, 0]}}\n"
        "robots: {r: {start: [0, 0, 0]}}\nroadmap: {lanes: [[a, b], [c, d]]}",
        "the lane a - b and the lane c - d are 0.00 m apart",
    ),
    "world": ("world: nowhere.sdf", r"world: 'nowhere\.sdf': no such world file; looked for .*worlds"),
    "offset": ("utc_offset: two", r'must be "\+HH:MM"'),
    "far offset": ("utc_offset: 480000", "14 hours"),
    "policy": ("policy: {max_sped: 1}", r"policy\.max_sped: .*did you mean 'max_speed'\?"),
    "yaml": ("places: {a: [", r"site\.yaml:\d+:\d+: not valid YAML"),
    "tag": ("places: !!python/object:os.system {}", "not valid YAML"),
    "tab": ("places:\n\ta: {}", r"site\.yaml:2:1: not valid YAML"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_refused_with_file_field_value_and_remedy(tmp_path: Path, name: str) -> None:
    text, message = BAD[name]
    with pytest.raises(SiteError, match=message) as caught:
        site(tmp_path, text)
    assert "site.yaml" in str(caught.value)


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"none\.yaml: cannot be read: No such file"):
        read_site(tmp_path / "none.yaml")
    (tmp_path / "b.yaml").write_bytes(b"name: \xff\xfe")
    with pytest.raises(SiteError, match=r"b\.yaml: byte 6 is not UTF-8"):
        read_site(tmp_path / "b.yaml")


def test_a_file_that_grows_when_it_is_read_is_refused_in_few_words(tmp_path: Path) -> None:
    lists = "".join(f"  p{k}: {{aliases: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]}}\n" for k in range(1, 30))
    with pytest.raises(SiteError, match=r"places\.p1\.aliases\[0\]") as caught:
        site(tmp_path, "places:\n  p0: {aliases: &a0 [x]}\n" + lists)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("text", ["places: &p {a: *p}", "places: {a: {aliases: &l [*l]}}", "? [a]\n: b", "[" * 5000])
def test_a_file_that_holds_itself_or_has_no_end_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SiteError, match=r"site\.yaml"):
        site(tmp_path, text)


def test_the_warehouse_fits_its_world() -> None:
    found = read_site(WAREHOUSE)
    assert found.world is not None
    check_world(found, read_world(found.world))
    assert {"dock_1", "aisle_d", "cold_store", "charger_4"} <= set(found.places)
    assert sum(p.charger for p in found.places.values()) == 4


def test_no_node_of_the_warehouse_cuts_it_in_two_when_a_robot_stands_there() -> None:
    roadmap = read_site(WAREHOUSE).roadmap
    beside: dict[str, set[str]] = {n: set() for n in roadmap.nodes}
    for lane in roadmap.lanes:
        beside[lane.start].add(lane.end)
        beside[lane.end].add(lane.start)
    for blocked in roadmap.nodes:
        open_nodes = [next(n for n in roadmap.nodes if n != blocked)]
        seen = {blocked, *open_nodes}
        while open_nodes:
            new = beside[open_nodes.pop()] - seen
            seen |= new
            open_nodes += new
        assert seen == set(roadmap.nodes), blocked


def test_the_first_robots_of_a_site() -> None:
    found = read_site(WAREHOUSE)
    assert list(robots_of(found, 2).robots) == ["carrier_1", "carrier_2"]
    assert robots_of(found, 0) == found


def test_a_site_with_more_robots_than_it_names_has_copies_that_start_apart() -> None:
    found = robots_of(read_site(WAREHOUSE), 40)
    assert list(found.robots)[6:9] == ["carrier_4", "carrier_5", "carrier_6"]
    starts = [r.start.point for r in found.robots.values() if r.start is not None]
    assert len(starts) == 40
    assert min(a.distance(b) for a, b in combinations(starts, 2)) >= 1.5
    with pytest.raises(SiteError, match="1000 robots: the site 'warehouse' has models and nodes to start at for 96"):
        robots_of(found, 1000)
    with pytest.raises(SiteError, match="for 0"):
        robots_of(Site(), 1)


def fits(found: Site, *shapes: Shape) -> None:
    assert found.world is not None
    file = Path(found.world)
    check_world(found, World(name="w", file=file, models={"m": Model(name="m", file=file, obstacles=shapes)}))


def test_an_obstacle_on_a_place_or_too_near_a_lane_is_refused() -> None:
    found = read_site(WAREHOUSE)
    fits(found)
    with pytest.raises(SiteError, match="the place 'dock_1' lies inside the obstacle 'crate'"):
        fits(found, Shape(name="crate", kind="box", size=(1.0, 1.0, 1.0), position=(8.0, 1.2, 0.5)))
    with pytest.raises(SiteError, match=r"is 0\.\d\d m \(a robot needs 0\.55 m\) from the obstacle 'post'"):
        fits(found, Shape(name="post", kind="cylinder", size=(0.1, 2.0), position=(10.0, 6.0, 1.0)))


def test_a_robot_without_a_fitting_model_is_refused() -> None:
    found = read_site(WAREHOUSE)
    robot = replace(found.robots["carrier_1"], model="carrierr")
    with pytest.raises(SiteError, match="has no model 'carrierr' for robot 'carrier_1'; did you mean 'carrier'"):
        fits(replace(found, robots={"carrier_1": robot}))
    with pytest.raises(SiteError, match="needs a DiffDrive or AckermannSteering plugin in its model 'rack'"):
        fits(replace(found, robots={"carrier_1": replace(robot, model="rack")}))
    with pytest.raises(SiteError, match=r"has speed 3 in the site file, but its model reaches 1\.2"):
        fits(replace(found, robots={"carrier_1": replace(robot, model="carrier", speed=3.0)}))
    fits(replace(found, robots={"carrier_1": replace(robot, start=None)}))
