"""The commands and programs that the documents show, as a reader would copy them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLEET_COMMANDS = (
    ".venv/bin/caravan up",
    "ros2 service call",
    *(f".venv/bin/caravan {name}" for name in ("say", "status", "why", "halt", "cancel")),
)
"""How the lines begin that tests run against a fleet."""
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(document: str, language: str) -> list[str]:
    """The fenced blocks of one language in a document (its path from the root)."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return [body for tag, body in _FENCE.findall(text) if tag == language]


def commands(document: str) -> list[str]:
    """The lines of all shell blocks of a document, without comments."""
    lines = [line for block in blocks(document, "sh") for line in block.splitlines()]
    return [command for line in lines if (command := re.sub(r"\s+#.*$", "", line).strip())]


def documents() -> list[str]:
    """All documents of the project, as paths from the root."""
    found = [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), ROOT / "models" / "README.md"]
    return sorted(str(path.relative_to(ROOT)) for path in found)
