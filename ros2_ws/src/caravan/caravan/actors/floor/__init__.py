"""What drives a robot on the floor of a warehouse: leg by leg, as far as traffic control lets it."""
