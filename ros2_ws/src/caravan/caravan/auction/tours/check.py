"""Is a plan what was asked for? Shares nothing with the planner but the nouns, so that no mistake of its hides here."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from caravan.auction.tours.problem import Plan, Problem, Request, Stop, Tour, Vehicle

TOLERANCE = 1e-6
"""What is rounding, in seconds and in units of load; of a cost, a part of it."""


def faults(problem: Problem, plan: Plan) -> list[str]:
    """What is wrong with the plan, in words; nothing where it is right.

    Every stop begins in its time, no vehicle carries more than it can, a delivery comes after its pickup and in the
    same vehicle, each request is served once or said to be unserved, and the cost is what the tours travel.
    """
    requests = {r.id: r for r in problem.requests}
    vehicles = {v.id: v for v in problem.vehicles}
    found = [f"unknown request {v.request}" for t in plan.tours for v in t.visits if v.request not in requests]
    found += [f"unknown vehicle {t.vehicle}" for t in plan.tours if t.vehicle not in vehicles]
    if found:
        return found
    twice = [name for name, times in Counter(t.vehicle for t in plan.tours).items() if times > 1]
    found += [f"vehicle {name} has two tours" for name in twice]
    found += _served_once(problem, plan)
    for tour in plan.tours:
        found += _pairing(tour, requests) + _loads(tour, vehicles[tour.vehicle], requests)
        found += _times(problem, tour, vehicles[tour.vehicle], requests)
    travelled = sum(_travel(problem, tour, vehicles[tour.vehicle], requests) for tour in plan.tours)
    if abs(travelled - plan.cost) > TOLERANCE * max(1.0, travelled):
        found.append(f"the cost is {travelled:g} and not {plan.cost:g}")
    return found


def _served_once(problem: Problem, plan: Plan) -> list[str]:
    times = Counter((v.request, v.delivery) for t in plan.tours for v in t.visits)
    found = []
    for request in problem.requests:
        wanted = 0 if request.id in plan.unserved else 1
        stops = [(False, "picked up")] + ([(True, "delivered")] if request.delivery is not None else [])
        for delivery, what in stops:
            if times[request.id, delivery] != wanted:
                found.append(f"request {request.id} is {what} {times[request.id, delivery]} times, not {wanted}")
        if request.delivery is None and times[request.id, True]:
            found.append(f"request {request.id} has no delivery and gets one")
    known = {r.id for r in problem.requests}
    return found + [f"unknown request {name} is unserved" for name in plan.unserved if name not in known]


def _pairing(tour: Tour, requests: dict[str, Request]) -> list[str]:
    found = []
    picked: set[str] = set()
    for visit in tour.visits:
        if not visit.delivery:
            picked.add(visit.request)
        elif visit.request not in picked:
            found.append(f"{tour.vehicle} delivers {visit.request} before it has picked it up")
    delivered = {v.request for v in tour.visits if v.delivery}
    waiting = [name for name in sorted(picked - delivered) if requests[name].delivery is not None]
    return found + [f"{tour.vehicle} picks {name} up and does not deliver it" for name in waiting]


def _loads(tour: Tour, vehicle: Vehicle, requests: dict[str, Request]) -> list[str]:
    carried, found = 0.0, []
    for visit in tour.visits:
        request = requests[visit.request]
        if request.delivery is None:
            continue
        carried += -request.load if visit.delivery else request.load
        if carried > vehicle.capacity + TOLERANCE:
            found.append(f"{vehicle.id} carries {carried:g} after {visit.request}, more than {vehicle.capacity:g}")
    return found


def _stops(tour: Tour, requests: dict[str, Request]) -> list[Stop]:
    stops = []
    for visit in tour.visits:
        request = requests[visit.request]
        stops.append(request.delivery if visit.delivery and request.delivery is not None else request.pickup)
    return stops


def _times(problem: Problem, tour: Tour, vehicle: Vehicle, requests: dict[str, Request]) -> list[str]:
    now, place, found = vehicle.ready, vehicle.start, []
    for visit, stop in zip(tour.visits, _stops(tour, requests), strict=True):
        now = max(stop.ready, now + problem.travel[place][stop.place])
        if now > stop.due + TOLERANCE:
            found.append(f"{vehicle.id} begins {visit.request} at {now:g}, later than {stop.due:g}")
        now, place = now + stop.service, stop.place
    if vehicle.end is not None:
        now += problem.travel[place][vehicle.end]
    if tour.visits and now > vehicle.due + TOLERANCE:
        found.append(f"{vehicle.id} ends at {now:g}, later than {vehicle.due:g}")
    return found


def _travel(problem: Problem, tour: Tour, vehicle: Vehicle, requests: dict[str, Request]) -> float:
    places = [vehicle.start, *(stop.place for stop in _stops(tour, requests))]
    if vehicle.end is not None:
        places.append(vehicle.end)
    return sum(problem.travel[a][b] for a, b in pairwise(places)) if tour.visits else 0.0
