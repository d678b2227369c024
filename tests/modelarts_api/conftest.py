"""Property tests draw the same examples every time, and take the time they take."""

from hypothesis import settings

settings.register_profile("deterministic", derandomize=True, deadline=None, max_examples=150)
settings.load_profile("deterministic")
