"""Who does what: notices, bids, awards, and the ledger that keeps them."""
