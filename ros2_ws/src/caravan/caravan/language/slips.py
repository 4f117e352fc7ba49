"""Slips of the pen: when a word that is no name may stand for one.

A wrong match is far worse than a question, so a slip is little: in each word one at most, in a name `MOST`; letters
left out, put in or swapped, or one beside the right one on the keyboard. What may be a word of its own is no slip:
ordinary words, words of other names, those with another first letter, and codes, which have no vowel ("chart" is not
"cart").
"""

from __future__ import annotations

from collections.abc import Collection

from rapidfuzz.distance import OSA

MOST = 2
"""The most slips in one name, of several words."""
_SHORT = 4
"""Names that are shorter are exact..."""
_LONG = 6
"""...in those from here on a letter may be put in that is not doubled (one earlier beside another word that fits)..."""
_LONGER = 7
"""...and a letter may be the one beside it on the keyboard."""
_VOWELS = frozenset("aeiouy")
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_WORDS = """
    arm art ash bag ball band bank bar barn base bat bath bay beam bear bed bell belt bench bend big bin bird blue
    board boat bolt bone book boot boss bot bowl box boy bread brick broad brush bud bulb bulk bus cab cable cage
    cake call camp can cane cap car card care cargo cart case cast cave cell chain chair change charge charm chart
    chat check chip clean clear clip coal coat code coil coin cold cook cool cop copy cord core cork corn cot count
    court cow crane crate create crop crow cube cup cut dam dark dart dash data date dead deal deck deep den depot
    desk dial dirt dish disk dive door double down draft drain drawer dress drive drone drop drum dry duck dust east
    edge egg empty end engine exit face fan far farm fast feed field file fill film fire fish flat floor foam folder
    food foot fork form fort frame free fresh front frost fuel full gang gap garden gas gate gear gift gin girl
    glass gold goods grain grate gravel green grey grid grill ground guard gum gun half hall ham hand hang hat hay
    head heap heat heavy hill hold hole home hood hook horn hose hot hotel house hub hut ice ink inner iron island
    item jam jar jet joint jug key kid kit lab lake lamp land lane large last laundry lead leaf left lid lift light
    lime line liner link lion list litter load lock lodge log long loop loose lorry lose lost lot loud low lower
    mail main mall man map mark market mask mast mat meal meat metal mid mile milk mill mine mint mixer model mole
    moon motor mouse mud mule nail near nest net new night node north note nut oil old open outer oven pack pad page
    paint pair palace pallet pan pane panel paper parcel park part party paste path pen petal pick picking pickling
    pie pier pig pile pill pin pine pipe pit place plain plan plane plank plant plate play plot plug plum plump pod
    point pole pool port porter post pot press print pull pump push quay rack raft rail rain ramp range rat raw red
    reed reel rest rice right ring river road robot rock rod roll roof room root rope round row rug sack safe sail
    salt sand saw scale scan score scout scrap screw sea seal seat seed self send set shade shaft shed sheet shelf
    shell ship shirt shoe shop short show side sign silk silo sink site skid skin slab slat slot small smoke snow
    soap soil south space spare spot spray spring square stack staff stage stair stall stamp stand star start state
    station steam steel stem stick still stock stone stool stop store storey storm stove straw street string strip
    suit table tack tail tall tank tap tape tar taxi tea team test tile timber time tin tip tool top tote tow towel
    tower town toy track trail train trap tray tree trial trolley truck trunk tub tube tug tunnel tyre unit upper
    valve van vat vault vehicle vent vine wagon walk wall ward warm wash waste watch water wax way weld well west
    wet wheel white wide wind window wine wing wire wood wool work yard zone
"""
_ORDINARY = frozenset(_WORDS.split())
"""Words of yards, halls and houses: who says one of them means it."""


def slipped(said: str, name: str, known: Collection[str]) -> bool:
    """Whether words (with single spaces) are perhaps a misspelt name; words that are `known` stand for themselves."""
    if said.count(" ") != name.count(" "):
        return False
    pairs = list(zip(said.split(" "), name.split(" "), strict=True))
    wrong = [(word, meant) for word, meant in pairs if word != meant]
    long = _LONG - any(word == meant and len(word) >= _SHORT for word, meant in pairs)
    if not 1 <= len(wrong) <= MOST:
        return False
    return all(word not in known and word not in _ORDINARY and _slip(word, meant, long) for word, meant in wrong)


def _slip(word: str, meant: str, long: int) -> bool:
    """Whether two words differ by one slip; from `long` letters on that may be any letter put in."""
    if len(meant) < _SHORT or not (word + meant).isascii() or not (word + meant).isalpha() or word[0] != meant[0]:
        return False
    if not _VOWELS & set(meant) or OSA.distance(word, meant) != 1:
        return False
    if len(word) == len(meant):
        return sorted(word) == sorted(meant) or (len(word) >= _LONGER and _beside(word, meant))
    if len(word) < len(meant) or _undoubled(word) == _undoubled(meant):
        return True
    # Whoever adds an ending makes another word: "sampler", "charged".
    return len(word) >= long and not word.startswith(meant)


def _undoubled(word: str) -> str:
    return "".join(letter for letter, before in zip(word, " " + word, strict=False) if letter != before)


def _beside(word: str, meant: str) -> bool:
    """Whether the one letter in which two words differ is beside the right one on the keyboard."""
    wrong, right = next((a, b) for a, b in zip(word, meant, strict=True) if a != b)
    here, there = _spot(wrong), _spot(right)
    return here is not None and there is not None and abs(here[0] - there[0]) <= 1 and abs(here[1] - there[1]) <= 1.0


def _spot(letter: str) -> tuple[int, float] | None:
    """Row and column of a key; each row stands half a key to the right of the one above it."""
    return next(((row, keys.index(letter) + row / 2) for row, keys in enumerate(_KEYBOARD) if letter in keys), None)
