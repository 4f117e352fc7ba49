"""Bad input, and what the command line makes of it."""

from __future__ import annotations


class Complaint(Exception):
    """Something the user can put right: one sentence that names what is wrong and the remedy. Exit code 2."""
