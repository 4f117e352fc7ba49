"""What holds for any votes, in any order, with any delay, whatever one voter says; and who is asked."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import mean

from hypothesis import given
from hypothesis import strategies as st

from caravan.actors.house.panel import deal, panel
from caravan.language.jury import Agreed, Jury, NoVerdict, Question, Verdict
from caravan.model.goal import Draft, Intent, Task, TaskKind
from caravan.model.market import Vote

DEADLINE = 20.0


def go(place: str) -> Draft:
    return Draft(intent=Intent.TASKS, tasks=(Task(id="t1", kind=TaskKind.GO, to=place),))


TRUTH = go("dock_1")
LIES = st.sampled_from([go("dock_2"), go("dock_3"), Draft(intent=Intent.CONTROL, command="stop", target="all")])
UNCLEAR = st.sampled_from([Draft(intent=Intent.UNCLEAR, reason=r) for r in ("not_a_goal", "unsafe", "ambiguous")])
DRAFTS = st.one_of(st.none(), LIES, UNCLEAR, *[st.just(TRUTH)] * 5)
SOUND = st.floats(0.0, 1.0)
ANY = st.one_of(SOUND, st.sampled_from([math.nan, math.inf, -1.0, 99.0]))
MODELS = st.sampled_from(["m1", "m2", "m3"])


@dataclass(frozen=True)
class Cast:
    """A vote and when it arrives, s."""

    at: float
    vote: Vote


@st.composite
def courts(draw: st.DrawFn, sizes: st.SearchStrategy[int]) -> tuple[dict[str, str], list[Cast]]:
    """Robots with their models, and their votes, of which some come late."""
    robots = [f"r{k}" for k in range(draw(sizes))]
    asked = {robot: draw(MODELS) for robot in robots}
    return asked, [Cast(draw(st.floats(0.0, 1.2 * DEADLINE)), _vote(r, draw(DRAFTS), draw(ANY))) for r in robots]


def _vote(robot: str, draft: Draft | None, confidence: float) -> Vote:
    return Vote(goal="g1", robot=robot, draft=draft, confidence=confidence)


def verdict(asked: Mapping[str, str], casts: Sequence[Cast], sure: float = 0.0) -> tuple[float, Verdict]:
    """What comes of the votes as they arrive, and when: it is looked at each time, and at the deadline."""
    jury = Jury(asked=asked, deadline=DEADLINE, sure=sure)
    for cast in sorted(casts, key=lambda cast: cast.at):
        if cast.at >= DEADLINE:
            break
        jury = jury.receive(cast.vote)
        found = jury.verdict(cast.at)
        if found is not None:
            return cast.at, found
    found = jury.verdict(DEADLINE)
    assert found is not None, "the deadline ends it"
    return DEADLINE, found


@given(court=courts(st.integers(1, 7)), sure=SOUND)
def test_what_was_decided_early_is_what_all_votes_that_came_in_time_decide(
    court: tuple[dict[str, str], list[Cast]], sure: float
) -> None:
    asked, casts = court
    _, early = verdict(asked, casts, sure)
    jury = Jury(asked=asked, deadline=DEADLINE, sure=sure)
    for cast in (c for c in casts if c.at < DEADLINE):
        jury = jury.receive(cast.vote)
    late = jury.verdict(DEADLINE)
    assert type(early) is type(late)
    if isinstance(early, Agreed) and isinstance(late, Agreed):
        assert early.draft == late.draft
    else:
        assert early == late


@given(court=courts(st.integers(1, 7)), order=st.randoms(use_true_random=False))
def test_the_order_does_not_matter(court: tuple[dict[str, str], list[Cast]], order: object) -> None:
    asked, casts = court
    jury = shuffled = Jury(asked=asked, deadline=DEADLINE)
    for cast in casts:
        jury = jury.receive(cast.vote)
    order.shuffle(casts)  # type: ignore[attr-defined]
    for cast in casts:
        shuffled = shuffled.receive(cast.vote)
    assert jury.verdict(0.0) == shuffled.verdict(0.0)


@given(court=courts(st.integers(3, 7)))
def test_what_is_acted_on_was_read_by_most_robots_and_most_models(court: tuple[dict[str, str], list[Cast]]) -> None:
    asked, casts = court
    _, found = verdict(asked, casts)
    if not isinstance(found, Agreed):
        return
    agree = [c.vote.robot for c in casts if c.vote.draft == found.draft]
    assert len(agree) >= 2 and 2 * len(agree) > len(asked)
    for_it = {asked[robot] for robot in agree}
    against = {asked[c.vote.robot] for c in casts if c.at < DEADLINE and c.vote.draft is not None} - for_it
    assert len(for_it) > len(against)


@given(
    honest=st.lists(st.tuples(MODELS, SOUND, st.floats(0.0, 1.0)), min_size=2, max_size=6),
    liar=st.tuples(MODELS | st.just("m9"), st.lists(st.tuples(DRAFTS, ANY), min_size=1, max_size=3)),
    at=st.floats(0.0, 2.0),
    sure=st.floats(0.0, 1.0),
)
def test_one_liar_among_three_or_more_never_decides(
    honest: list[tuple[str, float, float]],
    liar: tuple[str, list[tuple[Draft | None, float]]],
    at: float,
    sure: float,
) -> None:
    asked = {f"r{k}": model for k, (model, _, _) in enumerate(honest)} | {"liar": liar[0]}
    casts = [Cast(when, _vote(f"r{k}", TRUTH, c)) for k, (_, c, when) in enumerate(honest)]
    lies = [Cast(at, _vote("liar", draft, confidence)) for draft, confidence in liar[1]]
    _, found = verdict(asked, [*casts, *lies], sure)
    assert not isinstance(found, NoVerdict)
    assert found.draft in (TRUTH, Draft(intent=Intent.UNCLEAR, reason="ambiguous"))
    others = {model for model, _, _ in honest}
    if len(others) >= 2 or liar[0] in others:
        # He cannot even bring about a question where the others are sure: by themselves, and with him at nought.
        voices: dict[str, list[float]] = {liar[0]: [0.0]}
        for model, c, _ in honest:
            voices.setdefault(model, []).append(c)
        certain = all(c >= max(sure, 0.01) for _, c, _ in honest)
        certain &= mean(map(mean, voices.values())) > sure + 1e-9
        assert isinstance(found, Agreed) or not certain
    if isinstance(found, Agreed):
        assert found.confidence <= max(c for _, c, _ in honest), "nor make them surer than they are"


@given(court=courts(st.integers(1, 7)), bad=st.sampled_from([math.nan, math.inf, -0.5, 1.001, 99.0]))
def test_a_confidence_that_is_none_counts_as_no_confidence(
    court: tuple[dict[str, str], list[Cast]], bad: float
) -> None:
    asked, casts = court
    broken, none = ([Cast(c.at, replace(c.vote, confidence=value)) for c in casts] for value in (bad, 0.0))
    assert verdict(asked, broken) == verdict(asked, none)


@given(court=courts(st.integers(3, 7)), raised=SOUND)
def test_more_confidence_never_turns_an_agreement_into_a_question(
    court: tuple[dict[str, str], list[Cast]], raised: float
) -> None:
    asked, casts = court
    _, found = verdict(asked, casts, sure=0.4)
    if not isinstance(found, Agreed):
        return
    surer = [
        Cast(c.at, replace(c.vote, confidence=max(c.vote.confidence, raised)))
        if c.vote.draft == found.draft and 0.0 <= c.vote.confidence <= 1.0
        else c
        for c in casts
    ]
    _, again = verdict(asked, surer, sure=0.4)
    assert isinstance(again, Agreed) and again.draft == found.draft


@given(confidences=st.tuples(SOUND, SOUND, SOUND), order=st.permutations([0, 1, 2]))
def test_a_model_that_runs_twice_does_not_outvote_another(
    confidences: tuple[float, float, float], order: list[int]
) -> None:
    asked = {"r0": "m1", "r1": "m1", "r2": "m2"}
    drafts = [TRUTH, TRUTH, go("dock_2")]
    casts = [Cast(float(order[k]), _vote(f"r{k}", drafts[k], confidences[k])) for k in range(3)]
    _, found = verdict(asked, casts)
    assert isinstance(found, Question) and set(found.options) == {TRUTH, go("dock_2")}


@given(
    live=st.lists(st.sampled_from([f"r{k}" for k in range(9)]), unique=True, max_size=9),
    models=st.lists(MODELS, min_size=1, max_size=3, unique=True),
    count=st.integers(1, 5),
    turn=st.integers(0, 50),
)
def test_those_who_are_asked_have_as_many_models_as_there_are_in_equal_parts(
    live: list[str], models: list[str], count: int, turn: int
) -> None:
    dealt = deal([f"r{k}" for k in range(9)], models)
    chosen = panel(live, lambda robot: dealt[robot], count, turn)
    assert set(chosen) <= set(live) and len(chosen) == min(count, len(live))
    here = Counter(dealt[robot] for robot in live)
    assert len(set(chosen.values())) == min(len(chosen), len(here))
    parts = Counter(chosen.values())
    assert all(parts[m] >= max(parts.values()) - 1 or parts[m] == here[m] for m in here)


@given(robots=st.integers(3, 40), models=st.integers(1, 5))
def test_models_are_dealt_in_turn(robots: int, models: int) -> None:
    names = [f"m{k}" for k in range(models)]
    dealt = deal([f"r{k}" for k in range(robots)], names)
    assert list(dealt.values()) == [names[k % models] for k in range(robots)]
