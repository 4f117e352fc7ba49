"""Pairwise gain over frequency, computed: how much more a vehicle's speed swings than that of the one in front.

`X_i = P(s) X_(i-1) + Q_i(s) X_0`, with `X` positions and all initial errors 0. String stable is a platoon whose gain is
nowhere above 1 (Ploeg, van de Wouw, Nijmeijer, "Lp string stability of cascaded systems", IEEE T-CST 2014).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from caravan.platoon.plant import Floats
from caravan.platoon.spacing import ACC_GAIN, ACC_HEADWAY, CONSENSUS, KD, KP, PATH

Complex = npt.NDArray[np.complex128]
Share = Callable[[Complex, float, float, int], tuple[Complex, Complex]]
"""P and Q of a vehicle, by s, delay (s), lag (s) and its place."""


def gains(law: str, hertz: Floats, *, delay: float, lag: float = 0.5, followers: int = 7) -> Floats:
    """|V_i / V_(i-1)| of each follower (rows) at each frequency (columns).

    Raises KeyError where no such law is known.
    """
    share = SHARES[law]
    s: Complex = (2j * np.pi * np.asarray(hertz)).astype(np.complex128)
    before: Complex = np.ones_like(s)
    rows = []
    for place in range(1, followers + 1):
        of_front, of_leader = share(s, delay, lag, place)
        own = of_front * before + of_leader
        rows.append(np.abs(own / before))
        before = own
    return np.array(rows)


def predictive_share(headway: float = 0.5) -> Share:
    """`(1/H) (1 - S (1 - D))`, `H = h s + 1`, `S = s^2/(s^2 + kd s + kp)`, `D = e^(-delay s) (1 + lead s)`.

    `lead = lag (1 - e^(-delay/lag))` is what `foreseen` makes up for: the drive's own lag tells what comes.
    """

    def share(s: Complex, delay: float, lag: float, place: int) -> tuple[Complex, Complex]:
        lead = lag * (1.0 - np.exp(-delay / lag))
        seen = np.exp(-delay * s) * (1.0 + lead * s)
        sensitivity = s**2 / (s**2 + KD * s + KP)
        return (1.0 - sensitivity * (1.0 - seen)) / (headway * s + 1.0), np.zeros_like(s)

    return share


def ploeg_share(headway: float = 0.5) -> Share:
    """`(1/H) (D + G K)/(1 + G K)`, `G = 1/(s^2 (lag s + 1))`, `K = kp + kd s`, `D = e^(-delay s)`."""

    def share(s: Complex, delay: float, lag: float, place: int) -> tuple[Complex, Complex]:
        loop = (KP + KD * s) / (s**2 * (lag * s + 1.0))
        return (np.exp(-delay * s) + loop) / ((1.0 + loop) * (headway * s + 1.0)), np.zeros_like(s)

    return share


def acc_share(s: Complex, delay: float, lag: float, place: int) -> tuple[Complex, Complex]:
    """`(s + g)/(T lag s^3 + T s^2 + (1 + g T) s + g)`; it hears nothing, so the delay is nothing to it."""
    below = ACC_HEADWAY * (lag * s**3 + s**2 + ACC_GAIN * s) + s + ACC_GAIN
    return (s + ACC_GAIN) / below, np.zeros_like(s)


def path_share(s: Complex, delay: float, lag: float, place: int) -> tuple[Complex, Complex]:
    """Speeds towards the front by radar, accelerations and the leader's speed by radio, `delay` late."""
    late = np.exp(-delay * s)
    below = s**2 * (lag * s + 1.0) + (PATH.of_front + PATH.of_leader) * s + PATH.bandwidth**2
    front = (1.0 - PATH.share) * late * s**2 + PATH.of_front * s + PATH.bandwidth**2
    return front / below, late * (PATH.share * s**2 + PATH.of_leader * s) / below


def consensus_share(s: Complex, delay: float, lag: float, place: int) -> tuple[Complex, Complex]:
    """The gap by radar, the leader by radio; its late position is made up for by its speed."""
    late, half = np.exp(-delay * s), 0.5 * CONSENSUS.of_place
    below = s**2 * (lag * s + 1.0) + CONSENSUS.of_speed * s + CONSENSUS.of_place
    kept = half * CONSENSUS.headway * (1.0 + place) * s
    return half / below, late * (CONSENSUS.of_speed * s + half * (1.0 + delay * s) - kept) / below


SHARES: dict[str, Share] = {
    "predictive": predictive_share(),
    "ploeg": ploeg_share(),
    "path": path_share,
    "consensus": consensus_share,
    "acc": acc_share,
}
