"""Real faults for a real fleet: kill -9, SIGSTOP, a cut link and loss, and what is counted afterwards."""
