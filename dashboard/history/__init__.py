"""What was there when, and how any two states differ, in words that a person understands.

Pure: `difference` (two states), `compare` (two to ten configurations), `families`, `timeline`, `restore`, and
the texts of them. Only `take`, `reading`, `noise` and `command` speak to the database or to a service.

A *record* is one configuration as it may be shown and kept: the list's row under the names of the wire,
together with the detail call's answer where that was loaded. A *state* is a sequence of records.
"""
