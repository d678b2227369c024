"""What a stranger may try on a running dashboard: by kind, over sockets. `make attack` runs all of it."""
