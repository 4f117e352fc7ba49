"""The laws that hold in every story: what is checked at each message and at each step of virtual time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from caravan.auction import ledger
from caravan.chaos.message_laws import MessageLaws
from caravan.chaos.robot_laws import RobotLaws
from caravan.chaos.stage import Stage
from caravan.chaos.story import Story
from caravan.fleet import Message
from caravan.model.goal import FINAL_GOAL_STATES, FINAL_TASK_STATES, Goal, GoalState, TaskRecord, TaskState
from caravan.model.leadership import Word
from caravan.model.start import StartRecord

OWNED = (TaskState.AWARDED, TaskState.RUNNING)
LAWS = {
    "ends": "every accepted goal ends, done unless it was cancelled or a model lied",
    "once": "a task is counted as done at most once, and exactly once where its goal is done",
    "owner": "no task is worked on by two robots at one time, nor awarded while another robot works on it",
    "lease": "a robot works only on what a lease has listed, and stops before the house may give it to another",
    "start": "a robot works on what its log says it began, and begins it once, as does nobody else",
    "stray": "a robot that does not own a task any more stops working on it within its lease",
    "buried": "a robot that is silent for longer than the house's patience owns nothing",
    "contact": "no robot touches anything",
    "nodes": "no node is granted to two robots",
    "disk": "a goal is on disk before its id is told, an award before it is sent",
    "ids": "an id is given to one goal only, which keeps its words",
    "kept": "what was accepted stays, what was ended stays ended, through every restart",
    "epoch": "an award of a task has an epoch of its own, and one robot",
    "together": "robots that share a task have a seat each, and begin it when all are there",
    "fence": "what a robot has let go of it never takes up again, nor an older award, nor begins anew",
    "bid": "a task goes to the cheapest of the offers that came in time and were still good (by one house alone)",
    "jury": "what is acted on was read so by more than half of the robots asked",
    "resend": "what is not answered is sent again",
    "halt": "a robot that is to halt stands, and one that is to go on does, as soon as it hears of it, restarts or not",
    "leader": "at most one auction house leads at a time, and only one in a term",
    "agree": "after all faults every auction house has the same ledger",
    "sound": "nothing raises an exception",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A law that was broken, when (s after the beginning) and how."""

    law: str
    at: float
    note: str


class Laws:
    """A witness of a story who notes what breaks a law. `told` is the story, `stage` is set once it stands."""

    stage: Stage

    def __init__(self, told: Story) -> None:
        self.broken: list[Violation] = []
        self.accepted: dict[str, str] = {}
        """The words of each goal by its id."""
        self.cancelled: set[str] = set()
        self._told = told
        self._messages = MessageLaws(self.broke)
        self._robots = RobotLaws(self.broke)
        self._ended: dict[str, GoalState] = {}
        self._owned: dict[tuple[str, str, int], float] = {}
        self._heard: dict[str, float] = {}
        self._life = 0
        self._terms: dict[int, str] = {}
        self._events = 0
        self._done: Counter[str] = Counter()
        self._crews: defaultdict[str, list[str]] = defaultdict(list)
        """Who began a shared task, by the task."""

    # -- the witness --------------------------------------------------------------------------------------------

    def sent(self, source: str, target: str, message: Message) -> None:
        """See `Witness`."""
        if isinstance(message, Word):
            return
        self._messages.sent(self.stage, source, message)
        self._robots.sent(self.stage, message)

    def arrived(self, target: str, message: Message) -> None:
        """See `Witness`."""
        if target in self.stage.site.robots:
            self._robots.arrived(self.stage, target, message)
        elif target == self.stage.leader:
            self._messages.arrived(message, self.stage.now)

    def wrote(self, robot: str, records: list[StartRecord]) -> None:
        """See `Witness`."""
        self._robots.wrote(robot, records)

    def opened(self, former: list[Goal], found: list[Goal]) -> None:
        """See `Witness`."""
        self._messages.opened()
        ids = {goal.id: goal for goal in found}
        self._each("kept", [f"{goal_id} is missing after a restart" for goal_id in self.accepted if goal_id not in ids])
        if self._told.houses > 1:
            # What one of them had alone, others may have decided otherwise.
            return
        for goal in former:
            if goal.id not in ids:
                self.broke("kept", f"{goal.id} is missing after a restart")
            elif _held(goal) != _held(ids[goal.id]):
                self.broke("kept", f"after a restart {_held(goal)} is {_held(ids[goal.id])}")

    # -- steps --------------------------------------------------------------------------------------------------

    def say(self, goal_id: str, text: str) -> None:
        """A goal was accepted with this id."""
        if goal_id in self.accepted:
            self.broke("ids", f"{goal_id} is given to {text!r}, and was given to {self.accepted[goal_id]!r}")
        self.accepted[goal_id] = text
        if goal_id not in self.stage.goals_on_disk():
            self.broke("disk", f"{goal_id} was accepted and is not on disk")

    def ordered(self, robots: tuple[str, ...], *, halt: bool | None) -> None:
        """The house has accepted that these robots halt, or go on; None: it may have, or not."""
        self._robots.ordered(robots, halt, self.stage.now)

    def step(self, silent: set[str]) -> None:
        """A step is over; `silent` are the robots that the house cannot hear."""
        at_work, goals, leader = self.stage.at_work(), self.stage.goals, self.stage.leader
        self._work(at_work, goals, leader)
        self._robots.step(self.stage, silent, at_work, leader)
        if self.stage.contacts:
            self.broke("contact", "a robot touched another or an obstacle")
        held = [node for nodes in self.stage.granted().values() for node in set(nodes)]
        self._each("nodes", [f"{node} is granted to {n} robots" for node, n in _repeated(held).items()])
        self._record()
        self._leaders()
        if leader is None or self.stage.hangs(leader):
            self._heard = {}
            return
        waits = self.stage.waits
        self._book(goals, waits)
        self._silence(silent, goals)
        if not waits:
            self._each("resend", self._messages.overdue(self.stage, goals))

    def finish(self, ended: bool) -> None:
        """The story is over; `ended` tells whether all goals came to an end in time."""
        if not ended:
            open_goals = [f"{g.id} is {g.state}" for g in self.stage.goals if g.state not in FINAL_GOAL_STATES]
            self.broke("ends", "; ".join(open_goals) or "the auction house is down")
            return
        done = self.stage.done_on_disk()
        lied = bool(self.stage.liars) or any(fault.kind == "liar" for fault in self._told.faults)
        for goal in self.stage.goals:
            wanted = goal.id in self.cancelled or lied
            if goal.state is not GoalState.DONE and not wanted:
                self.broke("ends", f"{goal.id} is {goal.state}: {goal.message}")
            for task in goal.tasks:
                if goal.state is GoalState.DONE and done[task.id] != 1:
                    self.broke("once", f"{task.id} was done {done[task.id]} times by the record")

        if not self.stage.agree():
            self.broke("agree", "the houses' ledgers differ")

    # -- what is checked ----------------------------------------------------------------------------------------

    def _leaders(self) -> None:
        leaders = self.stage.leaders()
        if len(leaders) > 1:
            self.broke("leader", f"{' and '.join(leaders)} lead at the same time")
        for house, term in leaders.items():
            if self._terms.setdefault(term, house) != house:
                self.broke("leader", f"{house} leads in term {term}, in which {self._terms[term]} led")

    def _work(self, at_work: Mapping[str, tuple[str, int]], goals: list[Goal], leader: str | None) -> None:
        self._each("owner", [f"{task}: {at_work}" for task in _repeated([task for task, _ in at_work.values()])])
        if leader is None:
            self._owned = dict.fromkeys(self._owned, self.stage.now)
            return
        for task in _owned(goals):
            if task.robot is not None:
                self._owned[task.robot, task.id, task.epoch] = self.stage.now
        settings = self.stage.settings
        bound = settings.agent.lease + settings.radio.delay_max + 3.0 * settings.step
        for robot, (task_id, epoch) in at_work.items():
            since = self._owned.get((robot, task_id, epoch))
            if since is not None and self.stage.now - since > bound:
                self.broke(
                    "stray", f"{robot} works on {task_id}#{epoch}, {self.stage.now - since:.1f} s after it lost it"
                )

    def _record(self) -> None:
        for event in self.stage.events[self._events :]:
            if event.kind == "task_done":
                self._done[event.task] += 1
                if self._done[event.task] > 1:
                    self.broke("once", f"{event.task} was done {self._done[event.task]} times")
            self._messages.recorded(event)
            if event.kind == "begun":
                self._crews[event.task.rsplit("/", 1)[0]].append(event.robot)
        self._events = len(self.stage.events)

    def _book(self, told: list[Goal], waits: bool) -> None:
        goals = {goal.id: goal for goal in told}
        self._each("kept", [f"{goal_id} is missing" for goal_id in self.accepted if goal_id not in goals])
        for goal in goals.values():
            if self.accepted.get(goal.id, goal.text) != goal.text:
                self.broke("ids", f"{goal.id} is {goal.text!r}, and was {self.accepted[goal.id]!r}")
            before = self._ended.get(goal.id)
            taken_back = before is GoalState.ASKED and goal.state is GoalState.CANCELLED and goal.id in self.cancelled
            if before is not None and goal.state is not before and not taken_back:
                self.broke("kept", f"{goal.id} was {before} and is {goal.state}")
            if goal.state in FINAL_GOAL_STATES and not waits:
                self._ended[goal.id] = goal.state
            self._together(goal)

    def _together(self, goal: Goal) -> None:
        for task in goal.tasks:
            if not task.seat:
                continue
            crew = ledger.seats(goal, task)
            owners = [t.robot for t in crew if t.robot is not None]
            if len(set(owners)) < len(owners):
                self.broke("together", f"{task.id}: a robot has two seats: {owners}")
            began = self._crews.get(task.id.rsplit("/", 1)[0], [])
            if task.begun and not began:
                # A house that crashed before it could say so: who has the seats began, as the next house finds it.
                began = self._crews[task.id.rsplit("/", 1)[0]] = owners
            if (task.begun or began) and len(set(began)) < len(crew):
                self.broke("together", f"{task.id} was begun by {began}")

    def _silence(self, silent: set[str], goals: list[Goal]) -> None:
        if self._life != self.stage.lives:
            self._life, self._heard = self.stage.lives, {}
        now, settings = self.stage.now, self.stage.settings
        radio = settings.radio
        # A late copy of a heartbeat makes a dead robot seem alive once more.
        again = settings.house.patience + radio.straggle if radio.straggle else 0.0
        bound = settings.house.patience + again + radio.delay_max + 3.0 * settings.step
        self._heard = {robot: self._heard.get(robot, now) for robot in silent}
        owners = {task.robot for task in _owned(goals)}
        for robot in owners & {r for r, since in self._heard.items() if now - since > bound}:
            self.broke("buried", f"{robot} is silent for {now - self._heard[robot or '']:.1f} s and owns tasks")

    def _each(self, law: str, notes: list[str]) -> None:
        for note in notes:
            self.broke(law, note)

    def broke(self, law: str, note: str) -> None:
        at = round(self.stage.now - self.stage.start, 1)
        self.broken.append(Violation(law=law, at=at, note=note))


def _repeated(things: list[str]) -> dict[str, int]:
    """What is there more than once, and how often."""
    if len(set(things)) == len(things):
        return {}
    return {thing: n for thing, n in Counter(things).items() if n > 1}


def _owned(goals: list[Goal]) -> Iterator[TaskRecord]:
    return (task for goal in goals for task in goal.tasks if task.state in OWNED)


def _held(goal: Goal) -> list[tuple[object, ...]]:
    """What must outlive a restart. An auction may start anew, a task that waits may be offered again."""
    tasks = [
        (t.id, t.state if t.state in (*OWNED, *FINAL_TASK_STATES) else TaskState.WAITING, t.robot, t.epoch)
        for t in goal.tasks
    ]
    return [(goal.id, goal.text, goal.state), *tasks]
