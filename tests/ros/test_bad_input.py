"""Nodes that are started with what is no good: they end at once, with one sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.ros.support import SITE, complaint


@pytest.mark.parametrize(
    ("executable", "parameters", "told"),
    [
        ("agent_node", {"robots": ["carrier_9"]}, "'carrier_9' is not in .*; did you mean"),
        ("agent_node", {"robots": ["carrier_1"], "models": ["/nowhere.gguf"]}, r"/nowhere\.gguf: No such file"),
        ("agent_node", {"robots": ["carrier_1"], "models": [__file__]}, "no GGUF file"),
        ("agent_node", {"robots": ["carrier_1"], "models": ["/nowhere.json"]}, "no record of readings"),
        (
            "agent_node",
            {"robots": ["carrier_1"], "start_logs": "/proc/none"},
            r"start log /proc/none/carrier_1\.starts: .*another path",
        ),
        ("sim_node", {"site": "/nowhere.yaml"}, r"/nowhere\.yaml"),
        ("sim_node", {"start_clock": "25:00"}, "'25:00' is no time of day; write it as HH:MM"),
        ("sim_node", {"physics": "magic"}, "'magic' is not known; take planar or wheels"),
        ("sim_node", {"lidar": -1}, "-1 is no number of beams"),
        ("auction_node", {"journal": "/proc/none/journal"}, "journal /proc/none/journal: .*give another path"),
        ("traffic_node", {"speed": 1.0}, "there is no parameter 'speed'"),
    ],
    ids=str,
)
def test_bad_input_ends_a_node_with_one_sentence(
    domain: int, tmp_path: Path, executable: str, parameters: dict[str, object], told: str
) -> None:
    logs = {"start_logs": str(tmp_path)} if executable == "agent_node" else {}
    said = complaint(executable, **{"site": str(SITE), **logs, **parameters})
    assert re.search(told, said), said
