"""From an awarded task to legs: drive there, work so long."""
