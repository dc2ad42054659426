"""The shelf: models opened by name for whoever talks, each loaded once."""

import fnmatch
import logging
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from byheart.base.errors import InputError, MissingError, NotFoundError, StoreError
from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.experiment.registry import BASE, LIVE, Model, find, list_models, live_model
from byheart.models.bases import Base, find_base
from byheart.models.gguf_files import adapter_to_gguf, gguf_template
from byheart.models.local import LocalEngine, LocalModel
from byheart.models.records import ChatModel
from byheart.models.upstream import UpstreamModel

log = logging.getLogger("byheart")
FRESH_SECONDS = 0.5
_MOST_NAMES = 1000


@dataclass(frozen=True)
class _Route:
    """Models whose name matches `pattern` are at `url`, with the key in the environment's `variable`."""

    pattern: str
    url: str
    variable: str


def _route(line: str) -> _Route:
    pattern, url, *variable = line.split()
    return _Route(pattern, url, variable[0] if variable else "")


class Models(Protocol):
    """Where a conversation gets its model from."""

    def open(self, name: str) -> ChatModel:
        """The model called `name`. Raises NotFoundError."""
        ...

    def names(self) -> list[str]:
        """What `open` takes."""
        ...


class Shelf:
    """Opens `live`, `base` and every registered model. Threads may share it.

    `live` follows the registry within half a second, without a restart: the base stays in memory and only the
    adapter changes. With an upstream in the settings, that is the base, and it gets every name it may know itself.
    A name that matches one of the settings' routes goes to that route's server.
    """

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._engines: dict[str, LocalEngine] = {}
        self._upstreams: dict[str, UpstreamModel] = {}
        self._routes = [_route(line) for line in settings.routes]
        self._opening = threading.Lock()
        self._opened: dict[str, tuple[float, ChatModel]] = {}

    def open(self, name: str = LIVE) -> ChatModel:
        """The model called `name`, loading what is not loaded yet. Raises NotFoundError, ModelError."""
        known = self._opened.get(name)
        if known and time.monotonic() - known[0] < FRESH_SECONDS:
            return known[1]
        try:
            opened = self._open(name)
        except StoreError as error:  # who answered until now answers on
            if known is None:
                raise
            log.warning("The registry cannot be read, %s answers on: %s", known[1].name, error)
            opened = known[1]
        if len(self._opened) >= _MOST_NAMES:
            self._opened.clear()
        self._opened[name] = time.monotonic(), opened
        return opened

    def _open(self, name: str) -> ChatModel:
        for route in self._routes:
            if fnmatch.fnmatchcase(name, route.pattern):
                return self._upstream(name, route.url, os.environ.get(route.variable, ""))
        model = self._find(name)
        with self._opening:
            if model is not None and model.path is not None:
                return self._tuned(model, Path(model.path))
            if self._settings.upstream_url:
                own = self._settings.base_model if name in (LIVE, BASE) or model is not None else name
                key = self._settings.upstream_key
                return self._upstream(own, self._settings.upstream_url, key.get_secret_value() if key else "")
            base = model.base if model else self._settings.base_model
            return LocalModel(self._engine(base), base)

    def names(self) -> list[str]:
        """`live`, `base` and every registered model."""
        with self._store.reading() as connection:
            return [LIVE, BASE, *(model.name for model in list_models(connection))]

    def close(self) -> None:
        """Give back what was opened."""
        for upstream in self._upstreams.values():
            upstream.close()
        self._engines.clear()

    def _find(self, name: str) -> Model | None:
        """The registered model behind a name, None for the base."""
        if name in (BASE, self._settings.base_model):
            return None
        with self._store.reading() as connection:
            if name == LIVE:
                return live_model(connection)
            try:
                return find(connection, name)
            except NotFoundError:
                if self._settings.upstream_url:
                    return None
                raise

    def _upstream(self, name: str, url: str, key: str) -> UpstreamModel:
        place = f"{url} {name}"
        if place not in self._upstreams:
            if len(self._upstreams) >= _MOST_NAMES:  # names that clients made up
                self._upstreams.clear()
            self._upstreams[place] = UpstreamModel(url, key, name, self._settings.upstream_timeout)
        return self._upstreams[place]

    def servers(self) -> list[tuple[str, str]]:
        """The URL and the key of every server that may answer, the settings' own first."""
        key = self._settings.upstream_key
        own = [(self._settings.upstream_url, key.get_secret_value() if key else "")]
        routed = [(route.url, os.environ.get(route.variable, "")) for route in self._routes]
        return list(dict.fromkeys((url.rstrip("/"), key) for url, key in [*own, *routed] if url))

    def _tuned(self, model: Model, folder: Path) -> LocalModel:
        file = folder / "adapter.gguf"
        if not (folder / "adapter_config.json").exists():
            raise MissingError(
                f"The adapter of {model.name} is gone from {folder}.",
                "Promote another model, or train again.",
            )
        engine = self._engine(model.base)
        if not file.exists():
            base = find_base(model.base, self._settings.home)
            adapter_to_gguf(folder, base.folder / "config.json", file)
        engine.add_adapter(model.id, file)
        return LocalModel(engine, model.name, model.id)

    def _engine(self, name: str) -> LocalEngine:
        if name not in self._engines:
            gguf = _gguf(find_base(name, self._settings.home))
            # A core is left to everything else: llama.cpp's threads wait for each other at every step, and
            # where one has to share its core all of them crawl.
            threads = max(1, self._settings.threads - 1)
            self._engines[name] = LocalEngine(gguf, gguf_template(gguf), {}, threads)
        return self._engines[name]


def open_model(settings: Settings, store: Store, name: str = LIVE) -> ChatModel:
    """One model, for a program that needs no other. Raises NotFoundError, ModelError, MissingError."""
    return Shelf(settings, store).open(name)


def _gguf(base: Base) -> Path:
    """The file that llama.cpp serves of a base: its own, or the only one in its folder."""
    if base.gguf is not None:
        return base.gguf
    files = sorted(base.folder.glob("*.gguf"))
    if len(files) != 1:
        found = "no GGUF file" if not files else f"{len(files)} GGUF files"
        raise InputError(
            f"{base.folder} holds {found}, so the local server cannot answer with {base.name}.",
            "Put one there (llama.cpp's convert_hf_to_gguf.py makes it), or serve it elsewhere and set "
            "upstream_url.",
        )
    return files[0]
