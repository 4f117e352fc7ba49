"""Several robots read one sentence; the jury makes one Draft of it, or a question. A state machine without I/O.

A Draft stands when it has more than half of each of three counts (docs/decisions/0012-jury.md): of the robots asked,
so that of three or more none decides alone; of the models heard, each of which has one voice that its robots share,
so that a model is not believed more for running twice; and of the voices weighed by confidence, so that the unsure do
not outvote the sure. Disagreement is asked back, never guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from caravan.model.goal import Draft, Intent
from caravan.model.market import Vote

UNSURE = 0.5
"""What a voice weighs at confidence 0; at confidence 1 it weighs 1. So one voice never outweighs two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """The Draft that stands, and how sure those are who read it so (0..1)."""

    draft: Draft
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """No agreement, or an unsure one. `draft` is what is asked about: `unclear`, or the one that is in doubt.

    `options` are what the sentence may mean, best first, for a person to choose from; `note` says why it is asked.
    """

    draft: Draft
    options: tuple[Draft, ...] = ()
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoVerdict:
    """Too few models gave a Reading; `note` names the robots and what went wrong."""

    note: str


Verdict = Agreed | Question | NoVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Jury:
    """The votes on one goal by the robots `asked`, waited for until `deadline` (s); each robot's first vote counts.

    `asked` has for each robot the model that it said it reads with. Asked back is what those who agree are less sure of
    than `sure` (0..1), by their median; or all who voted, by their mean.
    """

    asked: Mapping[str, str]
    deadline: float
    sure: float = 0.0
    votes: Mapping[str, Vote] = field(default_factory=dict)

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
        cast = sorted((v for v in self.votes.values() if v.draft is not None), key=lambda vote: vote.robot)
        missing = self.missing() if now < self.deadline else ()
        drafts = _ranked(self._count(cast, weight_of))
        standing = next((draft for draft in drafts if self._stands(draft, cast, missing)), None)
        if standing is not None:
            sure = [confidence_of(vote) for vote in cast if vote.draft == standing]
            surety = min(_median([*sure, *[0.0] * len(missing)]), self._backing(standing, cast, missing))
            if standing.intent is Intent.UNCLEAR or surety >= self.sure:
                return Agreed(draft=standing, confidence=_median(sure))
        if missing:
            return None
        if standing is not None:
            others = [draft for draft in drafts if draft != standing]
            return Question(draft=standing, options=_options([standing, *others]), note="the robots are not sure")
        return _question(drafts, cast) if len(drafts) > 1 else NoVerdict(note=_silence(self))

    def _stands(self, draft: Draft, cast: list[Vote], missing: tuple[str, ...]) -> bool:
        """Whether the Draft has more than half of each count, even if all that are `missing` were to speak against it.

        They can do no worse than to speak for one other Draft with full confidence.
        """
        robots = sum(vote.draft == draft for vote in cast)
        counts = (self._count([*cast, *_against(missing)], how) for how in (_alike, weight_of))
        return 2 * robots > len(self.asked) and all(2 * c[draft] > sum(c.values()) + _DUST for c in counts)

    def _backing(self, draft: Draft, cast: list[Vote], missing: tuple[str, ...]) -> float:
        """How sure all voices are of the Draft, on the mean (0..1): those for another one are not at all."""
        votes = [*cast, *_against(missing)]
        return self._count(votes, confidence_of)[draft] / sum(self._count(votes, _alike).values())

    def _count(self, votes: list[Vote], how: Callable[[Vote], float]) -> dict[Draft, float]:
        """The voices for each Draft: that of a model is shared by its robots, of which each has `how` much to say."""
        sharing = Counter(self.asked[vote.robot] for vote in votes)
        out: dict[Draft, float] = {}
        for vote in votes:
            if vote.draft is not None:
                out[vote.draft] = out.get(vote.draft, 0.0) + how(vote) / sharing[self.asked[vote.robot]]
        return out


_ANOTHER = Draft(intent=Intent.UNCLEAR)
"""A Draft that nobody gives."""
_DUST = 1e-9
"""A lead below this comes from rounding."""


def _against(missing: tuple[str, ...]) -> list[Vote]:
    return [Vote(goal="", robot=robot, draft=_ANOTHER, confidence=1.0) for robot in missing]


def confidence_of(vote: Vote) -> float:
    """The confidence of a vote; 0 for what is none (NaN, 99): who cannot say it right is not believed for it."""
    return vote.confidence if 0.0 <= vote.confidence <= 1.0 else 0.0


def weight_of(vote: Vote) -> float:
    """What a vote weighs for its confidence: `UNSURE` to 1."""
    return UNSURE + (1.0 - UNSURE) * confidence_of(vote)


def _alike(vote: Vote) -> float:
    return 1.0


def _ranked(counts: Mapping[Draft, float]) -> list[Draft]:
    """The Drafts, the one with the most to it first."""
    return sorted(counts, key=lambda draft: -counts[draft])


def _median(values: list[float]) -> float:
    """The middle value; of two the lower one, so that no single one can lift it over the others."""
    return sorted(values)[(len(values) - 1) // 2]


def _silence(jury: Jury) -> str:
    out = []
    for robot in jury.asked:
        vote = jury.votes.get(robot)
        if vote is None:
            out.append(f"{robot} did not answer")
        elif vote.draft is None:
            out.append(f"{robot}: {vote.note or 'no reading'}")
    return f"too few robots could read it ({'; '.join(out) or 'nobody was asked'})"


def _question(drafts: list[Draft], cast: list[Vote]) -> Question:
    """Asks which of the Drafts (best first) is meant; where most found it unclear, what most of those ask."""
    unclear = [draft for draft in drafts if draft.intent is Intent.UNCLEAR]
    if 2 * sum(vote.draft in unclear for vote in cast) > len(cast):
        return Question(draft=_common(unclear, cast), note="the robots find it unclear")
    asked = Draft(intent=Intent.UNCLEAR, reason="ambiguous")
    return Question(draft=asked, options=_options(drafts), note="the robots read it differently")


def _common(unclear: list[Draft], cast: list[Vote]) -> Draft:
    """The question of those that found it unclear: for the reason that most of them give; none: it is ambiguous."""
    reasons = Counter(vote.draft.reason for vote in cast if vote.draft is not None and vote.draft in unclear)
    (reason, count), *others = reasons.most_common(2)
    if others and others[0][1] == count:
        return replace(unclear[0], reason="ambiguous")
    return next(draft for draft in unclear if draft.reason == reason)


def _options(drafts: list[Draft]) -> tuple[Draft, ...]:
    """What a person may choose from. Nothing where a robot finds the sentence unsafe."""
    if any(draft.reason == "unsafe" for draft in drafts):
        return ()
    return tuple(draft for draft in drafts if draft.intent is not Intent.UNCLEAR)
