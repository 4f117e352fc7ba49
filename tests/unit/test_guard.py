"""The guard beyond ids and clocks: loads, zones, rights, and the robot that looks again for itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from caravan.actors.able import Able, admission
from caravan.actors.floor.floor_drive import floor_agent
from caravan.actors.robot.agent import AgentSettings
from caravan.adapters.start_log import StartLog
from caravan.language.guard import Allowed, Refused, examine, objection
from caravan.model.ability import at_once, closed_to
from caravan.model.geometry import Point, Pose
from caravan.model.goal import Draft, Goal, Intent, Task, TaskKind, TaskRecord
from caravan.model.market import Award, Bid, BidNotice, Lot, Rules
from caravan.model.site import Item, Lane, Named, Place, Policy, Roadmap, Robot, Site, Zone
from caravan.traffic.roadmap import Graph

NODES = {"dock": Point(0, 0), "hall": Point(10, 0), "lab": Point(20, 0), "pit": Point(10, 10), "far": Point(30, 0)}
ZONES = {
    "clean": Zone(id="clean", places=("lab",), robots=("big",), requesters=("anna", "ben"), max_speed=0.5),
    "hole": Zone(id="hole", places=("pit",), robots=()),
}
SITE = Site(
    places={id_: Place(id=id_, position=point) for id_, point in NODES.items()},
    robots={
        "big": Robot(id="big", capabilities=("lift",), payload=4, max_load=500.0, start=Pose(0, 0)),
        "small": Robot(id="small", capabilities=("lift",), payload=4, max_load=30.0, start=Pose(10, 0)),
        "tug": Robot(id="tug", start=Pose(0, 0)),
    },
    items={
        "pallet": Item(id="pallet", needs=("lift",), mass=200.0),
        "crate": Item(id="crate", mass=10.0),
        "safe": Item(id="safe", mass=900.0),
        "letter": Item(id="letter"),
    },
    platoons={"train": Named(id="train")},
    capabilities={"lift": Named(id="lift")},
    roadmap=Roadmap(
        nodes=NODES,
        lanes=tuple(
            Lane(start=a, end=b) for a, b in (("dock", "hall"), ("hall", "lab"), ("hall", "pit"), ("lab", "far"))
        ),
    ),
    policy=Policy(zones=ZONES),
)
RIGHTS = {"anna": ("tasks", "urgent", "platoon", "control"), "*": ("tasks",), "guest": ()}
STRICT = replace(SITE, policy=replace(SITE.policy, rights=RIGHTS))


def carry(item: str, to: str = "hall", **keys: object) -> Task:
    values = {"id": "t1", "kind": TaskKind.DELIVER, "item": item, "from_": "dock", "to": to, **keys}
    return Task(**values)  # type: ignore[arg-type]


def go(to: str, **keys: object) -> Task:
    return Task(id="t1", kind=TaskKind.GO, to=to, **keys)  # type: ignore[arg-type]


def judge(task: Task, site: Site = SITE, requester: str = "anna") -> Allowed | Refused:
    draft = Draft(intent=Intent.TASKS, tasks=(task,))
    return examine(draft, site, Graph(site.roadmap).reachable, 0.0, requester=requester)


def control(command: str, target: str, requester: str, site: Site = STRICT) -> Allowed | Refused:
    draft = Draft(intent=Intent.CONTROL, command=command, target=target)
    return examine(draft, site, Graph(site.roadmap).reachable, 0.0, requester=requester)


def test_what_a_robot_carries_at_once_is_bounded_by_number_and_mass() -> None:
    big, small = SITE.robots["big"], SITE.robots["small"]
    assert [at_once(big, SITE.items[i]) for i in ("pallet", "crate", "safe", "letter")] == [2, 4, 0, 4]
    assert [at_once(small, SITE.items[i]) for i in ("pallet", "crate", "letter")] == [0, 3, 4]
    assert at_once(SITE.robots["tug"], SITE.items["safe"]) == 1, "what is not known does not bind"


@pytest.mark.parametrize(
    "task",
    [
        carry("pallet"), carry("pallet", robot="big"), carry("crate", robots=3), carry("letter"), go("lab"),
        go("lab", speed=0.5), go("hall", speed=1.5), carry("pallet", to="lab"), go("hall", avoid=("pit",)),
    ],
)  # fmt: skip
def test_what_is_possible_is_allowed(task: Task) -> None:
    assert judge(task) == Allowed()


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        (carry("pallet", robot="small"), "small carries 30 kg, and one pallet weighs 200 kg; big can"),
        (carry("pallet", robots=2), "it takes 2 robots that can lift, alive are big "
                                    "(small carries 30 kg, and one pallet weighs 200 kg)"),
        (go("pit"), "no robot may drive to pit (zone 'hole'); name another place"),
        (go("lab", speed=0.6), "0.6 m/s is not allowed at lab (zone 'clean'); up to 0.5 m/s is"),
        (go("lab", robot="small"), "small may not drive to lab; big can"),
        (go("lab", robots=2), "it takes 2 robots, alive are big "
                              "(small may not drive to lab; tug may not drive to lab)"),
        (go("far", robot="tug"), "tug cannot reach far by the lanes open to it; big can"),
        (go("far", robots=2), "small cannot reach far by the lanes open to it; big can"),
        (go("far", avoid=("lab",)), "big cannot reach far by the lanes open to it; no other robot can"),
        (go("hall", avoid=("hall",)), "hall is both where it goes and to be avoided; leave one out"),
    ],
)  # fmt: skip
def test_what_is_not_is_refused_with_what_would_be(task: Task, reason: str) -> None:
    assert judge(task) == Refused(reason=f"t1: {reason}")


def test_nobody_can_lift_the_safe_but_who_has_no_limit() -> None:
    bounded = replace(SITE, robots={r: SITE.robots[r] for r in ("big", "small")})
    found = judge(carry("safe"), bounded)
    assert isinstance(found, Refused) and "big carries 500 kg, and one safe weighs 900 kg" in found.reason
    assert judge(carry("safe")) == Allowed()


def test_a_zone_of_some_requesters_is_closed_to_others() -> None:
    told = "t1: lab is in the zone 'clean', where only anna, ben may send robots; name another place"
    for task in (go("lab"), Task(id="t1", kind=TaskKind.PATROL, places=("hall", "lab"))):
        assert judge(task, requester="ben") == Allowed()
        assert judge(task, requester="eve") == judge(task, requester="") == Refused(reason=told)


def test_without_rights_everybody_may_everything() -> None:
    urgent = go("hall", priority="urgent")
    assert judge(urgent, SITE, "eve") == judge(urgent, SITE, "") == Allowed()
    assert control("stop", "all", "eve", SITE) == Allowed()


def test_rights_are_those_of_the_requester_or_of_anybody() -> None:
    plain, urgent = go("hall"), go("hall", priority="urgent")
    assert judge(plain, STRICT, "eve") == judge(plain, STRICT, "") == judge(urgent, STRICT, "anna") == Allowed()
    assert judge(urgent, STRICT, "eve") == Refused(reason="t1: eve may not order urgent work; anna may")
    assert judge(plain, STRICT, "guest") == Refused(reason="t1: guest may not order work; anybody, anna may")
    form = Task(id="t1", kind=TaskKind.PLATOON, manoeuvre="form", platoon="train", members=("big", "tug"))
    assert judge(form, STRICT, "eve") == Refused(reason="t1: eve may not order platoons; anna may")
    refused = Refused(reason="who gives no name may not halt or call robots, or cancel for others; anna may")
    assert control("stop", "all", "") == control("cancel", "big", "") == refused
    assert control("cancel", "g7", "eve") == control("home", "big", "anna") == Allowed()


def test_a_robot_objects_by_its_own_copy_of_the_site() -> None:
    small = SITE.robots["small"]
    assert (
        objection(go("moon"), small, SITE) == "moon is not one of the places here; places are dock, far, hall, lab, pit"
    )
    assert objection(carry("pallet"), small, SITE) == "small carries 30 kg, and one pallet weighs 200 kg"
    assert objection(go("lab"), small, SITE) == "small may not drive to lab"
    assert objection(go("hall", speed=9.0), small, SITE) == "9 m/s is not allowed; up to 2 m/s is"
    assert objection(go("hall"), small, SITE) is None
    admit = admission(small, SITE)
    assert admit(carry("crate")) == 3
    with pytest.raises(ValueError, match="small may not drive to lab"):
        admit(go("lab"))


def test_a_robot_neither_bids_on_nor_takes_what_it_objects_to() -> None:
    small = SITE.robots["small"]
    agent = floor_agent(small, SITE, Graph(SITE.roadmap), AgentSettings(), StartLog(":memory:"), lambda: 0)
    tasks = {"g1/t1": carry("pallet"), "g1/t2": go("lab"), "g1/t3": go("moon"), "g1/t4": carry("crate", quantity=7)}
    lots = tuple(Lot(task_id=task_id, epoch=1, task=task, finish_by=None) for task_id, task in tasks.items())
    rules = Rules(mechanism="sequential", weights={"finish": 1.0})
    agent.receive(BidNotice(auction="a1", round=1, lots=lots, robots=("small",), deadline=5.0, rules=rules), 1.0)
    (bid,) = agent.drain()
    assert isinstance(bid, Bid) and [offer.tasks for offer in bid.offers] == [("g1/t4",)]
    assert bid.declined["g1/t1"] == "small carries 30 kg, and one pallet weighs 200 kg"
    assert bid.declined["g1/t2"] == "small may not drive to lab" and "moon is not one of" in bid.declined["g1/t3"]
    for lot in lots:
        reply = agent.take(Award(task_id=lot.task_id, epoch=1, task=lot.task, robot="small", finish_by=None), 2.0)
        assert (reply.accepted, reply.note) == (lot.task_id == "g1/t4", bid.declined.get(lot.task_id, ""))


def test_a_heavy_load_takes_more_trips() -> None:
    small = SITE.robots["small"]
    agent = floor_agent(small, SITE, Graph(SITE.roadmap), AgentSettings(), StartLog(":memory:"), lambda: 0)
    agent.take(Award(task_id="g1/t1", epoch=1, task=carry("crate", quantity=7), robot="small", finish_by=None), 2.0)
    (entry,) = agent._worklist.queue
    assert len(entry.errand.legs) == 2 * 3, "three crates of 10 kg at once"


def test_only_robots_that_can_and_may_are_asked_for_bids() -> None:
    able = Able(SITE)
    goal = Goal(id="g1", text="", requester="", stamp=0.0)

    def asked(task: Task) -> list[str]:
        return able.robots(goal, TaskRecord(id="g1/t1", task=task), 1)

    assert asked(carry("pallet")) == ["big"]
    assert asked(carry("crate")) == ["big", "small", "tug"]
    assert asked(go("lab")) == ["big"] and asked(go("hall")) == ["big", "small", "tug"]
    assert closed_to(SITE.robots["small"], SITE) == ("lab", "pit")
    assert closed_to(SITE.robots["big"], SITE) == ("pit",)
