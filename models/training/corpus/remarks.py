"""Words around a goal that change nothing in its Reading: reasons, wishes to be careful, thanks."""

from .pen import Pen
from .words import Words

ENGLISH = Words("english_remarks")
FRONT = ENGLISH.list("front")
BEHIND = ENGLISH.list("behind")
CHINESE = Words("chinese_remarks")
FRONT_ZH = CHINESE.list("front")
BEHIND_ZH = CHINESE.list("behind")


def remarked(pen: Pen, text: str) -> str:
    """The English goal, perhaps with a remark before or behind it."""
    return _around(pen, text, FRONT, BEHIND)


def remarked_zh(pen: Pen, text: str) -> str:
    """The Chinese goal, perhaps with a remark before or behind it."""
    return _around(pen, text, FRONT_ZH, BEHIND_ZH)


def _around(pen: Pen, text: str, front: tuple[str, ...], behind: tuple[str, ...]) -> str:
    where = pen.weigh({"none": 82.0, "front": 8, "behind": 10})
    if where == "front":
        return pen.pick(front) + text
    return text + pen.pick(behind) if where == "behind" else text
