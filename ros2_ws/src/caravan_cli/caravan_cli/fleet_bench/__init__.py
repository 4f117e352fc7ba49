"""The bench of a whole fleet at work: what it is given, how it is measured, in virtual time and over DDS."""
