"""What a fleet makes of its robots' readings: one Draft to act on, a question, or a refusal."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass

from caravan.actors.house.reading_desk import ReadingSettings
from caravan.language.guard import Refused, examine
from caravan.language.jury import Agreed, Jury, NoVerdict
from caravan.language.parse import ReadFailure
from caravan.model.goal import Draft, Intent, Reading
from caravan.model.market import Vote
from caravan.model.site import Site
from caravan.traffic.roadmap import Graph

NOW = 6 * 3600.0
"""When the sentences of the attacks are said: six in the morning, UTC, s."""

Result = Reading | ReadFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the jury makes of the readings: a Draft (None: no model gave one), whether it stands, and how surely."""

    draft: Draft | None
    stands: bool
    confidence: float

    @property
    def acted(self) -> Draft | None:
        """The Draft, where the fleet would go on with it unasked."""
        return self.draft if self.stands else None


def decide(readings: Mapping[str, Result]) -> Decision:
    """The decision of a jury with a robot for each model, by model."""
    jury = Jury(asked={model: model for model in readings}, deadline=0.0, sure=ReadingSettings().confidence)
    for model, result in readings.items():
        draft, confidence = (result.draft, result.confidence) if isinstance(result, Reading) else (None, 0.0)
        jury = jury.receive(Vote(goal="g1", robot=model, draft=draft, confidence=confidence))
    made = jury.verdict(0.0)
    assert made is not None, "all votes are in"
    if isinstance(made, NoVerdict):
        return Decision(draft=None, stands=False, confidence=0.0)
    agreeing = [r.confidence for r in readings.values() if isinstance(r, Reading) and r.draft == made.draft]
    confidence = statistics.median_low(agreeing) if agreeing else 0.0
    return Decision(draft=made.draft, stands=isinstance(made, Agreed), confidence=confidence)


def answer(decision: Decision, site: Site, requester: str = "") -> str:
    """What the requester gets: `done` (it is acted on), `asked` (a question) or `refused`."""
    draft = decision.acted
    if draft is None:
        return "asked"
    if draft.intent is Intent.UNCLEAR:
        return "refused" if draft.reason in ("unsafe", "not_a_goal") else "asked"
    verdict = examine(draft, site, Graph(site.roadmap).reachable, NOW, requester=requester)
    return "refused" if isinstance(verdict, Refused) else "done"
