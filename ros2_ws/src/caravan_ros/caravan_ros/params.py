"""A node's parameters: declared from the fields of a dataclass, in one loop, and checked."""

from __future__ import annotations

import math
from dataclasses import MISSING, Field, fields
from typing import Any, NoReturn, TypeVar, get_type_hints

from rcl_interfaces.msg import ParameterDescriptor
from rclpy.node import Node

P = TypeVar("P")
_USUAL = ("use_sim_time", "start_type_description_service")
_KINDS = {
    str: ("text", "some_text"),
    bool: ("true or false", "true"),
    int: ("a whole number", "1"),
    float: ("a number", "1.0"),
    tuple[str, ...]: ("a list of texts", "[a, b]"),
}


def read_parameters(node: Node, kind: type[P]) -> P:
    """The parameters of `node` as a `kind`, a dataclass whose fields are str, bool, int, float or tuple[str, ...].

    A field without a default must be given. Raises ValueError naming node, parameter, value and remedy for one that
    is missing, of another type, NaN or infinite, or unknown.
    """
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]  # P is a dataclass type
    hints = get_type_hints(kind)
    # No public way tells which parameters were given beyond the declared ones.
    unknown = sorted(set(node._parameter_overrides) - set(known) - set(_USUAL))
    for name in unknown:
        if not name.startswith("qos_overrides."):
            raise ValueError(f"{node.get_name()}: there is no parameter {name!r}; there are {', '.join(known)}")
    return kind(**{name: _read(node, field, hints[name]) for name, field in known.items()})


def _read(node: Node, field: Field[Any], hint: Any) -> Any:
    descriptor = ParameterDescriptor(dynamic_typing=True, read_only=True)
    default = None if field.default is MISSING else field.default
    given = node.declare_parameter(field.name, default, descriptor).value
    if given is None:
        _refuse(node, field.name, "is not given", hint)
    value = _as(hint, given)
    if value is None:
        _refuse(node, field.name, f"is {given!r}", hint)
    return value


def _as(hint: Any, value: Any) -> Any:
    """`value` as the type of the field, or None where it does not fit."""
    if hint == tuple[str, ...]:
        fits = isinstance(value, (list, tuple)) and all(isinstance(entry, str) for entry in value)
        return tuple(value) if fits else None
    if hint is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value) if math.isfinite(value) else None
    return value if type(value) is hint else None


def _refuse(node: Node, name: str, what: str, hint: Any) -> NoReturn:
    words, example = _KINDS[hint]
    raise ValueError(
        f"{node.get_name()}: parameter {name!r} {what}, but must be {words}: "
        f"set it with --ros-args -p {name}:={example} or in the launch file"
    )
