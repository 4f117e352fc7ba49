"""The `caravan` command: the demo, the fleet, and how to talk to it."""
