"""A ROS domain that nobody uses."""

from __future__ import annotations

import socket

import pytest

from caravan_cli.complaint import Complaint
from caravan_cli.domain import DOMAINS, chosen_domain, free_domain, in_use


def test_two_at_once_get_different_domains() -> None:
    with free_domain() as one, free_domain() as other:
        assert one != other
        assert {one, other} <= set(DOMAINS)


def test_a_domain_whose_port_is_taken_is_in_use_and_is_not_given() -> None:
    with free_domain() as domain:
        assert not in_use(domain)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as participant:
            participant.bind(("", 7400 + 250 * domain + 11))
            assert in_use(domain)


def test_a_domain_is_given_back() -> None:
    with free_domain() as one:
        pass
    with free_domain() as again:
        assert again == one


@pytest.mark.parametrize(("text", "domain"), [("", 0), ("0", 0), ("42", 42), ("231", 231)])
def test_the_domain_of_the_environment(monkeypatch: pytest.MonkeyPatch, text: str, domain: int) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", text)
    assert chosen_domain() == domain


@pytest.mark.parametrize("text", ["-1", "232", "abc", "1.5", "²"])
def test_a_domain_that_is_none_is_said(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", text)
    with pytest.raises(Complaint, match="from 0 to 231, or unset it"):
        chosen_domain()


def test_ports_lie_below_the_ephemeral_ones() -> None:
    assert 7400 + 250 * max(DOMAINS) + 250 <= 32768
