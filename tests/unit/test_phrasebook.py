"""The phrase book: every line is understood, and a line that is wrong is told."""

import json
import random
from pathlib import Path

import pytest

from caravan.language.draft import ground
from caravan.language.grounding import Names
from caravan.language.numbers import fold
from caravan.language.reading import sketch
from caravan.language.shape import Sort
from models.training.corpus import phrasebook, surface
from models.training.corpus.pen import Pen, finish

FILES = sorted(phrasebook.FOLDER.rglob("*.txt"))
NOTHING: dict[Sort, Names] = {sort: Names() for sort in Sort}
SLIPS = 500
"""Of so many lines at most one is filled so that two names run into each other, as people's do."""


def fault(path: Path, phrase: phrasebook.Phrase, seed: int) -> str | None:
    """What the reader makes of a filled line that it should not."""
    rng = random.Random(seed)
    text, reading = phrasebook.written(Pen(rng), phrase, phrasebook.slots(path))
    polish = surface.chinese if path.name.startswith("chinese") else surface.english
    sentence, said = finish(polish(rng, text), reading)
    try:
        draft = ground(sketch(said, sentence), sentence, NOTHING)
    except ValueError as wrong:
        return f"{sentence}: {wrong}"
    if draft.reason == "ambiguous" and json.loads(said)["intent"] != "unclear":
        return f"{sentence}: {draft.phrases}"
    return None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_line_is_understood_by_the_reader(path: Path) -> None:
    phrases = phrasebook.read(path)
    faults = [found for n, each in enumerate(phrases) if (found := fault(path, each, n)) is not None]
    assert len(phrases) > 70
    assert len(faults) <= len(phrases) / SLIPS + 1, faults


def test_both_languages_have_thousands() -> None:
    assert all(len(phrasebook.book(language).sentences) > 3000 for language in ("en", "zh"))


def test_a_bracket_is_one_of_its_words_and_so_is_the_frame() -> None:
    phrase = phrasebook.parse("[split|cut] {train1} [after|behind] {robot1} => platoon manoeuvre=split at=robot1")
    frames = set()
    for seed in range(30):
        pen = Pen(random.Random(seed))
        text, _ = phrasebook.written(pen, phrase, phrasebook.SLOTS["english"])
        assert text.startswith(tuple(frame.split(" ")[0] for frame in pen.frame[:1]))
        frames.add(pen.frame[0])
    assert frames == {f"{a} {{train1}} {b} {{robot1}}" for a in ("split", "cut") for b in ("after", "behind")}


def test_trucks_of_a_list_are_unlike_and_a_range_is_one_piece() -> None:
    for line, slots in (
        ("{first1}, {next1} and {next2} form up => platoon manoeuvre=form members=first1,next1,next2", "english"),
        ("{next1}、{next2}、{last1}编队 => platoon manoeuvre=form members=next1,next2,last1", "chinese"),
    ):
        for seed in range(30):
            _, reading = phrasebook.written(Pen(random.Random(seed)), phrasebook.parse(line), phrasebook.SLOTS[slots])
            members = reading.tasks[0]["members"]
            assert len({fold(mark.text)[-1 if slots == "english" else 0] for mark in members}) == 3  # type: ignore[union-attr]
    phrase = phrasebook.parse("{range1} form up => platoon manoeuvre=form members=range1")
    _, said = finish(*phrasebook.written(Pen(random.Random(1)), phrase, phrasebook.SLOTS["english"]))
    assert len(json.loads(said)["tasks"][0]["members"]) == 1


def test_a_slot_that_stands_twice_is_one_name() -> None:
    phrase = phrasebook.parse("{robot1}, go to {place1}; {robot1}, did you hear? => go to=place1 robot=robot1")
    text, reading = phrasebook.written(Pen(random.Random(1)), phrase, phrasebook.SLOTS["english"])
    sentence, said = finish(text, reading)
    name = json.loads(said)["tasks"][0]["robot"].strip()
    assert sentence.count(name) == 2


def test_words_of_the_sentence_can_be_meant() -> None:
    phrase = phrasebook.parse("check {place1} twice => inspect places=place1 times='twice'")
    _, said = finish(*phrasebook.written(Pen(random.Random(1)), phrase, phrasebook.SLOTS["english"]))
    assert json.loads(said)["tasks"][0]["times"] == " twice"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("go to {place1}", "a line is: sentence => meaning"),
        ("go to {place1} => fly to=place1", "begins with none of tasks"),
        ("go to {place1} => go where=place1", "no key=value"),
        ("go to {place1} => go to=place2", "'place2' is neither a slot nor quoted"),
        ("go to {place1} => go to='dock 3'", "'dock 3' does not stand in the sentence"),
        ("go to {palace1} => go to=palace1", "{palace1} is none of the slots place"),
        ("go to {place1} => go to=place1 priority=soon", "priority=soon is none of low"),
        ("stop => control sleep", "'sleep' is none of cancel"),
    ],
)
def test_a_line_that_is_wrong_is_told_with_its_file_and_number(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "english_trial.txt"
    path.write_text(f"# as people say it\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"english_trial\.txt, line 2") as wrong:
        phrasebook.read(path)
    assert told in str(wrong.value)
