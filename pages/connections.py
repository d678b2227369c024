"""All connections at once: what each has, and how it is doing."""

from dashboard.ui import connections, context

connections.draw(context.current_viewer())
