"""Questions back to the requesters of goals, and their answers (docs/conversation.md)."""

from __future__ import annotations

from dataclasses import replace

from caravan.actors.house.auditing import judged
from caravan.actors.house.book import Book
from caravan.actors.house.commands import cancelled_by
from caravan.auction import ledger
from caravan.language.conversation import Chosen, Completed, GivenUp, Unanswered, settle
from caravan.language.jury import Question
from caravan.language.questions import choice, question
from caravan.language.spans import BadText
from caravan.language.unused import unused
from caravan.language.vocabulary import vocabulary
from caravan.model.goal import Answer, Draft, Goal, GoalState, Intent
from caravan.model.site import Site

_ANEW = "say the whole goal anew"


class Inquiry:
    """What is asked about the goals of a book. An answer counts within `answer_time` (s) of its question.

    Times are the caller's `now` (s).
    """

    def __init__(self, book: Book, site: Site, answer_time: float, now: float) -> None:
        self._book = book
        self._site = site
        self._answer_time = answer_time
        for goal in book:
            if goal.state is GoalState.ASKED and goal.finished is not None and goal.finished > now:
                # The clock was set back: the question is as old as this house.
                book.put(replace(goal, finished=now))

    def ask(self, goal: Goal, about: Question, now: float) -> None:
        """Asks the goal's requester back; what is not safe is refused instead."""
        draft = about.draft
        if about.options or draft.intent is not Intent.UNCLEAR:
            self._book.put(replace(goal, options=about.options))
            left_out = unused(goal.sentence, about.options[0], vocabulary(self._site)) if about.options else ()
            self._book.close(goal.id, GoalState.ASKED, choice(about.options, left_out), now)
            return
        state = GoalState.REFUSED if draft.reason == "unsafe" else GoalState.ASKED
        self._book.close(goal.id, state, question(draft, self._site), now)

    def answer(self, goal_id: str, text: str, requester: str, key: str, now: float) -> Draft | Goal | BadText:
        """Takes a tidy answer to the question about a goal. It is accepted once the outbox is on disk.

        Answers with the Draft that was chosen, where the answer chooses one; with the goal, where it is to be read
        again, was answered so before or is given up; or with what is wrong.
        """
        goal = self._book.get(goal_id)
        if goal is None:
            return BadText(note=f"there is no goal {goal_id!r}; {self._open(requester, now)}")
        if requester != goal.requester:
            asked = goal.requester or "who gave no name"
            return BadText(note=f"{goal_id} was said by {asked}, who alone can answer its question; {_ANEW}")
        if goal.state is not GoalState.ASKED:
            if goal.answers and goal.answers[-1].text == text:
                return goal
            return BadText(note=f"{goal_id} asks nothing, it is {goal.state}; {self._open(requester, now)}")
        if not self.waits(goal, now):
            return BadText(note=f"the question of {goal_id} has expired after {self._answer_time:.0f} s; {_ANEW}")
        assert goal.draft is not None, "what is asked about was read"
        made = settle(goal.sentence, goal.draft, goal.options, text, self._site)
        if isinstance(made, Unanswered):
            return BadText(note=f"{made.note} ({goal_id} asks: {goal.message})")
        said = Answer(text=text, key=key)
        sentence = made.sentence if isinstance(made, Completed) else goal.sentence
        if isinstance(made, GivenUp):
            after = replace(goal, answers=(*goal.answers, said))
        else:
            after = ledger.reopen(goal, said, sentence)
        self._book.put(after)
        self._book.record(now, "answered", goal_id, text=text, data={"requester": requester, "sentence": sentence})
        if isinstance(made, GivenUp):
            self._book.close(goal_id, GoalState.CANCELLED, cancelled_by(requester), now)
            self._book.audit(judged("say", self._book[goal_id], self._book.events(goal_id), now))
            return self._book[goal_id]
        return made.draft if isinstance(made, Chosen) else after

    def waits(self, goal: Goal, now: float) -> bool:
        """Whether the goal asks something that may still be answered."""
        return goal.state is GoalState.ASKED and now - (goal.finished or 0.0) <= self._answer_time

    def _open(self, requester: str, now: float) -> str:
        """What a requester may answer."""
        mine = [goal.id for goal in self._book if goal.requester == requester and self.waits(goal, now)]
        return f"these wait for your answer: {', '.join(mine)}" if mine else f"no question waits for you; {_ANEW}"
