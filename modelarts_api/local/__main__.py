"""Run the local service: `python -m modelarts_api.local`."""

import argparse
import signal
import sys
import threading

from modelarts_api.local.service import LocalService


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m modelarts_api.local",
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
    parser.add_argument("--token", help="demand this X-Auth-Token; without it any is accepted")
    return parser


def _port(text: str) -> int:
    return int(_within(int(text), 0, 65535))


def _count(text: str) -> int:
    return int(_within(int(text), 0, 1_000_000))


def _milliseconds(text: str) -> float:
    return _within(float(text), 0, 600_000)


def _within(value: float, least: float, most: float) -> float:
    if not least <= value <= most:
        raise argparse.ArgumentTypeError(f"must be from {least} to {most}")
    return value


def _announcement(service: LocalService, *, needs_token: bool) -> str:
    token = "the token given with --token" if needs_token else "any"
    return (
        f"{service.url}\n"
        f"project id: {service.project_id}\n"
        "To connect the dashboard to it:\n"
        f"  export MODELARTS_ENDPOINT={service.url}\n"
        f"  export MODELARTS_PROJECT_ID={service.project_id}\n"
        f"  export MODELARTS_TOKEN=...  # {token}\n"
        "Ctrl-C stops it.\n"
    )


def main() -> None:
    """Serve until Ctrl-C or SIGTERM."""
    options = _arguments().parse_args()
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    service = LocalService(
        options.configurations,
        seed=options.seed,
        latency_ms=options.latency_ms,
        token=options.token,
        port=options.port,
    )
    try:
        service.start()
    except OSError as error:
        sys.exit(f"Cannot listen on port {options.port}: {error.strerror}")
    sys.stdout.write(_announcement(service, needs_token=options.token is not None))
    sys.stdout.flush()
    stopped.wait()
    service.stop()


if __name__ == "__main__":
    main()
