"""A robot on the market, whatever it drives on: it bids, keeps what it was awarded, and obeys."""
