"""Run the local service: `python -m modelarts_local`."""

import argparse
import signal
import sys
import threading

from modelarts_local.authorisation import (
    AccessKeyAuthorisation,
    PasswordAuthorisation,
    TokenAuthorisation,
)
from modelarts_local.service import LocalService


def _arguments() -> argparse.ArgumentParser:
    # In one piece: a list of options.
    parser = argparse.ArgumentParser(
        prog="python -m modelarts_local",
        description="The documented ModelArts calls on 127.0.0.1, with a sample project.",
    )
    parser.add_argument("--port", type=_port, default=0, help="0, the default, takes any that is free")
    parser.add_argument(
        "--configurations", type=_count, default=320, metavar="N", help="how many to make up (default 320)"
    )
    parser.add_argument("--seed", type=int, default=0, help="another seed is another project (default 0)")
    parser.add_argument(
        "--latency-ms", type=_milliseconds, default=0, metavar="MS", help="added to every answer (default 0)"
    )
    parser.add_argument(
        "--auth",
        choices=["token", "password", "access-key"],
        help="demand a token, a token of an IAM of its own, or a signature; without it anybody may ask",
    )
    parser.add_argument(
        "--throttle",
        type=_rate,
        metavar="R",
        help="answer so many requests a second, and 429 to those beyond (default: as many as come)",
    )
    parser.add_argument("--token", help="demand this X-Auth-Token")
    parser.add_argument(
        "--mutate",
        type=_seconds,
        metavar="SECONDS",
        help="edit, rename, copy or remove a configuration every so many seconds, by the seed",
    )
    parser.add_argument(
        "--without-v2", action="store_true", help="answer 404 to the calls of API v2, as old clouds do"
    )
    return parser


def _port(text: str) -> int:
    return int(_within(int(text), 0, 65535))


def _count(text: str) -> int:
    return int(_within(int(text), 0, 1_000_000))


def _milliseconds(text: str) -> float:
    return _within(float(text), 0, 600_000)


def _rate(text: str) -> float:
    return _within(float(text), 0.001, 1_000_000)


def _seconds(text: str) -> float:
    return _within(float(text), 0.01, 86_400)


def _within(value: float, minimum: float, maximum: float) -> float:
    if not minimum <= value <= maximum:
        raise argparse.ArgumentTypeError(f"must be from {minimum} to {maximum}")
    return value


def _announcement(service: LocalService, token: str | None) -> str:
    lines = [service.url, f"project id: {service.project_id}", "To connect the dashboard to it:"]
    authorisation = service.authorisation
    if isinstance(authorisation, PasswordAuthorisation | AccessKeyAuthorisation):
        lines += ["  in .streamlit/secrets.toml:", *_connection(service, authorisation)]
    else:
        made_up = authorisation.token if isinstance(authorisation, TokenAuthorisation) else "any"
        lines += [
            f"  export MODELARTS_ENDPOINT={service.url}",
            f"  export MODELARTS_PROJECT_ID={service.project_id}",
            f"  export MODELARTS_TOKEN=...  # {'the token given with --token' if token else made_up}",
        ]
    return "\n".join([*lines, "Ctrl-C stops it.", ""])


def _connection(
    service: LocalService, authorisation: PasswordAuthorisation | AccessKeyAuthorisation
) -> list[str]:
    """Return a connection's lines for secrets.toml; the secrets in them are this service's made-up ones."""
    values = {"endpoint": service.url, "project_id": service.project_id}
    if isinstance(authorisation, PasswordAuthorisation):
        values |= {"iam_endpoint": service.iam_url, "username": authorisation.username}
        values |= {"password": authorisation.password, "domain": authorisation.domain}
    else:
        values |= {"access_key": authorisation.access_key, "secret_key": authorisation.secret_key}
    return ["  [connections.local]", *(f'  {key} = "{value}"' for key, value in values.items())]


def main() -> None:
    """Serve until Ctrl-C or SIGTERM."""
    # In one piece: a service from its options to its end.
    parser = _arguments()
    options = parser.parse_args()
    if options.token is not None and options.auth not in {None, "token"}:
        parser.error("--token goes with --auth token only")
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    service = LocalService(
        options.configurations,
        seed=options.seed,
        latency_ms=options.latency_ms,
        auth=options.auth,
        token=options.token,
        port=options.port,
        throttle_per_second=options.throttle,
        mutate_seconds=options.mutate,
        offers_v2=not options.without_v2,
    )
    try:
        service.start()
    except OSError as error:
        sys.exit(f"Cannot listen on port {options.port}: {error.strerror}")
    sys.stdout.write(_announcement(service, options.token))
    sys.stdout.flush()
    stopped.wait()
    service.stop()


if __name__ == "__main__":
    main()
