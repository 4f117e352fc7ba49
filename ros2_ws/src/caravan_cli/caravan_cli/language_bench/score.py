"""How near a Draft comes to the right one: exactly, in parts, and whether it would be dangerous to act on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from caravan.model.goal import Draft, Intent, Task, task_to_json

BINS = 10
"""Of the calibration error."""

_HEAD = ("command", "about", "target", "reason")
_NODE = ("kind", "item", "from", "to", "places", "robot", "platoon", "leader", "members", "at", "into")
_CRITICAL = (*_NODE[1:], "quantity", "robots", "avoid")

Parts = Counter[Hashable]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A Draft that was read (None: there was none) and the right one."""

    read: Draft | None
    gold: Draft

    @property
    def exact(self) -> bool:
        """Whether they are the same to the letter."""
        return self.read == self.gold


def nodes(draft: Draft | None) -> Parts:
    """The tasks, each by its kind and the ids in it; what is not tasks is one node."""
    if draft is None:
        return Counter()
    if draft.intent is not Intent.TASKS:
        return Counter([(draft.intent, *(getattr(draft, key) for key in _HEAD))])
    return Counter(_picked(task, _NODE) for task in draft.tasks)


def edges(draft: Draft | None) -> Parts:
    """The pairs of tasks of which one is after the other, both as in `nodes`."""
    tasks = {task.id: _picked(task, _NODE) for task in draft.tasks} if draft is not None else {}
    named = draft.tasks if draft is not None else ()
    return Counter((tasks[before], tasks[task.id]) for task in named for before in task.after if before in tasks)


def constraints(draft: Draft | None) -> Parts:
    """All other keys of the tasks, each with its value and the kind of its task."""
    out: Parts = Counter()
    for task in draft.tasks if draft is not None else ():
        data = task_to_json(task)
        out.update((task.kind, key, str(value)) for key, value in data.items() if key not in (*_NODE, "id", "after"))
    return out


def dangerous(read: Draft | None, gold: Draft) -> bool:
    """Whether who acts on it goes to a wrong place, or takes a wrong robot, item or quantity.

    So it is where any of them is another one, is missing or is too many, in any task; where robots would do
    something that was no order; and where an order to running work goes to another robot or goal.
    """
    if read is None or read.intent not in (Intent.TASKS, Intent.CONTROL):
        return False
    return read.intent is not gold.intent or _critical(read) != _critical(gold)


def misdirected(read: Draft | None, gold: Draft) -> bool:
    """Whether it is dangerous because of a place, robot, item or quantity that is wrong, and not only left out."""
    if not dangerous(read, gold):
        return False
    assert read is not None, "what is dangerous was read"
    return bool(_values(read) - _values(gold)) or read.intent is not gold.intent


def _critical(draft: Draft) -> Parts:
    if draft.intent is Intent.CONTROL:
        return Counter([draft.target])
    return Counter(_picked(task, _CRITICAL) for task in draft.tasks)


def _values(draft: Draft) -> Parts:
    """Each value that a wrong one would be dangerous of, with its key; every one of a list by itself."""
    out: Parts = Counter([("target", draft.target)] if draft.target is not None else [])
    for task in draft.tasks:
        data = {"quantity": 1, **task_to_json(task)} if task.item is not None else task_to_json(task)
        for key in _CRITICAL:
            value = data.get(key, [])
            out.update((key, str(each)) for each in (value if isinstance(value, list) else [value]))
    return out


def _picked(task: Task, keys: Sequence[str]) -> Hashable:
    data = task_to_json(task)
    return tuple(str(data.get(key)) for key in keys)


def scores(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Number, exact match, and F1 of nodes, edges and constraints over all pairs together (None: there are none)."""
    return {
        "sentences": len(pairs),
        "exact": share(sum(pair.exact for pair in pairs), len(pairs)),
        **{f"{name}_f1": _f1(pairs, parts) for name, parts in _PARTS.items()},
    }


_PARTS = {"node": nodes, "edge": edges, "constraint": constraints}


def _f1(pairs: Iterable[Pair], parts: Any) -> float | None:
    both, total = 0, 0
    for pair in pairs:
        read, gold = parts(pair.read), parts(pair.gold)
        both += (read & gold).total()
        total += read.total() + gold.total()
    return share(2 * both, total)


def share(part: float, whole: float) -> float | None:
    """The part of the whole, 4 decimals; None where there is no whole."""
    return round(part / whole, 4) if whole else None


def calibration_error(judged: Sequence[tuple[float, bool]]) -> float | None:
    """Expected calibration error (Naeini et al. 2015) of confidences in 0..1 and whether each was right."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for confidence, right in judged:
        bins[min(BINS - 1, int(confidence * BINS))].append((confidence, right))
    gaps = [abs(sum(c for c, _ in each) - sum(right for _, right in each)) for each in bins]
    return share(sum(gaps), len(judged))


def percentile(values: Sequence[float], part: float) -> float | None:
    """The value below which this part of the values lies, straight between neighbours; None of none."""
    if not values:
        return None
    ordered = sorted(values)
    at = part * (len(ordered) - 1)
    low = min(int(at), len(ordered) - 1)
    high = min(low + 1, len(ordered) - 1)
    return round(ordered[low] + (ordered[high] - ordered[low]) * (at - low), 4)
