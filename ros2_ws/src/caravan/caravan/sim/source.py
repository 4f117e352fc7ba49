"""An SDF file as it is read: the XML, where it includes from, and notes on what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
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
_SILENT = {
    *("Physics", "UserCommands", "SceneBroadcaster", "Contact", "Sensors"),
    *("LinearBatteryPlugin", "DiffDrive", "AckermannSteering"),
}


_MOST_BYTES = 64 * 1024 * 1024
_MOST_FILES = 10_000
"""Includes in one world: a file that includes another ten times, that a third, and so on, would never end."""
_DEEPEST = 50
"""Models in models: a real robot has three or four."""


@dataclass(frozen=True, slots=True)
class Source:
    """The file that is being read, where included models are looked for, and how we came here."""

    file: Path
    folders: tuple[Path, ...]
    notes: list[str]
    chain: tuple[Path, ...] = ()
    opened: list[Path] = field(default_factory=list)
    """Every file that was included so far, as often as it was."""
    depth: int = 0
    """How many models lie around what is being read."""

    def note(self, element: etree._Element, text: str) -> None:
        """Remember something that was left out."""
        self.notes.append(f"{self.file}:{element.sourceline}: {text}")


def open_source(path: Path, search: Sequence[Path]) -> Source:
    """The start of reading a file; nothing is read yet."""
    file = path.resolve()
    return Source(file, (file.parent, file.parent / "models", file.parent.parent, *search), [], (file,))


def parse_root(source: Source) -> etree._Element:
    """The <sdf> element of the file. Raises SdfError."""
    root = _parse(source.file)
    if root.tag != "sdf":
        raise fault(source.file, root, f"the root is <{root.tag}> and must be <sdf version=...>")
    return root


def _parse(file: Path) -> etree._Element:
    """The root of an XML file. Raises SdfError, also for entities: what they stand for would be missing, or a bomb."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        if file.exists() and not file.is_file():
            raise SdfError(f"{file}: cannot be read: it is no file")
        if file.stat().st_size > _MOST_BYTES:
            raise SdfError(f"{file}: larger than {_MOST_BYTES // 2**20} MiB; split the world into models to include")
        root = etree.parse(str(file), parser).getroot()
    except OSError as error:
        raise SdfError(f"{file}: cannot be read: {error}") from error
    except etree.XMLSyntaxError as error:
        raise SdfError(f"{file}:{error.lineno}: not valid XML: {error.msg}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise SdfError(f"{file}: has a <!DOCTYPE>; take it out, and write out the values that its entities stand for")
    return root


def deeper(source: Source, element: etree._Element) -> Source:
    """`source` for what is inside the model `element`. Raises SdfError where models lie too deep in each other."""
    if source.depth >= _DEEPEST:
        raise fault(source.file, element, f"models lie more than {_DEEPEST} deep in each other; make the nest flatter")
    return replace(source, depth=source.depth + 1)


def follow(source: Source, include: etree._Element) -> Source:
    """The file that an <include> names. Raises SdfError where there is none, or the includes have no end."""
    uri = (include.findtext("uri") or "").strip()
    if not uri:
        raise fault(source.file, include, "<include> needs a <uri>")
    if uri.startswith(("http://", "https://", "fuel://")):
        raise fault(source.file, include, f"{uri} is on the network; download the model and use model://name")
    file = find_file(source, uri)
    if file is None:
        looked = ", ".join(map(str, dict.fromkeys(source.folders)))
        raise fault(source.file, include, f"no model {uri!r}; looked in {looked}")
    if file in source.chain:
        names = " -> ".join(p.parent.name + "/" + p.name for p in (*source.chain, file))
        raise fault(source.file, include, f"the include goes round in a circle: {names}")
    source.opened.append(file)
    if len(source.opened) > _MOST_FILES:
        raise fault(
            source.file, include, f"more than {_MOST_FILES} includes in one world; put several things in a model"
        )
    return replace(source, file=file, folders=(*source.folders, file.parent), chain=(*source.chain, file))


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
    return check_name(source, element, element.get("name", "").strip())


def check_name(source: Source, element: etree._Element, name: str) -> str:
    """The name, if an element may have it. Raises SdfError."""
    if not name:
        raise fault(source.file, element, f"<{element.tag}> needs a name")
    if name == "world" or (name.startswith("__") and name.endswith("__")):
        raise fault(source.file, element, f"the name {name!r} has a meaning of its own in SDF; take another")
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
        named = _parse(config).findall("sdf")
        if not named:
            raise SdfError(f"{config}: not a model.config; it needs <model><sdf>model.sdf</sdf></model>")
        name = (named[-1].text or name).strip()
    return (folder / name).resolve() if (folder / name).is_file() else None


def is_true(text: str | None) -> bool:
    """Whether an SDF boolean says true; none is false."""
    return (text or "").strip().lower() in ("true", "1")


def note_plugins(source: Source, element: etree._Element) -> None:
    """A note for each plugin that does nothing here."""
    for plugin in element.findall("plugin"):
        if plugin.get("name", "").split("::")[-1] not in _SILENT:
            source.note(plugin, f"plugin {plugin.get('name')!r} is not for this simulator and left out")
