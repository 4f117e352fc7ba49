"""How many commits travel together."""

from __future__ import annotations

from caravan.auction.leadership import LeadershipSettings
from caravan.auction.replication import BATCH, FULL, Copies, Tail
from caravan.model.goal import Goal
from caravan.model.leadership import Commit, Commits, Following, Mark


def commits(count: int, goals: int) -> list[Commit]:
    """Commits of so many goals each."""
    made = tuple(Goal(id=f"g{k}", text="go", requester="", stamp=0.0) for k in range(1, goals + 1))
    return [Commit(mark=Mark(term=1, position=k), goals=made, events=()) for k in range(1, count + 1)]


def sent(count: int, goals: int) -> list[int]:
    """How many commits are in each message to a standby that has none and takes all."""
    tail = Tail(Mark())
    copies = Copies(1, "a", ["b"], tail, lambda: ((), ()), LeadershipSettings(), 0.0)
    for commit in commits(count, goals):
        tail.add(commit)
    numbers, mark, now = [], Mark(), 0.0
    while mark != tail.end:
        now += 1.0
        said = copies.hear(Following(term=1, node="b", mark=mark, whole=None, lacks=0), now)
        (message,) = [word for word in said if isinstance(word, Commits)]
        numbers.append(len(message.commits))
        mark = message.commits[-1].mark
    return numbers


def test_many_small_commits_travel_together_and_large_ones_alone() -> None:
    assert sent(BATCH + 5, 1) == [BATCH, 5]
    assert sent(5, FULL // 2) == [2, 2, 1]
    assert sent(3, FULL + 1) == [1, 1, 1]
