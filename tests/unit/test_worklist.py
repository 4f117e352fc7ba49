"""A robot's worklist: fences, leases and the order of work."""

from __future__ import annotations

from caravan.actors.worklist import Worklist
from caravan.model.goal import Task, TaskKind
from caravan.model.market import Award, HoldingState, Lease
from caravan.model.site import Robot

ROBOT = Robot(id="a", payload=2)


def worklist() -> Worklist:
    """An empty worklist of a robot on a line of places one second apart."""
    return Worklist(ROBOT, lambda a, b, avoid: abs(float(a) - float(b)), lambda here: ("9",))


def award(number: int, to: str, epoch: int = 1, **more: object) -> Award:
    """An award of a task that goes to a place."""
    task = Task(id=f"t{number}", kind=TaskKind.GO, to=to, **more)  # type: ignore[arg-type]
    return Award(task_id=f"g1/t{number}", epoch=epoch, task=task, robot="a")


def states(work: Worklist) -> dict[str, str]:
    """What the heartbeat would say, by task."""
    return {h.task_id: h.state.value for h in work.holdings("0")}


def test_an_award_sent_twice_is_taken_once() -> None:
    work = worklist()
    assert work.take(award(1, "5"), "0", 0.0).accepted
    assert work.take(award(1, "5"), "0", 0.1).accepted
    assert states(work) == {"g1/t1": "queued"}


def test_an_older_epoch_is_refused_for_good() -> None:
    work = worklist()
    work.take(award(1, "5", epoch=3), "0", 0.0)
    work.apply(Lease(robot="a", stamp=1.0))
    reply = work.take(award(1, "5", epoch=2), "0", 2.0)
    assert not reply.accepted
    assert "epoch 2 is over" in reply.note
    assert not work.take(award(1, "5", epoch=3), "0", 2.0).accepted


def test_a_newer_epoch_replaces_the_older() -> None:
    work = worklist()
    work.take(award(1, "5", epoch=1), "0", 0.0)
    assert work.take(award(1, "5", epoch=2), "0", 1.0).accepted
    assert [h.epoch for h in work.holdings("0")] == [2]


def test_a_lease_drops_what_is_not_owned_but_not_what_it_could_not_know() -> None:
    work = worklist()
    work.take(award(1, "5"), "0", 0.0)
    work.take(award(2, "6"), "0", 2.0)
    dropped = work.apply(Lease(robot="a", stamp=1.0))
    assert [e.award.task_id for e in dropped] == ["g1/t1"]
    assert states(work) == {"g1/t2": "queued"}
    assert work.apply(Lease(robot="a", stamp=3.0, owned=(("g1/t2", 1),))) == []


def test_an_end_is_told_until_a_lease_leaves_it_out() -> None:
    work = worklist()
    work.take(award(1, "5"), "0", 0.0)
    work.start()
    work.work(0.1, battery=1.0)
    assert states(work) == {"g1/t1": "done"}
    assert work.current is None
    work.apply(Lease(robot="a", stamp=1.0, owned=(("g1/t1", 1),)))
    assert states(work) == {"g1/t1": "done"}
    work.apply(Lease(robot="a", stamp=2.0))
    assert states(work) == {}


def test_a_task_on_the_way_is_done_first_unless_one_is_at_work() -> None:
    work = worklist()
    work.take(award(1, "10"), "0", 0.0)
    work.take(award(2, "4"), "0", 0.0)
    assert [e.award.task_id for e in work.queue] == ["g1/t2", "g1/t1"]
    work.start()
    work.take(award(3, "2"), "0", 0.0)
    assert work.queue[0].award.task_id == "g1/t2"


def test_more_than_the_payload_takes_more_trips_and_progress_counts_legs() -> None:
    work = worklist()
    task = Task(id="t1", kind=TaskKind.DELIVER, item="pallet", quantity=3, from_="2", to="5")
    work.take(Award(task_id="g1/t1", epoch=1, task=task, robot="a"), "0", 0.0)
    entry = work.current
    assert entry is not None
    assert [leg.place for leg in entry.errand.legs] == ["2", "5", "2", "5"]
    work.start()
    work.work(4.0, battery=1.0)
    assert work.holdings("2")[0].progress == 0.0
    work.work(1.5, battery=1.0)
    holding = work.holdings("2")[0]
    assert (holding.state, holding.progress) == (HoldingState.RUNNING, 0.25)


def test_charging_ends_when_the_battery_is_full() -> None:
    work = worklist()
    task = Task(id="t1", kind=TaskKind.CHARGE)
    work.take(Award(task_id="g1/t1", epoch=1, task=task, robot="a"), "0", 0.0)
    work.start()
    work.work(100.0, battery=0.9)
    assert states(work) == {"g1/t1": "running"}
    work.work(1.0, battery=0.96)
    assert states(work) == {"g1/t1": "done"}


def test_somebody_at_the_robot_may_cancel() -> None:
    work = worklist()
    work.take(award(1, "5"), "0", 0.0)
    assert work.cancel("g1/t1", "cancelled at the robot")
    assert not work.cancel("g1/t1", "cancelled at the robot")
    assert states(work) == {"g1/t1": "cancelled"}


def test_a_task_is_confirmed_by_a_lease_that_lists_it() -> None:
    work = worklist()
    work.take(award(1, "5"), "0", 0.0)
    assert work.current is not None
    assert not work.current.confirmed
    work.apply(Lease(robot="a", stamp=0.5, owned=(("g1/t1", 1),)))
    assert work.current.confirmed
