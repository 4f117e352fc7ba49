"""Trucks on the ring road that are given orders at random while messages are lost and trucks hang and die.

Each story is one seed in virtual time: a platoon forms, then orders and mishaps come as they like; at last there is
time to end what was begun. The laws: nobody comes near another, leaves the road, stands on it or drives faster than it
may; every order ends in its time and says why; then all platoons are legal, and everybody drives on in its lane.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import Any

from caravan.actors.road.errands import LONGEST
from caravan.actors.road.manners import limit_of
from caravan.actors.road.outcome import Stage
from caravan.model.goal import Task, TaskKind
from caravan.model.road import Road
from caravan_cli.platoon_bench.amiss import amiss
from caravan_cli.platoon_bench.body import STEP
from caravan_cli.platoon_bench.highway import CLEAR, TOP, WIDTH, Highway, truck

TRUCKS = ("t1", "t2", "t3", "t4", "t5")
LOSSES = (0.0, 0.3, 0.3, 0.5)
"""Of messages; one of them for a story."""
BRAKES = (5.0, 5.5, 6.0, 6.5, 7.0)
"""m/s2."""
SPEEDS = (21.0, 23.0, TOP)
"""The fastest of a truck, m/s."""
ORDERS = ("leave", "leave", "join", "join", "split", "merge", "dissolve", "set", "exit", "form", "cancel")
MISHAPS = ("hang", "silence", "storm", "die")
SECONDS = 100.0
"""For so long orders come."""
PAUSE, MISHAP = 6.0, 25.0
"""Between two orders, and between two mishaps, on the average, s."""
SLACK = 10.0
"""An order ends by what the trucks' patience says and so much, s."""
CALM = 3.0
"""All is well when it has been so for so long, s."""
SETTLE = 150.0
"""By then all must be well after the last order has ended, s."""
NEAR = 1.0
"""Nobody may come so near to another, m."""
STANDS = 40.0
"""Nobody who could drive stands on the road for longer, s: a dead one is towed away before."""
OVER = 0.5
"""Faster than it may is who is faster by so much, m/s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How a story ended."""

    seed: int
    faults: tuple[str, ...]
    """The laws that were broken."""
    log: tuple[str, ...]
    """What happened."""
    smallest: float
    """Gap, m."""
    hardest: float
    """Braking, m/s2."""
    longest: float
    """An order took no longer, s."""
    seconds: float
    ended: Counter[tuple[str, str]]
    """How many orders of each kind ended how."""
    mishaps: int


class Story:
    """One seed on `road`, which is closed."""

    def __init__(self, seed: int, road: Road) -> None:
        self._rng = rng = random.Random(seed)
        self.seed = seed
        trucks, s = [], road.length - 100.0
        for name in TRUCKS:
            each = truck(name, road, s, brake=rng.choice(BRAKES))
            trucks.append(replace(each, speed=rng.choice(SPEEDS)))
            s -= rng.uniform(30.0, 70.0)
        loss = rng.choice(LOSSES)
        radio = replace(CLEAR, loss=loss, duplicate=0.2, straggle=2.0)
        self.road = Highway(trucks, road, speed=20.0, radio=radio, seed=seed)
        self.log = [f"{loss:.0%} of messages are lost"]
        self.faults: list[str] = []
        self.ended: Counter[tuple[str, str]] = Counter()
        self.longest = 0.0
        self._given: dict[str, tuple[str, float, float]] = {}
        """By truck: the kind of its order, since when it has it, and when that must have ended."""
        self._due: list[tuple[float, str, str]] = []
        """What happens after a mishap: when, what, to whom."""
        self._stood: defaultdict[str, float] = defaultdict(float)
        self._count = self._mishaps = 0

    def run(self) -> Told:
        """Orders and mishaps, then time to end them all."""
        self._form(list(TRUCKS[:1]) + self._rng.sample(TRUCKS[1:], self._rng.randint(2, 4)), "convoy")
        order_at = mishap_at = self._rng.uniform(20.0, 70.0)
        end = order_at + SECONDS
        mishap_at += self._rng.expovariate(1.0 / MISHAP)
        while self.road.now < end:
            if self.road.now >= order_at:
                self._order()
                order_at += self._rng.expovariate(1.0 / PAUSE)
            if self.road.now >= mishap_at:
                self._mishap()
                mishap_at += self._rng.expovariate(1.0 / MISHAP)
            self._step()
        while self._due or self.road.orders:
            self._step()
        self._calm_down()
        return Told(
            seed=self.seed,
            faults=tuple(self.faults),
            log=tuple(self.log),
            smallest=self.road.smallest,
            hardest=self.road.hardest,
            longest=self.longest,
            seconds=self.road.now,
            ended=self.ended,
            mishaps=self._mishaps,
        )

    def _calm_down(self) -> None:
        since, end = self.road.now, self.road.now + SETTLE
        while self.road.now < end and self.road.now - since < CALM:
            self._step()
            if amiss(self.road):
                since = self.road.now
        for fault in amiss(self.road):
            self._broken(fault)

    def _step(self) -> None:
        road, before = self.road, self.road.smallest
        for due in [due for due in self._due if due[0] <= road.now]:
            self._due.remove(due)
            self._make_good(due[1], due[2])
        road.step()
        if road.smallest < NEAR <= before:
            self._broken(f"two have come nearer than {NEAR:g} m ({self._nearest()})")
        for name in sorted(road.alive):
            if road.bodies[name].speed > limit_of(road.robots[name], road.site) + OVER:
                self._broken(f"{name} drives {road.bodies[name].speed:.1f} m/s")
            if road.off_road(name):
                self._broken(f"{name} has come off the road")
            self._stood[name] = self._stood[name] + STEP if self._stands(name) else 0.0
            if self._stood[name] > STANDS:
                self._broken(f"{name} stands on the road")
        self._look_at_orders()

    def _stands(self, name: str) -> bool:
        return self.road.bodies[name].speed < 0.5 and self.road.on_road(name) and name not in self.road.hung

    def _nearest(self) -> str:
        ahead = {name: self.road.ahead_of(name, WIDTH) for name in self.road.bodies}
        return min((found[1], f"{name} behind {found[0]}") for name, found in ahead.items() if found)[1]

    def _broken(self, fault: str) -> None:
        if not any(fault in known for known in self.faults):
            self.faults.append(f"{self.road.now:.1f} s: {fault}")
            self._note(f"BROKEN {fault}")

    def _note(self, what: str) -> None:
        self.log.append(f"{self.road.now:.1f} s: {what}")

    def _look_at_orders(self) -> None:
        for name, (kind, since, latest) in list(self._given.items()):
            if name in self.road.orders:
                if self.road.now > latest:
                    self._broken(f"{name} still has not ended to {kind}: {self.road.outcomes[name].note}")
                    self._drop(name)
                continue
            del self._given[name]
            outcome = self.road.outcomes.get(name)
            if outcome is None or outcome.stage is Stage.RUNNING:
                continue
            self.longest = max(self.longest, self.road.now - since)
            self.ended[kind, str(outcome.stage)] += 1
            self._note(f"{name} {kind}: {outcome.stage}, {outcome.note}")
            if outcome.stage is Stage.FAILED and not outcome.note:
                self._broken(f"{name} failed to {kind} without a reason")

    def _order(self) -> None:
        rng, idle = self._rng, [n for n in self._ready() if n not in self.road.orders]
        kind = rng.choice(ORDERS)
        if kind == "cancel":
            busy = sorted(self._given)
            if busy:
                self._cancel(rng.choice(busy))
        elif kind == "form":
            self._form(rng.sample(idle, min(len(idle), rng.randint(2, 4))), rng.choice(("convoy", "train")))
        elif idle:
            name = rng.choice(idle)
            self._give(name, kind, self._task(kind, name), 0, self._new_id())

    def _task(self, kind: str, name: str) -> Task:
        rng = self._rng
        label = rng.choice(("convoy", "convoy", "train"))
        choices: dict[str, dict[str, Any]] = {
            "join": {"platoon": label} if rng.random() < 0.7 else {"leader": rng.choice(TRUCKS)},
            "split": {"at": name},
            "merge": {"into": label},
            "set": {"speed": rng.uniform(12.0, 24.0), "headway": rng.choice((None, None, 0.5, 1.0))},
            "exit": {"to": rng.choice(sorted(self.road.road.ramps))},
        }
        manoeuvre = "leave" if kind == "exit" else kind
        return Task(id="t1", kind=TaskKind.PLATOON, manoeuvre=manoeuvre, **choices.get(kind, {}))

    def _form(self, names: list[str], label: str) -> None:
        terms: dict[str, Any] = {"platoon": label, "headway": 0.5, "members": tuple(names)}
        task = Task(id="t1", kind=TaskKind.PLATOON, manoeuvre="form", robots=len(names), **terms)
        order = self._new_id()
        for seat, name in enumerate(names, start=1):
            self._give(name, "form", task, seat, f"{order}/{seat}")

    def _new_id(self) -> str:
        self._count += 1
        return f"g{self._count}/t1"

    def _give(self, name: str, kind: str, task: Task, seat: int, task_id: str) -> None:
        """Gives a truck an order, if it bids for that."""
        drive, now = self.road.drives[name], self.road.now
        offer = drive.offer(task, seat, now)
        if isinstance(offer, str):
            self.ended[kind, "refused"] += 1
            self._note(f"{name} is to {kind}, and {offer}")
            if not offer:
                self._broken(f"{name} refused to {kind} without a reason")
            return
        patience = LONGEST + SLACK
        if task.to is not None:
            patience += 2.0 * self.road.road.length / max(1.0, drive.vehicle.speed)
        self._given[name] = (kind, now, now + patience)
        self.road.give(name, task, seat, task_id)
        self._note(f"{name} is to {kind} {_words(task)}".rstrip())

    def _cancel(self, name: str) -> None:
        self._note(f"{name} is no longer to {self._given[name][0]}")
        self.ended[self._given[name][0], "cancelled"] += 1
        self._drop(name)

    def _drop(self, name: str) -> None:
        self.road.orders.pop(name, None)
        self._given.pop(name, None)
        if name in self._ready():
            self.road.drives[name].drop(self.road.now)

    def _ready(self) -> list[str]:
        return sorted(self.road.alive - self.road.hung)

    def _mishap(self) -> None:
        rng, road = self._rng, self.road
        there = [name for name in self._ready() if road.on_road(name)]
        kind = rng.choice(MISHAPS)
        if not there or (kind == "die" and len(there) < 3):
            return
        leaders = [n for n in there if road.drives[n].vehicle.membership.roster.order[1:] and road.leads(n)]
        name = rng.choice(leaders if leaders and rng.random() < 0.5 else there)
        span = rng.uniform(1.0, 15.0)
        match kind:
            case "hang":
                road.hang(name)
            case "silence":
                road.radio.cut((name,))
            case "storm":
                road.radio.cut(*((each,) for each in TRUCKS))
            case _:
                self._given.pop(name, None)
                road.die(name)
        self._note(f"{'all' if kind == 'storm' else name}: {kind} for {span:.1f} s")
        self._due.append((road.now + span, kind, name))
        self._mishaps += 1

    def _make_good(self, kind: str, name: str) -> None:
        road = self.road
        match kind:
            case "hang":
                road.go_on(name)
            case "silence" | "storm":
                road.radio.cut()
            case _ if self._rng.random() < 0.5:
                road.start_again(name)
                self._note(f"{name} starts again")
            case _:
                road.tow(name)
                self._note(f"{name} is towed away")


def _words(task: Task) -> str:
    what = {"to": task.to, "into": task.into, "at": task.at, "platoon": task.platoon, "behind": task.leader}
    said = [f"{key} {value}" for key, value in what.items() if value is not None]
    return " ".join([*said, *([f"{task.speed:.1f} m/s"] if task.speed is not None else [])])


def run_story(seed: int, road: Road) -> Told:
    """One seed to its end."""
    return Story(seed, road).run()
