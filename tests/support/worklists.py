"""The worklist of a robot on a line of places."""

from __future__ import annotations

from caravan.actors.robot.worklist import Worklist
from caravan.adapters.start_log import StartLog
from caravan.model.goal import Task, TaskKind
from caravan.model.market import Award
from caravan.model.site import Robot

ROBOT = Robot(id="a", payload=2)


def worklist(log: StartLog | None = None) -> Worklist:
    """The worklist of a robot on a line of places one second apart, with what `log` holds (none given: empty)."""
    log = log or StartLog(":memory:")
    return Worklist(ROBOT, lambda a, b, avoid: abs(float(a) - float(b)), lambda here: ("9",), log, "0")


def award(number: int, to: str, epoch: int = 1, **more: object) -> Award:
    """An award of a task that goes to a place."""
    task = Task(id=f"t{number}", kind=TaskKind.GO, to=to, **more)  # type: ignore[arg-type]
    return Award(task_id=f"g1/t{number}", epoch=epoch, task=task, robot="a")


def states(work: Worklist) -> dict[str, str]:
    """What the heartbeat would say, by task."""
    return {h.task_id: h.state.value for h in work.holdings("0")}
