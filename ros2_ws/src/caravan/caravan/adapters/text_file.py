"""Files of text, read whole, with what is wrong with them in words."""

from __future__ import annotations

from pathlib import Path


def read_text(path: Path, fault: type[Exception], remedy: str) -> str:
    """The text of a UTF-8 file. Raises `fault` where it cannot be read, with the `remedy` where it is not text."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise fault(f"{path}: {error.strerror}; name a file that can be read") from None
    except UnicodeDecodeError as error:
        raise fault(f"{path}: byte {error.start} is not text; {remedy}") from None
