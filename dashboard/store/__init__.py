"""One database for waivers, decisions, saved views and snapshots: SQLite by default, PostgreSQL by URL.

`database.open_database` opens it; the other modules are what is kept in it, one a file. Importing this
package loads neither SQLAlchemy nor a driver, so that whoever needs only the files (`waiver_file`) starts
at once.
"""
