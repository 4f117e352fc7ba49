"""From a granted path to wheel velocities."""
