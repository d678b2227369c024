"""A client of the ModelArts training job configuration API.

>>> from modelarts_api import Client, TokenCredentials
>>> Client("https://modelarts.eu-de.otc.t-systems.com", "0123abc", TokenCredentials("MIIEvQYJKoZ"))
Client('https://modelarts.eu-de.otc.t-systems.com', '0123abc', TokenCredentials(token='***'))
"""

from modelarts_api.auth.access_key import AccessKeyCredentials
from modelarts_api.auth.password import PasswordCredentials
from modelarts_api.auth.token import TokenCredentials
from modelarts_api.client import Client
from modelarts_api.detail import ConfigurationDetail
from modelarts_api.detail_load import DetailLoad
from modelarts_api.diagnosis import Step, diagnose
from modelarts_api.errors import (
    ApiError,
    AuthenticationError,
    InvalidNameError,
    InvalidRequestError,
    InvalidResponseError,
    ModelArtsError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServiceError,
    SettingError,
    TransportError,
)
from modelarts_api.http.exchange import Exchange
from modelarts_api.models import Configuration, ConfigurationQuery, Inventory, ResultPage
from modelarts_api.training import Engine, TrainingEngine, TrainingFlavor

__all__ = [
    "AccessKeyCredentials", "ApiError", "AuthenticationError", "Client", "Configuration",
    "ConfigurationDetail", "ConfigurationQuery", "DetailLoad", "Engine", "Exchange", "InvalidNameError",
    "InvalidRequestError", "InvalidResponseError", "Inventory", "ModelArtsError", "NotFoundError",
    "PasswordCredentials", "PermissionDeniedError", "RateLimitError", "ResultPage", "ServiceError",
    "SettingError", "Step", "TokenCredentials", "TrainingEngine", "TrainingFlavor", "TransportError",
    "diagnose",
]  # fmt: skip
