"""Sets Caravan up inside its own folder: checks, virtual environment, packages, workspace. Standard library only."""
