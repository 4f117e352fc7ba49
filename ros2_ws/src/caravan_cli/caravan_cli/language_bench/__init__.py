"""`caravan bench language`: how well models read goals, alone and as a jury."""
