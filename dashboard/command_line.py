"""What all commands have in common: the program's name, exit codes, the name of standard input and output."""

from __future__ import annotations

from typing import Final

PROGRAM: Final = "modelarts-audit"
COULD_NOT: Final = 2
"""The exit code where something could not be done. What 1 says is each command's own."""
WRONG_USAGE: Final = 64
"""EX_USAGE of sysexits.h. argparse has 2 for it."""
STANDARD: Final = "-"
"""Instead of a file's name: standard input, or standard output."""
