"""What drives a truck on a road: the rooms of platoons and motion composed, without I/O.

`sights` knows who is where, `lane` steers, `pilot` keeps the distance, `moves` does what a manoeuvre asks for,
`errands` makes wishes of tasks, `bids` says what they cost. `road_drive` joins them, and `truck` is an agent with it.
"""
