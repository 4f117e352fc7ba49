"""The reading desk: asks robots to read a goal with their own models, and takes what the jury makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from caravan.actors.house.book import Book
from caravan.actors.house.panel import panel
from caravan.actors.house.roster import Roster
from caravan.language.bounds import unknown_names
from caravan.language.form import malformed
from caravan.language.jury import Agreed, Jury, NoVerdict, Question, Verdict, confidence_of
from caravan.language.parse import ReadFailure
from caravan.language.spans import BadText
from caravan.model.goal import Draft, Goal, GoalState, Intent, Reading, draft_to_json
from caravan.model.market import ReadRequest, Vote
from caravan.model.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingSettings:
    """Times in s."""

    voters: int = 3
    """How many robots read each goal."""
    vote_time: float = 20.0
    """How long the votes are waited for at most."""
    confidence: float = 0.6
    """An agreed reading that the robots are less sure of (0..1) is asked back."""
    resend: float = 1.0
    """Pause between two askings of those that have not voted."""
    gather: float = 3.0
    """How long after the start fewer robots than that may be heard, and are waited for."""
    at_once: int = 4
    """How many goals are being read at a time, oldest first; the others wait for their turn."""
    waiting: int = 1000
    """How many goals may be unread at a time."""
    juries: int = 3
    """So many juries at most are asked to read a goal, each without those that were of no use before."""


_GOAL = re.compile(r"g\d{1,9}")

Outcome = Draft | Question | str
"""What became of the reading of a goal: an agreed Draft, what is to be asked back, or why there is neither."""


@dataclass(slots=True)
class _Case:
    since: float
    asked: float = 0.0
    jury: Jury | None = None
    juries: int = 0
    """How many have come to no verdict."""
    votes: Mapping[str, Vote] = field(default_factory=dict)
    """What the robots of those read."""
    useless: frozenset[str] = frozenset()
    """Their other robots: silent, or without a reading."""
    least: int = 1
    """No later jury has fewer robots than the first, or one of them might decide alone."""


class ReadingDesk:
    """Goals of the fleet of `site` that are being read. All times are the caller's `now` (s)."""

    def __init__(self, book: Book, roster: Roster, settings: ReadingSettings, site: Site, now: float) -> None:
        self._book = book
        self._roster = roster
        self._settings = settings
        self._site = site
        self._bench = min(settings.voters, len(site.robots))
        self._gathered = now + settings.gather
        self._cases: dict[str, _Case] = {g.id: _Case(since=now) for g in book if g.state is GoalState.READING}
        self._decided: list[tuple[str, Outcome]] = []

    def open(self, goal: Goal, now: float) -> None:
        """Starts to have a goal read, unless that is under way."""
        if goal.id in self._cases:
            return
        case = self._cases[goal.id] = _Case(since=now)
        seated = self._seated()
        if seated == len(self._cases) - 1:  # Nobody waits before it.
            self._go_on(goal.id, case, seated, now)

    def full(self) -> str | None:
        """Why no further goal can be opened; None where one can."""
        if len(self._cases) < self._settings.waiting:
            return None
        return f"{len(self._cases)} goals wait to be read: send it again in a minute"

    def vote(self, vote: Vote, now: float) -> None:
        """Counts a vote; one that was not asked for, or the second of one robot, counts for nothing."""
        case = self._cases.get(vote.goal)
        if case is None or case.jury is None or not case.jury.expects(vote.robot):
            return
        goal = self._book[vote.goal]
        if vote.reading != goal.reading:
            return
        vote = _checked(vote, goal.sentence, case.jury.asked, self._site)
        case.jury = case.jury.receive(vote)
        draft = draft_to_json(vote.draft) if vote.draft is not None else None
        sure, seconds = round(confidence_of(vote), 3), round(vote.seconds, 3)
        data = {"draft": draft, "model": vote.model, "confidence": sure, "seconds": seconds}
        self._book.record(now, "vote", vote.goal, robot=vote.robot, text=vote.note, data=data)
        self._judge(vote.goal, case, now)

    def tick(self, now: float) -> None:
        """Asks, asks again, and ends what has waited long enough."""
        seated = self._seated()
        for goal_id, case in list(self._cases.items()):
            if self._book[goal_id].state is not GoalState.READING:
                del self._cases[goal_id]
            else:
                seated = self._go_on(goal_id, case, seated, now)

    def decided(self) -> list[tuple[str, Outcome]]:
        """Goals that were read since the last call, with what became of it."""
        decided, self._decided = self._decided, []
        return decided

    def read(self, goal: Goal, draft: Draft, now: float) -> Goal:
        """Notes what was made of a goal."""
        goal = replace(goal, draft=draft)
        self._book.put(goal)
        self._book.record(now, "read", goal.id, data={"draft": draft_to_json(draft)})
        return goal

    def _seated(self) -> int:
        return sum(case.jury is not None for case in self._cases.values())

    def _go_on(self, goal_id: str, case: _Case, seated: int, now: float) -> int:
        """Does what is due for a goal, where `seated` goals are being read; answers with how many are then."""
        if case.jury is None and seated >= self._settings.at_once:
            case.since = now  # It waits for its turn, and not for robots.
            return seated
        if case.jury is None:
            self._seat(goal_id, case, now)
            seated += case.jury is not None
        self._judge(goal_id, case, now)
        if goal_id in self._cases and case.jury is not None and now - case.asked >= self._settings.resend:
            self._ask(goal_id, case.jury.missing(), case, now)
        return seated

    def _seat(self, goal_id: str, case: _Case, now: float) -> None:
        live = self._of_use(case, now)
        if len(live) < case.least or (len(live) < self._bench and now < self._gathered):
            return
        asked = panel(live, self._model, self._settings.voters, int(goal_id[1:]))
        heard = {robot: vote for robot, vote in case.votes.items() if robot in asked}
        deadline = now + self._settings.vote_time
        case.jury = Jury(asked=asked, deadline=deadline, sure=self._settings.confidence, votes=heard)
        self._ask(goal_id, case.jury.missing(), case, now)

    def _of_use(self, case: _Case, now: float) -> list[str]:
        return [robot for robot in self._roster.live(now) if robot not in case.useless]

    def _model(self, robot: str) -> str:
        state = self._roster.state(robot)
        return state.model if state is not None else ""

    def _ask(self, goal_id: str, robots: tuple[str, ...], case: _Case, now: float) -> None:
        case.asked = now
        goal = self._book[goal_id]
        self._book.send(ReadRequest(goal=goal_id, text=goal.sentence, reading=goal.reading, robots=robots))

    def _judge(self, goal_id: str, case: _Case, now: float) -> None:
        made: Verdict | None = case.jury.verdict(now) if case.jury is not None else None
        if case.jury is None and now - case.since > self._settings.vote_time:
            made = NoVerdict(note="no robot is there to read it")
        if made is None:
            return
        if case.jury is not None:
            self._tell(goal_id, case.jury, made, now)
            if isinstance(made, NoVerdict) and self._dismiss(case, case.jury, now):
                return
        del self._cases[goal_id]
        self._decided.append((goal_id, _outcome(made)))

    def _dismiss(self, case: _Case, jury: Jury, now: float) -> bool:
        """Makes room for another jury where there are enough others to read; whether there are."""
        case.juries += 1
        case.votes = {robot: vote for robot, vote in jury.votes.items() if vote.draft is not None}
        case.useless |= jury.asked.keys() - case.votes.keys()
        case.least = len(jury.asked)
        if case.juries >= self._settings.juries or len(self._of_use(case, now)) < case.least:
            return False
        case.jury, case.since = None, now
        return True

    def _tell(self, goal_id: str, jury: Jury, made: Verdict, now: float) -> None:
        """Puts on record who was asked, with which models, and what came of it."""
        if isinstance(made, Agreed):
            agree = [robot for robot, vote in jury.votes.items() if vote.draft == made.draft]
            models = len({jury.asked[robot] for robot in agree})
            text = f"{len(agree)} of {len(jury.asked)} robots, {models} models, agree with {made.confidence:.2f}"
        else:
            text = made.note
        self._book.record(now, "jury", goal_id, text=text, data={"asked": dict(jury.asked)})


def _outcome(made: Verdict) -> Outcome:
    if isinstance(made, NoVerdict):
        return f"{made.note}: send it again"
    return made.draft if isinstance(made, Agreed) else made


def _checked(vote: Vote, sentence: str, asked: Mapping[str, str], site: Site) -> Vote:
    """The vote; one without a Draft where what it says cannot come from the robot's model and this sentence."""
    draft, flaw = vote.draft, None
    if draft is None:
        return vote
    if vote.model != asked[vote.robot]:
        flaw = f"it read with model {vote.model!r}, and had told of {asked[vote.robot]!r}"
    elif draft.intent is Intent.UNCLEAR and not all(phrase in sentence for phrase in draft.phrases):
        flaw = "it quotes what was not said"
    flaw = flaw or malformed(draft) or next(_foreign(draft, site), None)
    return vote if flaw is None else replace(vote, draft=None, note=flaw)


def _foreign(draft: Draft, site: Site) -> Iterator[str]:
    """Names in a Draft that grounding at this site cannot have given."""
    for task in draft.tasks:
        yield from unknown_names(task, site)
    target = draft.target or "all"
    if target not in ("all", *site.robots, *site.places) and not _GOAL.fullmatch(target):
        yield f"{target!r} is neither a robot, a place nor a goal"


def vote_of(robot: str, model: str, request: ReadRequest, result: Reading | BadText | ReadFailure) -> Vote:
    """A robot's vote on a goal from what its model made of it."""
    asked = Vote(goal=request.goal, reading=request.reading, robot=robot, model=model, draft=None)
    if isinstance(result, ReadFailure | BadText):
        return replace(asked, note=result.note)
    return replace(asked, draft=result.draft, confidence=result.confidence, seconds=result.seconds)
