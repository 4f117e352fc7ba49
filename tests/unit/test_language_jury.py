"""The jury: when votes agree, when they ask, when they wait; and the guard's refusals, each with what would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest

from caravan.language.guard import Allowed, Refused, examine
from caravan.language.jury import Agreed, Jury, NoVerdict, Question
from caravan.model.geometry import Point
from caravan.model.goal import Draft, Intent, Task, TaskKind
from caravan.model.market import Vote
from caravan.model.site import Item, Named, Place, Policy, Roadmap, Robot, Site

THREE = {"a": "m1", "b": "m2", "c": "m3"}
"""Robots with their models."""


def go(place: str) -> Draft:
    return Draft(intent=Intent.TASKS, tasks=(Task(id="t1", kind=TaskKind.GO, to=place),))


def unclear(*phrases: str) -> Draft:
    return Draft(intent=Intent.UNCLEAR, reason="unknown_place", phrases=phrases)


def vote(robot: str, draft: Draft | None, confidence: float = 0.9, note: str = "") -> Vote:
    return Vote(goal="g1", robot=robot, draft=draft, confidence=confidence, note=note)


def jury(*votes: Vote, asked: Mapping[str, str] = THREE, sure: float = 0.0) -> Jury:
    out = Jury(asked=asked, deadline=10.0, sure=sure)
    for each in votes:
        out = out.receive(each)
    return out


def test_two_of_three_decide_without_the_third() -> None:
    found = jury(vote("a", go("x"), 0.8), vote("b", go("x"), 0.6)).verdict(0.0)
    assert isinstance(found, Agreed) and found.draft == go("x") and found.confidence == 0.6


def test_a_robot_alone_decides_alone_and_nobody_decides_nothing() -> None:
    assert isinstance(jury(vote("a", go("x")), asked={"a": "m1"}).verdict(0.0), Agreed)
    assert isinstance(jury(asked={}).verdict(0.0), NoVerdict)


def test_votes_are_waited_for_until_the_deadline() -> None:
    one = jury(vote("a", go("x")))
    assert one.verdict(9.9) is None and one.missing() == ("b", "c")
    late = one.verdict(10.0)
    assert isinstance(late, NoVerdict) and "b did not answer" in late.note


def test_a_failed_model_leaves_two_who_must_agree() -> None:
    failed = vote("c", None, note="it died")
    assert isinstance(jury(failed, vote("a", go("x")), vote("b", go("x"))).verdict(0.0), Agreed)
    assert isinstance(jury(failed, vote("a", go("x")), vote("b", go("y"))).verdict(0.0), Question)
    alone = jury(failed, vote("a", go("x")), replace(failed, robot="b")).verdict(0.0)
    assert isinstance(alone, NoVerdict) and "c: it died" in alone.note


def test_a_disagreement_is_asked_back_with_what_may_be_meant_the_surest_first() -> None:
    found = jury(vote("a", go("x"), 0.5), vote("b", go("y"), 0.9), vote("c", go("z"), 0.7)).verdict(0.0)
    assert isinstance(found, Question)
    assert found.draft == Draft(intent=Intent.UNCLEAR, reason="ambiguous")
    assert found.options == (go("y"), go("z"), go("x"))


def test_what_one_robot_finds_unsafe_is_not_offered() -> None:
    unsafe = Draft(intent=Intent.UNCLEAR, reason="unsafe")
    found = jury(vote("a", go("x")), vote("b", go("y")), vote("c", unsafe)).verdict(0.0)
    assert isinstance(found, Question) and found.options == ()


def test_two_robots_with_one_model_do_not_outvote_another_model() -> None:
    asked = {"a": "m1", "b": "m1", "c": "m2"}
    same = (vote("a", go("x")), vote("b", go("x")))
    assert jury(*same, asked=asked).verdict(0.0) is None, "the other model may object"
    found = jury(*same, vote("c", go("y"), 0.1), asked=asked).verdict(0.0)
    assert isinstance(found, Question) and found.options == (go("x"), go("y"))
    assert isinstance(jury(*same, vote("c", go("x"), 0.1), asked=asked).verdict(0.0), Agreed)
    assert isinstance(jury(*same, asked=asked).verdict(10.0), Agreed), "a silent robot does not stop the fleet"


def test_where_all_have_one_model_the_most_robots_decide() -> None:
    found = jury(vote("a", go("x")), vote("b", go("y")), vote("c", go("x")), asked=dict.fromkeys("abc", "m1"))
    assert isinstance(found.verdict(0.0), Agreed)


def test_three_that_are_hardly_sure_do_not_outvote_two_that_are() -> None:
    asked = {robot: f"m{robot}" for robot in "abcde"}
    weak = [vote(robot, go("x"), 0.1) for robot in "abc"]
    strong = [vote(robot, go("y"), 1.0) for robot in "de"]
    assert isinstance(jury(*weak, *strong, asked=asked).verdict(0.0), Question)
    assert isinstance(jury(*weak, *(replace(v, confidence=0.1) for v in strong), asked=asked).verdict(0.0), Agreed)


def test_what_is_agreed_on_and_not_sure_is_asked_back() -> None:
    unsure = jury(vote("a", go("x"), 0.3), vote("b", go("x"), 0.9), vote("c", go("y"), 0.6), sure=0.4).verdict(0.0)
    assert unsure == Question(draft=go("x"), options=(go("x"), go("y")), note="the robots are not sure")
    third = jury(vote("a", go("x"), 0.3), vote("b", go("x"), 0.9), sure=0.4)
    assert third.verdict(0.0) is None, "the third may make them sure"
    assert isinstance(third.receive(vote("c", go("x"), 0.5)).verdict(0.0), Agreed)


def test_what_one_reads_otherwise_stands_only_where_the_others_are_surer_for_it() -> None:
    against = vote("c", go("y"), 0.2)
    assert isinstance(jury(vote("a", go("x"), 0.95), vote("b", go("x"), 0.95), against, sure=0.6).verdict(0.0), Agreed)
    found = jury(vote("a", go("x"), 0.8), vote("b", go("x"), 0.8), against, sure=0.6).verdict(0.0)
    assert isinstance(found, Question) and found.draft == go("x")
    # A robot without a reading has nothing against it; one with the same model shares its voice.
    failed = replace(against, draft=None)
    assert isinstance(jury(vote("a", go("x"), 0.8), vote("b", go("x"), 0.8), failed, sure=0.6).verdict(0.0), Agreed)
    asked = {"a": "m1", "b": "m2", "c": "m2"}
    split = jury(vote("a", go("x"), 0.95), vote("b", go("x"), 0.95), against, asked=asked, sure=0.6).verdict(0.0)
    assert isinstance(split, Agreed)


def test_where_most_find_it_unclear_the_surest_question_is_asked() -> None:
    found = jury(vote("a", unclear("p"), 0.5), vote("b", unclear("q"), 0.7), vote("c", go("x"), 0.9)).verdict(0.0)
    assert isinstance(found, Question) and found.draft == unclear("q")


def test_only_the_first_vote_of_an_asked_robot_counts() -> None:
    once = jury(vote("a", go("x")))
    assert once.receive(vote("a", go("y"))) == once == once.receive(vote("stranger", go("y")))


SITE = Site(
    places={
        **{id_: Place(id=id_, position=Point(0, 0)) for id_ in ("a", "b", "island")},
        "charger": Place(id="charger", position=Point(0, 0), charger=True),
        "limbo": Place(id="limbo"),
    },
    robots={"carrier_1": Robot(id="carrier_1", capabilities=("lift",)), "tug_1": Robot(id="tug_1")},
    items={"pallet": Item(id="pallet", needs=("lift",)), "bar": Item(id="bar", needs=("weld",))},
    platoons={"train": Named(id="train")},
    capabilities={id_: Named(id=id_) for id_ in ("lift", "weld")},
    roadmap=Roadmap(nodes={id_: Point(0, 0) for id_ in ("a", "b", "island", "charger", "gate")}),
    policy=Policy(max_speed=1.5, max_quantity=20),
    utc_offset=3600.0,
)
NINE = 8 * 3600.0
"""09:00 of the site, as UTC."""


def reachable(start: str, end: str, avoid: Iterable[str] = ()) -> bool:
    """Roads as if b lay behind the gate, which is a place to avoid, and the island in the sea."""
    return end != "island" and not (end == "b" and "charger" in avoid)


def judge(**keys: object) -> Allowed | Refused:
    values = {"id": "t1", "kind": TaskKind.DELIVER, "item": "pallet", "from_": "a", "to": "b", **keys}
    task = Task(**values)  # type: ignore[arg-type]
    return examine(Draft(intent=Intent.TASKS, tasks=(task,)), SITE, reachable, NINE, ("carrier_1", "tug_1"))


@pytest.mark.parametrize(
    "keys",
    [
        {}, {"quantity": 20}, {"by": "09:01"}, {"by": "00:00"}, {"by": "10:00", "not_before": "09:59"}, {"speed": 1.5},
        {"robot": "carrier_1"}, {"needs": ("lift",)}, {"not_before": "03:00"}, {"avoid": ("island",)}, {"robots": 1},
        {"kind": TaskKind.CHARGE, "item": None, "from_": None, "to": "charger", "robot": "tug_1"},
        {"kind": TaskKind.WAIT, "item": None, "from_": None, "to": None, "duration": 60.0},
    ],
)  # fmt: skip
def test_what_is_possible_is_allowed(keys: dict[str, object]) -> None:
    assert judge(**keys) == Allowed()


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"to": "moon"}, "moon is not one of the places here; places are a, b, charger, island, limbo"),
        ({"item": "gold"}, "gold is not one of the items here; items are bar, pallet"),
        ({"robot": "tug_9"}, "tug_9 is not one of the robots here; robots are carrier_1, tug_1"),
        ({"needs": ("fly",)}, "fly is not one of the capabilities here; capabilities are lift, weld"),
        ({"platoon": "x"}, "x is not one of the platoons here; platoons are train"),
        ({"quantity": 21}, "21 is not a quantity between 1 and 20"),
        ({"quantity": 0}, "0 is not a quantity between 1 and 20"),
        ({"speed": 1.6}, "1.6 m/s is not allowed; up to 1.5 m/s is"),
        ({"robots": 0}, "robots must be at least 1"),
        ({"by": "09:00"}, "it is 09:00 already, so 09:00 has passed today; name a later time"),
        ({"by": "07:30"}, "it is 09:00 already, so 07:30 has passed today; name a later time"),
        ({"by": "10:00", "not_before": "10:00"}, "it cannot start at 10:00 and be done by 10:00; name a later end"),
        ({"robot": "tug_1"}, "tug_1 cannot lift; carrier_1 can"),
        ({"item": "bar"}, "it takes 1 robots that can weld, alive are none"),
        ({"robots": 2}, "it takes 2 robots that can lift, alive are carrier_1"),
        ({"avoid": ("b",)}, "b is both where it goes and to be avoided; leave one out"),
        ({"to": "island"}, "there is no way from a to island; name a place with lanes to it instead of island"),
        ({"avoid": ("charger",)}, "there is no way from a to b without charger; let it pass there"),
        ({"to": "limbo"}, "limbo has no position on the map; give it one in the site file or name another place"),
        ({"kind": TaskKind.CHARGE, "item": None, "to": "b"}, "b has no charger; charger have"),
    ],
)
def test_what_is_not_is_refused_with_what_would_be(keys: dict[str, object], reason: str) -> None:
    assert judge(**keys) == Refused(reason=f"t1: {reason}")


def test_a_robot_that_is_silent_gets_no_work() -> None:
    draft = Draft(intent=Intent.TASKS, tasks=(Task(id="t1", kind=TaskKind.GO, to="a", robot="tug_1"),))
    found = examine(draft, SITE, reachable, NINE, ("carrier_1",))
    assert found == Refused(reason="t1: tug_1 does not answer; alive are carrier_1")
    assert examine(draft, SITE, reachable, NINE) == Allowed()


def test_targets_of_control_and_query() -> None:
    def of(intent: Intent, target: str | None) -> Allowed | Refused:
        return examine(Draft(intent=intent, target=target), SITE, reachable, NINE)

    assert all(of(Intent.CONTROL, target) == Allowed() for target in ("all", "g12", "tug_1", None))
    assert of(Intent.QUERY, "a") == Allowed()
    assert isinstance(of(Intent.CONTROL, "a"), Refused)
    assert isinstance(examine(unclear("x"), SITE, reachable, NINE), Refused)
    assert isinstance(examine(Draft(intent=Intent.TASKS), SITE, reachable, NINE), Refused)
