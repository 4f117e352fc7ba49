"""What every world that is made begins with: physics, light, and a floor."""

from __future__ import annotations

from dataclasses import asdict, dataclass

_HEAD = """<?xml version="1.0"?>
<!-- {about} -->
<sdf version="1.10">
  <world name="{name}">
    <physics name="wheels" type="ode">
      <max_step_size>0.005</max_step_size>
      <real_time_factor>1.0</real_time_factor>
    </physics>
    <plugin filename="gz-sim-physics-system" name="gz::sim::systems::Physics"/>
    <plugin filename="gz-sim-user-commands-system" name="gz::sim::systems::UserCommands"/>
    <plugin filename="gz-sim-scene-broadcaster-system" name="gz::sim::systems::SceneBroadcaster"/>
    <gravity>0 0 -9.81</gravity>
    <scene>
      <ambient>0.6 0.6 0.6 1</ambient>
      <background>{sky}</background>
      <grid>false</grid>
    </scene>
    <light name="sun" type="directional">
      <cast_shadows>false</cast_shadows>
      <pose>{x:g} {y:g} {lamp:g} 0 0 0</pose>
      <diffuse>0.9 0.9 0.9 1</diffuse>
      <specular>0.2 0.2 0.2 1</specular>
      <direction>-0.4 0.3 -0.9</direction>
    </light>

    <model name="floor">
      <static>true</static>
      <link name="link">
        <collision name="plane">
          <!-- In the middle: Gazebo's physics make of a plane a box that ends 1050 m from here. -->
          <pose>{x:g} {y:g} 0 0 0 0</pose>
          <geometry><plane><normal>0 0 1</normal><size>{wide:g} {deep:g}</size></plane></geometry>
{surface}        </collision>
        <visual name="plane_visual">
          <pose>{x:g} {y:g} 0 0 0 0</pose>
          <geometry><plane><normal>0 0 1</normal><size>{wide:g} {deep:g}</size></plane></geometry>
          <material><ambient>{colour}</ambient><diffuse>{colour}</diffuse></material>
        </visual>
      </link>
    </model>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A floor of `wide` x `deep` m around (`x`, `y`) under a lamp `lamp` m high; colours as in SDF."""

    about: str
    """What the comment at the top says."""
    name: str
    x: float
    y: float
    wide: float
    deep: float
    lamp: float
    sky: str
    colour: str
    surface: str = ""
    """The <surface> of the floor's collision, a line of its own."""

    def sdf(self) -> str:
        """The text up to the end of the floor; <world> and <sdf> stay open."""
        return _HEAD.format(**asdict(self))
