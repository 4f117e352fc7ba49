"""config/models.yaml: which language models there are, and how each is run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from caravan.adapters.fields import Field, SiteError, load, suggest

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """One GGUF model and how it is run. `timeout` in s; `sha256` None where the file is not checked."""

    file: Path
    n_ctx: int = 1024
    timeout: float = 20.0
    sha256: str | None = None


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


def default_model() -> ModelSettings:
    """The default model of the config/models.yaml that comes with Caravan. Raises SiteError where there is none."""
    for folder in _homes():
        if (folder / "config" / "models.yaml").is_file():
            return next(iter(read_models(folder / "config" / "models.yaml").values()))
    raise SiteError("config/models.yaml: not found; run from the source tree, or source the built workspace")


def _homes() -> Iterator[Path]:
    """Where Caravan's own files may lie: the source tree, and the share folders of built workspaces."""
    yield from Path(__file__).resolve().parents
    for prefix in filter(None, os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep)):
        yield Path(prefix) / "share" / "caravan_bringup"


def _model(field: Field) -> ModelSettings:
    given = field.fields("file", "n_ctx", "timeout", "sha256")
    if "file" not in given:
        raise field.error("a model needs its 'file'")
    sha256 = given["sha256"].text() if "sha256" in given else None
    if sha256 is not None and not _SHA256.fullmatch(sha256):
        raise given["sha256"].error("this must be 64 hexadecimal digits in lower case (sha256sum FILE)")
    return ModelSettings(
        file=_found(given["file"]),
        n_ctx=given["n_ctx"].count() if "n_ctx" in given else 1024,
        timeout=given["timeout"].number(above=0.0) if "timeout" in given else 20.0,
        sha256=sha256,
    )


def _found(field: Field) -> Path:
    """The model's path: beside the models file or in the folder above; whether it is there is seen when it is run."""
    folder = field.file.resolve().parent
    beside = folder / field.text()
    return beside if beside.exists() else folder.parent / field.text()
