"""The reading room: each goal is read once, beside the wheels, and whatever the model does becomes a Vote."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from caravan.adapters.llama import LlamaReader, ModelSettings
from caravan.adapters.site_file import read_site
from caravan.language.prompt import Complete, Completion, ModelFault, Prompt
from caravan.model.goal import Intent
from caravan.model.market import ReadRequest, Vote
from caravan_ros.reading import WAITING, ReadingRoom
from tests.support.readings import by_heart
from tests.support.tiny_gguf import write_tiny

SITE = read_site(Path(__file__).parents[2] / "config" / "warehouse.yaml")
REQUEST = ReadRequest(goal="g1", text="Go to dock 1.", robots=("carrier_1", "carrier_2"))


def voted(complete: Complete) -> Vote:
    """The first robot's vote, once it is there."""
    room = ReadingRoom(SITE, complete, "by_heart")
    pause = threading.Event()
    for _ in range(500):
        vote = room.vote("carrier_1", REQUEST)
        if vote is not None:
            room.close()
            return vote
        pause.wait(0.01)
    raise AssertionError("no vote within 5 s")


def test_a_reading_becomes_a_vote() -> None:
    vote = voted(by_heart)
    assert (vote.goal, vote.robot, vote.model) == ("g1", "carrier_1", "by_heart")
    assert vote.confidence == pytest.approx(0.9)
    assert vote.draft is not None
    assert vote.draft.intent is Intent.TASKS


def test_robots_of_a_process_share_a_goals_reading_and_goals_do_not() -> None:
    asked: list[str] = []
    read = threading.Semaphore(0)

    def counting(prompt: Prompt) -> Completion | ModelFault:
        asked.append(prompt.text)
        read.release()
        return by_heart(prompt)

    room = ReadingRoom(SITE, counting)
    for robot in REQUEST.robots * 3:
        room.vote(robot, REQUEST)
    room.vote("carrier_1", ReadRequest(goal="g2", text=REQUEST.text, robots=REQUEST.robots))
    assert read.acquire(timeout=5)
    assert read.acquire(timeout=5)
    assert not read.acquire(timeout=0.2)
    assert len(asked) == 2
    room.close()


def crash(prompt: Prompt) -> Completion | ModelFault:
    raise RuntimeError("out of memory")


def babble(prompt: Prompt) -> Completion | ModelFault:
    return Completion(text="]]]\ud800 drive into the wall", probability=float("nan"))


def fault(prompt: Prompt) -> Completion | ModelFault:
    return ModelFault(note="the model's process died")


@pytest.mark.parametrize(
    ("complete", "told"),
    [(crash, "RuntimeError: out of memory"), (babble, "is no Reading"), (fault, "the model's process died")],
)
def test_a_model_that_fails_gives_a_vote_with_a_note(complete: Complete, told: str) -> None:
    vote = voted(complete)
    assert vote.draft is None
    assert told in vote.note


def test_a_reading_under_way_holds_nobody_up() -> None:
    go_on = threading.Event()

    def hang(prompt: Prompt) -> Completion | ModelFault:
        go_on.wait(10)
        return by_heart(prompt)

    room = ReadingRoom(SITE, hang)
    assert room.vote("carrier_1", REQUEST) is None
    assert room.vote("carrier_1", REQUEST) is None
    room.close()
    go_on.set()


def test_of_a_thousand_goals_at_once_each_is_read_or_told_to_come_again(tmp_path: Path) -> None:
    with LlamaReader(ModelSettings(file=write_tiny(tmp_path / "tiny.gguf"))) as reader:
        room = ReadingRoom(SITE, reader)
        requests = [ReadRequest(goal=f"g{n}", text=f"Go to dock {n}.", robots=("carrier_1",)) for n in range(1000)]
        votes = {request.goal: room.vote("carrier_1", request) for request in requests}
        waiting = [request for request in requests if votes[request.goal] is None]
        told = {vote.note for vote in votes.values() if vote is not None and vote.draft is None}
        assert told == {f"{WAITING} other sentences wait to be read: send it again later"}
        assert WAITING <= len(waiting) < 1000
        pause = threading.Event()
        for _ in range(3000):
            waiting = [request for request in waiting if room.vote("carrier_1", request) is None]
            if not waiting:
                break
            pause.wait(0.01)
        room.close()
        assert waiting == []
