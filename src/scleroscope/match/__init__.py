"""Patients held against every trial of a catalogue."""
