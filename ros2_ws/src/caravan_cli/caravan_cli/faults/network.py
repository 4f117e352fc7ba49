"""Auction nodes in network namespaces of their own, behind a bridge whose ports go down and lose packets.

This process moves into a namespace of its own, and with it what it starts from then on.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import MappingProxyType

from caravan_cli.faults.plan import Kind

_NEW_NETWORK = 0x40000000
_BRIDGE = "floor"
LOSS = 30
"""Of 100 packets to an auction node, while they get lost."""
ENVIRONMENT = MappingProxyType({"ROS_AUTOMATIC_DISCOVERY_RANGE": "SUBNET"})
"""For DDS between namespaces."""


class NoNetwork(Exception):
    """This machine does not let us make network namespaces; the message says why."""


class Network:
    """The namespaces; made by `network`."""

    def __init__(self, nodes: Sequence[str]) -> None:
        self._ports = {node: f"port{number}" for number, node in enumerate(nodes)}

    def inside(self, node: str) -> tuple[str, ...]:
        """What stands before a command that shall run in the namespace of an auction node."""
        return ("ip", "netns", "exec", _name(node))

    def kinds(self) -> tuple[Kind, ...]:
        """The faults that can be made here."""
        return (Kind.CUT_HOUSE, Kind.LOSS) if shutil.which("nft") else (Kind.CUT_HOUSE,)

    def cut(self, node: str, *, heal: bool = False) -> None:
        """Cuts an auction node off from all others, or heals the cut."""
        _do("ip", "link", "set", self._ports[node], "up" if heal else "down")

    def lose(self, node: str, *, heal: bool = False) -> None:
        """Lets packets to an auction node get lost, or no longer."""
        rule = ("flush", "chain") if heal else ("add", "rule")
        drop = () if heal else ("numgen", "random", "mod", "100", "<", str(LOSS), "drop")
        _do(*self.inside(node), "nft", *rule, "inet", "caravan", "input", *drop)


def allowed() -> str | None:
    """Why network namespaces cannot be made here; None where they can."""
    name = f"caravan-{os.getpid()}-trial"
    try:
        _check()
        _do("ip", "netns", "add", name)
        _do("ip", "netns", "delete", name)
    except NoNetwork as error:
        return str(error)
    return None


def _check() -> None:
    if os.geteuid() != 0 or shutil.which("ip") is None:
        raise NoNetwork("network namespaces need root and the program ip (Debian: iproute2)")


@contextmanager
def network(nodes: Sequence[str]) -> Iterator[Network]:
    """A namespace for each auction node. Raises NoNetwork where that is not allowed here."""
    _check()
    made = Network(nodes)
    try:
        if ctypes.CDLL(None, use_errno=True).unshare(_NEW_NETWORK) != 0:
            raise NoNetwork(f"a network namespace is not allowed here: {os.strerror(ctypes.get_errno())}")
        _do("ip", "link", "set", "lo", "up")
        _do("ip", "link", "add", _BRIDGE, "type", "bridge", "mcast_snooping", "0")
        _do("ip", "addr", "add", "10.77.0.1/24", "dev", _BRIDGE)
        _do("ip", "link", "set", _BRIDGE, "up")
        for number, node in enumerate(nodes):
            _attach(node, number, made)
        yield made
    finally:
        for node in nodes:
            subprocess.run(["ip", "netns", "delete", _name(node)], capture_output=True, check=False)


def _attach(node: str, number: int, made: Network) -> None:
    port, inside = f"port{number}", made.inside(node)
    _do("ip", "netns", "add", _name(node))
    _do("ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", _name(node))
    _do("ip", "link", "set", port, "master", _BRIDGE, "up")
    _do(*inside, "ip", "addr", "add", f"10.77.0.{number + 2}/24", "dev", "eth0")
    _do(*inside, "ip", "link", "set", "eth0", "up")
    _do(*inside, "ip", "link", "set", "lo", "up")
    if Kind.LOSS in made.kinds():
        _do(*inside, "nft", "add", "table", "inet", "caravan")
        _do(*inside, "nft", "add", "chain", "inet", "caravan", "input", "{ type filter hook input priority 0; }")


def _name(node: str) -> str:
    return f"caravan-{os.getpid()}-{node}"


def _do(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoNetwork(f"{' '.join(words)}: {(done.stderr or done.stdout).strip()}")
