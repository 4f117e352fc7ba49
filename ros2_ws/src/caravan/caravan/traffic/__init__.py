"""Who may drive where: one plan for all robots, carried out in passing order."""
