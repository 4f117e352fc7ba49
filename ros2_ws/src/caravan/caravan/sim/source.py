"""An SDF file as it is read: the XML, where it includes from, and notes on what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from caravan.sim.frames import SdfError, did_you_mean, fault

_KNOWN = {
    "world": "audio wind include gravity magnetic_field atmosphere gui physics scene light frame model actor plugin"
    " road spherical_coordinates state population joint",
    "model": "static self_collide allow_auto_disable include model enable_wind frame pose link joint plugin gripper",
    "link": "gravity enable_wind self_collide kinematic must_be_base_link velocity_decay pose inertial collision visual"
    " sensor projector audio_sink audio_source battery light particle_emitter",
    "collision": "laser_retro max_contacts pose geometry surface density auto_inertia_params",
}
_SILENT = {"Physics", "UserCommands", "SceneBroadcaster", "Contact", "Sensors", "LinearBatteryPlugin", "DiffDrive"}


@dataclass(frozen=True, slots=True)
class Source:
    """The file that is being read, where included models are looked for, and how we came here."""

    file: Path
    folders: tuple[Path, ...]
    notes: list[str]
    chain: tuple[Path, ...] = ()

    def note(self, element: etree._Element, text: str) -> None:
        """Remember something that was left out."""
        self.notes.append(f"{self.file}:{element.sourceline}: {text}")


def open_source(path: Path, search: Sequence[Path]) -> Source:
    """The start of reading a file; nothing is read yet."""
    file = path.resolve()
    return Source(file, (file.parent, file.parent / "models", file.parent.parent, *search), [], (file,))


def parse_root(source: Source) -> etree._Element:
    """The <sdf> element of the file. Raises SdfError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.parse(str(source.file), parser).getroot()
    except OSError as error:
        raise SdfError(f"{source.file}: cannot be read: {error}") from error
    except etree.XMLSyntaxError as error:
        raise SdfError(f"{source.file}:{error.lineno}: not valid XML: {error.msg}") from error
    if root.tag != "sdf":
        raise fault(source.file, root, f"the root is <{root.tag}> and must be <sdf version=...>")
    return root


def check_tags(source: Source, element: etree._Element) -> None:
    """An element under `element` that looks misspelt is an error; other unknown ones are noted."""
    known = _KNOWN[str(element.tag)].split()
    for child in element:
        tag = str(child.tag)
        if tag not in known and ":" not in tag and not tag.startswith("{"):
            hint = did_you_mean(tag, known)
            if hint:
                raise fault(source.file, child, f"<{element.tag}> has no element <{tag}>{hint}")
            source.note(child, f"<{tag}> is unknown and left out")
    for child in element.findall("actor"):
        source.note(child, "<actor> is left out")


def name_of(source: Source, element: etree._Element) -> str:
    """The obligatory name of an element."""
    name = element.get("name", "").strip()
    if not name:
        raise fault(source.file, element, f"<{element.tag}> needs a name")
    return name


def find_file(source: Source, uri: str) -> Path | None:
    """The file that a model:// or relative uri means, or None."""
    relative = uri.removeprefix("model://").removeprefix("file://")
    for folder in (source.file.parent, *source.folders):
        candidate = (folder / relative).resolve()
        if candidate.is_file():
            return candidate
        if candidate.is_dir() and (file := _model_file(candidate)) is not None:
            return file
    return None


def _model_file(folder: Path) -> Path | None:
    """What model.config names (its last <sdf>), else model.sdf."""
    config = folder / "model.config"
    name = "model.sdf"
    if config.is_file():
        try:
            name = (etree.parse(str(config)).findall("sdf")[-1].text or name).strip()
        except (etree.XMLSyntaxError, IndexError):
            raise SdfError(f"{config}: not a model.config; it needs <model><sdf>model.sdf</sdf></model>") from None
    return (folder / name).resolve() if (folder / name).is_file() else None


def is_true(text: str | None) -> bool:
    """Whether an SDF boolean says true; none is false."""
    return (text or "").strip().lower() in ("true", "1")


def note_plugins(source: Source, element: etree._Element) -> None:
    """A note for each plugin that does nothing here."""
    for plugin in element.findall("plugin"):
        if plugin.get("name", "").split("::")[-1] not in _SILENT:
            source.note(plugin, f"plugin {plugin.get('name')!r} is not for this simulator and left out")
