"""The online half of the product on one page: `take_turn`.

    recall → render → ask the model, streaming → keep the turn → the last piece

`begin` is what comes before the model and `keep` what comes after it, for doors that ask the model themselves
(the gateway passes an upstream's answer through byte by byte). What must not slow or break a reply stands behind
it: once a turn is kept, the listener (capture/listener.py) remembers what the person said, and what they thought
of the answer before.
"""

import logging
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from sqlalchemy import Connection, insert, select

from byheart.base.clock import utcnow
from byheart.base.errors import InputError
from byheart.base.ids import new_id
from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.base.tables import personas
from byheart.base.writer import Writer
from byheart.capture.listener import Habits, Listener, enter
from byheart.capture.logfile import FILE
from byheart.capture.praise import read_phrases
from byheart.chat.prompt import render_messages
from byheart.chat.records import MemoryLine, Message, Persona, Turn, chain
from byheart.chat.turns import conversation_of, save_turn, told
from byheart.experiment.registry import LIVE
from byheart.experiment.shelf import Models
from byheart.memory.bank import memories_of
from byheart.memory.recall import recall
from byheart.memory.sentences import own_words
from byheart.models.records import ChatModel, Piece, Reply, Sampling

log = logging.getLogger("byheart")
T = TypeVar("T")

NOBODY = "anonymous"
"""Whoever does not say who they are. Nothing is remembered of them: it might be told to somebody else."""
PATIENCE_SECONDS = 5.0
"""How long a reply waits for its turn to be durable; then it goes on, and the wait is counted as a failure."""
CALM_SECONDS = 0.1
"""After so long without a request nobody minds what is done behind the replies."""
_KNOWN_ENDS = 10_000


@dataclass(frozen=True)
class Request:
    """What a client asks for; an empty `conversation` is recognised by the history that is sent again.

    `memory` off answers without memories and remembers nothing; `capture` off keeps nothing of the turn.
    `parameters` are kept with the turn as they came. A `task` (a title, tags) is an application's own errand: its
    prompt is left alone and nothing is kept.
    """

    person: str
    messages: Sequence[Message]
    conversation: str = ""
    sampling: Sampling = field(default_factory=Sampling)
    memory: bool = True
    capture: bool = True
    model: str = LIVE
    parameters: Mapping[str, Any] | None = None
    task: bool = False

    @property
    def remembers(self) -> bool:
        """Whether memories may be used and made."""
        return self.memory and self.person != NOBODY and not self.task

    @property
    def kept(self) -> bool:
        """Whether the turn is stored."""
        return self.capture and not self.task


@dataclass(frozen=True)
class Begun:
    """A turn before its answer: the prompt as the model will see it, and who is to answer.

    `overhead_ms` is the time that byheart itself took up to here.
    """

    turn: Turn
    model: ChatModel
    overhead_ms: float
    kept: bool = True


class Answer:
    """An answer that is being given: what was known before the first word, then the pieces, once."""

    def __init__(self, begun: Begun, pieces: Iterator[Piece]) -> None:
        self.begun = begun
        self.id = begun.turn.id
        self.conversation = begun.turn.conversation
        self.model = begun.turn.model
        self.memories = begun.turn.memories
        self.overhead_ms = begun.overhead_ms
        self._pieces = pieces

    def __iter__(self) -> Iterator[Piece]:
        return self._pieces


class Assistant:
    """Answers people with their memories. Threads may share it; `close` finishes what is behind the replies."""

    def __init__(self, settings: Settings, store: Store, models: Models) -> None:
        self.models = models
        self.store = store
        self.writer = Writer(store)
        self.failures: Counter[str] = Counter()
        self.persona = Persona(settings.persona_name, settings.persona_prompt)
        self.answering = 0
        self._asked_at = -CALM_SECONDS
        self._settings = settings
        self._ends: OrderedDict[str, str] = OrderedDict()
        self.writer.submit(self._keep_persona).result()
        self.listener = Listener(
            store,
            self.writer,
            self.failures,
            busy=lambda: self.answering > 0 or time.monotonic() - self._asked_at < CALM_SECONDS,
            habits=Habits(
                settings.accept_after_days,
                read_phrases(settings.phrases) if settings.phrases else None,
                settings.home / FILE,
            ),
        )

    def take_turn(self, request: Request) -> Answer:
        """Answer a person; the pieces come as the model makes them, the last one once the turn is durable.

        Raises InputError, NotFoundError for an unknown model, and ModelError, here or on the way.
        """
        return self.answer(self.begin(request), request.sampling)

    def answer(self, begun: Begun, sampling: Sampling) -> Answer:
        """Let the model answer a turn that has begun."""
        return Answer(begun, self._pieces(begun, sampling))

    def begin(self, request: Request) -> Begun:
        """Everything before the model is asked: who answers, which conversation, which memories, the prompt.

        Raises InputError for a request without a question, NotFoundError for an unknown model.
        """
        _check(request.messages)
        started = time.perf_counter()
        self._asked_at = time.monotonic()
        now = utcnow()
        model = self.models.open(request.model)
        lines = self._recall(request, now) if request.remembers else ()
        turn = Turn(
            id=new_id("turn"),
            person=request.person,
            conversation=request.conversation or self._recognise(request),
            messages=self._prompt(request, lines, now),
            reply="",
            persona=self.persona.version,
            model=model.name,
            adapter=model.adapter,
            created_at=now,
            memories=lines,
            parameters={
                **(request.parameters or request.sampling.wire()),
                "memory": request.remembers and request.kept,
            },
        )
        return Begun(turn, model, (time.perf_counter() - started) * 1000, request.kept)

    def keep(self, begun: Begun, **answer: Any) -> "Future[None] | None":
        """Hand the answered turn to the writer; the future resolves once it is durable. None when that failed,
        which is counted: a reply never fails for it. `answer` are the Turn's fields that are known by now."""
        if not begun.kept:
            return None
        turn = replace(begun.turn, created_at=utcnow(), **answer)

        def work(connection: Connection) -> None:
            save_turn(connection, turn)
            enter(connection, turn.id)

        def submit() -> Future[None]:
            self._ends[turn.chain] = turn.conversation
            while len(self._ends) > _KNOWN_ENDS:
                self._ends.popitem(last=False)
            return self.writer.submit(work, wait=False)

        return self.guarded("write", submit)

    def kept(self, future: "Future[None] | None", patience: float = PATIENCE_SECONDS) -> None:
        """Wait until a turn is durable, and let the listener know; a failed write is counted."""
        if future is not None:
            self.guarded("write", lambda: future.result(patience))
        self.listener.wake()

    def close(self) -> None:
        """Write what is queued and stop; what is still to be listened to is taken up at the next start."""
        self.listener.close()
        self.writer.close()

    def _pieces(self, begun: Begun, sampling: Sampling) -> Iterator[Piece]:
        started = time.perf_counter()
        timings = {"overhead_ms": round(begun.overhead_ms, 3)}
        said: list[str] = []
        try:
            for piece in begun.model.stream(begun.turn.messages, sampling):
                timings.setdefault("first_ms", round((time.perf_counter() - started) * 1000, 3))
                if piece.reply is None:
                    said.append(piece.text)
                    yield piece
                    continue
                timings["model_ms"] = round((time.perf_counter() - started) * 1000, 3)
                self.kept(self._keep_reply(begun, piece.reply, timings))
                said.clear()
                yield piece
        except GeneratorExit:  # the client has left; what it saw is kept
            if said:
                self._keep_reply(begun, Reply("".join(said), "cancelled", 0, len(said), 0.0), timings)
            raise

    def _keep_reply(self, begun: Begun, reply: Reply, timings: dict[str, float]) -> "Future[None] | None":
        return self.keep(
            begun,
            reply=reply.text,
            finish_reason=reply.finish_reason,
            timings=timings,
            completion=begun.turn.id,
        )

    def _prompt(self, request: Request, lines: Sequence[MemoryLine], now: str) -> tuple[Message, ...]:
        if request.task:
            return tuple(request.messages)
        return tuple(
            render_messages(self.persona.prompt, lines if request.memory else None, request.messages, now)
        )

    def _recall(self, request: Request, now: str) -> tuple[MemoryLine, ...]:
        question = next((m.content for m in reversed(request.messages) if m.role == "user"), "")

        def work() -> tuple[MemoryLine, ...]:
            with self.store.reading() as connection:
                known = memories_of(connection, request.person, now)
            limits = self._settings.memory_limit, self._settings.memory_tokens
            return tuple(recall(known, own_words(question), now, *limits))

        return self.guarded("recall", work) or ()

    def _recognise(self, request: Request) -> str:
        """The conversation that the resent history belongs to, or a new one."""
        end = chain(request.person, told(request.messages))

        def work() -> str | None:
            with self.store.reading() as connection:
                return conversation_of(connection, request.person, request.messages)

        known = self._ends.get(end) or (self.guarded("recognise", work) if end else None)
        return known or new_id("conv")

    def _keep_persona(self, connection: Connection) -> None:
        version = self.persona.version
        if (
            connection.execute(select(personas.c.version).where(personas.c.version == version)).first()
            is None
        ):
            row = {"version": version, "created_at": utcnow(), **vars(self.persona)}
            connection.execute(insert(personas).values(**row))

    def guarded(self, what: str, work: Callable[[], T]) -> T | None:
        """Do what a reply must not fail of; a failure is counted and logged."""
        try:
            return work()
        except Exception as error:  # noqa: BLE001  the one border: whatever happens there, the reply goes on
            self.failures[what] += 1
            log.warning("%s failed, the reply goes on without: %s", what, error)
            return None


def _check(messages: Sequence[Message]) -> None:
    """Raises InputError unless somebody, the user or a tool, waits for an answer."""
    last = messages[-1] if messages else None
    if last is None or last.role in ("system", "assistant"):
        raise InputError("The last message must be the user's or a tool's.", "Send what the person said.")
    if last.role == "user" and not last.content.strip() and not last.rest:
        raise InputError("The last message is empty.", "Send what the person said.")
