"""Requests over HTTP: the way there, bounds in time and size, repetition and pacing, the record of each."""
