"""The question that goes back to the requester when a sentence is unclear."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process

from caravan.language.words import draft_words
from caravan.model.goal import Draft, draft_to_json
from caravan.model.site import Site

SHOWN = 8


def question(draft: Draft, site: Site) -> str:
    """What to ask (or say) for an `unclear` Draft: what was not understood, and what would be."""
    said = " and ".join(f"'{p}'" for p in draft.phrases)
    match draft.reason:
        case "unknown_place":
            return f"I know no place called {said}. Where do you mean? {_known(draft, site.places)}"
        case "unknown_robot":
            return f"I know no robot called {said}. Which one do you mean? {_known(draft, site.robots)}"
        case "unknown_item":
            return f"I know nothing called {said}. What do you mean? {_known(draft, site.items)}"
        case "unsafe":
            return "I will not do that: it is not safe. Tell me where to go or what to bring, and I will do it safely."
        case "not_a_goal":
            return "I do not see what the fleet shall do. Say what to bring, where to go or what to look at."
        case _:
            return f"I am not sure what is meant{' by ' + said if said else ''}. Please say it more exactly."


def doubt(draft: Draft) -> str:
    """What to ask where the robots agree on a Draft, and are not sure of it."""
    return f"Do you mean '{draft_words(draft_to_json(draft))}'? I am not sure. Please say it in other words."


def _known(draft: Draft, names: Iterable[str]) -> str:
    ids = sorted(names)
    if not ids:
        return "The site names none."
    phrase = " ".join(draft.phrases)
    near = [name for name, _, _ in process.extract(phrase, ids, scorer=fuzz.WRatio, limit=SHOWN)]
    shown = ids if len(ids) <= SHOWN else near
    return f"I know {', '.join(shown)}{'' if len(ids) <= SHOWN else f' and {len(ids) - len(shown)} more'}."
