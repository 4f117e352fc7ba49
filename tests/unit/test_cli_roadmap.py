"""`caravan roadmap`: what it writes, what it finds, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from caravan.adapters.site_file import read_site
from caravan_cli.app import main

ROOT = Path(__file__).parents[2]
WAREHOUSE = ROOT / "config" / "warehouse.yaml"
PLACES = """# my own hall
world: warehouse.sdf
places: {dock_1: {position: [8, 1.5]}, aisle_b: {position: [13, 10]}}
robots: {carrier_1: {start: [27.5, 10, 0]}}
"""


def ran(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, Any, str]:
    """Exit code, what was written as JSON (None: nothing), and what people were told."""
    code = main(["roadmap", *map(str, words)])
    said = capsys.readouterr()
    return code, json.loads(said.out) if said.out else None, said.err


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A site file without lanes, beside a link to the worlds."""
    (tmp_path / "config").mkdir()
    (tmp_path / "worlds").symlink_to(ROOT / "worlds")
    file = tmp_path / "config" / "site.yaml"
    file.write_text(PLACES, encoding="utf-8")
    return file


def test_a_roadmap_is_made_into_the_site_file_checked_and_drawn(
    bare: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, made, _ = ran(capsys, "make", bare, "--out", bare, "--json")
    assert code == 0 and made["nodes"] > 50 and made["file"] == str(bare)
    assert bare.read_text(encoding="utf-8").startswith(PLACES)
    assert {"dock_1", "aisle_b", "start_carrier_1"} <= set(read_site(bare).roadmap.nodes)
    code, checked, _ = ran(capsys, "check", bare, "--json")
    assert code == 0 and checked["ok"] and checked["faults"] == checked["dead_ends"] == []
    assert (checked["nodes"], checked["lanes"]) == (made["nodes"], made["lanes"])
    code, drawn, _ = ran(capsys, "draw", bare, "--out", tmp_path / "out" / "r.png", "--json")
    assert code == 0 and drawn["lanes"] == made["lanes"]
    assert (tmp_path / "out" / "r.png").read_bytes().startswith(b"\x89PNG")


def test_a_world_alone_gives_lanes_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new" / "site.yaml"
    world = ROOT / "worlds" / "warehouse.sdf"
    code, made, _ = ran(capsys, "make", "--world", world, "--radius", "0.5", "--out", out, "--json")
    site = read_site(out)
    assert code == 0 and len(site.roadmap.lanes) == made["lanes"] > 50
    assert site.world == str(world) and not site.places


def test_a_check_tells_all_faults_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = WAREHOUSE.read_text(encoding="utf-8").replace("world: warehouse.sdf", f"world: {ROOT}/worlds/warehouse.sdf")
    text = text.replace("position: [12.0, 1.5]", "position: [10.6, 9.0]")
    text = text.replace("    - [n2_3, staging, n2_4]\n", "").replace("s1_7: [15.0, 3.5]", "s1_7: [17.4, 3.5]")
    file = tmp_path / "site.yaml"
    file.write_text(text, encoding="utf-8")
    code, checked, told = ran(capsys, "check", file, "--json")
    assert code == 1 and not checked["ok"]
    faults = "\n".join(checked["faults"])
    for fault in (
        "the place 'dock_2' lies inside the obstacle 'rack_2/body'",
        "places.staging: 'carrier_1', which starts at 'park_1', has no way to it",
        "the waypoint 's1_7' and the waypoint 's1_8' are 0.40 m apart",
    ):
        assert fault in faults
    assert "dock_2" in told


def test_a_picture_shows_widths_directions_and_zones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = """
places: {a: {position: [8, 4]}, b: {position: [12, 4]}}
roadmap:
  waypoints: {m: [10, 4], n: [10, 6]}
  lanes: [[a, m], {nodes: [m, b], two_way: false}, {nodes: [m, n], width: 0.9}]
policy: {zones: {quiet: {places: [b]}}}
"""
    file = tmp_path / "site.yaml"
    sizes = []
    for text in ("places: {a: {position: [8, 4]}}", rules):
        file.write_text(f"world: {ROOT}/worlds/warehouse.sdf\n{text}\n", encoding="utf-8")
        assert ran(capsys, "draw", file, "--out", tmp_path / "r.png", "--json")[0] == 0
        sizes.append((tmp_path / "r.png").stat().st_size)
    assert sizes[1] > sizes[0]


BAD = {
    "no world": (("make", "--out", "x.yaml"), "caravan roadmap make: no world; name it in the site file or by --world"),
    "no radius": (("make", "--world", ROOT / "worlds/warehouse.sdf", "--out", "x.yaml"), "give --radius"),
    "no file": (("check", "nowhere.yaml"), "nowhere.yaml: cannot be read: No such file"),
    "no folder": (
        ("make", WAREHOUSE, "--out", "/proc/nowhere/x.yaml"),
        "--out /proc/nowhere/x.yaml: No such file or directory; name a file that can be written",
    ),
    "too wide": (("make", WAREHOUSE, "--radius", "0.9", "--out", "x.yaml"), "radius needs 1.00 m; move one of them"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_told_in_one_sentence(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words, message = BAD[name]
    code, made, told = ran(capsys, *words)
    assert code == 2 and made is None and message in told
    assert len(told.strip().splitlines()) == 1
    assert not (tmp_path / "x.yaml").exists()


def test_a_site_with_a_road_needs_no_lanes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    site, out = ROOT / "config" / "highway.yaml", tmp_path / "highway.png"
    code, figures, _ = ran(capsys, "check", site, "--json")
    assert code == 0 and figures["faults"] == []
    assert (figures["road_m"], figures["road_lanes"], figures["ramps"]) == (3170.8, 2, 4)
    assert ran(capsys, "draw", site, "--out", out, "--json")[0] == 0
    assert out.stat().st_size > 10_000
