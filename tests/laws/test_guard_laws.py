"""What holds for any Draft, whoever asks for it and wherever it comes from."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from caravan.actors.able import Able
from caravan.actors.house.intake import Intake
from caravan.language.guard import Allowed, Refused, examine, objection
from caravan.language.spans import LIMIT, BadText, has_control, legible, tidy
from caravan.model.ability import closed_to, stops_of
from caravan.model.geometry import Point, Pose
from caravan.model.goal import PRIORITIES, Draft, Goal, Intent, Task, TaskKind, TaskRecord
from caravan.model.site import RIGHTS, Item, Lane, Named, Place, Policy, Roadmap, Robot, Site, Zone
from caravan.traffic.roadmap import Graph

PLACES = ("dock", "hall", "lab", "pit", "far")
ROBOTS = ("big", "small", "tug")
REQUESTERS = ("anna", "eve", "")
NODES = {name: Point(10.0 * n, 0.0) for n, name in enumerate(PLACES)}
SITE = Site(
    places={id_: Place(id=id_, position=point, charger=id_ == "hall") for id_, point in NODES.items()},
    robots={
        "big": Robot(id="big", capabilities=("lift",), payload=4, max_load=500.0, start=Pose(0, 0)),
        "small": Robot(id="small", capabilities=("lift",), max_load=30.0, start=Pose(10, 0)),
        "tug": Robot(id="tug", start=Pose(40, 0)),
    },
    items={"pallet": Item(id="pallet", needs=("lift",), mass=200.0), "crate": Item(id="crate", mass=10.0)},
    platoons={"train": Named(id="train")},
    capabilities={"lift": Named(id="lift")},
)
some = st.sampled_from
places = some([*PLACES, *PLACES, "moon"])
maybe_places = st.none() | places


@st.composite
def sites(draw: st.DrawFn) -> Site:
    """The site with any lanes, zones and rights."""
    pairs = st.tuples(some(PLACES), some(PLACES)).filter(lambda ends: ends[0] != ends[1])
    row = [Lane(start=a, end=b) for a, b in pairwise(PLACES)]
    more = draw(st.lists(st.builds(lambda ends: Lane(start=ends[0], end=ends[1]), pairs), max_size=3))
    lanes = [*(row if draw(some([True, True, False])) else ()), *more]
    zones = st.builds(
        Zone,
        id=some(["z1", "z2"]),
        places=st.lists(some(PLACES), min_size=1, max_size=2).map(tuple),
        robots=some([None, ("big",), ("big", "tug"), ()]),
        requesters=some([None, ("anna",), ("anna", "eve"), ()]),
        max_speed=st.none() | some([0.5, 1.0]),
    )
    rights = st.dictionaries(some(["anna", "eve", "*"]), some([RIGHTS, ("tasks",), ()]), max_size=3)
    policy = Policy(zones={z.id: z for z in draw(st.lists(zones, max_size=2))}, rights=draw(rights))
    return replace(SITE, policy=policy, roadmap=Roadmap(nodes=NODES, lanes=tuple(lanes)))


tasks = st.builds(
    Task,
    id=st.just("t1"),
    kind=some([TaskKind.GO, TaskKind.GO, TaskKind.DELIVER, *TaskKind]),
    item=some(["pallet", "crate", "crate", "crate", None, "gold"]),
    quantity=some([1, 1, 7, 7, 0, 1000]),
    from_=maybe_places,
    to=places,
    places=st.lists(places, max_size=1).map(tuple),
    robot=some([None, None, None, *ROBOTS, "marvin"]),
    robots=some([1, 1, 1, 1, 2, 9, 0]),
    needs=some([(), (), (), ("lift",), ("fly",)]),
    by=some([None, None, "23:59", "07:00", "25:00"]),
    avoid=some([(), (), (), ("pit",), ("hall", "far"), ("moon",)]),
    priority=some(PRIORITIES),
    speed=some([None, None, 0.4, 0.8, 9.0, float("nan")]),
)


@given(site=sites(), task=tasks, requester=some(REQUESTERS))
@settings(max_examples=200)
def test_what_is_allowed_can_be_done_by_robots_that_do_not_object(site: Site, task: Task, requester: str) -> None:
    reachable = Graph(site.roadmap).reachable
    draft = Draft(intent=Intent.TASKS, tasks=(task,))
    verdict = examine(draft, site, reachable, 8 * 3600.0, requester=requester)
    if isinstance(verdict, Refused):
        assert verdict.reason
        return
    goal = Goal(id="g1", text="", requester=requester, stamp=0.0)
    able = Able(site).robots(goal, TaskRecord(id=f"g1/{task.id}", task=task), 1)
    willing = [r for r in able if objection(task, site.robots[r], site) is None]
    assert willing == able and len(able) >= (1 if task.robot else task.robots)
    assert task.speed is None or task.speed <= site.policy.max_speed
    for zone in site.policy.zones.values():
        if set(zone.places) & set(stops_of(task)):
            assert zone.requesters is None or requester in zone.requesters
    assert not any(set(closed_to(site.robots[r], site)) & set(stops_of(task)) for r in able)


@given(site=sites(), asked=tasks, robot=some(ROBOTS))
def test_a_robot_objects_to_all_that_the_guard_would_refuse_it(site: Site, asked: Task, robot: str) -> None:
    """Where all but the robot's own look is passed, the guard refuses what the robot objects to."""
    task = replace(asked, robot=robot, robots=1)
    flaw = objection(task, site.robots[robot], site)
    verdict = examine(Draft(intent=Intent.TASKS, tasks=(task,)), site, Graph(site.roadmap).reachable, 8 * 3600.0)
    assert flaw is None or verdict != Allowed()


@given(text=st.text(max_size=60) | st.text(st.characters(max_codepoint=0x206F, min_codepoint=0x2000), max_size=8))
def test_what_is_taken_has_no_character_that_steers(text: str) -> None:
    cleaned = tidy(text)
    assert isinstance(cleaned, BadText) or not has_control(cleaned)
    assert not has_control(legible(text)) and len(legible(text)) == len(text)


@given(size=st.integers(LIMIT - 4, LIMIT + 4), char=some(["a", "é", "托", "🤖"]))
def test_a_sentence_has_two_thousand_bytes_at_most(size: int, char: str) -> None:
    text = char * (size // len(char.encode()))
    assert isinstance(tidy(text), BadText) == (len(text.encode()) > LIMIT)


@given(steps=st.lists(st.tuples(st.floats(0, 90), some(["anna", "eve"])), max_size=200), size=st.integers(1, 20))
def test_in_any_minute_a_requester_is_heard_twice_the_measure_at_most(
    steps: list[tuple[float, str]], size: int
) -> None:
    """A bucket of a minute's worth, filled at the same rate."""
    door, now = Intake(replace(SITE, policy=Policy(sentences_per_minute=size))), 0.0
    heard: dict[str, list[float]] = {"anna": [], "eve": []}
    for pause, who in steps:
        now += pause / 20.0
        if isinstance(door.sentence("go", who, "", "", now), str):
            heard[who].append(now)
    for times in heard.values():
        assert all(sum(t <= s < t + 60.0 for s in times) <= 2 * size for t in times)
    assert all(times for who, times in heard.items() if any(who == each for _, each in steps))
