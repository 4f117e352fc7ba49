"""Traffic control: hears every robot's TrafficReport and grants Stretches so that robots neither touch nor jam.

No node is ever held by two robots. Everyone plans from the last node granted to it (`traffic.window`); the passing
order of the plan decides who is granted which node next (`traffic.passing`). Granted nodes are never taken back, so a
robot that is late, silent or dead costs room, not safety: its nodes stay closed until it speaks again. Lanes that
robots found blocked are closed for a while (`actors.traffic.lanes`); a robot that has lost its way is given a node to
go on from (`actors.traffic.strays`).
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from itertools import pairwise

from caravan.actors.traffic.lanes import Lanes
from caravan.actors.traffic.strays import Strays
from caravan.actors.traffic.traffic_notes import note
from caravan.model.plan import BlockedLanes, Stretch, TrafficReport
from caravan.model.site import Roadmap, Robot
from caravan.traffic.passing import PassingOrder
from caravan.traffic.pibt import Agent, Crowd
from caravan.traffic.repair import repair
from caravan.traffic.roadmap import Graph
from caravan.traffic.track import Track
from caravan.traffic.window import Window, extend, roll, seek

LEASE = 2.0
"""A Stretch may be driven for so long, s."""
_LISTEN = 1.5
"""A new session listens for robots so many leases long before it lets anybody drive, unless all are known earlier."""
_MISSING = 20.0
"""And for so long (s) where some were not heard: they may be starting, and stand in the way of others."""
_AHEAD_NODES = 3
_AHEAD = 5.0
"""A robot is granted at most so many nodes, and so far (m), ahead of the last that it has reached."""
_PERIOD = 1.0
_PAUSE = 0.2
"""Plans are made anew every `_PERIOD` s, and after a change once `_PAUSE` s have passed since the last, s."""
_SETTLE = 0.5
"""A robot is not moved on from its destination before it has had so long to say that it works there, s."""
_HOPELESS = 5.0
"""A robot that no plan was found for does not lead again for so long, s."""
_HORIZON = 20
_REPAIRS = 10
"""Tries to repair a plan: so many for each robot, shared out over its steps."""
_EFFORT = 250
_HARDER = 4
"""A search tries at most `_EFFORT` steps, and up to so many times as many after it failed."""


class TrafficControl:
    """One session of traffic control for `robots` on `roadmap`; `session` should exceed those before it.

    Messages may be lost, doubled and reordered. Robots' clocks need not agree with that of `now`: what they are told is
    in their own time. Same inputs, same outputs. `lease` (s) is how long a Stretch may be driven; a robot that is
    silent for as long counts as dead.
    """

    def __init__(
        self, roadmap: Roadmap, robots: Mapping[str, Robot], session: int, now: float, lease: float = LEASE
    ) -> None:
        self.session = session
        self._lease = lease
        self._graph = Graph(roadmap)
        self._lanes = Lanes(self._graph, session)
        self._robots = dict(robots)
        self._opens = now + _LISTEN * lease
        self._misses = now + _MISSING
        self._unplaced: dict[str, TrafficReport] = {}
        """The latest word of robots that have no track yet."""
        self._tracks: dict[str, Track] = {}
        self._strays = Strays(self._graph, self._robots, self._tracks, lease)
        self._order = PassingOrder({})
        self._leader: tuple[str, str] | None = None
        """The robot that leads the plan, and where to."""
        self._hopeless: dict[str, tuple[float, int]] = {}
        """Until when no plan is sought for a robot, and how often it was sought in vain."""
        self._reserved: set[str] = set()
        """Nodes that robots need to turn back to: nobody else enters them, and who stands there leaves."""
        self._dirty = True
        self._planned = now - _PERIOD
        self._driving: frozenset[str] = frozenset()

    def held(self) -> dict[str, tuple[str, ...]]:
        """For each robot heard of the nodes that it holds, in driving order."""
        return {name: tuple(track.route) for name, track in self._tracks.items()}

    def receive(self, report: TrafficReport, now: float) -> list[Stretch]:
        """Takes up a report; answers its robot, and those that may drive further now. Unknown robots are ignored."""
        track = self._tracks.get(report.robot)
        if report.robot not in self._robots or (track is not None and not track.is_news(report, now)):
            return []
        if report.session > self.session and not self._open(now):
            self._outdo(report.session)
            track = None
        if track is None or not (track.confirmed or report.session in (0, self.session) or track.carries(report.held)):
            self._place(report, track, now)
        else:
            self._absorb(track, report, now)
        return self._stretches({*self._grant(now), report.robot}, now)

    def _outdo(self, session: int) -> None:
        """There was a session with a higher number, by a clock that was ahead: this one begins anew above that."""
        self.session = session + 1
        self._lanes = Lanes(self._graph, self.session)
        self._tracks.clear()
        self._unplaced.clear()

    def _place(self, report: TrafficReport, former: Track | None, now: float) -> None:
        """Has a robot hold nodes that is new to the session, as soon as that can be.

        One that holds none is found a node when all others have had the time to say what they hold.
        """
        self._unplaced[report.robot] = report
        if report.session == 0 and not (self._all_heard or now >= self._opens):
            return
        self._tracks.pop(report.robot, None)
        adopted = self._strays.adopt(report, former, now)
        if adopted is not None:
            del self._unplaced[report.robot]
            self._tracks[report.robot], self._dirty = adopted, True
            self._lanes.blocked(report.blocked, now)
        elif former is not None:
            self._tracks[report.robot] = former

    @property
    def _all_heard(self) -> bool:
        return self._robots.keys() <= self._tracks.keys() | self._unplaced.keys()

    def _absorb(self, track: Track, report: TrafficReport, now: float) -> None:
        """Takes up a report of a robot that is known."""
        before = track.turn
        if report.session == self.session and report.turn > before and not report.held:
            self._strays.find(track, report, now)
        self._dirty = track.absorb(report, self.session, now) or self._dirty
        if track.turn != before:
            # The plan is from where it goes no more.
            self._order = PassingOrder({})
            self._lanes.blocked(report.blocked, now)
        self._strays.mind(track)
        if report.blocked or self._reserved:
            self._reserved = {node for t in self._tracks.values() if (node := t.retreat) is not None}
        self._lanes.passed(track.passed, now)

    def tick(self, now: float) -> list[Stretch | BlockedLanes]:
        """Plans where it must; call it 5 to 10 times a second. Answers those that may drive further now."""
        self._dirty = self._lanes.refresh(now) or self._dirty
        driving = frozenset(name for name, track in self._tracks.items() if track.drives(now))
        if driving != self._driving:
            self._driving, self._dirty = driving, True
        if self._open(now) and now - self._planned >= (_PAUSE if self._dirty else _PERIOD):
            self._plan(now)
        return [*self._stretches(self._grant(now), now), *self._lanes.due(now)]

    def _open(self, now: float) -> bool:
        """Whether all that may stand or drive somewhere on an older session's word is known."""
        if self._robots.keys() == self._tracks.keys() and all(track.confirmed for track in self._tracks.values()):
            return True
        return now >= (self._opens if self._all_heard else self._misses)

    # Planning

    def _closed(self, now: float) -> set[str]:
        """Nodes of obstacles: robots that do not drive or hold none, and the starts of those never heard of."""
        closed = set[str]()
        for name, robot in self._robots.items():
            track = self._tracks.get(name)
            if track is None and name in self._unplaced:
                closed |= self._strays.around(self._unplaced[name])
            elif track is None and robot.start is not None and self._graph.names:
                closed.add(self._graph.nearest(robot.start.point))
            elif track is not None and not track.drives(now):
                closed |= track.occupied()
        return closed

    def _agent(self, track: Track) -> Agent:
        goal = track.report.destination
        return Agent(
            name=track.report.robot,
            goal=None if goal is None else self._graph.index.get(goal),
            avoid=self._graph.numbers({*track.report.avoid, *self._reserved}),
            speed=track.robot.speed,
        )

    def _plan(self, now: float) -> None:
        self._dirty, self._planned = False, now
        closed = self._graph.numbers(self._closed(now))
        tracks = [track for _, track in sorted(self._tracks.items()) if track.drives(now)]
        start = tuple(self._graph.index[track.end] for track in tracks)
        rank = sorted(range(len(tracks)), key=lambda i: (not tracks[i].report.urgent, tracks[i].since, i))
        agents = self._lanes.spurs.take_turns([self._agent(track) for track in tracks], start, rank, closed)
        crowd = Crowd(self._lanes.open, agents, closed)
        rank.sort(key=lambda i: not crowd.can_arrive(i, start[i]))
        leader, window = self._lead(crowd, start, rank, now)
        if leader is None and window is None:
            window = roll(crowd, start, rank, None, _HORIZON)
        if window is not None:
            leads = next((i for i, agent in enumerate(agents) if leader is not None and agent.name == leader[0]), None)
            tries = _REPAIRS * len(agents) // len(window.steps)
            steps = repair(crowd, window.steps, random.Random(self.session), tries, leads)
            paths = zip(*steps, strict=True)
            self._order = PassingOrder(
                {agent.name: [self._graph.names[v] for v in path] for agent, path in zip(agents, paths, strict=True)}
            )
        self._leader = leader

    def _left(self, crowd: Crowd) -> int | None:
        """In how many steps the leader arrives by the present plan; None where that cannot be carried out any more."""
        if self._leader is None:
            return None
        names, index = {agent.name: agent for agent in crowd.agents}, self._graph.index

        def may_enter(name: str, node: str) -> bool:
            return name in names and index[node] not in crowd.closed and index[node] not in names[name].avoid

        return self._order.steps_to(*self._leader, may_enter)

    def _lead(
        self, crowd: Crowd, start: tuple[int, ...], rank: list[int], now: float
    ) -> tuple[tuple[str, str] | None, Window | None]:
        """Who leads, and the plan in which it arrives; no plan where the present one is at least as good for it."""
        for i in self._candidates(crowd, start, rank, now):
            agent = crowd.agents[i]
            assert agent.goal is not None
            leader = (agent.name, self._graph.names[agent.goal])
            left = self._left(crowd) if leader == self._leader else None
            window = roll(crowd, start, rank, i, _HORIZON)
            if left is not None and (window.arrival is None or window.arrival > left):
                return leader, None
            _, failures = self._hopeless.get(agent.name, (now, 0))
            if window.arrival is None:
                effort = _EFFORT * min(1 + failures, _HARDER)
                window = extend(crowd, seek(crowd, start, rank, i, effort, failures), rank, i, _HORIZON)
            if window.arrival is not None:
                self._hopeless.pop(agent.name, None)
                return leader, window
            self._hopeless[agent.name] = (now + _HOPELESS, failures + 1)
        return None, None

    def _candidates(self, crowd: Crowd, start: tuple[int, ...], rank: list[int], now: float) -> list[int]:
        """Agents that may lead, the present leader first unless someone urgent comes before it."""
        able = [
            i
            for i in rank
            if crowd.can_arrive(i, start[i])
            and start[i] != crowd.agents[i].goal
            and self._hopeless.get(crowd.agents[i].name, (now, 0))[0] <= now
        ]
        names, leader = [agent.name for agent in crowd.agents], self._leader[0] if self._leader else None
        return sorted(able, key=lambda i: (not self._tracks[names[i]].report.urgent, names[i] != leader))

    # Grants

    def _grant(self, now: float) -> set[str]:
        """Lets everyone drive as far as the passing order allows; the robots whose route grew."""
        if not self._open(now):
            return set()
        waiting = [name for name, track in sorted(self._tracks.items()) if self._order.next(name) and track.drives(now)]
        back = [track for _, track in sorted(self._tracks.items()) if track.retreat] if self._reserved else []
        if not (waiting or back):
            return set()
        holders = self._strays.holders()
        grew = self._let_back(back, holders, now)
        progress = not grew
        while progress:
            progress = False
            for name in waiting:
                if self._may_grow(name, holders, now):
                    node = self._order.take(name)
                    self._tracks[name].grant(node, now)
                    holders[node] = name
                    grew.add(name)
                    progress = True
        return grew

    def _let_back(self, back: Iterable[Track], holders: dict[str, str], now: float) -> set[str]:
        """Lets robots that must turn back do so where there is room, which is no part of the plan."""
        grew = set[str]()
        for track in back:
            name, node = track.report.robot, track.retreat
            if node is None or node not in self._graph.index or track.stale(now) or holders.get(node, name) != name:
                continue
            track.grant(node, now)
            holders[node] = name
            grew.add(name)
        if grew:
            self._order, self._dirty = PassingOrder({}), True
        return grew

    def _may_grow(self, name: str, holders: Mapping[str, str], now: float) -> bool:
        track, node = self._tracks[name], self._order.next(name)
        if (
            node is None
            or node in self._reserved
            or holders.get(node, name) != name
            or self._order.before(name) is not None
        ):
            return False
        if node in track.report.avoid and track.end not in track.report.avoid:
            return False
        if track.end == track.report.destination and (track.arrived is None or now - track.arrived < _SETTLE):
            return False
        return self._near(track)

    def _near(self, track: Track) -> bool:
        ahead = track.last - track.reached
        nodes = track.route[max(0, track.reached - track.first) :]
        length = sum(self._graph.length(a, b) for a, b in pairwise(nodes))
        return ahead == 0 or (ahead < _AHEAD_NODES and length < _AHEAD)

    def _stretches(self, names: Iterable[str], now: float) -> list[Stretch]:
        tracks = [self._tracks[name] for name in sorted(names) if name in self._tracks]
        return [
            Stretch(
                robot=track.report.robot,
                session=self.session,
                first=track.first,
                nodes=tuple(track.route),
                turn=track.turn,
                lease=track.robots_time(now) + (0.0 if held_up else self._lease),
                note=note(track, self._tracks, self._order, self._lanes, held_up, self._open(now), now),
            )
            for track in tracks
            for held_up in (self._strays.held_up(track, now),)
        ]
