"""Short answers taken apart: yes, no, "the second", and the words round a name that say nothing."""

from __future__ import annotations

import re

from caravan.language.numbers import fold
from caravan.language.spans import CJK

_YES = frozenset(
    {"yes", "yep", "yeah", "y", "ok", "okay", "sure", "right", "correct", "exactly", "do it", "do that", "go ahead"}
    | {"that is right", "that's right", "yes do it", "yes do that", "是", "是的", "对", "对的", "好", "好的"}
    | {"没错", "可以", "行", "嗯"}
)
_NO = frozenset({"no", "nope", "n", "not that", "wrong", "neither", "none", "不", "不是", "不对", "都不是", "错"})
_OTHER = re.compile(
    r"(?:no|nope|not that)(?: one)? (?:but )?(?:i (?:mean|meant) )?the other(?: one)?"
    r"|(?:不是?|不对)[ ,]是?另外?那?一?个"
)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_NUMBERED = re.compile(r"(?:the |number |no\.? |option |# ?)*(\d+)(?: ?(?:st|nd|rd|th))?|第 ?(\d+) ?(?:个|种|项)?")
_LAST = re.compile(r"(?:the )?last(?: one)?|最后(?:一)?个?")
_LEADS = re.compile(
    r"(?:no|nope|yes|sorry|oh|well|i (?:mean|meant|said|want)|it(?: is|'s)|that(?: is|'s)|make (?:it|that)|take|use"
    r"|with|to|at|from|in|into|on|by|for|please)\b[ ,]*"
    r"|(?:(?:不是的?|不对|不)[,，]|(?:我说的是|我说|就是|应该是|是|请|去|到|从|用|在)[,，]?) *"
)
_NEGATED = re.compile(
    r"(?:不(?!早于|晚于|迟于|超过|少于|多于)(?!(?:是的?|对)?[,，])|别|非|没(?!错)).*|.*(?:\b(?:no|not)|不[是对]?)"
)
_GIVES_UP = frozenset({"cancel", "cancel it", "cancel that", "never mind", "nevermind", "forget it", "取消", "算了"})
_TAILS = re.compile(r"[ ,]*\b(?:please|thanks|thank you|instead|then|i mean)$|(?:吧|呢|啊|谢谢|哦)$")
_POINTING = re.compile(r"(?:the|that|this|number|another|the other)\b.*|.*\bone|第.*|[那这另].*|.*个")
_FEW = 5
"""The most words of an answer that points at something."""
_WORD = re.compile(rf"\d+|[{CJK}]|(?:(?![{CJK}\d_])\w)+")
_EMPTY = frozenset(
    {"the", "a", "an", "one", "that", "this", "it", "is", "with", "to", "of", "i", "mean", "meant", "please", "option"}
    | {"的", "那", "这", "个", "一", "是", "请", "台", "辆", "只"}
)


def plain(answer: str) -> str:
    """The answer in lower case, without signs at its ends and before a blank."""
    return " ".join(re.sub(r"[.,!?;:。，！？；：、]+(?= |$)|[，。！？；]", " ", answer.casefold()).split())


def agrees(answer: str) -> bool:
    """Whether a plain answer says yes, and no more."""
    return _without_tails(answer) in _YES


def denies(answer: str) -> bool:
    """Whether a plain answer says no, and no more."""
    return _without_tails(answer) in _NO


def wants_other(answer: str) -> bool:
    """Whether a plain answer turns the first of two down for the other: "no, the other one"."""
    return _OTHER.fullmatch(answer) is not None


def negates(core: str) -> bool:
    """Whether one of the cores of an answer says what is not meant: "不是三号月台", "dock 3 no"."""
    return _NEGATED.fullmatch(core.casefold()) is not None


def gives_up(answer: str) -> bool:
    """Whether the tidy answer gives the goal up, and says no more: "no, forget it", 算了."""
    return any(core.casefold() in _GIVES_UP for core in cores(answer))


def place_in_row(answer: str, count: int) -> int | None:
    """Which of so many, from 0, a plain answer names by its place: "the second one", "2", "第二个", "the last"."""
    bare = _without_tails(answer)
    if _LAST.fullmatch(bare):
        return count - 1
    bare = re.sub(r" (?:one|option)$", "", bare)
    words = [str(1 + _ORDINALS.index(word)) if word in _ORDINALS else word for word in bare.split()]
    digits = " ".join(f"{token:.0f}" if isinstance(token, float) else token for token in fold(" ".join(words)))
    found = _NUMBERED.fullmatch(digits)
    number = int(found[1] or found[2]) if found is not None else 0
    return number - 1 if 1 <= number <= count else None


def points(answer: str) -> bool:
    """Whether a plain answer points at something that the question has ("the blue one"), and is no sentence."""
    return _POINTING.fullmatch(answer) is not None and len(words(answer)) <= _FEW


def cores(answer: str) -> list[str]:
    """The tidy answer with what says nothing left out at its ends, as much of it as can be first, the whole last."""
    out, left = [], answer.strip(" .,!?;:。，！？；：、")
    while left:
        out.append(left)
        shorter = _without_tails(left)
        if shorter == left:
            found = _LEADS.match(left.casefold())
            shorter = left[found.end() :] if found is not None else ""
        left = shorter
    return out[::-1]


def content(answer: str) -> frozenset[str]:
    """The words of an answer that say something: "the blue one" says blue."""
    return words(answer) - _EMPTY


def words(text: str) -> frozenset[str]:
    """All words, numbers and single CJK characters of a text, in lower case."""
    return frozenset(_WORD.findall(text.casefold()))


def _without_tails(answer: str) -> str:
    return _TAILS.sub("", answer).strip(" ,")
