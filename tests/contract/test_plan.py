"""The plan of a fleet: every robot once, every parameter declared, times scaled once, clear refusals."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caravan.adapters.fields import SiteError
from caravan.adapters.site_file import read_site
from caravan_ros.plan import SIMULATORS, PlanError, Process, fleet_plan, robot_plan
from caravan_ros.settings import AgentParameters, AuctionParameters, GzParameters, SimParameters, TrafficParameters

SITE = Path(__file__).parents[2] / "config" / "warehouse.yaml"
ROAD = SITE.with_name("highway.yaml")
DECLARED = {
    "gz_node": GzParameters,
    "sim_node": SimParameters,
    "traffic_node": TrafficParameters,
    "auction_node": AuctionParameters,
    "agent_node": AgentParameters,
}


def of(plan: tuple[Process, ...], executable: str) -> list[Process]:
    return [p for p in plan if p.executable == executable]


@settings(max_examples=15, deadline=None)
@given(robots=st.integers(0, 6), per_process=st.integers(1, 8), sim=st.sampled_from(SIMULATORS))
def test_each_robot_is_hosted_once_and_in_order(robots: int, per_process: int, sim: str) -> None:
    plan = fleet_plan(SITE, sim=sim, robots=robots, agents_per_process=per_process)
    agents = of(plan, "agent_node")
    hosted = [name for process in agents for name in process.parameters["robots"]]
    known = list(read_site(SITE).robots)
    assert hosted == known[: robots or len(known)]
    assert all(len(process.parameters["robots"]) <= per_process for process in agents)
    assert len({process.name for process in plan}) == len(plan)


@settings(max_examples=15, deadline=None)
@given(rate=st.floats(0, 50), sim=st.sampled_from(SIMULATORS))
def test_only_declared_parameters_are_set(rate: float, sim: str) -> None:
    ours = [p for p in fleet_plan(SITE, sim=sim, rate=rate) if p.package == "caravan_ros"]
    assert ours
    for process in ours:
        declared = {f.name for f in fields(DECLARED[process.executable])}
        assert set(process.parameters) - {"use_sim_time"} == declared


@pytest.mark.parametrize("navigation", ["builtin", "nav2"])
def test_all_robots_are_driven_by_the_navigation_that_was_asked_for(navigation: str) -> None:
    agents = of(fleet_plan(SITE, navigation=navigation), "agent_node")
    assert {agent.parameters["navigation"] for agent in agents} == {navigation}


@pytest.mark.parametrize(("rate", "scale"), [(1.0, 1.0), (5.0, 5.0), (0.5, 0.5), (0.0, 10.0), (40.0, 10.0)])
def test_times_that_guard_against_silence_are_scaled_with_the_rate(rate: float, scale: float) -> None:
    real, scaled = fleet_plan(SITE, sim="none"), fleet_plan(SITE, rate=rate)
    for executable, name in (
        ("auction_node", "patience"),
        ("auction_node", "vote_time"),
        ("auction_node", "bid_time"),
        ("auction_node", "award_time"),
        ("agent_node", "lease"),
        ("agent_node", "heartbeat"),
        ("traffic_node", "lease"),
    ):
        before, after = (of(plan, executable)[0].parameters[name] for plan in (real, scaled))
        assert after == pytest.approx(before * scale), name
    assert of(scaled, "agent_node")[0].parameters["report"] == of(real, "agent_node")[0].parameters["report"]


def test_a_robot_stops_before_it_is_given_up() -> None:
    plan = fleet_plan(SITE, rate=7.0)
    lease, patience = of(plan, "agent_node")[0].parameters["lease"], of(plan, "auction_node")[0].parameters["patience"]
    assert lease < patience


def test_several_auction_nodes_know_each_other_and_the_first_has_the_journal_that_a_lone_one_has() -> None:
    (lone,) = of(fleet_plan(SITE, journal="j"), "auction_node")
    several = fleet_plan(SITE, journal="j", auction_nodes=3)
    nodes = of(several, "auction_node")
    names = ("auction_1", "auction_2", "auction_3")
    assert tuple(p.name for p in nodes) == names
    assert all((p.parameters["name"], p.parameters["nodes"]) == (p.name, names) for p in nodes)
    assert nodes[0].parameters["journal"] == lone.parameters["journal"]
    assert len({p.parameters["journal"] for p in nodes}) == 3
    assert all(p.parameters["votes"] for p in of(several, "agent_node"))
    assert not any(p.parameters["votes"] for p in of(fleet_plan(SITE), "agent_node"))


@pytest.mark.parametrize("sim", SIMULATORS)
def test_the_engines_differ_in_nothing_but_the_simulator_the_clock_and_the_places_of_files(sim: str) -> None:
    def deciding(plan: tuple[Process, ...]) -> list[tuple[str, object]]:
        nodes = [p for p in plan if p.executable in ("traffic_node", "auction_node", "agent_node")]
        local = ("use_sim_time", "journal", "start_logs")
        return [(p.name, {k: v for k, v in p.parameters.items() if k not in local}) for p in nodes]

    assert deciding(fleet_plan(SITE, sim=sim)) == deciding(fleet_plan(SITE, sim="none"))


@pytest.mark.parametrize("sim", SIMULATORS)
def test_a_robot_alone_is_planned_as_in_its_fleet(sim: str) -> None:
    options = {"sim": sim, "rate": 2.0, "auction_nodes": 3, "robots": 4}
    (alone,) = robot_plan(SITE, "carrier_2", **options)  # type: ignore[arg-type]
    fleet = fleet_plan(SITE, **options)  # type: ignore[arg-type]
    (twin,) = (p for p in fleet if p.parameters.get("robots") == ("carrier_2",))
    assert alone == twin


def test_an_unknown_robot_is_refused() -> None:
    with pytest.raises(PlanError, match=r"robot: 'carier_1' is not in .*warehouse\.yaml; .*'carrier_1'"):
        robot_plan(SITE, "carier_1")


def test_all_but_the_simulator_live_by_the_simulated_clock() -> None:
    for process in fleet_plan(SITE):
        assert process.parameters.get("use_sim_time", False) is (process.executable != "sim_node")
    for process in fleet_plan(SITE, sim="gz"):
        simulates = process.name in ("gazebo", "bridge", "gz")
        assert process.parameters.get("use_sim_time", False) is not simulates
    assert not any(p.parameters["use_sim_time"] for p in fleet_plan(SITE, sim="none"))


def test_without_a_simulator_there_is_no_sim_node() -> None:
    assert not of(fleet_plan(SITE, sim="none"), "sim_node")
    assert of(fleet_plan(SITE), "sim_node") == [fleet_plan(SITE)[0]]


def test_a_road_has_no_traffic_control_in_any_engine() -> None:
    for sim in SIMULATORS:
        ours = [p for p in fleet_plan(ROAD, sim=sim) if p.executable in DECLARED]
        others = [p.executable for p in ours if p.executable not in ("sim_node", "gz_node")]
        assert others == ["auction_node", *["agent_node"] * 8]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"sim": "gazebo"}, "take one of embedded, gz, none"),
        ({"physics": "magic"}, "'magic' is not known; take planar or wheels"),
        ({"lidar": -1}, "-1 is no number of beams; give 0 for none"),
        ({"sim": "gz", "start_clock": "9"}, "'9' is no time of day; write it as HH:MM"),
        ({"rate": -1.0}, "rate: -1.0"),
        ({"rate": float("nan")}, "rate: nan"),
        ({"robots": -1}, "robots: -1 is no number of robots; give 1 or more, or 0"),
        ({"agents_per_process": 0}, "give 1 or more"),
        ({"auction_nodes": 0}, "auction_nodes: 0 is too few; give 1, or more for a standby"),
        ({"navigation": "nav3"}, "navigation: 'nav3' is no navigation; take one of builtin, nav2"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_words(options: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        fleet_plan(SITE, **options)  # type: ignore[arg-type]


def test_a_missing_site_file_is_refused() -> None:
    with pytest.raises(SiteError, match=r"nowhere\.yaml"):
        fleet_plan("nowhere.yaml")
