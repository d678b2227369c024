"""Keys and passwords that open nothing: drawn, not written down, and the same in every sample project.

They look real, because what looks like a placeholder is taken for one.
"""

import random
from collections.abc import Mapping
from functools import cache
from string import ascii_letters, ascii_uppercase, digits
from types import MappingProxyType

SEED = "sample secrets"


@cache
def fake_secrets() -> Mapping[str, str]:
    """Return every secret that the sample project plants, by what it is used for."""
    rng = random.Random(SEED)  # noqa: S311 - they must be reproducible, and open nothing

    def drawn(characters: str, length: int) -> str:
        return "".join(rng.choices(characters, k=length))

    return MappingProxyType(
        {
            "aws_access_key": f"AKIA{drawn(ascii_uppercase + '234567', 16)}",
            "aws_secret_key": drawn(ascii_letters + digits, 40),
            "database_password": f"{drawn(ascii_letters, 7)}!{drawn(digits, 3)}{drawn(ascii_letters, 3)}",
            "wandb_key": drawn("0123456789abcdef", 40),
            "git_password": f"{drawn(ascii_letters, 8)}{drawn(digits, 2)}{drawn(ascii_letters, 6)}",
            "access_key": drawn(ascii_uppercase + digits, 20),
            "secret_key": drawn(ascii_letters + digits, 40),
        }
    )
