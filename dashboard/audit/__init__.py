"""The audit: every configuration is checked, each finding says why it matters and what to do.

Pure: clock, settings and what is known of the service are arguments. `run.audit` checks an inventory;
`findings` is what comes of it, `check` what a check is, `checks` all of them. Needs no Streamlit.
"""
