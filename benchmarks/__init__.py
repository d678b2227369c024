"""Measurements of the wrapper and the dashboard, side by side with what people would use otherwise."""
