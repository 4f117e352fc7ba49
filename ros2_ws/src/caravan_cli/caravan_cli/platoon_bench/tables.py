"""The bench's figures as tables for people."""

from __future__ import annotations

from typing import Any

from caravan_cli.platoon_bench.scenes import LAWS
from caravan_cli.render import Screen


def show(figures: dict[str, Any], screen: Screen) -> None:
    """A table for each part that was measured."""
    if "gain_computed" in figures:
        _gains(figures, screen)
    if "scenarios" in figures:
        _scenarios(figures["scenarios"], screen)
    if "crashes" in figures:
        _crashes(figures["crashes"], screen)
    if "manoeuvres" in figures:
        _manoeuvres(figures["manoeuvres"], screen)
    if "orders" in figures:
        _orders(figures["orders"], screen)


def _gains(figures: dict[str, Any], screen: Screen) -> None:
    computed = {(r["law"], r["delay"]): r["peak"] for r in figures["gain_computed"]}
    simulated = {(r["law"], r["beacon"]): r["peak"] for r in figures["gain_simulated"]}
    delays = sorted({delay for _, delay in computed})
    head = ("law", *(f"{delay * 1000:.0f} ms" for delay in delays), "simulated", "at 10 messages/s")
    rows = [
        (
            law,
            *(_number(computed.get((law, delay)), 4) for delay in delays),
            _number(simulated.get((law, 0.01)), 4),
            _number(simulated.get((law, 0.1)), 4),
        )
        for law in LAWS
    ]
    title = "highest gain from one vehicle to the next, 0.01 to 2 Hz, by delay; simulated with 100 ms"
    screen.table(head, rows, title=title)


def _scenarios(rows: list[dict[str, Any]], screen: Screen) -> None:
    head = ("scenario", "vehicles", "law", "collisions", "smallest gap, m", "swing of the last / the leader")
    cells = [
        (
            row["scenario"],
            str(row["vehicles"]),
            row["law"],
            str(row["collisions"]),
            _number(row["smallest_gap"], 1),
            _number(row.get("swing"), 2),
        )
        for row in rows
    ]
    screen.table(head, cells, title="scenarios, 100 ms delay, nothing lost")


def _crashes(rows: list[dict[str, Any]], screen: Screen) -> None:
    """Worst over the delays."""
    found: dict[tuple[str, float], list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault((row["brakes"], row["loss"]), []).append(row)
    head = ("brakes", "messages lost", "headway, s", "runs", "collisions", "smallest gap, m")
    cells = [
        (
            brakes,
            f"{loss:.0%}",
            _number(sum(r["headway"] for r in group) / len(group), 2),
            str(sum(r["seeds"] for r in group)),
            str(sum(r["collisions"] for r in group)),
            _number(min(r["smallest_gap"] for r in group), 2),
        )
        for (brakes, loss), group in found.items()
    ]
    screen.table(head, cells, title="the leader brakes at -8 m/s2 from 100 km/h")


def _manoeuvres(figures: dict[str, Any], screen: Screen) -> None:
    rows = [(kind, str(n["done"]), str(n["aborted"])) for kind, n in figures["wishes"].items()]
    title = f"manoeuvres: {figures['legal']} of {figures['seeds']} seeds end legally, {figures['loss']:.0%} lost"
    screen.table(("wish", "done", "refused or aborted"), rows, title=title)
    for case in figures["illegal"][:10]:
        screen.say(f"seed {case['seed']}: {'; '.join(case['faults'])}", "red")


def _orders(figures: dict[str, Any], screen: Screen) -> None:
    ends = sorted({end for ended in figures["orders"].values() for end in ended})
    rows = [(kind, *(str(ended[end]) for end in ends)) for kind, ended in figures["orders"].items()]
    kept = figures["seeds"] - len(figures["broken"])
    title = f"orders at random, {figures['mishaps']} mishaps: {kept} of {figures['seeds']} seeds keep all laws"
    screen.table(("order", *ends), rows, title=title)
    gap, brake, longest = figures["smallest_gap"], figures["hardest_braking"], figures["longest_order"]
    screen.say(f"smallest gap {gap:.2f} m, hardest braking {brake:.1f} m/s2, longest order {longest:.0f} s")
    for story in figures["broken"][:10]:
        screen.say(f"seed {story['seed']}: {'; '.join(story['faults'])}", "red")


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def show_real(figures: dict[str, Any], screen: Screen) -> None:
    """What was measured of trucks over DDS."""
    rows = [
        ("states heard of each truck, at least", f"{figures['heard_hz']:.1f} a second", ">= 10"),
        ("radio: sent to received", _spread(figures["radio_ms"]), ""),
        ("processing: odometry sent to command sent", _spread(figures["processing_ms"]), "p95 <= 30 ms"),
        ("state of the truck in front to command, pause of 50 ms and all", _spread(figures["state_to_command_ms"]), ""),
        ("smallest gap", f"{figures['smallest_gap']:.2f} m", ">= 1 m"),
        ("contacts", str(figures["contacts"]), "0"),
    ]
    who, long, formed = figures["vehicles"], figures["seconds"], figures["formed_s"]
    title = f"{who} trucks over DDS for {long:.0f} s, a platoon after {formed:.0f} s"
    screen.table(("figure", "measured", "wanted"), rows, title=title)
    used, cores, load = figures["cores_used"], figures["cores"], figures["load"]
    pace = f"real-time factor {figures['real_time_factor']:.2f}"
    screen.say(f"{pace}; the fleet used {used:.1f} of {cores} cores; the machine's load was {load:.1f}")


def _spread(shares: dict[str, float | None]) -> str:
    return ", ".join(f"{name} {value:.1f} ms" for name, value in shares.items() if value is not None) or "none"
