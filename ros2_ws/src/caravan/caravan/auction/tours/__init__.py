"""Who does which requests in which order: tours of many vehicles, planned at once and improved within a budget.

`plan.plan_tours` plans, `check.faults` checks a plan without sharing any code with the planner, `exact.optimum` knows
the best there is where a problem is small.
"""
