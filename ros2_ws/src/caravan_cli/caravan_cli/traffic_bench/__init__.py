"""The bench of traffic: lifelong targets on grid maps, for the planner of the product and for plain PIBT."""
