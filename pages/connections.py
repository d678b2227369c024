"""All connections at once: what each has, and how it is doing."""

from dashboard.ui import connections

connections.draw()
