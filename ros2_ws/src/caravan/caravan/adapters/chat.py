"""What an instruct model is told before a sentence: a text and examples, from config/chat.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from caravan.adapters.fields import Field, load
from caravan.language.grammar import Grammar
from caravan.language.reading import sketch
from caravan.language.spans import BadText, tidy


@dataclass(frozen=True, slots=True, kw_only=True)
class Preamble:
    """What the model shall do, in words, and examples of it: tidy sentences and their Readings."""

    system: str
    examples: tuple[tuple[str, str], ...]


def read_preamble(file: Path) -> Preamble:
    """A preamble from YAML. Raises SiteError naming the field, also where an example is no sound Reading."""
    top = load(file).fields("system", "examples")
    if "system" not in top or "examples" not in top:
        raise load(file).error("'system' and 'examples' must both be given")
    return Preamble(
        system=top["system"].text(lines=True), examples=tuple(_example(each) for each in top["examples"].items())
    )


def _example(field: Field) -> tuple[str, str]:
    given = field.fields("say", "reading")
    if len(given) < 2:
        raise field.error("an example needs 'say' and 'reading'")
    said, reading = tidy(given["say"].text()), given["reading"].text()
    if isinstance(said, BadText):
        raise given["say"].error(said.note)
    grammar = Grammar(said)
    end = grammar.advance(grammar.start, reading.encode())
    try:
        sketch(reading, said)
    except ValueError as error:
        raise given["reading"].error(f"this is no Reading of the sentence: {error}") from None
    if end is None or not grammar.complete(end):
        raise given["reading"].error("this is no Reading as a model writes it: compact JSON, keys in their order")
    return said, reading
