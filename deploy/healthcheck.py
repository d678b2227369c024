"""Whether the dashboard of this container answers: the exit code is 0 or 1. See HEALTHCHECK in Dockerfile."""

import http.client
import os
import sys

TIMEOUT_SECONDS = 4


def main() -> None:
    """Ask /healthz directly, whatever proxy the environment names."""
    port = int(os.environ.get("STREAMLIT_SERVER_PORT", "8501"))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        sys.exit(f"no answer at port {port}: {error}")
    if status != 200:
        sys.exit(f"/healthz answered {status}")


if __name__ == "__main__":
    main()
