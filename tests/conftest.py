"""What all tests share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# No deadline for a single example: a busy machine is not a bug. What hangs is ended by pytest-timeout.
# The same examples each time: what is green here is green there.
settings.register_profile("caravan", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("caravan")


@pytest.fixture
def fast() -> Iterator[Path]:
    """A folder in memory where there is one: what is opened hundreds of times is not to wait for a disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)
