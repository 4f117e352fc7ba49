"""The question that goes back to the requester when a sentence is unclear."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process

from caravan.language.vocabulary import candidates
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
        case _ if len(ids := candidates(draft.phrases[0], site) if draft.phrases else ()) > 1:
            return f"'{draft.phrases[0]}' may be {', '.join(ids[:-1])} or {ids[-1]}. Which one do you mean?"
        case _:
            return f"I am not sure what is meant{' by ' + said if said else ''}. Please say it more exactly."


def choice(options: Sequence[Draft], left_out: Sequence[str] = ()) -> str:
    """What to ask where it is not sure which of several Drafts is meant, or whether the only one is.

    `left_out` are names in the sentence that are no part of the only one.
    """
    said = [f"'{draft_words(draft_to_json(draft))}'" for draft in options]
    match said:
        case []:
            return "I am not sure what is meant. Please say it in other words."
        case [only]:
            without = f", without {' and '.join(left_out)}" if left_out else ""
            return f"Do you mean {only}{without}? I am not sure. Say yes, or say it in other words."
        case _:
            numbered = [f"({number}) {words}" for number, words in enumerate(said, 1)]
            return f"Do you mean {', '.join(numbered[:-1])} or {numbered[-1]}? Say which, or say it in other words."


def _known(draft: Draft, names: Iterable[str]) -> str:
    ids = sorted(names)
    if not ids:
        return "The site names none."
    phrase = " ".join(draft.phrases)
    near = [name for name, _, _ in process.extract(phrase, ids, scorer=fuzz.WRatio, limit=SHOWN)]
    shown = ids if len(ids) <= SHOWN else near
    return f"I know {', '.join(shown)}{'' if len(ids) <= SHOWN else f' and {len(ids) - len(shown)} more'}."
