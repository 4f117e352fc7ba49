"""The large warehouse, made from a few numbers: `PYTHONPATH=scripts scripts/run python -m make_world`."""
