"""Forms of verbs: "~pick up {cargo} and ~bring it" -> "picking up {cargo} and bringing it"."""

import re
from collections.abc import Callable

from .words import Words

DOUBLED = frozenset(Words("english_frames").list("doubled"))
IRREGULAR = Words("english_frames").groups("irregular")
KEPT = {"be": "being", "see": "seeing", "double-check": "double-checking", "spot-check": "spot-checking"}
PERFECT = {verb: perfect for perfect, verbs in IRREGULAR.items() for verb in verbs}
_VERB = re.compile(r"~([\w-]+)")


def gerund(verb: str) -> str:
    """The verb with its -ing."""
    if verb in KEPT:
        return KEPT[verb]
    if verb in DOUBLED:
        return verb + verb[-1] + "ing"
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    return (verb[:-1] if verb.endswith("e") and not verb.endswith(("ee", "oe")) else verb) + "ing"


def forms(frame: str) -> tuple[str, str, str]:
    """A frame as an imperative, as a gerund and in the third person: "go", "going", "goes"."""
    return frame.replace("~", ""), _inflected(frame, gerund), _inflected(frame, third)


def _inflected(frame: str, form: Callable[[str], str]) -> str:
    return _VERB.sub(lambda found: form(found[1]), frame)


def third(verb: str) -> str:
    """The verb as he, she or it does it."""
    if verb in ("be", "have"):
        return {"be": "is", "have": "has"}[verb]
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("s", "x", "ch", "sh", "o")) else "s")


def perfect(verb: str) -> str:
    """The verb as it is when it is done: "bring" -> "brought"."""
    if verb in PERFECT:
        return PERFECT[verb]
    if verb in DOUBLED:
        return verb + verb[-1] + "ed"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ied"
    return verb + ("d" if verb.endswith("e") else "ed")
