"""The entry point: arguments in, exit code out.

0: all right. 1: the run was not sound (a goal did not come out as expected). 2: bad input, said in one sentence.
"""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any, NoReturn

from caravan.adapters.fields import SiteError
from caravan.adapters.journal import JournalError
from caravan.adapters.llama import ModelFileError
from caravan.sim.frames import SdfError
from caravan_cli.commands import COMMANDS
from caravan_cli.complaint import Complaint
from caravan_cli.processes import ProcessDied
from caravan_ros.plan import PlanError

BAD_INPUT = 2
INTERRUPTED = 130


class _Parser(argparse.ArgumentParser):
    """Of a command in a `module`, which is loaded when the command is chosen; empty: it has no arguments of its own."""

    def __init__(self, *given: Any, module: str = "", **more: Any) -> None:
        super().__init__(*given, **more)
        self._module = module

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As ever, with the arguments of the module."""
        if self._module:
            module = importlib.import_module(self._module)
            self._module = ""
            module.arguments(self)
            self.set_defaults(run=getattr(module, "run", None))
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {message}; see {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="caravan", description="Tell a fleet of robots what you want, in plain language.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, line in COMMANDS.items():
        description = line[0].upper() + line[1:] + "."
        commands.add_parser(name, help=line, description=description, module=f"caravan_cli.commands.{name}")
    return parser


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command that `argv` (default: the process's own) names, and answers with its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        args = _parser().parse_args(words)
        return int(args.run(args))
    except (Complaint, SiteError, SdfError, JournalError, ModelFileError, PlanError) as error:
        print(f"caravan: {error}", file=sys.stderr)
        return BAD_INPUT
    except ProcessDied as error:
        print(f"caravan: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Nobody reads on (`caravan parse ... | head`); the interpreter must not complain on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
