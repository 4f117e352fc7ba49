"""How the winners of auctions are picked, and what they are paid: each mechanism is a pure function or state machine.

One award: `single`. Many at once: `assignment`, `rounds`, `bundles`, `vcg`. Without an auctioneer: `cbba`. After the
award: `exchange`. docs/mechanisms.md says which to use when.
"""

from caravan.auction.mechanisms.single import lowest_cost

__all__ = ["lowest_cost"]
