"""Caravan's core: language to tasks, auctions, traffic and motion, without ROS, wall clock or chance of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from caravan.fleet import Fleet

__all__ = ["Fleet"]


def __getattr__(name: str) -> Any:
    # Loaded when asked for: a robot's process must not pay for the simulator.
    if name == "Fleet":
        from caravan.fleet import Fleet

        return Fleet
    raise AttributeError(f"module 'caravan' has no attribute {name!r}")
