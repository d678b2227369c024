"""What is risky, why, what to do about it, and who has accepted it until when."""

from dashboard.ui import audit, context, drawer, findings, notices

here = context.current()
notices.draw(here)
audit.draw(here, quiet_seconds=audit.WAIVERS_POLL_SECONDS)

if here.audited is not None:
    findings.draw(here, here.audited)
elif here.inventory is not None:
    audit.draw_waiting(here)
elif here.state.running:
    notices.draw_loading(here)

drawer.open_wanted(here)
