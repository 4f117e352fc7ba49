"""The names of a site, indexed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from caravan.language.grounding import Nameable, Names, names
from caravan.language.shape import Sort
from caravan.model.site import Site

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Same(Generic[T]):
    """A thing as a cache key: itself, not its contents."""

    thing: T

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.thing is other.thing

    def __hash__(self) -> int:
        return id(self.thing)


def vocabulary(site: Site) -> dict[Sort, Names]:
    """The index of each kind of name; the same object for the same site. What sites share is indexed once for all."""
    return _vocabulary(_Same(site))


def candidates(phrase: str, site: Site) -> tuple[str, ...]:
    """The ids of the first kind of name that the phrase may be, sorted; none where it is no name."""
    found = (names.find(phrase).ids for names in vocabulary(site).values())
    return next((ids for ids in found if ids), ())


def names_of(id_: str, site: Site) -> tuple[str, ...]:
    """All names of the thing with this id."""
    kinds: tuple[Mapping[str, Nameable], ...] = (site.places, site.robots, site.items, site.platoons, site.capabilities)
    return tuple(name for kind in kinds if id_ in kind for name in (id_, *kind[id_].aliases))


@lru_cache(maxsize=16)
def _vocabulary(key: _Same[Site]) -> dict[Sort, Names]:
    site = key.thing
    return {
        Sort.PLACE: _names(_Same(site.places)),
        Sort.ROBOT: _names(_Same(site.robots)),
        Sort.ITEM: _names(_Same(site.items)),
        Sort.PLATOON: _names(_Same(site.platoons)),
        Sort.CAPABILITY: _names(_Same(site.capabilities)),
    }


@lru_cache(maxsize=80)
def _names(key: _Same[Mapping[str, Nameable]]) -> Names:
    return names(key.thing)
