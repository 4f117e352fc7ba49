"""Who drives with whom, and how that changes: state machines without I/O."""
