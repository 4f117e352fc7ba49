"""Vehicles that drive as one: spacing, the fall-backs when the radio is lost, manoeuvres and votes."""
