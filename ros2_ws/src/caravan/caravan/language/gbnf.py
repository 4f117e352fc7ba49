"""A check of GBNF grammars: llama.cpp dies on a wrong one, so each is looked at before it gets there.

It covers what our grammars use: literals, classes, groups, alternatives and `? * +`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_TOKEN = re.compile(
    r'\s*(?:(?P<literal>"(?:[^"\\\n\r]|\\["\\nrt])*")|(?P<klass>\[(?:[^\]\\\n\r]|\\[\]\[\\nrt"])+\])'
    r"|(?P<name>[a-z][a-z0-9-]*)|(?P<sign>[()|?*+]))"
)
_RULE = re.compile(r"([a-z][a-z0-9-]*) ::= (.+)")


@dataclass(frozen=True, slots=True)
class _Name:
    name: str


@dataclass(frozen=True, slots=True)
class _Text:
    empty: bool


@dataclass(frozen=True, slots=True)
class _Repeat:
    body: _Node
    optional: bool
    many: bool


@dataclass(frozen=True, slots=True)
class _Choice:
    options: tuple[tuple[_Node, ...], ...]


_Node = _Name | _Text | _Repeat | _Choice


def escape(text: str) -> str:
    """The text as a GBNF literal, quotes included."""
    out = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + out.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


def flaws(grammar: str, root: str = "root") -> list[str]:
    """What is wrong with the grammar (one rule a line); empty for one that llama.cpp takes."""
    rules: dict[str, _Choice] = {}
    for number, line in enumerate(grammar.strip().splitlines(), 1):
        found = _RULE.fullmatch(line)
        if found is None:
            return [f"line {number}: not of the form name ::= body"]
        if found[1] in rules:
            return [f"line {number}: rule {found[1]} is defined twice"]
        try:
            rules[found[1]] = _parse(found[2])
        except ValueError as error:
            return [f"line {number}: {error}"]
    return _undefined(rules, root) or _loops(rules)


def _parse(body: str) -> _Choice:
    tokens = list(_tokens(body))
    choice, end = _choice(tokens, 0)
    if end != len(tokens):
        raise ValueError("a ')' without its '('")
    return choice


def _tokens(body: str) -> Iterator[tuple[str, str]]:
    at, body = 0, body.rstrip()
    while at < len(body):
        found = _TOKEN.match(body, at)
        if found is None:
            raise ValueError(f"cannot read {body[at : at + 20]!r}")
        yield found.lastgroup or "", found[found.lastgroup or 0]
        at = found.end()


def _choice(tokens: list[tuple[str, str]], at: int) -> tuple[_Choice, int]:
    options: list[tuple[_Node, ...]] = []
    while True:
        parts: list[_Node] = []
        while at < len(tokens) and tokens[at] not in (("sign", "|"), ("sign", ")")):
            part, at = _item(tokens, at, parts)
            parts.append(part)
        options.append(tuple(parts))
        if at >= len(tokens) or tokens[at][1] == ")":
            return _Choice(tuple(options)), at
        at += 1


def _item(tokens: list[tuple[str, str]], at: int, before: list[_Node]) -> tuple[_Node, int]:
    group, text = tokens[at]
    if group == "sign" and text == "(":
        inner, at = _choice(tokens, at + 1)
        if at >= len(tokens):
            raise ValueError("a '(' without its ')'")
        return inner, at + 1
    if group == "sign":
        if not before:
            raise ValueError(f"{text!r} follows nothing")
        return _Repeat(before.pop(), text in "?*", text in "*+"), at + 1
    return (_Name(text) if group == "name" else _Text(text == '""')), at + 1


def _names(node: _Node) -> Iterator[str]:
    if isinstance(node, _Name):
        yield node.name
    elif isinstance(node, _Repeat):
        yield from _names(node.body)
    elif isinstance(node, _Choice):
        for option in node.options:
            for part in option:
                yield from _names(part)


def _undefined(rules: Mapping[str, _Choice], root: str) -> list[str]:
    used = {root} | {name for body in rules.values() for name in _names(body)}
    return [f"rule {name} is used and not defined" for name in sorted(used - set(rules))]


def _nullable(node: _Node, empty: set[str]) -> bool:
    if isinstance(node, _Name):
        return node.name in empty
    if isinstance(node, _Text):
        return node.empty
    if isinstance(node, _Repeat):
        return node.optional or _nullable(node.body, empty)
    return any(all(_nullable(part, empty) for part in option) for option in node.options)


def _first(node: _Node, empty: set[str]) -> Iterator[str]:
    """The rules that may stand at the very left of the node."""
    if isinstance(node, _Name):
        yield node.name
    elif isinstance(node, _Repeat):
        yield from _first(node.body, empty)
    elif isinstance(node, _Choice):
        for option in node.options:
            for part in option:
                yield from _first(part, empty)
                if not _nullable(part, empty):
                    break


def _repeats_nothing(node: _Node, empty: set[str]) -> bool:
    if isinstance(node, _Repeat):
        return (node.many and _nullable(node.body, empty)) or _repeats_nothing(node.body, empty)
    if isinstance(node, _Choice):
        return any(_repeats_nothing(part, empty) for option in node.options for part in option)
    return False


def _loops(rules: Mapping[str, _Choice]) -> list[str]:
    empty: set[str] = set()
    while more := {name for name, body in rules.items() if name not in empty and _nullable(body, empty)}:
        empty |= more
    idle = [name for name, body in rules.items() if _repeats_nothing(body, empty)]
    if idle:
        return [f"rule {idle[0]} repeats what may be empty"]
    left = {name: set(_first(body, empty)) for name, body in rules.items()}
    return [f"rule {name} is left-recursive" for name in rules if _reaches(left, name)]


def _reaches(left: Mapping[str, set[str]], start: str) -> bool:
    seen: set[str] = set()
    todo = list(left[start])
    while todo:
        name = todo.pop()
        if name == start:
            return True
        if name not in seen:
            seen.add(name)
            todo.extend(left[name])
    return False
