"""A project with a secret of its own in every place that the API has for a text."""

from __future__ import annotations

from random import Random
from typing import Any

from modelarts_local.samples.catalogue import DETAIL_FIELDS
from tests.dashboard.parsing.secret_values import KINDS

PIECE = 8
"""Of this many characters in a row the smallest part of a secret is that nobody may see."""
LISTED = ("config_desc", "engine_name", "engine_version", "user_image_url", "user_command", "labels", "owner")
NESTED = {"parameter", "volumes", "data_source"}
NAME, TROUBLE = "planted", "trouble"
SEEN = "harmless-text-that-everybody-sees"


class Planted:
    """The project's rows, and the secrets in them by the place where each was planted."""

    def __init__(self) -> None:
        self._random = Random(20)
        self.secrets: dict[str, str] = {}
        details = {field: self._text(field) for field in sorted(DETAIL_FIELDS - NESTED)}
        self.named = f"run --sk {self._secret('a name')}"
        self.rows: tuple[dict[str, Any], ...] = (
            {
                "config_name": NAME,
                **{field: self._text(field) for field in LISTED},
                **details,
                "parameter": [
                    {"label": "SECRET_KEY", "value": self._secret("a parameter")},
                    {"label": self._text("a label"), "value": self._text("a value")},
                    {"label": "lr", "value": SEEN},
                ],
                "env_variables": {"HF_TOKEN": self._secret("an environment variable", "hf")},
                "volumes": [{"nfs": {"src_path": self._text("a volume"), "dest_path": "/nas"}}],
                "data_source": [{"type": "obs", "data_url": self._text("a source")}],
                "unknown": {"deep": [{"er": self._text("an unknown field")}]},
            },
            {"config_name": self.named, "config_desc": SEEN},
            # Of the wrong type: what could not be read is told, with what came.
            {
                "config_name": "odd",
                "config_desc": [self._text("an odd field")],
                "create_time": self._text("odd time"),
            },
        )
        # Only its beginning is shown, and that ends within the second secret.
        self.said = f"Refused: {self._text('an error')} {'x ' * 60}{self._text('a cut error')}"

    def _secret(self, place: str, kind: str = "sk") -> str:
        self.secrets[place] = KINDS[kind](self._random)
        return self.secrets[place]

    def _text(self, place: str) -> str:
        return f"run --sk {self._secret(place)}"

    def found_in(self, data: bytes) -> dict[str, str]:
        """Return the pieces of secrets that some bytes hold, by the place where each was planted."""
        pieces = {
            value[start : start + PIECE]: place
            for place, value in self.secrets.items()
            for start in range(len(value) - PIECE + 1)
        }
        texts = data.decode("utf-8", "replace"), data.decode("utf-16-le", "replace")
        return {place: piece for piece, place in pieces.items() if any(piece in text for text in texts)}
