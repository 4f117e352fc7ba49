"""Traffic control: who may drive how far on the floor."""
