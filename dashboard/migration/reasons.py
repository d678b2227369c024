"""Why a configuration is not ready, what to do about it, and which decision of the team settles it.

The codes are stable: files and scripts may rely on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dashboard.migration.statements import SOURCES, Basis, Weight


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a team could decide, with its basis: never applied by itself. `value` is the decision's value."""

    value: Any
    text: str
    basis: Basis
    source: str


@dataclass(frozen=True, slots=True)
class ReasonType:
    """What all reasons of a code share. `settled_by` is the kind of decision that settles it, if one does."""

    code: str
    weight: Weight
    basis: Basis
    source: str
    settled_by: str | None
    remedy: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a configuration: `field` is v1's that it is about, `subject` what would be decided."""

    type: ReasonType
    message: str
    field: str | None = None
    subject: str | None = None
    suggestions: tuple[Suggestion, ...] = ()

    @property
    def code(self) -> str:
        """Return the stable code."""
        return self.type.code

    @property
    def decision(self) -> tuple[str, str] | None:
        """Return kind and subject of the decision that settles it; None where none does."""
        if self.type.settled_by is None or self.subject is None:
            return None
        return self.type.settled_by, self.subject

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object: code and message, with remedy, basis and suggestions."""
        decision = self.decision
        return {
            "code": self.code,
            "message": self.message,
            "weight": self.type.weight,
            "field": self.field,
            "remedy": self.type.remedy,
            "basis": self.type.basis,
            "source": SOURCES[self.type.source].title,
            "decision": None if decision is None else {"kind": decision[0], "subject": decision[1]},
            "suggestions": [
                {"value": one.value, "text": one.text, "basis": one.basis} for one in self.suggestions
            ],
        }


_B, _D, _W = Weight.BLOCKER, Weight.DECISION, Weight.WARNING
_DOCUMENTED, _SEEN, _JUDGEMENT = Basis.DOCUMENTED, Basis.SEEN, Basis.JUDGEMENT
_TABLE: Final[tuple[tuple[str, Weight, Basis, str, str | None, str], ...]] = (
    # Blockers
    ("built-in-algorithm", _B, _DOCUMENTED, "switching", "model",
     "Subscribe to an algorithm of AI Gallery and run that. If the configuration runs code of yours "
     "nevertheless, decide on own-code for this model."),
    ("host-path-volume", _B, _DOCUMENTED, "create-job", "volume",
     "Move the files to NFS, PFS or OBS and decide what is mounted, or decide to drop the volume."),
    ("old-dataset", _B, _DOCUMENTED, "datasets-ended", "dataset",
     "Decide on the OBS path of the data, or on a new dataset and its version. Where the operator still "
     "serves the old datasets, decide to keep it, or every one (subject *)."),
    ("engine-without-successor", _B, _JUDGEMENT, "ours", "engine",
     "Build an image of your own with this framework and decide on it; or decide on another engine."),
    ("engine-missing", _B, _DOCUMENTED, "create-algorithm", "engine",
     "Decide on an engine or an image: without one there is nothing to run the code with."),
    # Decisions
    ("details-missing", _D, _DOCUMENTED, "v1-detail", None,
     "Load the details: code, data, parameters and resources are told there only."),
    ("field-unreadable", _D, _DOCUMENTED, "v1-detail", None,
     "Look the field up in the console, and put its value into the body by hand."),
    ("body-invalid", _D, _JUDGEMENT, "ours", None, "Correct the body by hand."),
    ("name-invalid", _D, _DOCUMENTED, "create-algorithm", "name",
     "Decide on a name of 1 to 64 letters, digits, _ and -."),
    ("engine-successor", _D, _JUDGEMENT, "ours", "engine",
     "Decide on an engine of v2, test the code with it; or decide on an image of your own."),
    ("engine-unread", _D, _JUDGEMENT, "ours", "engine", "Decide which engine of v2 runs it, or which image."),
    ("engine-not-offered", _D, _DOCUMENTED, "connection", "engine",
     "Decide on an engine that the connection offers, or on an image."),
    ("image-registry", _D, _JUDGEMENT, "ours", "registry",
     "See that the image is in SWR of the region where it shall run; decide on an empty registry if it is "
     "there under the same path, or on what stands before the path."),
    ("image-unread", _D, _JUDGEMENT, "ours", "image", "Decide on the image: organisation/name:tag."),
    ("command-missing", _D, _DOCUMENTED, "create-algorithm", "command",
     "Decide on a start command: an image needs one."),
    ("command-unread", _D, _JUDGEMENT, "ours", "command",
     "Write the start command for v2 yourself, and decide on it."),
    ("command-argument", _D, _JUDGEMENT, "ours", "command",
     "Write the start command for v2 yourself, and decide on it."),
    ("command-not-last", _D, _DOCUMENTED, "boot-command", "command",
     "Decide on a command that ends with the training script: v2 appends arguments to the end."),
    ("code-missing", _D, _DOCUMENTED, "create-algorithm", "code",
     "Decide on a code directory and a boot file: a preset engine needs both."),
    ("boot-file-outside", _D, _DOCUMENTED, "create-algorithm", "code",
     "Move the boot file into the code directory, or decide on a directory that holds both."),
    ("code-differs", _D, _JUDGEMENT, "ours", "code", "Decide on the code directory."),
    ("parameter-type", _D, _JUDGEMENT, "ours", "parameter",
     "Decide on Integer, Float, String or Boolean for all parameters of this name."),
    ("parameter-repeated", _D, _DOCUMENTED, "create-algorithm", "parameter-value",
     "Decide on one value: names of parameters, inputs and outputs are unique."),
    ("environment-name", _D, _DOCUMENTED, "sdk", "environment",
     "Decide on a name of letters, digits and _ that begins with no digit; the code has to read it."),
    ("environment-reference", _D, _DOCUMENTED, "sdk", "environment",
     "Decide on the value: v2 replaces no $VARIABLE in an environment variable."),
    ("environment-too-long", _D, _DOCUMENTED, "sdk", "environment",
     "Decide on a value of up to 4,096 characters, or to drop the variable."),
    ("environment-too-many", _D, _DOCUMENTED, "sdk", "environment",
     "Decide which variables to drop: v2 takes 100."),
    ("data-path", _D, _JUDGEMENT, "ours", "path", "Decide on a path: /bucket/folder/ or obs://bucket/folder/."),
    ("data-differs", _D, _JUDGEMENT, "ours", "path", "Decide which path is meant."),
    ("dataset-version", _D, _DOCUMENTED, "terraform-job", "dataset",
     "Decide on the version too, or on an OBS path."),
    ("flavor-missing", _D, _DOCUMENTED, "terraform-job", "flavor", "Decide on a flavor."),
    ("flavor-number", _D, _JUDGEMENT, "ours", "flavor", "Decide which flavor this number stands for."),
    ("flavor-not-offered", _D, _DOCUMENTED, "connection", "flavor",
     "Decide on a flavor that the connection offers."),
    ("flavor-of-pool", _D, _DOCUMENTED, "sdk", "pool",
     "Decide on pool and flavor: pools have flavors for 1, 2, 4, 8 and 16 cards."),
    ("nodes", _D, _DOCUMENTED, "create-job", "nodes", "Decide on the number of nodes."),
    ("pool", _D, _SEEN, "published-v1", "pool",
     "Decide whether this is a dedicated pool (and which id it has in v2) or the public one."),
    ("volume-needs-pool", _D, _DOCUMENTED, "terraform-job", "pool",
     "Decide on a dedicated pool, or to drop the volume: volumes are mounted in dedicated pools only."),
    ("volume-unread", _D, _DOCUMENTED, "create-job", "volume", "Decide what is mounted, and where."),
    # Warnings
    ("description-cut", _W, _DOCUMENTED, "create-algorithm", None, "Write a shorter description."),
    ("engine-not-confirmed", _W, _JUDGEMENT, "ours", None,
     "Load the engines of the connection, or look whether it still offers this one."),
    ("engine-compatible", _W, _DOCUMENTED, "two-directories", None,
     "It keeps v1's image and /home/work. Plan a move to a current engine."),
    ("flavor-not-confirmed", _W, _JUDGEMENT, "ours", None,
     "Load the flavors of the connection, or look whether it offers this one."),
    ("image-contract", _W, _DOCUMENTED, "boot-command", None,
     "See that the image runs in v2: user 1000, home /home/ma-user, no run_train.sh."),
    ("image-digest", _W, _JUDGEMENT, "ours", None,
     "No example of v2 names an image by digest. If it is refused, name the tag."),
    ("run-train-dropped", _W, _DOCUMENTED, "v1-image", None,
     "run_train.sh fetched the code and set variables such as the keys; see that nothing relies on them."),
    ("code-path", _W, _DOCUMENTED, "boot-command-help", None,
     "v2 puts the code into a folder named like the last part of the code directory: compare the paths."),
    ("home-work", _W, _DOCUMENTED, "switching", None,
     "/home/work is v1's home; in v2 it is /home/ma-user. Change the path."),
    ("conda-activate", _W, _DOCUMENTED, "boot-command", None,
     "Jobs do not run in a shell of yours: name the environment's Python by its path, or use conda run -n."),
    ("moxing-copy", _W, _DOCUMENTED, "switching", None,
     "v2 downloads inputs and uploads outputs: take MoXing's copies of them out of the code."),
    ("parameter-unnamed", _W, _JUDGEMENT, "ours", None, "Look what it was meant for; it is not carried."),
    ("command-without-image", _W, _DOCUMENTED, "create-algorithm", None,
     "Look whether an image was meant; the command is not carried."),
    ("secret", _W, _JUDGEMENT, "ours", None,
     "Keep the secret outside of files, fill the variable in where the files are used, and change it "
     "where many could read it."),
)  # fmt: skip

REASONS: Final[Mapping[str, ReasonType]] = {row[0]: ReasonType(*row) for row in _TABLE}
"""All of them, by code."""
