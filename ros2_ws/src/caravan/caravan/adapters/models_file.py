"""config/models.yaml: which language models there are, and how each is run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caravan.adapters.chat import Preamble, read_preamble
from caravan.adapters.fields import Field, SiteError, load, suggest
from caravan.language.confidence import UNCALIBRATED, Calibration

_COUNTS = ("n_ctx", "threads", "max_tokens", "others")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """One GGUF model and how it is run.

    `n_ctx` tokens for preamble, sentence and answer together, `max_tokens` for the answer; `timeout` in s. So many
    `others` are written besides the likeliest Reading. `chat` is the preamble of an instruct model, None for a model
    that was trained on Readings; `sha256` None where the file is not checked.
    """

    file: Path
    n_ctx: int = 1024
    threads: int = 1
    max_tokens: int = 512
    others: int = 0
    timeout: float = 20.0
    chat: Preamble | None = None
    calibration: Calibration = UNCALIBRATED
    sha256: str | None = None
    dealt: bool = True
    """Whether robots get it by default; one that is not dealt is run only where it is named."""


def read_models(path: str | Path) -> dict[str, ModelSettings]:
    """The models of a models file, the default one first. Raises SiteError naming file, field, value and remedy."""
    file = Path(path)
    top = load(file).fields("default", "models")
    if "models" not in top or "default" not in top:
        raise SiteError(f"{file}: 'default' and 'models' must both be given")
    models = {name: _model(field) for name, field in top["models"].entries()}
    chosen = top["default"].text()
    if chosen not in models:
        raise top["default"].error(f"no such model; {suggest(chosen, models)}")
    return {chosen: models.pop(chosen), **models}


def named_model(name: str) -> ModelSettings:
    """The model that a user means: one of config/models.yaml by name or by file, or any other GGUF file."""
    listed = _listed(name)
    return own_models()[listed] if listed is not None else ModelSettings(file=Path(name).expanduser())


def id_of(model: str) -> str:
    """What a model (a name or a file) is called: as in config/models.yaml, else as the file without its ending."""
    return _listed(model) or Path(model).stem


def _listed(model: str) -> str | None:
    """The name in config/models.yaml of a model, itself a name or a file."""
    models, file = own_models(), Path(model).expanduser().resolve()
    if model in models:
        return model
    return next((name for name, own in models.items() if own.file.resolve() == file), None)


def own_models() -> dict[str, ModelSettings]:
    """The models of the config/models.yaml that comes with Caravan, the default one first. Raises SiteError."""
    for folder in _homes():
        if (folder / "config" / "models.yaml").is_file():
            return read_models(folder / "config" / "models.yaml")
    raise SiteError("config/models.yaml: not found; run from the source tree, or source the built workspace")


def default_model() -> ModelSettings:
    """The default one of `own_models`. Raises SiteError."""
    return next(iter(own_models().values()))


def dealt_models() -> dict[str, ModelSettings]:
    """Those of `own_models` that are dealt out over the robots of a fleet. Raises SiteError."""
    return {name: settings for name, settings in own_models().items() if settings.dealt}


def _homes() -> Iterator[Path]:
    """Where Caravan's own files may lie: the source tree, and the share folders of built workspaces."""
    yield from Path(__file__).resolve().parents
    for prefix in filter(None, os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep)):
        yield Path(prefix) / "share" / "caravan_bringup"


def _model(field: Field) -> ModelSettings:
    keys = ("file", "chat", *_COUNTS, "timeout", "calibration", "sha256", "dealt")
    given = field.fields(*keys)
    if "file" not in given:
        raise field.error("a model needs its 'file'")
    sha256 = given["sha256"].text() if "sha256" in given else None
    if sha256 is not None and not _SHA256.fullmatch(sha256):
        raise given["sha256"].error("this must be 64 hexadecimal digits in lower case (sha256sum FILE)")
    numbers: dict[str, Any] = {key: given[key].count() for key in _COUNTS if key in given}
    if "timeout" in given:
        numbers["timeout"] = given["timeout"].number(above=0.0)
    return ModelSettings(
        file=_found(given["file"]),
        chat=read_preamble(_found(given["chat"])) if "chat" in given else None,
        calibration=_calibration(given["calibration"]) if "calibration" in given else UNCALIBRATED,
        sha256=sha256,
        dealt=given["dealt"].flag() if "dealt" in given else "chat" not in given,
        **numbers,
    )


def _calibration(field: Field) -> Calibration:
    given = field.fields("slope", "offset")
    if len(given) < 2:
        raise field.error(
            "a calibration needs 'slope' and 'offset', as python -m models.training.calibrate prints them"
        )
    return Calibration(slope=given["slope"].number(above=0.0), offset=given["offset"].number())


def _found(field: Field) -> Path:
    """The model's path: beside the models file or in the folder above; whether it is there is seen when it is run."""
    folder = field.file.resolve().parent
    beside = folder / field.text()
    return beside if beside.exists() else folder.parent / field.text()
