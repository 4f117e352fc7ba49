"""What all tests share."""

from hypothesis import settings

# No deadline for a single example: a busy machine is not a bug. What hangs is ended by pytest-timeout.
settings.register_profile("caravan", deadline=None, print_blob=True)
settings.load_profile("caravan")
