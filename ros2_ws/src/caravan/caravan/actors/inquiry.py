"""Questions back to the requesters of goals."""

from __future__ import annotations

from dataclasses import replace

from caravan.actors.book import Book
from caravan.language.jury import Question
from caravan.language.questions import choice, question
from caravan.model.goal import Goal, GoalState, Intent
from caravan.model.site import Site


class Inquiry:
    """What is asked about the goals of a book. Times are the caller's `now` (s)."""

    def __init__(self, book: Book, site: Site) -> None:
        self._book = book
        self._site = site

    def ask(self, goal: Goal, about: Question, now: float) -> None:
        """Asks the goal's requester back; what is not safe is refused instead."""
        draft = about.draft
        if about.options or draft.intent is not Intent.UNCLEAR:
            self._book.put(replace(goal, options=about.options))
            self._book.close(goal.id, GoalState.ASKED, choice(about.options), now)
            return
        state = GoalState.REFUSED if draft.reason == "unsafe" else GoalState.ASKED
        self._book.close(goal.id, state, question(draft, self._site), now)
