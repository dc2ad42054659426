"""Every error a user can meet, named after the border at which it arises.

    ByheartError
     ├─ InputError       what the user gave is wrong: a file, a flag, a body      exit 2, HTTP 400
     ├─ NotFoundError    it names something that is not there                     exit 2, HTTP 404
     ├─ MissingError     a package or a model is not installed                    exit 3, HTTP 501
     ├─ StoreError       the store cannot be read or written                      exit 4, HTTP 503
     ├─ ModelError       a model or an upstream server did not answer             exit 5, HTTP 502
     └─ TrainingError    a training run cannot start or go on                     exit 6, HTTP 409

A message is one sentence that says what was wrong, with the value; the remedy says what to do.
The command line and the server each turn these into words in exactly one place.
"""


class ByheartError(Exception):
    """Base class: `message` says what was wrong and where, `remedy` what to do about it."""

    exit_code = 1
    http_status = 500

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class InputError(ByheartError):
    """What the user gave is wrong."""

    exit_code = 2
    http_status = 400


class NotFoundError(ByheartError):
    """The user named something that is not there."""

    exit_code = 2
    http_status = 404


class MissingError(ByheartError):
    """A package or a model that this needs is not installed."""

    exit_code = 3
    http_status = 501


class StoreError(ByheartError):
    """The store cannot be read or written."""

    exit_code = 4
    http_status = 503


class StoreBusyError(StoreError):
    """Another process is writing to the store; it passes by itself."""


class ModelError(ByheartError):
    """A model or an upstream server failed to answer."""

    exit_code = 5
    http_status = 502


class TrainingError(ByheartError):
    """A training run cannot start or go on."""

    exit_code = 6
    http_status = 409
