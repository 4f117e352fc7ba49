"""The bench's plots: gain over frequency, and what the vehicles did in space, speed and gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure

from caravan.platoon.gain import SHARES, gains
from caravan.platoon.road import Trace
from caravan_cli.platoon_bench.figures import FINE, run_scenario
from caravan_cli.platoon_bench.gains import FOLLOWERS, HERTZ
from caravan_cli.platoon_bench.scenes import CUT_IN, CUT_OUT, SPEED, WHOLE, Setting

COLOURS = {
    WHOLE: "#0072b2",
    "predictive": "#0072b2",
    "ploeg": "#d55e00",
    "path": "#009e73",
    "consensus": "#cc79a7",
    "acc": "#8a8a8a",
}
"""Okabe and Ito's colours, which the colour-blind can tell apart."""
NAMES = {
    WHOLE: "Caravan",
    "predictive": "Caravan (predictive)",
    "ploeg": "Ploeg CACC",
    "path": "PATH (5 m)",
    "consensus": "consensus",
    "acc": "ACC (1.2 s)",
}
_INK, _BAD = "#2f3640", "#c0392b"
_VEHICLES = ListedColormap(colormaps["viridis"](np.linspace(0.0, 0.88, 256)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A scenario to be drawn. `until` in s."""

    file: str
    title: str
    scenario: str
    setting: Setting
    until: float
    law: str = WHOLE


SHOWN = (
    Shown(
        file="sinusoidal",
        title="Leader swings by 10 km/h at 0.2 Hz; 100 ms delay, nothing lost",
        scenario="sinusoidal",
        setting=Setting(),
        until=60.0,
    ),
    Shown(
        file="sinusoidal_50",
        title="50 vehicles, leader swings by 10 km/h at 0.2 Hz; 100 ms delay, nothing lost",
        scenario="sinusoidal",
        setting=Setting(vehicles=50),
        until=60.0,
    ),
    Shown(
        file="braking",
        title="Leader brakes at -8 m/s2; 100 ms delay, 60 % of messages lost",
        scenario="braking",
        setting=Setting(losses=(0.6,)),
        until=15.0,
    ),
    Shown(
        file="blackout",
        title="Leader brakes at -8 m/s2, and all radio dies at that instant",
        scenario="braking",
        setting=Setting(dead_from=5.0),
        until=15.0,
    ),
    Shown(
        file="mixed",
        title="Leader brakes at -8 m/s2; vehicles brake 5 to 9 m/s2, in any order; all radio dies at that instant",
        scenario="braking",
        setting=Setting(dead_from=5.0, mixed=True),
        until=15.0,
    ),
    Shown(
        file="accelerating",
        title="Leader accelerates from 100 to 125 km/h at 1.5 m/s2; 30 % of messages lost",
        scenario="accelerating",
        setting=Setting(losses=(0.3,)),
        until=60.0,
    ),
    Shown(
        file="cut_in",
        title="A silent stranger cuts in before vehicle 4, brakes, and leaves again",
        scenario="cut_in",
        setting=Setting(),
        until=60.0,
    ),
)


def draw(figures: dict[str, Any], parts: Sequence[str], out: Path, seed: int) -> list[Path]:
    """Writes the plots of the parts that were measured, as PNG. Raises OSError where `out` cannot be written."""
    files: list[Path] = []
    if "gain" in parts:
        figure = _figure(9.0, 5.2)
        draw_gains(figure.add_subplot(), figures["gain_simulated"])
        files.append(_save(figure, out / "gain.png"))
    if "scenarios" in parts:
        files += [_save(_scenario(shown, seed), out / f"{shown.file}.png") for shown in SHOWN]
    if {"gain", "scenarios"} <= set(parts):
        files.append(_save(_overview(figures, seed), out / "platoon.png"))
    return files


def draw_gains(axes: Any, simulated: Sequence[dict[str, Any]]) -> None:
    """Gain over frequency: lines as computed, dots as simulated, the highest of the first followers."""
    axes.axhspan(1.0, 1.3, color=_BAD, alpha=0.08, linewidth=0)
    axes.axhline(1.0, color=_BAD, linewidth=0.8)
    for law in SHARES:
        values = gains(law, FINE, delay=0.1, followers=FOLLOWERS).max(axis=0)
        axes.plot(FINE, values, color=COLOURS[law], linewidth=2.2 if law == "predictive" else 1.5, label=NAMES[law])
    for row in simulated:
        if row["beacon"] == 0.01:
            axes.plot(HERTZ, row["values"], "o", color=COLOURS[row["law"]], markersize=3.5)
    own = [row for row in simulated if row["law"] == WHOLE]
    for row in own:
        axes.plot(
            HERTZ, row["values"], "o", color=COLOURS[WHOLE], markersize=6, markerfacecolor="none", label="10 messages/s"
        )
    axes.set(xscale="log", xlim=(0.01, 2.0), ylim=(0.0, 1.3), xlabel="frequency, Hz", ylabel="gain of the speed")
    axes.text(0.0108, 1.27, "amplifies", color=_BAD, va="top", fontsize=8)
    axes.set_title("From one vehicle to the next, 100 ms delay", loc="left", fontsize=10)
    axes.legend(frameon=False, fontsize=8, loc="lower left")
    _plain(axes)


def _scenario(shown: Shown, seed: int) -> Figure:
    trace = run_scenario(shown.scenario, shown.law, shown.setting, seed)
    figure = _figure(13.0, 4.2)
    figure.suptitle(shown.title, x=0.01, ha="left", fontsize=11, color=_INK)
    space, speed, gap = figure.subplots(1, 3)
    members = shown.setting.vehicles
    kept = trace.time <= shown.until
    time = trace.time[kept]
    _lines(space, time, trace.x[kept, 0] - (SPEED * time)[:, None], members)
    space.set(ylabel="place, m, seen from 100 km/h")
    _lines(speed, time, 3.6 * trace.speed[kept, 0], members)
    speed.set(ylabel="speed, km/h")
    _lines(gap, time, trace.gap[kept, 0], members, first=1)
    _stop_line(gap)
    gap.set(ylabel="gap in front, m")
    colours = ScalarMappable(Normalize(0, members - 1), _VEHICLES)
    figure.colorbar(colours, ax=gap, label="vehicle", ticks=sorted({0, (members - 1) // 2, members - 1}))
    return figure


def _overview(figures: dict[str, Any], seed: int) -> Figure:
    """One picture of it all, for the documents."""
    figure = _figure(12.0, 8.0, dpi=85)
    (gain, swing), (dark, cut) = figure.subplots(2, 2)
    draw_gains(gain, figures["gain_simulated"])
    trace = run_scenario("sinusoidal", WHOLE, Setting(), seed)
    _panel(swing, trace, 3.6 * trace.speed[:, 0], 30.0)
    swing.set(ylabel="speed, km/h")
    swing.set_title("The leader swings: each vehicle less than the one in front", loc="left", fontsize=10)
    _blackout(dark, seed)
    trace = run_scenario("cut_in", WHOLE, Setting(), seed)
    _panel(cut, trace, trace.x[:, 0] - (SPEED * trace.time)[:, None], 60.0)
    stranger = (trace.time >= CUT_IN) & (trace.time < CUT_OUT)
    cut.plot(
        trace.time[stranger],
        (trace.x[:, 0, -1] - SPEED * trace.time)[stranger],
        color=_BAD,
        linewidth=2,
        label="stranger",
    )
    cut.set(ylabel="place, m, seen from 100 km/h")
    cut.set_title("A silent stranger cuts in, and leaves again", loc="left", fontsize=10)
    cut.legend(frameon=False, fontsize=8)
    return figure


def _blackout(axes: Any, seed: int) -> None:
    """The smallest gaps as the leader brakes and the radio dies: Ploeg's law alone, and Caravan."""
    setting = Setting(dead_from=5.0)
    for law in ("ploeg", WHOLE):
        trace = run_scenario("braking", law, setting, seed)
        kept = trace.time <= 14.0
        gaps = trace.gap[kept, 0, 1:]
        axes.plot(trace.time[kept], gaps, color=COLOURS[law], linewidth=1.2)
        axes.plot([], [], color=COLOURS[law], label=NAMES[law])
    _stop_line(axes)
    axes.set(xlim=(0.0, 14.0), ylim=(-12.0, 18.0), xlabel="time, s", ylabel="gaps in front, m")
    axes.set_title("The leader brakes at -8 m/s2, and all radio dies at that instant", loc="left", fontsize=10)
    axes.text(0.2, -0.4, "collision", color=_BAD, va="top", fontsize=8)
    axes.legend(frameon=False, fontsize=8, loc="lower left")
    _plain(axes)


def _panel(axes: Any, trace: Trace, values: Any, until: float) -> None:
    kept = trace.time <= until
    _lines(axes, trace.time[kept], values[kept], 8)


def _lines(axes: Any, time: Any, values: Any, members: int, first: int = 0) -> None:
    for column in range(first, members):
        colour = _VEHICLES(column / (members - 1))
        axes.plot(time, values[:, column], color=colour, linewidth=1.3 if members <= 10 else 0.7)
    axes.set(xlim=(time[0], time[-1]), xlabel="time, s")
    _plain(axes)


def _stop_line(axes: Any) -> None:
    axes.axhspan(-50.0, 0.0, color=_BAD, alpha=0.08, linewidth=0)
    axes.axhline(0.0, color=_BAD, linewidth=0.8)
    low, high = axes.get_ylim()
    axes.set_ylim(max(-2.0, low), high)


def _figure(width: float, height: float, dpi: int = 110) -> Figure:
    return Figure(figsize=(width, height), dpi=dpi, facecolor="white", layout="constrained")


def _plain(axes: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#e6e6e6", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=8, colors=_INK)


def _save(figure: Figure, file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file)
    return file
