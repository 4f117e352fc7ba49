"""Roadmaps from the free floor of a world: lanes where a robot has room, nodes where two do not touch."""
