"""What becomes of a configuration of API v1: an algorithm and a training job of API v2. Pure.

`mapping.Migrator` maps, `export` makes files of it, `passport` says what is known of a configuration.
"""
