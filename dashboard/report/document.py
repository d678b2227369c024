"""A document that stands alone: one HTML file without a script, made to be read, printed and kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from markupsafe import Markup

from dashboard.report import svg
from dashboard.report.report_data import canonical_json, digest
from dashboard.report.seal import empty_seal

FILES: Final = ("charts.css", "document.css")
MAX_TEXT: Final = 1000
"""So many characters of one text are printed; the document's data has all of them."""
UNPRINTABLE: Final = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127), "�")
"""Control characters, which HTML has no place for."""
_PAGE: Final = Markup(
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    '<meta name="referrer" content="no-referrer"><meta name="data-sha256" content="{data_sum}">{seal}'
    '<style>{style}</style></head><body><main>{body}</main><script type="application/json" id="report-data">'
    "{data}</script></body></html>\n"
)


def page(title: str, body: Iterable[Markup], record: object) -> str:
    """Return the document of a body and of the data that it shows, with an empty seal (see seal.sealed)."""
    return str(
        _PAGE.format(
            title=shown(title),
            data_sum=digest(record),
            seal=Markup(empty_seal()),  # noqa: S704 - of ours alone
            style=Markup(_style()),  # noqa: S704 - our own files
            body=Markup("").join(body),
            data=Markup(_embedded(record)),  # noqa: S704 - no angle bracket, no ampersand
        )
    )


def shown(text: object) -> str:
    """Return a text as it is printed: cut where it is very long, with a sign for what cannot be printed."""
    whole = str(text).translate(UNPRINTABLE)
    if len(whole) <= MAX_TEXT:
        return whole
    return f"{whole[:MAX_TEXT]}… ({len(whole):,} characters)"


def table(heads: Sequence[str], rows: Iterable[Sequence[object]], kind: str = "") -> Markup:
    """Return a table; no row is cut by the end of a page, and its head is repeated on each."""
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(
                Markup("<td>{}</td>").format(cell)
                if isinstance(cell, Markup)
                else Markup("<td><bdi>{}</bdi></td>").format(shown(cell))
                for cell in row
            )
        )
        for row in rows
    )
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(word) for word in heads)
    return Markup('<table class="{}"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>').format(
        kind, head, body
    )


def facts(pairs: Iterable[tuple[str, object]]) -> Markup:
    """Return labels with their values."""
    return Markup('<dl class="facts">{}</dl>').format(
        Markup("").join(
            Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(
                label,
                value if isinstance(value, Markup) else Markup("<bdi>{}</bdi>").format(shown(value) or "–"),
            )
            for label, value in pairs
        )
    )


def _embedded(record: object) -> str:
    """Return the data's JSON so that nothing in it can end the element that it stands in."""
    text = canonical_json(record)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def _style() -> str:
    here = Path(__file__).parent
    return svg.colours() + "".join((here / name).read_text(encoding="utf-8") for name in FILES)
