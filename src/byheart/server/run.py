"""Running the server until it is told to stop."""

import ctypes
import errno
import socket
import sys
from collections.abc import Callable

import uvicorn

from byheart.base.errors import InputError
from byheart.base.settings import Settings
from byheart.server.app import create_app

_M_ARENA_MAX = -8  # malloc.h
_SWITCH_SECONDS = 0.0001  # Python's own is 5 ms: replies must not wait for what thinks behind them


def run(settings: Settings, say: Callable[[str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM, which let the answers under way finish (for 5 seconds).

    `say` gets a line for the person at the terminal. Raises InputError when the address cannot be used, before
    anything is loaded, and what `create_app` raises.
    """
    with _listening(settings) as listening:
        say(f"Loading {settings.upstream_url or settings.base_model} ...")
        app = create_app(settings)
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        say(f"byheart serves {app.state.live.name} at http://{host}:{settings.port} (Ctrl-C stops it)")
        config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=5)
        _few_arenas()
        sys.setswitchinterval(_SWITCH_SECONDS)
        try:
            uvicorn.Server(config).run(sockets=[listening])
        except KeyboardInterrupt:  # uvicorn passes it on once everything is closed
            say("Stopped. Everything said is stored.")


def _few_arenas() -> None:
    """Keep glibc from giving every thread a heap of its own, which grow for ever; elsewhere nothing."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt:
        mallopt(_M_ARENA_MAX, 2)


def _listening(settings: Settings) -> socket.socket:
    """A socket at the settings' address. Raises InputError."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise InputError(
                f"Port {settings.port} on {settings.host} is in use.",
                f"Stop what runs there, or take another: byheart serve --port {settings.port % 65535 + 1}",
            ) from None
        raise InputError(
            f"byheart cannot serve at {settings.host}:{settings.port}: {error.strerror or error}.",
            "Choose another --host or --port.",
        ) from error
    return listening
