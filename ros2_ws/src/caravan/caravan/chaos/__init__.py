"""Chaos: stories of faults from seeds, lived through by a whole fleet in virtual time, with every law checked."""
