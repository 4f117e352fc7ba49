"""What a task costs a robot: cheapest insertion into its queue (Rosenkrantz, Stearns & Lewis 1977), at the weights of
`objective`.

A queue is priced once, as a `Line`; each place for another stop then costs two look-ups of driving times, since all
that follows is late by the same time. Where the charge does not last for a stop, the robot charges before it. What the
stop takes from the charge for those after it is not looked at: they are priced again when they are due.
"""

from caravan.auction.quote.line import Line, Quote
from caravan.auction.quote.stop import JAM, Means, Stop

__all__ = ["JAM", "Line", "Means", "Quote", "Stop"]
