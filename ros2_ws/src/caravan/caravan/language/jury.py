"""Several robots read one sentence; the jury makes one Draft of it, or a question. A state machine without I/O.

A Draft stands when a strict majority of the votes cast gives it, and at least a quorum of the asked robots does:
more than half of them, so that with three robots one liar or one failed model decides nothing. Disagreement is
asked back, never guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from caravan.model.goal import Draft, Intent, draft_to_json
from caravan.model.market import Vote


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """The Draft that the majority read, and the mean confidence of those who did."""

    draft: Draft
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """No agreement: an `unclear` Draft to ask back, and the disagreement in words."""

    draft: Draft
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoVerdict:
    """Too few models gave a Reading; `note` names the robots and what went wrong."""

    note: str


Verdict = Agreed | Question | NoVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Jury:
    """The votes on one goal by the robots `asked`, waited for until `deadline` (s); each robot's first vote counts."""

    asked: tuple[str, ...]
    deadline: float
    votes: Mapping[str, Vote] = field(default_factory=dict)

    @property
    def quorum(self) -> int:
        """How many equal Drafts decide: 1 of 1, 2 of 2 or 3, 3 of 4 or 5."""
        return len(self.asked) // 2 + 1

    def expects(self, robot: str) -> bool:
        """Whether this robot was asked and has not voted."""
        return robot in self.asked and robot not in self.votes

    def missing(self) -> tuple[str, ...]:
        """The robots that were asked and have not voted."""
        return tuple(robot for robot in self.asked if robot not in self.votes)

    def receive(self, vote: Vote) -> Jury:
        """The jury with this vote; one that is not expected changes nothing."""
        return replace(self, votes={**self.votes, vote.robot: vote}) if self.expects(vote.robot) else self

    def verdict(self, now: float) -> Verdict | None:
        """What the votes say at `now` (s); None while votes that could matter are out. No later vote changes it."""
        cast = [(vote.draft, vote.confidence) for vote in self.votes.values() if vote.draft is not None]
        drafts = Counter(draft for draft, _ in cast)
        best, count = drafts.most_common(1)[0] if drafts else (None, 0)
        if best is not None and count >= self.quorum:
            return Agreed(draft=best, confidence=sum(c for d, c in cast if d == best) / count)
        if self.missing() and now < self.deadline:
            return None
        if len(drafts) < 2:
            return NoVerdict(note=_silence(self))
        return _question([draft for draft, _ in sorted(cast, key=lambda each: -each[1])])


def _silence(jury: Jury) -> str:
    out = []
    for robot in jury.asked:
        vote = jury.votes.get(robot)
        if vote is None:
            out.append(f"{robot} did not answer")
        elif vote.draft is None:
            out.append(f"{robot}: {vote.note or 'no reading'}")
    return f"too few robots could read it ({'; '.join(out) or 'nobody was asked'}): send it again"


def _question(drafts: list[Draft]) -> Question:
    """Asks what the Drafts (surest first) differ in; where most found it unclear, their question is asked."""
    unclear = [draft for draft in drafts if draft.intent is Intent.UNCLEAR]
    if 2 * len(unclear) > len(drafts):
        return Question(draft=unclear[0], note="the robots find it unclear")
    differing = _differences(drafts)
    note = "the robots read it differently: " + "; ".join(differing)
    return Question(draft=Draft(intent=Intent.UNCLEAR, reason="ambiguous", phrases=differing), note=note)


def _differences(drafts: list[Draft]) -> tuple[str, ...]:
    """Where the Drafts differ, as "t1 to: aisle_b or aisle_c", by first appearance."""
    flat = [_flat(draft) for draft in drafts]
    keys = dict.fromkeys(key for each in flat for key in each)
    readings = {key: list(dict.fromkeys(each.get(key, "nothing") for each in flat)) for key in keys}
    return tuple(f"{key}: {' or '.join(values)}" for key, values in readings.items() if len(values) > 1)


def _flat(draft: Draft) -> dict[str, str]:
    data = draft_to_json(draft)
    out = {key: _shown(value) for key, value in data.items() if key != "tasks"}
    for task in data.get("tasks", ()):
        out |= {f"{task['id']} {key}": _shown(value) for key, value in task.items() if key != "id"}
    return out


def _shown(value: object) -> str:
    return ", ".join(str(v) for v in value) if isinstance(value, list) else str(value)
