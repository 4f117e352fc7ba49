"""A folder with one instance of Li & Lim's format, small enough to be worked out by hand."""

from __future__ import annotations

from pathlib import Path

INSTANCE = """2 20 1
0 0 0 0 0 100 0 0 0
1 3 4 10 0 50 1 0 2
2 6 8 -10 0 100 1 1 0
4 9 12 20 0 100 0 0 5

5 12 16 -20 0 100 0 4 0
"""
BEST = "instance,vehicles,distance\ntiny,1,40.0\n"


def write_folder(folder: Path) -> Path:
    """Writes the instance and its best known solution into the folder; answers with the folder."""
    (folder / "tiny.txt").write_text(INSTANCE, encoding="utf-8")
    (folder / "best_known.csv").write_text(BEST, encoding="utf-8")
    return folder
