"""The embedded simulator: SDF worlds in MuJoCo."""
