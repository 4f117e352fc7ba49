"""The door of the auction house: what is turned away before it is accepted, and what the audit log keeps of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from caravan.actors.house.auction_house import AuctionHouse, HouseSettings
from caravan.actors.house.intake import LONGEST, STRANGERS, Intake
from caravan.adapters.audit_log import AuditLog
from caravan.language.guard import Refused
from caravan.language.spans import LIMIT, BadText
from caravan.model.audit import Audit
from caravan.model.geometry import Pose
from caravan.model.goal import Draft, Goal, Intent, Task, TaskKind, draft_to_json
from caravan.model.market import RobotState, Vote
from caravan.model.site import Place, Policy, Robot, Site
from caravan.traffic.roadmap import Graph

RIGHTS = {"anna": ("tasks", "control"), "*": ("tasks",)}
SITE = Site(places={"dock": Place(id="dock")}, robots={"r1": Robot(id="r1")}, policy=Policy(rights=RIGHTS))
GO = Draft(intent=Intent.TASKS, tasks=(Task(id="t1", kind=TaskKind.GO, to="dock"),))


@pytest.fixture
def house() -> AuctionHouse:
    return AuctionHouse(SITE, Graph(SITE.roadmap).reachable, HouseSettings(), now=0.0)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x" * (LIMIT + 1), "the text has 2001 bytes, the most is 2000"),
        ("托" * 667, "the text has 2001 bytes"),
        ("go\0", "U+0000"),
        ("go to \u202edock\u202c", "U+202E"),
        ("go to \u200fdock", "U+200F"),
        ("go \u2067to dock", "U+2067"),
        ("go\x1b[2J", "U+001B"),
        ("go \udc80", "not valid Unicode"),
        ("\u200b\u2060 \n", "empty"),
    ],
)
def test_bad_text_is_turned_away_and_audited(house: AuctionHouse, text: str, why: str) -> None:
    said = house.submit(text, "eve", "", 1.0)
    assert isinstance(said, BadText) and why in said.note
    out = house.drain()
    assert (out.goals, out.events, out.messages) == ([], [], [])
    (audit,) = out.audits
    assert (audit.request, audit.requester, audit.verdict, audit.reason) == ("say", "eve", "refused", said.note)


def test_names_of_requesters_and_keys_are_untrusted_too(house: AuctionHouse) -> None:
    for requester, key in (("eve\n", ""), ("\u202eeve", ""), ("e" * (LONGEST + 1), ""), ("eve", "k\x07")):
        assert isinstance(house.submit("go to dock", requester, "", 1.0, key), BadText)
        assert isinstance(house.submit_draft(GO, requester, 1.0, key=key), Refused)
    assert not house.goals()


def test_a_thousand_goals_at_once_are_a_minutes_worth_and_refusals(house: AuctionHouse) -> None:
    answers = [house.submit("go to dock", "eve", "", 5.0) for _ in range(1000)]
    taken = [answer for answer in answers if isinstance(answer, Goal)]
    assert len(taken) == SITE.policy.sentences_per_minute == len(house.goals())
    last = answers[-1]
    assert isinstance(last, BadText) and last.note.startswith("eve asks too often, 60 sentences a minute are taken")
    assert len(house.drain().audits) == 1000 - len(taken)
    assert isinstance(house.submit("go to dock", "anna", "", 5.0), Goal), "others are heard"
    assert isinstance(house.submit_draft(GO, "eve", 5.0), Goal), "programs have a measure of their own"
    assert isinstance(house.submit("go to dock", "eve", "", 5.5), BadText)
    assert isinstance(house.submit("go to dock", "eve", "", 6.0), Goal)
    assert isinstance(house.submit("go to dock", "eve", "", 6.0), BadText)


def test_a_request_that_comes_again_costs_nothing(house: AuctionHouse) -> None:
    said = {house.submit("go to dock", "eve", "", 5.0, "key") for _ in range(100)}
    assert len(said) == 1


def test_a_clock_that_is_set_back_gives_no_tokens() -> None:
    door = Intake(SITE)
    for _ in range(60):
        assert door.draft("eve", "", 0.0) is None
        assert door.sentence("go", "eve", "", "", 100.0) == "go"
    assert isinstance(door.sentence("go", "eve", "", "", 50.0), BadText)
    assert door.sentence("go", "eve", "", "", 52.0) == "go"


def test_who_takes_a_new_name_each_time_shares_one_measure_in_the_end() -> None:
    door = Intake(SITE)
    heard = [door.sentence("go", f"eve {n}", "", "", 0.0) for n in range(2 * STRANGERS)]
    assert sum(isinstance(each, str) for each in heard) == STRANGERS + SITE.policy.sentences_per_minute
    assert door.sentence("go", "ben", "", "", 61.0) == "go"


def test_a_goal_is_audited_with_its_plan_votes_and_verdict(house: AuctionHouse) -> None:
    goal = house.submit_draft(GO, "anna", 1.0)
    assert isinstance(goal, Goal)
    refused = house.submit_draft(Draft(intent=Intent.TASKS), "anna", 1.0)
    assert isinstance(refused, Refused)
    said = house.submit("go to dock", "anna", "", 2.0)
    assert isinstance(said, Goal)
    for audit in house.drain().audits:
        assert audit.request == "tasks" and audit.verdict == ("allowed" if audit.goal else "refused")
    house.tick(30.0)
    (late,) = house.drain().audits
    assert (late.goal, late.verdict) == (said.id, "failed") and "no robot is there" in late.reason


def test_the_votes_and_the_plan_stand_in_the_audit(house: AuctionHouse) -> None:
    state = RobotState(robot="r1", stamp=1.0, pose=Pose(0, 0), battery=1.0, activity="idle", holdings=())
    house.receive(state, 1.0)
    goal = house.submit("go to dock", "anna", "r1", 1.0)
    assert isinstance(goal, Goal) and house.drain().audits == []
    house.receive(Vote(goal=goal.id, robot="r1", draft=GO, confidence=0.9), 2.0)
    (audit,) = house.drain().audits
    assert (audit.requester, audit.text, audit.robot, audit.verdict) == ("anna", "go to dock", "r1", "allowed")
    assert audit.draft == draft_to_json(GO)
    (vote,) = audit.votes
    assert (vote["robot"], vote["draft"], vote["confidence"]) == ("r1", audit.draft, 0.9)


def test_only_the_owner_or_who_has_control_may_cancel(house: AuctionHouse) -> None:
    first, second = (house.submit_draft(GO, "eve", 1.0) for _ in range(2))
    assert isinstance(first, Goal) and isinstance(second, Goal)
    told = house.cancel(first.id, "ben", 2.0)
    assert told == "ben may not halt or call robots, or cancel for others; anna may"
    assert house.cancel(first.id, "eve", 2.0) is None and house.cancel(second.id, "anna", 2.0) is None
    audits = [a for a in house.drain().audits if a.request == "cancel"]
    assert [(a.requester, a.verdict) for a in audits] == [("ben", "refused"), ("eve", "done"), ("anna", "done")]


def line(n: int) -> Audit:
    return Audit(
        stamp=n, request="say", requester="anna", text=f"go to \x1b\u202e{n}", verdict="refused", reason="r" * 100
    )


def test_the_audit_log_is_lines_of_plain_json(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "log")
    assert log.append([]) is None and not (tmp_path / "log").exists()
    assert log.append([line(0), line(1)]) is None and AuditLog(tmp_path / "log").append([line(2)]) is None
    text = (tmp_path / "log").read_text()
    assert text.isascii() and "\x1b" not in text
    said = [json.loads(each) for each in text.splitlines()]
    assert [each["text"] for each in said] == [f"go to \x1b\u202e{n}" for n in range(3)]
    assert said[1]["time"] == "1970-01-01T00:00:01.000+00:00" and "goal" not in said[1]


def test_the_audit_log_has_a_bound(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "log", most_bytes=1000, kept=2)
    for n in range(100):
        assert log.append([line(n)]) is None
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["log", "log.1", "log.2"]
    assert all(0 < file.stat().st_size <= 1000 for file in files)
    kept = [json.loads(each)["text"] for file in reversed(files) for each in file.read_text().splitlines()]
    assert kept == [f"go to \x1b\u202e{n}" for n in range(100 - len(kept), 100)]


def test_a_torn_line_spoils_no_other(tmp_path: Path) -> None:
    (tmp_path / "log").write_text('{"time": "19')
    assert AuditLog(tmp_path / "log").append([line(1)]) is None
    assert json.loads((tmp_path / "log").read_text().splitlines()[1])["requester"] == "anna"


def test_a_disk_that_takes_nothing_is_said_and_raises_nothing() -> None:
    log = AuditLog(Path("/dev/full"))
    assert "No space left on device; 2 lines are not in it so far" in (log.append([line(0), line(1)]) or "")
    assert "3 lines" in (log.append([line(2)]) or "")
