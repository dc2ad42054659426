"""Whether this machine has what the loop needs. A check says what it found and the command that mends it.

Nothing heavy is imported to look for it: a package's version stands in its metadata, a processor's abilities
in /proc/cpuinfo.
"""

import errno
import os
import platform
import re
import shutil
import socket
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from byheart.base import migrations
from byheart.base.errors import ByheartError, MissingError
from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.models.bases import PACKAGED, packaged_gguf

OK, WARN, MISSING = "ok", "warn", "missing"
_GIB = 1024**3


@dataclass(frozen=True)
class Check:
    """One line of the doctor's report. `needed`: without it byheart cannot work as it is configured."""

    name: str
    state: str
    found: str
    remedy: str = ""
    needed: bool = False

    @property
    def broken(self) -> bool:
        """Whether something needed is missing."""
        return self.needed and self.state == MISSING


def examine() -> list[Check]:
    """All checks, in the order in which they matter."""
    try:
        settings = Settings.load()
    except ByheartError as error:
        return [
            Check("Python", OK, platform.python_version()),
            Check("settings", MISSING, error.message, error.remedy, needed=True),
        ]
    return [
        Check("Python", OK, platform.python_version()),
        *_packages(local=settings.upstream_url is None),
        _model(settings),
        _processor(settings.threads),
        _bfloat16(),
        _memory(),
        _home(settings.home),
        _disk(settings.home),
        _store(settings),
        _port(settings.host, settings.port),
    ]


def _packages(local: bool) -> list[Check]:
    """What byheart's own metadata asks for; `local`: the model runs here, so its packages are needed too."""
    checks = []
    for requirement in metadata.requires("byheart") or []:
        parts = re.match(
            r"([A-Za-z0-9_.-]+)[^;]*?(?:>=([\d.]+))?[^;]*(?:;.*extra == ['\"](\w+)['\"])?$", requirement
        )
        if parts:
            name, least, extra = parts.groups()
            checks.append(
                _package(
                    name, least or "0", extra or "", needed=extra is None or (local and extra == "local")
                )
            )
    return checks


def _package(name: str, least: str, extra: str, needed: bool) -> Check:
    remedy = f"pip install 'byheart[{extra}]'" if extra else "pip install --upgrade byheart"
    absent = MISSING if needed else WARN
    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Check(name, absent, "not installed", remedy, needed)
    if _number(found) < _number(least):
        return Check(name, absent, f"{found}, and {least} or newer is needed", remedy, needed)
    return Check(name, OK, found, needed=needed)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("+")[0])[:3])


def _model(settings: Settings) -> Check:
    if settings.upstream_url is not None:
        return Check("model", OK, f"an upstream server answers: {settings.upstream_url}")
    if settings.base_model != PACKAGED:
        return Check("model", OK, settings.base_model)
    try:
        file = packaged_gguf()
    except MissingError as error:
        command = error.remedy.removeprefix("Install it with: ")
        return Check("model", MISSING, f"{PACKAGED} is not installed", command, needed=True)
    return Check("model", OK, f"{PACKAGED}, {file.stat().st_size / 1024**2:.0f} MiB")


def _processor(threads: int) -> Check:
    cores = os.cpu_count() or 1
    if threads > cores:
        return Check(
            "processor",
            WARN,
            f"{cores} cores for {threads} threads",
            f"Set threads = {cores} in byheart.toml.",
        )
    return Check("processor", OK, f"{cores} cores, {threads} threads in use")


def _bfloat16() -> Check:
    try:
        flags = Path("/proc/cpuinfo").read_text("ascii", errors="replace")
    except OSError:
        return Check("bfloat16", OK, "unknown on this system; training finds out")
    native = [flag for flag in ("amx_bf16", "avx512_bf16") if flag in flags]
    if native:
        return Check("bfloat16", OK, f"native ({', '.join(native)})")
    return Check("bfloat16", WARN, "not native: training uses float32, and takes about twice as long")


def _memory() -> Check:
    free = _free_memory()
    if free is None:
        return Check("memory", OK, "unknown on this system")
    shown = f"{free / _GIB:.1f} GiB free"
    if free < 2 * _GIB:
        return Check(
            "memory", WARN, f"{shown}, and training takes about 2", "Close other programs before training."
        )
    return Check("memory", OK, shown)


def _free_memory() -> int | None:
    try:
        found = re.search(
            r"^MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text("ascii"), re.MULTILINE
        )
    except OSError:
        return None
    return int(found[1]) * 1024 if found else None


def _home(home: Path) -> Check:
    place = _standing(home)
    try:
        with tempfile.TemporaryFile(dir=place):
            return Check("home", OK, f"{home}{'' if place == home else ' (not made yet)'}", needed=True)
    except OSError as error:
        reason = f"{place} cannot be written: {error.strerror}"
        return Check(
            "home", MISSING, reason, "export BYHEART_HOME=FOLDER, one that you may write", needed=True
        )


def _standing(home: Path) -> Path:
    """The home, or what stands of the way to it."""
    return next(folder for folder in (home, *home.parents) if folder.exists())


def _disk(home: Path) -> Check:
    place = _standing(home)
    free = shutil.disk_usage(place).free
    shown = f"{free / _GIB:.1f} GiB free"
    remedy = f"Free some space on {place}, or set BYHEART_HOME to another disk."
    if free < _GIB // 10:
        return Check("disk", MISSING, shown, remedy, needed=True)
    return Check(
        "disk", WARN if free < 2 * _GIB else OK, shown, remedy if free < 2 * _GIB else "", needed=True
    )


def _store(settings: Settings) -> Check:
    if settings.database_url is None and not (settings.home / "byheart.db").exists():
        return Check("store", OK, "not made yet; the first command makes it", needed=True)
    try:
        with Store.open(settings.store_url, busy_seconds=1.0) as store:
            return Check("store", OK, f"{store.where}, schema {migrations.HEAD}", needed=True)
    except ByheartError as error:
        return Check("store", MISSING, error.message, error.remedy, needed=True)


def _port(host: str, port: int) -> Check:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = "in use" if error.errno == errno.EADDRINUSE else f"not to be had: {error.strerror}"
            return Check(
                "port", WARN, f"{host}:{port} is {reason}", f"byheart serve --port {port % 65535 + 1}"
            )
    return Check("port", OK, f"{host}:{port} is free")
