"""Static HTML of the same figures as the screens, made on the server: what needs no script to be read.

Everything that is not ours is escaped by construction: texts enter markup through `Markup.format` alone.
"""
