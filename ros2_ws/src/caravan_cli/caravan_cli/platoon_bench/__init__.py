"""The bench of platoons: controllers side by side, crashes and manoeuvres over many seeds, plots."""
