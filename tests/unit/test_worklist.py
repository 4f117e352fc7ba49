"""A robot's worklist: fences, leases and the order of work."""

from __future__ import annotations

from caravan.actors.robot.worklist import Worklist
from caravan.adapters.start_log import StartLog
from caravan.auction.quote import Stop
from caravan.model.goal import Task, TaskKind
from caravan.model.market import Award, HoldingState, Lease, Lot
from tests.support.worklists import ROBOT, award, states, worklist


def test_an_award_sent_twice_is_taken_once() -> None:
    work = worklist()
    assert work.take(award(1, "5"), "0", 0.0).accepted
    assert work.take(award(1, "5"), "0", 0.1).accepted
    assert states(work) == {"g1/t1": "queued"}


def test_an_older_epoch_is_refused_for_good() -> None:
    work = worklist()
    work.take(award(1, "5", epoch=3), "0", 0.0)
    work.apply(Lease(robot="a", stamp=1.0), 9.0)
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
    dropped = work.apply(Lease(robot="a", stamp=1.0), 9.0)
    assert [e.award.task_id for e in dropped] == ["g1/t1"]
    assert states(work) == {"g1/t2": "queued"}
    assert work.apply(Lease(robot="a", stamp=3.0, owned=(("g1/t2", 1),)), 9.0) == []


def test_an_end_is_told_until_a_lease_leaves_it_out() -> None:
    work = worklist()
    work.take(award(1, "5"), "0", 0.0)
    work.start(0.0)
    work.work(0.1, battery=1.0, now=0.0)
    assert states(work) == {"g1/t1": "done"}
    assert work.current is None
    work.apply(Lease(robot="a", stamp=1.0, owned=(("g1/t1", 1),)), 9.0)
    assert states(work) == {"g1/t1": "done"}
    work.apply(Lease(robot="a", stamp=2.0), 9.0)
    assert states(work) == {}


def test_a_task_on_the_way_is_done_first_unless_one_is_at_work() -> None:
    work = worklist()
    work.take(award(1, "10"), "0", 0.0)
    work.take(award(2, "4"), "0", 0.0)
    assert [e.award.task_id for e in work.queue] == ["g1/t2", "g1/t1"]
    work.start(0.0)
    work.take(award(3, "2"), "0", 0.0)
    assert work.queue[0].award.task_id == "g1/t2"


def test_more_than_the_payload_takes_more_trips_and_progress_counts_legs() -> None:
    work = worklist()
    task = Task(id="t1", kind=TaskKind.DELIVER, item="pallet", quantity=3, from_="2", to="5")
    work.take(Award(task_id="g1/t1", epoch=1, task=task, robot="a"), "0", 0.0)
    entry = work.current
    assert entry is not None
    assert [leg.place for leg in entry.errand.legs] == ["2", "5", "2", "5"]
    work.start(0.0)
    work.work(4.0, battery=1.0, now=0.0)
    assert work.holdings("2")[0].progress == 0.0
    work.work(1.5, battery=1.0, now=0.0)
    holding = work.holdings("2")[0]
    assert (holding.state, holding.progress) == (HoldingState.RUNNING, 0.25)


def test_charging_ends_when_the_battery_is_full() -> None:
    work = worklist()
    task = Task(id="t1", kind=TaskKind.CHARGE)
    work.take(Award(task_id="g1/t1", epoch=1, task=task, robot="a"), "0", 0.0)
    work.start(0.0)
    work.work(100.0, battery=0.9, now=0.0)
    assert states(work) == {"g1/t1": "running"}
    work.work(1.0, battery=0.96, now=0.0)
    assert states(work) == {"g1/t1": "done"}


def test_somebody_at_the_robot_may_cancel() -> None:
    work = worklist()
    work.take(award(1, "5"), "0", 0.0)
    assert work.cancel("g1/t1", "cancelled at the robot", 1.0)
    assert not work.cancel("g1/t1", "cancelled at the robot", 1.0)
    assert states(work) == {"g1/t1": "cancelled"}


def test_a_task_is_confirmed_by_a_lease_that_lists_it() -> None:
    work = worklist()
    work.take(award(1, "5"), "0", 0.0)
    assert work.current is not None
    assert not work.current.confirmed
    work.apply(Lease(robot="a", stamp=0.5, owned=(("g1/t1", 1),)), 9.0)
    assert work.current.confirmed


def test_a_lease_from_before_the_award_came_confirms_nothing() -> None:
    work = worklist()
    work.take(award(1, "5"), "0", 20.0)
    work.apply(Lease(robot="a", stamp=10.0, owned=(("g1/t1", 1),)), 20.0)
    assert work.current is not None
    assert not work.current.confirmed


def test_what_is_wanted_back_is_let_go_of_unless_it_was_begun() -> None:
    work = worklist()
    work.take(award(1, "5"), "0", 0.0)
    work.take(award(2, "9"), "0", 0.0)
    assert work.start(0.5)
    owned = (("g1/t1", 1), ("g1/t2", 1))
    work.apply(Lease(robot="a", stamp=1.0, owned=owned, wanted=owned), 1.0)
    assert states(work) == {"g1/t1": "running", "g1/t2": "released"}
    assert [e.award.task_id for e in work.queue] == ["g1/t1"]
    assert not work.take(award(2, "9", epoch=1), "0", 1.1).note
    assert states(work)["g1/t2"] == "released"


def shared(seat: int, to: str, goal: int = 1) -> Award:
    """An award of a seat of a task for two."""
    task = Task(id="t1", kind=TaskKind.GO, to=to, robots=2)
    return Award(task_id=f"g{goal}/t1/{seat}", epoch=1, task=task, robot="a")


def lease(stamp: float, *awards: Award, begun: tuple[str, ...] = ()) -> Lease:
    """A lease on awards."""
    return Lease(robot="a", stamp=stamp, owned=tuple((a.task_id, a.epoch) for a in awards), begun=begun)


def test_a_shared_task_waits_at_its_place_until_a_lease_lets_it_begin() -> None:
    work = worklist()
    seat = shared(2, "5")
    work.take(seat, "0", 0.0)
    work.start(0.0)
    assert work.current is not None
    assert (work.current.leg and work.current.leg.verb) == "gathering"
    work.work(1.0, 1.0, 1.0)
    assert states(work) == {"g1/t1/2": "gathered"}
    assert work.current.leg is None
    work.apply(lease(1.0, seat), 1.0)
    assert states(work) == {"g1/t1/2": "gathered"}
    work.apply(lease(2.0, seat, begun=("g1/t1/2",)), 2.0)
    assert (work.current.leg and work.current.leg.verb) == "arriving"
    work.work(0.1, 1.0, 3.0)
    assert states(work) == {"g1/t1/2": "done"}


def test_shared_tasks_are_done_in_the_order_of_their_goals_whichever_was_taken_first() -> None:
    work = worklist()
    work.take(shared(1, "5", goal=3), "0", 0.0)
    work.start(0.0)
    work.take(shared(1, "9", goal=2), "0", 0.0)
    assert [e.award.task_id for e in work.queue] == ["g2/t1/1", "g3/t1/1"]
    assert states(work)["g3/t1/1"] == "queued"


def test_an_urgent_task_interrupts_and_what_it_interrupts_is_resumed_at_its_leg() -> None:
    work = worklist()
    patrol = Task(id="t1", kind=TaskKind.PATROL, places=("1", "2", "3"))
    work.take(Award(task_id="g1/t1", epoch=1, task=patrol, robot="a"), "0", 0.0)
    work.start(0.0)
    work.work(1.0, 1.0, 1.0)
    work.take(award(2, "9", priority="high"), "1", 1.0)
    assert states(work) == {"g1/t1": "running", "g1/t2": "queued"}
    work.take(award(3, "9", priority="urgent"), "1", 1.0)
    assert [e.award.task_id for e in work.queue] == ["g1/t3", "g1/t1", "g1/t2"]
    assert [h.note for h in work.holdings("1")] == ["", "put back behind g1/t3", ""]
    work.start(1.0)
    work.work(0.1, 1.0, 2.0)
    work.start(2.0)
    assert work.current is not None
    assert (work.current.award.task_id, work.current.errand.index, work.current.note) == ("g1/t1", 1, "")


def test_a_load_on_board_or_being_taken_on_board_is_not_interrupted() -> None:
    work = worklist()
    task = Task(id="t1", kind=TaskKind.DELIVER, item="pallet", from_="2", to="5")
    work.take(Award(task_id="g1/t1", epoch=1, task=task, robot="a"), "0", 0.0)
    work.start(0.0)
    for elapsed in (1.0, 5.0):
        work.work(elapsed, 1.0, 1.0)
        work.take(award(int(elapsed) + 1, "9", priority="urgent"), "2", 1.0)
        assert work.current is not None
        assert work.current.award.task_id == "g1/t1"


def test_a_manoeuvre_ends_when_who_drives_says_so_and_not_with_the_time() -> None:
    log = StartLog(":memory:")
    work = Worklist(ROBOT, lambda a, b, avoid: None, lambda here: (), log, "", place=lambda task, seat: {"brakes": 7.0})
    task = Task(id="t1", kind=TaskKind.PLATOON, manoeuvre="dissolve")
    stop = work.stop(Lot(task_id="g1/t1", epoch=1, task=task), "")
    assert isinstance(stop, Stop) and stop.burdens == {"brakes": 7.0}
    assert work.take(Award(task_id="g1/t1", epoch=1, task=task, robot="a"), "", 0.0).accepted
    work.start(1.0)
    work.work(1000.0, 1.0, 2.0)
    work.tell("asks to dissolve")
    (holding,) = work.holdings("")
    assert (holding.state, holding.note) == (HoldingState.RUNNING, "asks to dissolve")
    again = Worklist(ROBOT, lambda a, b, avoid: None, lambda here: (), log, "")
    assert again.current is not None and again.current.leg is not None, "it can be done again"
    work.end(HoldingState.DONE, "drives alone", 3.0)
    (holding,) = work.holdings("")
    assert (holding.state, holding.progress, holding.note) == (HoldingState.DONE, 1.0, "drives alone")
    assert work.current is None


def test_a_robot_that_cannot_take_a_place_says_why() -> None:
    work = Worklist(ROBOT, lambda a, b, avoid: None, lambda here: (), StartLog(":memory:"), "", place=lambda t, s: "no")
    task = Task(id="t1", kind=TaskKind.PLATOON, manoeuvre="dissolve")
    assert work.stop(Lot(task_id="g1/t1", epoch=1, task=task), "") == "no"
    reply = worklist().take(Award(task_id="g1/t1", epoch=1, task=task, robot="a"), "0", 0.0)
    assert (reply.accepted, reply.note) == (False, "it drives on no road")
