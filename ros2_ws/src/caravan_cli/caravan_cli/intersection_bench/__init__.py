"""The bench of the intersection: an auction of time slots against order of arrival and a fixed signal."""
