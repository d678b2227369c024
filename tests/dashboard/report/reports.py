"""Reports for tests: small ones with everything in them, and long ones."""

from __future__ import annotations

from datetime import UTC, date, datetime

from dashboard.report.report_data import (
    ConnectionReport,
    EngineCount,
    Figure,
    NotAssessed,
    PeriodCount,
    ReportCheck,
    ReportData,
    ReportFinding,
    ReportWaiver,
)

MOMENT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
CHECKS = (
    ReportCheck(
        "secret", "Secret in the start command", "secrets", "critical", "Whoever reads it.", "Rotate."
    ),
    ReportCheck(
        "latest", "Image without a version", "supply chain", "medium", "It moves.", "Pin it.", "DL3007"
    ),
)


def waiver(text: str = "until the move") -> ReportWaiver:
    return ReportWaiver(
        "latest", "job-001", text, "Ada", date(2026, 6, 30), "ada@example.com", MOMENT, "used"
    )


def finding(number: int, text: str = "python train.py --sk ••• (secret key, 40 characters)") -> ReportFinding:
    return ReportFinding("secret", f"job-{number:03}", "critical", "open", text, f"{number:032x}", MOMENT)


def report_data(findings: int = 3, text: str = "plain") -> ReportData:
    """A report with something in every part; `text` stands wherever the service's or a person's words do."""
    accepted = ReportFinding(
        "latest", f"job-001 {text}", "medium", "accepted", text, "f" * 32, None, waiver(text)
    )
    one = ConnectionReport(
        name="prod",
        title=f"Production {text}",
        endpoint="https://modelarts.example.com",
        project="0123",
        loaded_at=MOMENT,
        loaded=120,
        reported=125,
        details=40,
        details_wanted=120,
        filters=(("Engine", ("PyTorch", text)),),
        figures=(Figure("Configurations", "120", "of 125"), Figure("Custom image", "38 %", "46 of 120")),
        usage=(
            EngineCount("PyTorch", "1.8", 80),
            EngineCount("PyTorch", "1.4", 20),
            EngineCount(text, "", 20),
        ),
        created=(
            PeriodCount(date(2025, 1, 1), "PyTorch", 60),
            PeriodCount(date(2025, 7, 1), "PyTorch", 40),
            PeriodCount(date(2025, 7, 1), text, 20),
        ),
        checks=CHECKS,
        findings=(*(finding(number, f"{text} {number}") for number in range(findings)), accepted),
        waivers=(waiver(text),),
        not_assessed=(NotAssessed("log-path", f"details were not loaded {text}", 80),),
    )
    return ReportData(
        MOMENT, "rules 2026-03", (one,), "https://dashboard.example.com/findings?connection=prod"
    )
