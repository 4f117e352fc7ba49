"""A GBNF grammar for one sentence: it admits the Readings of this sentence and nothing else.

A span is a chain of the sentence's units: `s3 ::= " dock" s4?` and `span ::= s0 | s1 | ...`, so the grammar has one
short rule a unit, and a model can neither invent a word nor break one.
"""

from __future__ import annotations

from collections.abc import Iterable

from caravan.language.gbnf import escape
from caravan.language.shape import HEAD_WORDS, LISTS, SPANS, TASK_KEYS, WORDS
from caravan.language.spans import units


def grammar(sentence: str) -> str:
    """The grammar of all Readings of a tidy, non-empty sentence; its start rule is `root`."""
    return "\n".join((*_FRAME, *_span_rules(units(sentence)))) + "\n"


def _span_rules(parts: tuple[str, ...]) -> list[str]:
    last = len(parts) - 1
    chain = [f"s{i} ::= {escape(part)}" + (f" s{i + 1}?" if i < last else "") for i, part in enumerate(parts)]
    return ["span ::= " + " | ".join(f"s{i}" for i in range(len(parts))), *chain]


def _words(key: str, options: Iterable[str]) -> str:
    return f"{escape(_lead(key))} ({' | '.join(escape(_quoted(word)) for word in options)})"


def _quoted(word: str) -> str:
    return f'"{word}"'


def _lead(key: str) -> str:
    """How a key starts in compact JSON; `kind` opens its object."""
    return ("{" if key == "kind" else ",") + f'"{key}":'


def _task_key(key: str) -> str:
    if key in WORDS:
        return _words(key, WORDS[key])
    value = "text" if key in SPANS else "list" if key in LISTS else "refs"
    return f"{escape(_lead(key))} {value}"


def _rule_name(key: str) -> str:
    return "key-" + key.replace("_", "-")


def _frame() -> list[str]:
    """The rules that are the same for all sentences."""
    kind, *others = TASK_KEYS
    keys = [f"{_rule_name(key)} ::= {_task_key(key)}" for key in TASK_KEYS]
    return [
        "root ::= " + escape('{"intent":') + " (tasks | control | query | unclear) " + escape("}"),
        f'tasks ::= {escape(_quoted("tasks") + _lead("tasks") + "[")} task ("," task)* "]"',
        f"control ::= {escape(_quoted('control'))} {_words('command', HEAD_WORDS['command'])} target?",
        f"query ::= {escape(_quoted('query'))} {_words('about', HEAD_WORDS['about'])} target?",
        f"unclear ::= {escape(_quoted('unclear'))} {_words('reason', HEAD_WORDS['reason'])} phrases?",
        f"target ::= {escape(_lead('target'))} text",
        f'phrases ::= {escape(_lead("phrases"))} ("[]" | list)',
        f"task ::= {_rule_name(kind)} " + " ".join(f"{_rule_name(key)}?" for key in others) + ' "}"',
        *keys,
        'list ::= "[" text ("," text)* "]"',
        'refs ::= "[" ref ("," ref)* "]"',
        f"ref ::= {escape(chr(34) + 't')} [1-9] [0-9]? {escape(chr(34))}",
        f"text ::= {escape(chr(34))} span {escape(chr(34))}",
    ]


_FRAME = tuple(_frame())
