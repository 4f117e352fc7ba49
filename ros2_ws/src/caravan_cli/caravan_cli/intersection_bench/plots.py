"""The bench's plot: delays over load, by controller."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from caravan_cli.intersection_bench.course import Row

COLOURS = {"signal": "#8a8a8a", "fcfs": "#d55e00", "auction": "#0072b2"}
"""Okabe and Ito's colours, which the colour-blind can tell apart."""
NAMES = {"signal": "fixed signal", "fcfs": "first come first served", "auction": "auction"}
PANELS = (
    ("mean_delay", "Mean delay"),
    ("p95_delay", "95 of 100 lose less than"),
    ("worst_wait", "Longest wait for a slot"),
    ("urgent_delay", "Mean delay of those whose time is worth most"),
)


def draw(rows: Sequence[Row], file: Path) -> None:
    """Writes the plot as PNG. Raises OSError where it cannot be written."""
    figure = Figure(figsize=(9.0, 6.0), dpi=80, facecolor="white", layout="constrained")
    for axes, (field, title) in zip(figure.subplots(2, 2).ravel(), PANELS, strict=True):
        for controller, name in NAMES.items():
            points = [(r["load"], r[field]) for r in rows if r["controller"] == controller and r[field] is not None]
            if points:
                axes.plot(*zip(*points, strict=True), "o-", color=COLOURS[controller], markersize=4, label=name)
        _plain(axes, title)
    figure.axes[0].legend(frameon=False, fontsize=8)
    figure.savefig(file)


def _plain(axes: Any, title: str) -> None:
    axes.set(xlabel="vehicles an hour", ylabel="s")
    axes.set_ylim(bottom=0.0)
    axes.set_title(title, loc="left", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#e6e6e6", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=8)
