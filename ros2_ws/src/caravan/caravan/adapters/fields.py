"""Strict reading of a YAML file: every complaint names the file, the field, the value and what to do about it."""

from __future__ import annotations

import difflib
import math
import re
import reprlib
import unicodedata
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_NAME = re.compile(r"[^\s/](?:[^/]*[^\s/])?")
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode categories of what cannot be seen, and steers the output or the order of letters."""


class SiteError(ValueError):
    """A site file, or the world it names, that cannot be used as it is; the message says where and why."""


class _Loader(yaml.SafeLoader):
    """YAML's safe loader, but a key given twice is an error and not silently the last one."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Hashable] = set()
    for key, _ in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else None
        if name in seen and name is not None:
            raise yaml.MarkedYAMLError(None, None, f"{name!r} is given twice", key.start_mark)
        seen.add(name)
    loader.flatten_mapping(node)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def suggest(word: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?` if a known word is close, else the known words (none: the empty string)."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known are {', '.join(names[:12])}{', ...' if len(names) > 12 else ''}" if names else ""


@dataclass(frozen=True, slots=True)
class Field:
    """A value in a file and the way to it ("robots.carrier_1.speed"). Each reader returns the value or raises."""

    file: Path
    path: str
    value: Any

    def error(self, remedy: str) -> SiteError:
        """The complaint about this field."""
        where = f"{self.file}: {self.path}" if self.path else f"{self.file}"
        return SiteError(f"{where}: {reprlib.repr(self.value)}: {remedy}")

    def child(self, key: str | int, value: Any) -> Field:
        """The field `key` within this one."""
        step = f"[{key}]" if isinstance(key, int) else f".{key}" if self.path else key
        return Field(self.file, f"{self.path}{step}", value)

    def fields(self, *known: str) -> dict[str, Field]:
        """A mapping with no other keys than `known`; keys without a value are left out."""
        given = self._pairs()
        for key in given:
            if key not in known:
                raise self.child(str(key), given[key]).error(f"unknown key {key!r}; {suggest(str(key), known)}")
        return {key: self.child(key, value) for key, value in given.items() if value is not None}

    def entries(self) -> Iterator[tuple[str, Field]]:
        """A mapping from names of one's own choice to anything."""
        for key, value in self._pairs().items():
            if not isinstance(key, str):
                raise self.child(str(key), value).error(f'the name {key!r} is not text; write "{key}" in quotes')
            self.child(ascii(key)[1:-1], value).check_seen(key)
            if not _NAME.fullmatch(key):
                raise self.child(key, value).error("a name needs a letter, and no '/' or blanks at its ends")
            yield key, self.child(key, value)

    def _pairs(self) -> dict[Any, Any]:
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):
            raise self.error("this must be a mapping (key: value)")
        return self.value

    def items(self) -> tuple[Field, ...]:
        """A list."""
        if not isinstance(self.value, list):
            raise self.error("this must be a list, in brackets: [...]")
        return tuple(self.child(i, v) for i, v in enumerate(self.value))

    def check_seen(self, text: str) -> None:
        """Raises SiteError where a text of this field has a character that cannot be seen."""
        unseen = next((c for c in text if unicodedata.category(c) in _UNSEEN), None)
        if unseen is not None:
            raise self.error(f"{text!a} has the invisible character U+{ord(unseen):04X}; take it out")

    def text(self, *, lines: bool = False) -> str:
        """Text that is not blank, on one line (or more, with `lines`), of characters that can be seen."""
        if not isinstance(self.value, str):
            plain = isinstance(self.value, bool | int | float)
            raise self.error("this must be text" + (f'; write "{self.value}" in quotes if it is' if plain else ""))
        if not self.value.strip():
            raise self.error("this must not be blank")
        self.check_seen(self.value.replace("\n", " ") if lines else self.value)
        return self.value

    def texts(self) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(item.text() for item in self.items())

    def number(self, low: float = -math.inf, *, above: float = -math.inf) -> float:
        """A finite number, at least `low` and more than `above`."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float) or not math.isfinite(self.value):
            raise self.error("this must be a finite number")
        if self.value < low or self.value <= above:
            bound = f"{low:g} or more" if self.value < low else f"more than {above:g}"
            raise self.error(f"this must be {bound}")
        return float(self.value)

    def count(self) -> int:
        """A whole number, 1 or more."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or self.value < 1:
            raise self.error("this must be a whole number, 1 or more")
        return self.value

    def flag(self) -> bool:
        """true or false."""
        if not isinstance(self.value, bool):
            raise self.error("this must be true or false")
        return self.value

    def numbers(self, names: str) -> tuple[float, ...]:
        """A list of as many numbers as there are words in `names` ("x y yaw")."""
        items = self.items()
        if len(items) != len(names.split()):
            raise self.error(f"this must be [{names.replace(' ', ', ')}]")
        return tuple(item.number() for item in items)


def load(path: Path) -> Field:
    """The whole of a YAML file. Raises SiteError with the line where it is not YAML."""
    try:
        return Field(path, "", yaml.load(path.read_text(encoding="utf-8-sig"), _Loader))
    except OSError as error:
        raise SiteError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise SiteError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise SiteError(f"{path}{line}: not valid YAML: {error.problem or error.context}") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise SiteError(f"{path}: not valid YAML: {error}") from error
