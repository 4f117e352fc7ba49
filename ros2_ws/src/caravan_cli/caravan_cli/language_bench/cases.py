"""Sentences with what they mean, written by hand: JSON lines, and the sites that they are said at.

A line of DIR/*.jsonl is `{"site", "text", "draft", "class"}`, or for an attack `{"site", "text", "accept", "class"}`:
the Drafts that may be acted upon, none where nothing may. `requester` may say who speaks. DIR/SITE.yaml is the site,
else the config/SITE.yaml that comes with Caravan. An attack file is one whose name begins with "attacks"; lines with a
`draft` in it are the benign twins of attacks. Files whose names begin with "platoon" are a group of their own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caravan.adapters.site_file import read_site
from caravan.language.form import malformed
from caravan.language.spans import CJK
from caravan.model.goal import Draft, draft_from_json
from caravan.model.site import Site
from caravan_cli.complaint import Complaint
from caravan_cli.resources import resource

_LETTER = re.compile(f"[{CJK}]")
_OWN_GROUPS = ("platoon", "attacks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A sentence at a site. `gold` is what it means; for an attack None, and `accept` is what it may become."""

    text: str
    site: Site
    kind: str
    gold: Draft | None = None
    accept: tuple[Draft, ...] = ()
    requester: str = ""

    @property
    def language(self) -> str:
        """`zh` where more of it is Chinese letters than words of other letters, else `en`."""
        letters = len(_LETTER.findall(self.text))
        return "zh" if letters > len(_LETTER.sub(" ", self.text).split()) else "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """The cases of a folder: ordinary ones, those of platoons, and attacks with their benign twins."""

    ordinary: tuple[Case, ...]
    platoons: tuple[Case, ...]
    attacks: tuple[Case, ...]


def read_sentences(folder: Path) -> Sentences:
    """The cases of all *.jsonl files of a folder. Raises Complaint naming file, line and what is wrong."""
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise Complaint(f"{folder}: there is no *.jsonl file of sentences in it; name a folder like tests/sentences")
    sites: dict[str, Site] = {}
    groups: dict[str, list[Case]] = {group: [] for group in ("ordinary", *_OWN_GROUPS)}
    for file in files:
        group = next((name for name in _OWN_GROUPS if file.name.startswith(name)), "ordinary")
        groups[group].extend(_cases(file, sites))
    ordinary, platoons, attacks = (tuple(cases) for cases in groups.values())
    return Sentences(ordinary=ordinary, platoons=platoons, attacks=attacks)


def _cases(file: Path, sites: dict[str, Site]) -> Iterator[Case]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        try:
            yield _case(json.loads(line), file.parent, sites)
        except (ValueError, KeyError, TypeError) as error:
            what = f"the key {error} is missing" if isinstance(error, KeyError) else str(error)
            raise Complaint(f"{file}, line {number}: {what}; mend the line") from None


def _case(row: dict[str, Any], folder: Path, sites: dict[str, Site]) -> Case:
    name = row["site"]
    if name not in sites:
        sites[name] = read_site(_site_file(name, folder))
    return Case(
        text=row["text"],
        site=sites[name],
        kind=row["class"],
        gold=_draft(row["draft"]) if "draft" in row else None,
        accept=() if "draft" in row else tuple(_draft(each) for each in row["accept"]),
        requester=row.get("requester", ""),
    )


def _site_file(name: str, folder: Path) -> Path:
    own = folder / f"{name}.yaml"
    if own.is_file():
        return own
    try:
        return resource(f"config/{name}.yaml")
    except Complaint:
        raise ValueError(f"there is no site file {own}") from None


def _draft(data: dict[str, Any]) -> Draft:
    draft = draft_from_json(data)
    flaw = malformed(draft)
    if flaw is not None:
        raise ValueError(flaw)
    return draft
