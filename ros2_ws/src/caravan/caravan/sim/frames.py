"""Poses as SDF writes them, and the turns in them; the error of every SDF file that is no good."""

from __future__ import annotations

import difflib
import math
from pathlib import Path

import numpy as np
from lxml import etree
from numpy.typing import NDArray

Transform = NDArray[np.float64]
"""4 x 4, from a frame to the one that it is given in."""


class SdfError(ValueError):
    """An SDF file that cannot be used; the message names file, line, fault and remedy."""


def fault(file: Path, element: etree._Element | None, text: str) -> SdfError:
    """The error `text` at the line of `element`."""
    return SdfError(f"{file}:{element.sourceline}: {text}" if element is not None else f"{file}: {text}")


def did_you_mean(word: str, known: list[str]) -> str:
    """`; did you mean 'x'?` if a known word is close, else nothing."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.7)
    return f"; did you mean {close[0]!r}?" if close else ""


def numbers(file: Path, element: etree._Element, count: int | tuple[int, ...]) -> list[float]:
    """The finite numbers in the text of `element`, as many as `count` allows."""
    allowed = (count,) if isinstance(count, int) else count
    words = (element.text or "").split()
    try:
        values = [float(word) for word in words]
    except ValueError:
        raise fault(file, element, f"<{element.tag}> has {element.text!r}, which is not all numbers") from None
    if len(values) not in allowed:
        wanted = " or ".join(map(str, allowed))
        raise fault(file, element, f"<{element.tag}> has {len(values)} numbers and needs {wanted}")
    if not all(map(math.isfinite, values)):
        raise fault(file, element, f"<{element.tag}> has {element.text!r}; every number must be finite")
    return values


def parse_pose(file: Path, element: etree._Element | None) -> Transform:
    """The transform that a <pose> writes down; no element or an empty one is the identity."""
    if element is None or not (element.text or "").strip():
        return np.eye(4)
    form = element.get("rotation_format", "euler_rpy")
    degrees = element.get("degrees", "false").strip() in ("true", "1")
    if form == "quat_xyzw":
        if degrees:
            raise fault(file, element, "<pose> is a quaternion, which has no degrees; leave degrees=... out")
        values = numbers(file, element, 7)
        x, y, z, w = values[3:]
        return _transform(values[:3], _from_quaternion(file, element, (w, x, y, z)))
    if form != "euler_rpy":
        raise fault(file, element, f"<pose> has rotation_format {form!r}; known are euler_rpy and quat_xyzw")
    values = numbers(file, element, 6)
    scale = math.pi / 180.0 if degrees else 1.0
    return _transform(values[:3], _from_euler(*(scale * v for v in values[3:])))


def _transform(position: list[float], turn: Transform) -> Transform:
    out = np.eye(4)
    out[:3, :3], out[:3, 3] = turn, position
    return out


def _from_euler(roll: float, pitch: float, yaw: float) -> Transform:
    (cr, sr), (cp, sp), (cy, sy) = ((math.cos(a), math.sin(a)) for a in (roll, pitch, yaw))
    return np.array(
        [
            [cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr],
            [sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr],
            [-sp, cp * sr, cp * cr],
        ]
    )


def _from_quaternion(file: Path, element: etree._Element, q: tuple[float, float, float, float]) -> Transform:
    norm = math.hypot(*q)
    if norm < 1e-6:
        raise fault(file, element, "<pose> has a quaternion of length 0; the identity is 0 0 0 1")
    w, x, y, z = (part / norm for part in q)
    v = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.asarray(np.eye(3) + 2.0 * w * v + 2.0 * v @ v)


def rotation(quaternion: tuple[float, float, float, float]) -> Transform:
    """The 3 x 3 matrix of a unit quaternion (w, x, y, z)."""
    w, x, y, z = quaternion
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def quaternion(turn: Transform) -> tuple[float, float, float, float]:
    """The unit quaternion (w, x, y, z) of the rotation part of a transform, w >= 0.

    Bar-Itzhack 2000: the eigenvector of a symmetric 4 x 4 matrix, well conditioned for every angle.
    """
    m = turn[:3, :3]
    k = np.array(
        [
            [m[0, 0] - m[1, 1] - m[2, 2], m[0, 1] + m[1, 0], m[0, 2] + m[2, 0], m[2, 1] - m[1, 2]],
            [m[0, 1] + m[1, 0], m[1, 1] - m[0, 0] - m[2, 2], m[1, 2] + m[2, 1], m[0, 2] - m[2, 0]],
            [m[0, 2] + m[2, 0], m[1, 2] + m[2, 1], m[2, 2] - m[0, 0] - m[1, 1], m[1, 0] - m[0, 1]],
            [m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1], m[0, 0] + m[1, 1] + m[2, 2]],
        ]
    )
    x, y, z, w = (float(v) for v in np.linalg.eigh(k)[1][:, -1])
    sign = -1.0 if w < 0.0 else 1.0
    return sign * w, sign * x, sign * y, sign * z


def transform(position: tuple[float, float, float], turn: tuple[float, float, float, float]) -> Transform:
    """The transform of a position and a unit quaternion (w, x, y, z)."""
    return _transform(list(position), rotation(turn))


def position(at: Transform) -> tuple[float, float, float]:
    """The position part of a transform."""
    x, y, z = (float(v) for v in at[:3, 3])
    return x, y, z
