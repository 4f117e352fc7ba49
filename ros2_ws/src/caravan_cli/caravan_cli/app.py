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
from typing import NoReturn

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
    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {message}; see {self.prog} --help\n")


def _parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    parser = _Parser(prog="caravan", description="Tell a fleet of robots what you want, in plain language.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    chosen = next((word for word in argv if not word.startswith("-")), None)
    for name, line in COMMANDS.items():
        command = commands.add_parser(name, help=line, description=line[0].upper() + line[1:] + ".")
        if name == chosen:
            module = importlib.import_module(f"caravan_cli.commands.{name}")
            module.arguments(command)
            command.set_defaults(run=module.run)
    return parser


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command that `argv` (default: the process's own) names, and answers with its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        args = _parser(words).parse_args(words)
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
