"""The word lists and sentence patterns of the corpus, kept as YAML beside the code that draws from them."""

from pathlib import Path

import yaml

FOLDER = Path(__file__).parent / "words"


class Words:
    """The lists of one file, by name."""

    def __init__(self, name: str) -> None:
        self._data: dict[str, object] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))

    def list(self, name: str) -> tuple[str, ...]:
        """The words or patterns of this name."""
        return _texts(self._data[name])

    def text(self, name: str) -> str:
        """The single text of this name."""
        return str(self._data[name])

    def groups(self, name: str) -> dict[str, tuple[str, ...]]:
        """The lists of this name, by group."""
        found = self._data[name]
        assert isinstance(found, dict)
        return {str(group): _texts(words) for group, words in found.items()}


def _texts(found: object) -> tuple[str, ...]:
    """A list of texts; what YAML takes for something else ("no", "a: b") has to be quoted there."""
    assert isinstance(found, list)
    odd = [each for each in found if not isinstance(each, str)]
    if odd:
        raise ValueError(f"{odd[0]!r} in a word list is no text; put it in quotes")
    return tuple(found)
