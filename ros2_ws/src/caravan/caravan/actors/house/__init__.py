"""The auction house: it takes goals, has them read, auctions their tasks, and follows them to their ends."""
