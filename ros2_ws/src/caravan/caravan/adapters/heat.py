"""A picture of a grid map, and how often something happened in each cell."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from caravan.traffic.grid import Cell, Grid

_INK, _FLOOR, _WALL = "#2f3640", "#fbfbf9", "#8b929c"
_LONGER = 9.0
"""The longer side of the map, inches."""


def draw_heat(grid: Grid, counts: Mapping[Cell, int], out: Path, title: str) -> None:
    """Writes a PNG to `out`: walls grey, cells the darker the higher their count. Raises OSError where it cannot."""
    free = np.array(grid.rows)
    heat = np.full(free.shape, np.nan)
    for cell, count in counts.items():
        heat[cell] = count
    inch = _LONGER / max(free.shape)
    size = (max(free.shape[1] * inch, 4.0) + 1.5, max(free.shape[0] * inch, 3.0) + 0.6)
    figure = Figure(figsize=size, dpi=120, facecolor="white", layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(free, cmap=ListedColormap([_WALL, _FLOOR]), vmin=0, vmax=1, interpolation="nearest")
    shown = axes.imshow(heat, cmap="YlOrRd", vmin=0, interpolation="nearest")
    axes.set_title(title, fontsize=11, color=_INK, loc="left")
    axes.set_axis_off()
    figure.colorbar(shown, ax=axes, shrink=0.7).outline.set_visible(False)
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out)
