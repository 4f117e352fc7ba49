"""Whole sentences as people say them, written as patterns: names and amounts are drawn afresh each time.

A line of `phrases/*.txt` is `sentence => meaning`. A slot such as {place1} is drawn for each sample; the meaning names
slots, words of the goal language, or words of the sentence between single quotes:

    Grab {count1} {things1} from {place1}, {robot1} => deliver item=things1 quantity=count1 from=place1 robot=robot1
    go to {place1} and check it twice => go to=place1; inspect places=place1 times='twice' after=1
    where did {robot1} get to? => query where robot1

Of words in brackets, one of which each sentence draws, the frame has that one: [split|cut] {train1} after {robot1}.
The phrases of `phrases/roads`, orders to trucks that drive as one, are a book of their own, which has its own weight.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from caravan.language.shape import HEAD_WORDS, HEADS, LISTS, SPANS, WORDS
from caravan.language.spans import evened

from . import amounts, chinese_talk, english_talk, names, road_names
from . import chinese_words as words
from .pen import KEYS, Mark, Pen, Reading, Task, Value

FOLDER = Path(__file__).parent / "phrases"
ROADS = FOLDER / "roads"
_SLOT = re.compile(r"\{(([a-z]+)\d?)\}")
_ARTICLE = re.compile("\\b([Aa])(?= \ue000.[aeiouAEIOU])")
_CHOICE = re.compile(r"\[([^][|]*(?:\|[^][|]*)+)\]")
_VALUE = re.compile(r"(?:'[^']*'|[^' ;]+)+")
Draw = Callable[[Pen], Mark]

_ENGLISH: Mapping[str, Draw] = {
    "place": names.place,
    "robot": names.robot,
    "train": names.platoon,
    "thing": lambda pen: pen.mark(names.thing(pen, False)),
    "things": lambda pen: pen.mark(names.thing(pen, True)),
    "skill": lambda pen: names.skill(pen, "verb"),
    "skilling": lambda pen: names.skill(pen, "doing"),
    "gear": lambda pen: names.skill(pen, "noun"),
    "count": lambda pen: amounts.small(pen, 40),
    "clock": amounts.clock,
    "duration": amounts.duration,
    "period": amounts.period,
    "speed": amounts.speed,
    "headway": amounts.headway,
    "gap": amounts.gap,
    "goal": english_talk.goal,
    "exit": road_names.exit_,
    "first": road_names.first,
    "next": road_names.after,
    "range": road_names.range_,
}
_CHINESE: Mapping[str, Draw] = {
    "place": words.place,
    "robot": words.robot,
    "train": words.platoon,
    "thing": words.thing,
    "measure": lambda pen: Mark("", pen.rng.choice(words.MEASURES)),
    "skill": words.skill,
    "count": lambda pen: words.count(pen, 40),
    "clock": words.clock,
    "duration": words.duration,
    "period": words.every,
    "speed": words.speed,
    "headway": words.headway,
    "gap": words.gap,
    "goal": chinese_talk.goal,
    "exit": road_names.exit_zh,
    "next": road_names.before_zh,
    "last": road_names.last_zh,
    "range": road_names.range_zh,
}
SLOTS = {"english": _ENGLISH, "chinese": _CHINESE}
LANGUAGES = {"en": "english", "zh": "chinese"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """One line: its sentence, its head words, and its tasks, whose values still name slots or quote the sentence."""

    sentence: str
    head: tuple[str, ...]
    tasks: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """All phrases of a language, by their sentences, and what may stand in their slots."""

    phrases: Mapping[str, Phrase]
    sentences: tuple[str, ...]
    slots: Mapping[str, Draw]


def book(language: str, folder: Path = FOLDER) -> Book:
    """The phrases of `en` or `zh` in a folder."""
    files = sorted(folder.glob(f"{LANGUAGES[language]}_*.txt"))
    phrases = {each.sentence: each for path in files for each in read(path)}
    return Book(phrases, tuple(phrases), SLOTS[LANGUAGES[language]])


def draw(pen: Pen, found: Book) -> tuple[str, Reading]:
    """One of the phrases, written."""
    return written(pen, found.phrases[pen.rng.choice(found.sentences)], found.slots)


def slots(path: Path) -> Mapping[str, Draw]:
    """What may stand in the slots of a file called `english_*` or `chinese_*`."""
    return SLOTS[path.name.partition("_")[0]]


def read(path: Path) -> tuple[Phrase, ...]:
    """The lines of a file; empty ones and those that begin with # are passed over.

    Raises ValueError naming the line that is wrong.
    """
    return tuple(_lines(path, slots(path)))


def _lines(path: Path, known: Mapping[str, Draw]) -> Iterator[Phrase]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            try:
                phrase = parse(line)
                written(Pen(random.Random(number)), phrase, known)
            except ValueError as wrong:
                raise ValueError(f"{path.name}, line {number}: {wrong}; in: {line}") from None
            yield phrase


def parse(line: str) -> Phrase:
    """A line as a Phrase. Raises ValueError naming what is wrong with it."""
    sentence, arrow, meaning = line.rpartition(" => ")
    if not arrow or not sentence.strip() or not meaning.strip():
        raise ValueError("a line is: sentence => meaning")
    sentence = " ".join(evened(sentence).split())
    parts = [_VALUE.findall(part) for part in re.split(r";(?=(?:[^']*'[^']*')*[^']*$)", meaning)]
    if parts[0] and parts[0][0] in HEADS:
        return Phrase(sentence, tuple(parts[0]))
    return Phrase(sentence, (), tuple(_task(part) for part in parts))


def _task(part: list[str]) -> Mapping[str, str]:
    if not part or part[0] not in WORDS["kind"]:
        raise ValueError(f"{' '.join(part)!r} begins with none of {', '.join((*HEADS, *WORDS['kind']))}")
    task = {"kind": part[0]}
    for pair in part[1:]:
        key, sign, value = pair.partition("=")
        if not sign or not value or key not in KEYS or key in task:
            raise ValueError(f"{pair!r} is no key=value with a key of the goal language, each once")
        task[key] = value
    return task


def written(pen: Pen, phrase: Phrase, known: Mapping[str, Draw]) -> tuple[str, Reading]:
    """The sentence with its marks, and its Reading. Raises ValueError where the meaning fits neither."""
    text, marks = _filled(pen, replace(phrase, sentence=_chosen(pen, phrase.sentence)), known)

    def mark(value: str) -> Mark:
        if value not in marks:
            raise ValueError(f"{value!r} is neither a slot nor quoted from the sentence")
        return marks[value]

    if phrase.head:
        return text, Reading(_head(phrase.head, mark))
    return text, Reading({"intent": "tasks"}, [_fields(task, mark) for task in phrase.tasks])


def _chosen(pen: Pen, sentence: str) -> str:
    """The sentence with one of the words of each bracket, as which it is the frame."""
    pen.frame.append(_CHOICE.sub(lambda found: pen.rng.choice(found[1].split("|")), sentence))
    return pen.frame[-1]


def _filled(pen: Pen, phrase: Phrase, known: Mapping[str, Draw]) -> tuple[str, Mapping[str, Mark]]:
    """The sentence with slots drawn and quoted pieces marked, and the marks by what the meaning calls them."""
    text, marks = phrase.sentence, {}
    for quoted in re.findall(
        r"'[^']*'", " ".join((*phrase.head, *(v for task in phrase.tasks for v in task.values())))
    ):
        if quoted not in marks:
            piece = quoted.strip("'")
            if not piece or piece not in text:
                raise ValueError(f"{quoted} does not stand in the sentence")
            marks[quoted] = pen.mark(piece)
            text = text.replace(piece, str(marks[quoted]), 1)
    for name, sort in _SLOT.findall(text):
        if sort not in known:
            raise ValueError(f"{{{name}}} is none of the slots {', '.join(known)}")
        marks[name] = marks.get(name) or known[sort](pen)
    text = _SLOT.sub(lambda slot: marks[slot[1]].text if not marks[slot[1]].key else str(marks[slot[1]]), text)
    return _ARTICLE.sub(r"\1n", text), marks


def _head(head: tuple[str, ...], mark: Callable[[str], Mark]) -> Mapping[str, Value]:
    intent, word, *rest = (*head, "")
    key, *more = HEADS[intent]
    if word not in HEAD_WORDS[key]:
        raise ValueError(f"{word!r} is none of {', '.join(HEAD_WORDS[key])}")
    given = [mark(value) for value in rest if value]
    if intent == "unclear":
        return {"intent": intent, key: word, "phrases": given}
    return {"intent": intent, key: word, **dict(zip(more, given, strict=False))}


def _fields(task: Mapping[str, str], mark: Callable[[str], Mark]) -> Task:
    fields: Task = {}
    for key, value in task.items():
        if key in WORDS:
            if value not in WORDS[key]:
                raise ValueError(f"{key}={value} is none of {', '.join(WORDS[key])}")
            fields[key] = value
        elif key == "after":
            fields[key] = [f"t{number}" for number in value.split(",")]
        elif key in LISTS:
            fields[key] = [mark(each) for each in re.findall(r"'[^']*'|[^,]+", value)]
        elif key in SPANS:
            fields[key] = mark(value)
        else:
            raise ValueError(f"{key} is no key of a task")
    return fields
