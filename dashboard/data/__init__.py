"""From the wrapper's objects to what is shown: loads, rows, views, counts, figures, exports."""
