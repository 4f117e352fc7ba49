"""The world file of a layout."""

from __future__ import annotations

from make_world.ground import Ground
from make_world.layout import Layout

ABOUT = """\
Made by scripts/make_world; do not edit. {racks} racks in a hall of {width:g} x {depth:g} m, for
     config/warehouse_large.yaml. The robots are not in it: they are spawned from the site file."""
GREY, BLUE, YELLOW, ORANGE, WOOD = (
    "0.78 0.79 0.8 1",
    "0.65 0.83 0.93 1",
    "0.95 0.78 0.15 1",
    "0.93 0.7 0.5 1",
    "0.72 0.55 0.36 1",
)
HEIGHT = 3.0
MARK = 0.004

Part = tuple[str, float, float, tuple[float, float, float], str]
"""Name, middle (x, y), size, and colour of a box that stands on the floor."""


def world_text(layout: Layout) -> str:
    """The SDF 1.10 of the layout."""
    width, depth = layout.size
    x, y = width / 2.0, depth / 2.0
    racks = len(layout.racks_x) * len(layout.racks_y)
    floor = Ground(
        about=ABOUT.format(racks=racks, width=width, depth=depth),
        name="warehouse_large",
        x=x,
        y=y,
        wide=width + 4,
        deep=depth + 4,
        lamp=12.0,
        sky="0.85 0.88 0.9 1",
        colour="0.88 0.88 0.86 1",
    )
    text = floor.sdf()
    text += _model("walls", _walls(width, depth))
    text += _model("cold_store", _cold_store(layout))
    text += _model("areas", _areas(layout))
    for row, north in enumerate(layout.racks_y, 1):
        text += "\n"
        for column, east in enumerate(layout.racks_x, 1):
            text += _include("rack", f"rack_{row}_{column}", east, north)
    text += "\n"
    for number, east in enumerate(layout.along(width, layout.docks), 1):
        text += _include("dock", f"dock_{number}", east, 0.0)
    for number, north in enumerate(layout.along(depth, layout.chargers), 1):
        text += _include("charger", f"charger_{number}", -0.1, north)
    for number, (east, north) in enumerate(workers(layout), 1):
        text += _include("worker", f"worker_{number}", east, north)
    return text + "  </world>\n</sdf>\n"


def workers(layout: Layout) -> list[tuple[float, float]]:
    """Where people stand: at the walls, beside what they work at."""
    width, depth = layout.size
    docks = layout.along(width, layout.docks)
    return [(docks[0] + 2.0, 0.6), (docks[-1] - 2.0, 0.6), (x_of_packing(layout, 1) + 1.8, depth - 0.6)]


def x_of_packing(layout: Layout, number: int) -> float:
    """Where the packing station of this number (1, 2) stands."""
    return round(layout.size[0] * (0.3 + 0.1 * number), 1)


def x_of_staging(layout: Layout, number: int) -> float:
    """Where the staging area of this number (1, 2) lies."""
    return round(layout.size[0] * 0.12 * number, 1)


def cold_store(layout: Layout) -> tuple[float, float]:
    """The middle of the cold store, 12 x 5.6 m in the north-east, with a door of 5 m in the south."""
    width, depth = layout.size
    return round(width * 0.8, 1), round(depth - 2.8, 1)


def _walls(width: float, depth: float) -> list[Part]:
    x, y = width / 2.0, depth / 2.0
    return [
        ("south", x, -0.1, (width + 0.8, 0.2, HEIGHT), GREY),
        ("north", x, depth + 0.1, (width + 0.8, 0.2, HEIGHT), GREY),
        ("west", -0.3, y, (0.2, depth, HEIGHT), GREY),
        ("east", width + 0.3, y, (0.2, depth, HEIGHT), GREY),
    ]


def _cold_store(layout: Layout) -> list[Part]:
    x, y = cold_store(layout)
    return [
        ("west_wall", x - 6.0, y, (0.1, 5.6, 2.5), BLUE),
        ("east_wall", x + 6.0, y, (0.1, 5.6, 2.5), BLUE),
        ("south_west_wall", x - 4.25, y - 2.8, (3.5, 0.1, 2.5), BLUE),
        ("south_east_wall", x + 4.25, y - 2.8, (3.5, 0.1, 2.5), BLUE),
        ("marking", x, y, (11.9, 5.5, MARK), BLUE),
    ]


def _areas(layout: Layout) -> list[Part]:
    depth = layout.size[1]
    staging = [(f"staging_{k}", x_of_staging(layout, k), depth - 2.0, (6.0, 3.0, MARK), YELLOW) for k in (1, 2)]
    packing = [(f"packing_{k}", x_of_packing(layout, k), depth - 2.0, (4.0, 2.0, MARK), ORANGE) for k in (1, 2)]
    tables = [(f"table_{k}", x_of_packing(layout, k), depth - 0.4, (2.4, 0.6, 0.9), WOOD) for k in (1, 2)]
    return [*staging, *packing, *tables]


def _model(name: str, parts: list[Part]) -> str:
    boxes = "".join(_box(*part) for part in parts)
    return (
        f'\n    <model name="{name}">\n      <static>true</static>\n      <link name="link">\n'
        f"{boxes}      </link>\n    </model>\n"
    )


def _box(name: str, x: float, y: float, size: tuple[float, float, float], colour: str) -> str:
    """A visual, and the collision to it where it is more than a marking."""
    pose = f"<pose>{x:g} {y:g} {size[2] / 2.0:g} 0 0 0</pose>"
    geometry = f"<geometry><box><size>{size[0]:g} {size[1]:g} {size[2]:g}</size></box></geometry>"
    material = f"<material><ambient>{colour}</ambient><diffuse>{colour}</diffuse></material>"
    solid = f'        <collision name="{name}">{pose}{geometry}</collision>\n' if size[2] > MARK else ""
    seen = f"{name}_visual" if solid else name
    return f'{solid}        <visual name="{seen}">{pose}{geometry}{material}</visual>\n'


def _include(model: str, name: str, x: float, y: float) -> str:
    return f"    <include><uri>model://{model}</uri><name>{name}</name><pose>{x:g} {y:g} 0 0 0 0</pose></include>\n"
