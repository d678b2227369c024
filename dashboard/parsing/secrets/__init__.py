"""Finding and masking secrets in the texts of a configuration. Pure; needs the standard library alone."""

from dashboard.parsing.secrets.finding import find_secrets, find_secrets_in_pair
from dashboard.parsing.secrets.fingerprints import fingerprint
from dashboard.parsing.secrets.found import SecretFound
from dashboard.parsing.secrets.kinds import Kind, Secret
from dashboard.parsing.secrets.masking import Mask, mask, mask_all, mask_value, mask_with_places

__all__ = [
    "Kind",
    "Mask",
    "Secret",
    "SecretFound",
    "find_secrets",
    "find_secrets_in_pair",
    "fingerprint",
    "mask",
    "mask_all",
    "mask_value",
    "mask_with_places",
]
