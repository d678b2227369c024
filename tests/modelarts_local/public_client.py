"""Asks a service through a public client library of this API, as it is, and prints what it got as JSON.

A process of its own: the library warns of things that are not ours to mend.
"""

import json
import sys

from openstack.connection import Connection
from otcextensions.sdk import register_otc_extensions


def main(url: str, project_id: str) -> None:
    """List everything, open one configuration, list the engines."""
    api = Connection(
        auth_type="admin_token",
        auth={"endpoint": url, "token": "any"},
        modelartsv1_endpoint_override=f"{url}/v1/{project_id}",
    )
    register_otc_extensions(api)
    listed = list(
        api.modelartsv1.training_job_configs(limit=1000, offset=1, sort_by="create_time", order="asc")
    )
    opened = api.modelartsv1.get_training_job_config(listed[0].config_name)
    engines = list(api.modelartsv1.job_engines(job_type="train"))
    sys.stdout.write(
        json.dumps(
            {
                "names": [row.config_name for row in listed],
                "opened": {"name": opened.config_name, "engine": opened.engine_name, "code": opened.app_url},
                "engines": sorted({engine.engine_name for engine in engines}),
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
