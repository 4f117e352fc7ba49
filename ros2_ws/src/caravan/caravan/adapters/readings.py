"""Recorded answers of a model, so that a fleet in virtual time reads without running one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from caravan.adapters.fields import SiteError
from caravan.language.confidence import UNCALIBRATED, Calibration
from caravan.language.prompt import Complete, Completion, ModelFault, Prompt


def key_of(model: str, prompt: Prompt) -> str:
    """The name of an answer: a hash of the model's sha256 and the sentence."""
    return hashlib.sha256(f"{model}\n{prompt.text}".encode()).hexdigest()


class RecordedReader:
    """A `Complete` that answers from a record; what is not in it is asked of `fallback` and kept.

    `model` is the sha256 of the model that the answers are from; `recordings` a mapping from `key_of` to
    {"text", "probability", "seconds"} and perhaps "others", or a JSON file of one; `calibration` is the model's.
    Raises SiteError where the file cannot be read.
    """

    def __init__(
        self,
        recordings: str | Path | Mapping[str, Mapping[str, Any]],
        model: str,
        fallback: Complete | None = None,
        *,
        calibration: Calibration = UNCALIBRATED,
    ) -> None:
        given = recordings if isinstance(recordings, Mapping) else _read(Path(recordings))
        self._model = model
        self._answers = {key: _completion(value, calibration) for key, value in given.items()}
        self._fallback = fallback

    def __call__(self, prompt: Prompt) -> Completion | ModelFault:
        """The recorded answer, or the fallback's."""
        key = key_of(self._model, prompt)
        if key in self._answers:
            return self._answers[key]
        if self._fallback is None:
            return ModelFault(note=f"no recorded reading of {prompt.text!r}; record it with a model")
        answer = self._fallback(prompt)
        if isinstance(answer, Completion):
            self._answers[key] = answer
        return answer

    def save(self, file: str | Path) -> None:
        """Writes all answers, recorded and new, to a JSON file."""
        data = {
            key: {"text": a.text, "probability": a.probability, "seconds": a.seconds, "others": a.others}
            for key, a in sorted(self._answers.items())
        }
        Path(file).write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _completion(data: Mapping[str, Any], calibration: Calibration) -> Completion:
    others = tuple((text, chance) for text, chance in data.get("others", ()))
    return Completion(**{**data, "others": others}, calibration=calibration)


def _read(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SiteError(f"{file}: no record of readings: {error}; record it again") from error
    if not isinstance(data, dict) or not all(_is_answer(each) for each in data.values()):
        raise SiteError(f"{file}: no record of readings; record it again")
    return data


def _is_answer(data: object) -> bool:
    return isinstance(data, dict) and set(data) - {"others"} == {"text", "probability", "seconds"}
