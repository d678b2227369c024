"""The vendor's SDK as an oracle: its own models take a body, and give it back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from huaweicloudsdkcore.client import Client
from huaweicloudsdkcore.utils.http_utils import sanitize_for_serialization
from huaweicloudsdkmodelarts import v1


def given_back(body: Mapping[str, Any], model: str) -> Any:
    """What the SDK would send of a body, after its model (Algorithm, Job) has taken it.

    Keys that the model does not know are lost on the way, so an unchanged body has none.
    """
    client = Client()
    client.model_package = v1
    taken = client._deserialize(json.loads(json.dumps(body)), model)
    return sanitize_for_serialization(taken)
