"""Ports for servers of the tests, of which several run side by side."""

from __future__ import annotations

import socket
import weakref

_left: list[int] = []
"""Ports whose owners are gone."""


def free_port() -> int:
    """Return a port of this machine that nobody else is given while this process lives.

    It is bound and never listened at: Linux lets the server that it is for bind it again (both say
    SO_REUSEADDR), and chooses it for no other socket. A port that was only looked up and let go may be
    somebody else's by the time its server has been imported.
    """
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    port: int = holder.getsockname()[1]
    holder.detach()  # stays open: nothing closes it any more
    return port


def port_for(owner: object) -> int:
    """Return a port that is its owner's for as long as that lives; then the next owner gets it.

    A tab that has been at an address before has its scripts compiled already, which is half of an opening.
    """
    port = _left.pop() if _left else free_port()
    weakref.finalize(owner, _left.append, port)
    return port
