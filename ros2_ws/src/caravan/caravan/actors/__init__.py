"""The parties of the protocol, composed from the rooms: auction house, robot, traffic control."""
