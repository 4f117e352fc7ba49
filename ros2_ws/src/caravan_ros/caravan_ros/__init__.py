"""The ROS 2 nodes of Caravan: thin shells round the core."""
