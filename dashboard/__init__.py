"""Everything between the API wrapper and the screens."""

__version__ = "0.1.0"
