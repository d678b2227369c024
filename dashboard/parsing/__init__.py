"""What the texts of a configuration say: engine versions, image references, start commands, secrets. Pure."""
