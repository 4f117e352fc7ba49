"""Colours, letters and names for pictures of a site."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import matplotlib
from PIL import Image, ImageDraw, ImageFont

COLOURS = (
    *("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"),
    *("#56b4e9", "#7f3c8d", "#6b6b00", "#a52a2a", "#333333"),
)
"""Of robots: Okabe and Ito's, which the colour-blind can tell apart, and a few more."""
FINE = 2
"""Pictures are drawn so many times larger and then made smaller: edges come out smooth."""
Colour = tuple[int, int, int]
Label = tuple[Image.Image, tuple[int, int]]
"""A name, and its left upper corner in the picture (px)."""


def mixed(colour: tuple[float, float, float, float], part: float) -> Colour:
    """A colour with white in it."""
    red, green, blue = (round(255 * (1.0 - part * (1.0 - v))) for v in colour[:3])
    return red, green, blue


def pale(colour: str) -> Colour:
    """A colour half as strong."""
    red, green, blue = rgb(colour)
    return mixed((red / 255, green / 255, blue / 255, 1.0), 0.5)


def shade(colour: Colour, part: float) -> Colour:
    """A colour with black in it."""
    red, green, blue = (round(part * v) for v in colour)
    return red, green, blue


def rgb(colour: str) -> Colour:
    """The parts of "#rrggbb"."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@cache
def font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    """The font that comes with matplotlib: a machine may have none of its own."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name), size)


def apart(labels: Sequence[Label]) -> list[Label]:
    """As many of these names as do not lie over each other, the first first."""
    kept: list[Label] = []
    for text, (x, y) in labels:
        if all(
            x >= left + other.width or left >= x + text.width or y >= top + other.height or top >= y + text.height
            for other, (left, top) in kept
        ):
            kept.append((text, (x, y)))
    return kept


@cache
def tile(text: str, colour: str, bold: bool) -> Image.Image:
    """Text with a white rim that keeps it readable on anything, on nothing."""
    face = font(10 * FINE, bold)
    left, top, right, bottom = face.getbbox(text, stroke_width=FINE)
    picture = Image.new("RGBA", (math.ceil(right - left), math.ceil(bottom - top)), (255, 255, 255, 0))
    ImageDraw.Draw(picture).text((-left, -top), text, colour, face, stroke_width=FINE, stroke_fill="#ffffff")
    return picture


def cut_to(text: str, face: ImageFont.FreeTypeFont, width: float) -> str:
    """The text, or as much of its beginning as is no wider."""
    text = " ".join(text.split())
    if face.getlength(text) <= width:
        return text
    while text and face.getlength(text + "...") > width:
        text = text[:-1]
    return text + "..."
