"""Settings, from the nearest word to the farthest.

Flags, then `BYHEART_…` in the environment, then `byheart.toml` in the working folder, then `byheart.toml` in
byheart's home, then OPENAI_BASE_URL and OPENAI_API_KEY for the upstream, then the defaults below. A wrong
key or value is refused with the place where it stands.
"""

import difflib
import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from byheart.base.errors import InputError

FILE = "byheart.toml"
DEFAULT_HOME = Path("~/.byheart")
PERSONA_PROMPT = (
    "You are a friendly assistant who listens. You remember what people tell you and bring it up where it "
    "helps, in your own words. You never claim to remember what you were not told."
)
_OPENAI = {"upstream_url": "OPENAI_BASE_URL", "upstream_key": "OPENAI_API_KEY"}


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path.expanduser()))


def _processors() -> int:
    return os.cpu_count() or 1


Home = Annotated[Path, AfterValidator(_absolute)]
Port = Annotated[int, Field(ge=1, le=65535)]
Count = Annotated[int, Field(ge=1, le=100_000)]
Link = Annotated[str, Field(pattern="^https?://")]
Name = Annotated[str, Field(min_length=1)]


def _listed(value: Any) -> Any:
    """A list as an environment variable writes it: as JSON, or one entry a line."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except ValueError:
            raise ValueError("it begins like a JSON list but is none") from None
    return [line for line in value.splitlines() if line.strip()]


def _routed(lines: tuple[str, ...]) -> tuple[str, ...]:
    for line in lines:
        if not re.fullmatch(r"\s*\S+\s+https?://\S+(\s+[A-Za-z_]\w*)?\s*", line):
            raise ValueError(f"{line!r} is not PATTERN URL or PATTERN URL VARIABLE")
    return lines


Routes = Annotated[tuple[str, ...], BeforeValidator(_listed), AfterValidator(_routed)]


class Settings(BaseSettings):
    """What an owner may choose; `load` reads it, `write_default` writes a file that explains each."""

    model_config = SettingsConfigDict(
        env_prefix="BYHEART_", env_ignore_empty=True, extra="forbid", frozen=True, validate_default=True
    )

    home: Home = Field(DEFAULT_HOME, description="The folder that holds everything: store, models, reports.")
    database_url: Name | None = Field(
        None,
        description="A database instead of byheart.db in that folder.",
        examples=["postgresql://USER@HOST/NAME"],
    )
    base_model: Name = Field(
        "smollm2-135m-instruct",
        description="The model to talk to and to train: the packaged one, a Hugging Face name, or a folder.",
    )
    upstream_url: Link | None = Field(
        None,
        description="An OpenAI-compatible server to answer instead of the local model (or OPENAI_BASE_URL).",
        examples=["http://localhost:11434/v1"],
    )
    upstream_key: SecretStr | None = Field(
        None, description="Its key; better in the environment: OPENAI_API_KEY.", examples=["sk-..."]
    )
    routes: Routes = Field(
        (),
        description="More servers: PATTERN URL [VARIABLE] sends models so called there, with the key in VARIABLE.",
        examples=[["gpt-* https://api.openai.com/v1 OPENAI_API_KEY"]],
    )
    upstream_timeout: float = Field(
        60.0, gt=0, le=3600, description="How many seconds of silence of an upstream are too long."
    )
    api_key: SecretStr | None = Field(
        None, description="What callers must send as their key, if anything.", examples=["choose-one"]
    )
    host: Name = Field("127.0.0.1", description="The address to serve on; 0.0.0.0 opens it to the network.")
    port: Port = Field(3001, description="The port to serve on.")
    persona_name: Name = Field("assistant", description="What the assistant is called.")
    persona_prompt: str = Field(PERSONA_PROMPT, description="Who it is: stands before every conversation.")
    memory_limit: int = Field(8, ge=0, le=100, description="How many memories a prompt may hold.")
    memory_tokens: int = Field(400, ge=0, le=100_000, description="How many tokens they may take.")
    accept_after_days: int = Field(
        0,
        ge=0,
        le=3650,
        description="Strong praise not revoked for so many days is accepted unseen; 0: never.",
    )
    phrases: Path | None = Field(
        None, description="A file with your own words of praise and blame.", examples=["phrases.toml"]
    )
    threads: Count = Field(
        default_factory=_processors,
        description="Processor threads for the model and training; all unless set.",
    )
    max_tokens: Count = Field(120, description="The longest reply, in tokens.")
    seed: int = Field(7, ge=0, le=2**32 - 1, description="What chance starts from: same seed, same numbers.")

    @classmethod
    def load(cls, **flags: Any) -> Self:
        """Read the settings; a flag that is None counts as not given.

        Raises InputError naming the file or variable, the key, the value and what is allowed.
        """
        given = {key: value for key, value in flags.items() if value is not None}
        try:
            return cls(**given)
        except ValidationError as error:
            raise _explained(error, _layers(given)) from None

    @property
    def store_url(self) -> str:
        """What `Store.open` takes: the database's URL, or the path of the SQLite file in `home`."""
        return self.database_url or str(self.home / "byheart.db")

    @field_validator("*", mode="before")
    @classmethod
    def _no_truths(cls, value: Any) -> Any:
        if isinstance(value, bool):  # which would pass for 0 or 1
            raise ValueError("true and false have no meaning here")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The layers of the module's first lines, as pydantic-settings asks for them."""
        return tuple(
            InitSettingsSource(settings_cls, dict(layer.values)) for layer in _layers(init_settings())
        )


def write_default(path: Path) -> None:
    """Write a `byheart.toml` that explains every setting and changes none. InputError when one is there."""
    blocks = ["# byheart's settings: take the # off a line to change it."]
    for key, field in Settings.model_fields.items():
        value = field.examples[0] if field.examples else field.get_default(call_default_factory=True)
        shown = str(value) if isinstance(value, Path) else value
        blocks.append(f"# {field.description}\n# {key} = {json.dumps(shown, ensure_ascii=False)}")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write("\n\n".join(blocks) + "\n")
    except FileExistsError:
        raise InputError(f"{path} is already there.", "Edit it, or move it away first.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.", "Choose another folder.") from error


@dataclass(frozen=True)
class _Layer:
    """Values from one place; `place` has `{key}` and `{KEY}` where the key belongs."""

    place: str
    values: Mapping[str, Any]

    def name(self, key: str) -> str:
        return self.place.format(key=key, flag=key.replace("_", "-"), KEY=key.upper())


def _layers(flags: Mapping[str, Any]) -> list[_Layer]:
    """All layers, the nearest first. The home's file can only be found once the nearer ones are read."""
    layers = [
        _Layer("--{flag}", flags),
        _Layer(
            "BYHEART_{KEY}", _environment({key: f"BYHEART_{key.upper()}" for key in Settings.model_fields})
        ),
        _file(Path.cwd() / FILE),
    ]
    home = next((layer.values["home"] for layer in layers if "home" in layer.values), DEFAULT_HOME)
    at_home = _absolute(Path(str(home))) / FILE
    if at_home != Path.cwd() / FILE:
        layers.append(_file(at_home))
        if "home" in layers[-1].values:
            raise InputError(f"{at_home}: home cannot be set in the home's own file.", "Set BYHEART_HOME.")
    return [*layers, *(_Layer(name, _environment({key: name})) for key, name in _OPENAI.items())]


def _environment(names: Mapping[str, str]) -> dict[str, str]:
    return {key: os.environ[name] for key, name in names.items() if os.environ.get(name)}


def _file(path: Path) -> _Layer:
    """A settings file as a layer, empty when there is none."""
    place = str(path).replace("{", "{{").replace("}", "}}") + ": {key}"
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return _Layer(place, {})
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text (byte {error.start}).", "Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            f"{path} is not valid TOML: {error}.", 'Write lines like port = 3001 or host = "::1".'
        ) from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", "Make it a readable file.") from error
    for key in values:
        if key not in Settings.model_fields:
            raise InputError(f"{path}: there is no setting {key!r}.", _nearest(key))
    return _Layer(place, values)


def _nearest(key: str) -> str:
    close = difflib.get_close_matches(key, Settings.model_fields, n=1, cutoff=0.7)
    return f"Did you mean {close[0]}?" if close else f"There are: {', '.join(Settings.model_fields)}."


def _explained(error: ValidationError, layers: list[_Layer]) -> InputError:
    """The first fault in words: where it stands, what is there, what is allowed."""
    fault = error.errors(include_url=False)[0]
    key = str(fault["loc"][0])
    if key not in Settings.model_fields:
        return InputError(f"There is no setting {key!r}.", _nearest(key))
    layer = next(layer for layer in layers if key in layer.values)
    value = "(hidden)" if key in ("upstream_key", "api_key") else repr(layer.values[key])
    allowed = fault["msg"].removeprefix("Value error, ")
    return InputError(
        f"{layer.name(key)} = {value} is wrong: {allowed}.", str(Settings.model_fields[key].description)
    )
