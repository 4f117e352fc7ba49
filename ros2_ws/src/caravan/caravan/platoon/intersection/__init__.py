"""Vehicles and platoons cross an intersection: who goes when, by auction, in order of arrival, or by a signal."""
