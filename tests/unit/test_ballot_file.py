"""A voter's memory on disk, a robot's and an auction node's: what was kept is there again."""

from __future__ import annotations

from pathlib import Path

import pytest

from caravan.adapters.ballot_file import BallotFile
from caravan.adapters.journal import Journal
from caravan.model.leadership import Ballot, InSync, Mark, NotWritten
from caravan.model.market import Event

BALLOT = Ballot(term=7, leader="auction_2", in_sync=InSync(term=7, number=3, nodes=("auction_1", "auction_2")))


@pytest.mark.parametrize("kind", [BallotFile, Journal])
def test_the_latest_ballot_is_there_again(tmp_path: Path, kind: type[BallotFile] | type[Journal]) -> None:
    memory = kind(tmp_path / "deep" / "file")
    assert memory.ballot() == Ballot()
    memory.keep(Ballot(term=6, leader="auction_1"))
    memory.keep(BALLOT)
    assert kind(tmp_path / "deep" / "file").ballot() == BALLOT


def test_a_file_that_is_no_ballot_is_named(tmp_path: Path) -> None:
    file = tmp_path / "carrier_1.ballot"
    file.write_bytes(b"this is no database, and long enough to be noticed" * 40)
    with pytest.raises(NotWritten, match=r"carrier_1\.ballot.*move the file away"):
        BallotFile(file)


def test_a_full_disk_is_said_and_the_former_ballot_stays(tmp_path: Path) -> None:
    memory = BallotFile(tmp_path / "file")
    memory.keep(BALLOT)
    memory._db.execute("PRAGMA max_page_count=2")
    with pytest.raises(NotWritten, match="free some disk space"):
        memory.keep(Ballot(term=8, leader="x" * 100_000))
    assert memory.ballot() == BALLOT


def test_a_journals_mark_goes_with_its_events(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    assert journal.mark() == Mark()
    journal.append([], [Event(stamp=1.0, kind="order")], Mark(term=1, position=1))
    journal.replace([], [Event(stamp=2.0, kind="found")], Mark(term=3, position=9))
    again = Journal(tmp_path / "journal")
    assert again.mark() == Mark(term=3, position=9)
    assert [e.kind for e in again.events()] == ["found"]
