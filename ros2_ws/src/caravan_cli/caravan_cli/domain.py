"""A ROS domain of one's own: one that no process on this machine uses."""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from caravan_cli.complaint import Complaint
from caravan_ros.process import LAST_DOMAIN

DOMAINS = range(1, 101)
"""Those whose ports lie below the ephemeral ones of Linux (from 32768)."""
_PARTICIPANTS = 12
"""Participants of a domain that are looked for; each takes the lowest ports that are free."""


def chosen_domain() -> int:
    """The domain that ROS_DOMAIN_ID names; 0 where it is not set. Raises Complaint where it is none."""
    text = os.environ.get("ROS_DOMAIN_ID") or "0"
    if not (text.isascii() and text.isdigit() and int(text) <= LAST_DOMAIN):
        raise Complaint(f"ROS_DOMAIN_ID is {text!r}; set it to a whole number from 0 to {LAST_DOMAIN}, or unset it")
    return int(text)


def _ports(domain: int) -> list[int]:
    """The UDP ports of a domain: one for discovery, two for each participant (RTPS 2.3, 9.6.1.1)."""
    base = 7400 + 250 * domain
    return [base, *(base + 10 + k for k in range(2 * _PARTICIPANTS))]


def in_use(domain: int) -> bool:
    """Whether somebody on this machine listens on a port of the domain."""
    for port in _ports(domain):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("", port))
            except OSError:
                return True
    return False


@contextmanager
def free_domain() -> Iterator[int]:
    """A domain that nobody uses, kept from other callers of this function. Raises Complaint where all are taken."""
    start = os.getpid()
    for domain in (DOMAINS[(start + k) % len(DOMAINS)] for k in range(len(DOMAINS))):
        path = Path(tempfile.gettempdir()) / f"caravan-{os.getuid()}-domain-{domain}.lock"
        with path.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            if not in_use(domain):
                yield domain
                return
    raise Complaint("every ROS domain from 1 to 100 is in use on this machine; end a fleet that is no longer needed")
