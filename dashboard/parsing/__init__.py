"""What the texts of a configuration say: engine version, image reference, start command, secrets.

Pure, and used from everywhere: it knows no table, no screen and no network. What cannot be read is said to be
so, and never guessed.
"""

from dashboard.parsing.arguments import Argument, by_key
from dashboard.parsing.command import MAX_LENGTH, MAX_OPERATORS, parse_command
from dashboard.parsing.downloads import downloads_piped_to_shell
from dashboard.parsing.engine_version import EngineVersion, Framework, parse_engine_version
from dashboard.parsing.image_hints import Hint, image_hints, says_cpu
from dashboard.parsing.image_reference import ImageReference, parse_image_reference
from dashboard.parsing.installs import Install, Package, installs
from dashboard.parsing.mentions import (
    Activation,
    activations,
    assignments,
    home_work_paths,
    http_urls,
    moxing_copies,
    placeholders,
)
from dashboard.parsing.normalised import normalised
from dashboard.parsing.product_line import ProductLine, product_line
from dashboard.parsing.started import (
    Program,
    RunTrain,
    arguments,
    goes_through_run_train,
    run_train,
    started_program,
    started_programs,
)
from dashboard.parsing.syntax import (
    Assignment,
    Command,
    CompoundCommand,
    Excerpt,
    Pipeline,
    Redirect,
    Script,
    SimpleCommand,
    Substitution,
    Unparsed,
    UnreadReason,
    Word,
)
from dashboard.parsing.tracing import traces_itself

__all__ = [
    "MAX_LENGTH",
    "MAX_OPERATORS",
    "Activation",
    "Argument",
    "Assignment",
    "Command",
    "CompoundCommand",
    "EngineVersion",
    "Excerpt",
    "Framework",
    "Hint",
    "ImageReference",
    "Install",
    "Package",
    "Pipeline",
    "ProductLine",
    "Program",
    "Redirect",
    "RunTrain",
    "Script",
    "SimpleCommand",
    "Substitution",
    "Unparsed",
    "UnreadReason",
    "Word",
    "activations",
    "arguments",
    "assignments",
    "by_key",
    "downloads_piped_to_shell",
    "goes_through_run_train",
    "home_work_paths",
    "http_urls",
    "image_hints",
    "installs",
    "moxing_copies",
    "normalised",
    "parse_command",
    "parse_engine_version",
    "parse_image_reference",
    "placeholders",
    "product_line",
    "run_train",
    "says_cpu",
    "started_program",
    "started_programs",
    "traces_itself",
]
