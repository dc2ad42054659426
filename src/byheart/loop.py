"""The online half of the product on one page: `take_turn`.

    recall → render → ask the model, streaming → keep the turn → the last piece

What must not slow or break a reply stands behind it: once a turn is kept, the listener (capture/listener.py)
remembers what the person said, and what they thought of the answer before.
"""

import logging
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import Connection, insert, select

from byheart.base.clock import utcnow
from byheart.base.errors import InputError
from byheart.base.ids import digest, new_id
from byheart.base.settings import Settings
from byheart.base.store import Store
from byheart.base.tables import personas
from byheart.base.writer import Writer
from byheart.capture.listener import Listener, enter
from byheart.chat.prompt import render_messages
from byheart.chat.records import MemoryLine, Message, Persona, Turn
from byheart.chat.turns import conversation_of, save_turn
from byheart.experiment.registry import LIVE
from byheart.experiment.shelf import Models
from byheart.memory.bank import memories_of
from byheart.memory.recall import recall
from byheart.models.records import ChatModel, Piece, Reply, Sampling

log = logging.getLogger("byheart")
T = TypeVar("T")

NOBODY = "anonymous"
"""Whoever does not say who they are. Nothing is remembered of them: it might be told to somebody else."""
_KNOWN_ENDS = 10_000


@dataclass(frozen=True)
class Request:
    """What a client asks for; an empty `conversation` is recognised by the history that is sent again."""

    person: str
    messages: Sequence[Message]
    conversation: str = ""
    sampling: Sampling = field(default_factory=Sampling)
    memory: bool = True
    model: str = LIVE

    @property
    def remembers(self) -> bool:
        """Whether memories may be used and made."""
        return self.memory and self.person != NOBODY


class Answer:
    """An answer that is being given: what was known before the first word, then the pieces, once."""

    def __init__(self, turn: Turn, overhead_ms: float, pieces: Iterator[Piece]) -> None:
        self.id = turn.id
        self.conversation = turn.conversation
        self.model = turn.model
        self.memories = turn.memories
        self.overhead_ms = overhead_ms
        self._pieces = pieces

    def __iter__(self) -> Iterator[Piece]:
        return self._pieces


class Assistant:
    """Answers people with their memories. Threads may share it; `close` finishes what is behind the replies."""

    def __init__(self, settings: Settings, store: Store, models: Models) -> None:
        self.models = models
        self.failures: Counter[str] = Counter()
        self.persona = Persona(settings.persona_name, settings.persona_prompt)
        self._settings = settings
        self._store = store
        self._writer = Writer(store)
        self._ends: OrderedDict[str, str] = OrderedDict()
        self._writer.submit(self._keep_persona).result()
        self.listener = Listener(store, self._writer, self.failures)

    def take_turn(self, request: Request) -> Answer:
        """Answer a person; the pieces come as the model makes them, the last one once the turn is durable.

        Raises InputError, NotFoundError for an unknown model, and ModelError, here or on the way.
        """
        if (
            not request.messages
            or request.messages[-1].role != "user"
            or not request.messages[-1].content.strip()
        ):
            raise InputError(
                "The last message must be the user's, and not empty.", "Send what the person said."
            )
        started = time.perf_counter()
        now = utcnow()
        model = self.models.open(request.model)
        conversation = request.conversation or self._recognise(request)
        lines = self._recall(request, now) if request.remembers else ()
        prompt = render_messages(self.persona.prompt, lines, request.messages, now)
        turn = Turn(
            id=new_id("turn"),
            person=request.person,
            conversation=conversation,
            messages=tuple(prompt),
            reply="",
            persona=self.persona.version,
            model=model.name,
            adapter=model.adapter,
            created_at=now,
            memories=lines,
            parameters={**request.sampling.wire(), "memory": request.remembers},
        )
        overhead = (time.perf_counter() - started) * 1000
        return Answer(turn, overhead, self._pieces(turn, model, request.sampling, overhead))

    def close(self) -> None:
        """Write what is queued and stop; what is still to be listened to is taken up at the next start."""
        self.listener.close()
        self._writer.close()

    def _pieces(self, turn: Turn, model: ChatModel, sampling: Sampling, overhead: float) -> Iterator[Piece]:
        started = time.perf_counter()
        timings = {"overhead_ms": round(overhead, 3)}
        said: list[str] = []
        try:
            for piece in model.stream(turn.messages, sampling):
                timings.setdefault("first_ms", round((time.perf_counter() - started) * 1000, 3))
                if piece.reply is None:
                    said.append(piece.text)
                    yield piece
                    continue
                timings["model_ms"] = round((time.perf_counter() - started) * 1000, 3)
                kept = self._keep(turn, piece.reply, timings)
                self._guarded("write", lambda kept=kept: kept and kept.result())  # type: ignore[misc]
                self.listener.wake()
                yield piece
        except GeneratorExit:  # the client has left; what it saw is kept
            if said:
                self._keep(turn, Reply("".join(said), "cancelled", 0, len(said), 0.0), timings)
            raise

    def _keep(self, turn: Turn, reply: Reply, timings: dict[str, float]) -> "Future[None] | None":
        answered_turn = Turn(
            **{
                **vars(turn),
                "reply": reply.text,
                "finish_reason": reply.finish_reason,
                "timings": timings,
                "created_at": utcnow(),
            }
        )

        def work(connection: Connection) -> None:
            save_turn(connection, answered_turn)
            enter(connection, turn.id)

        def submit() -> Future[None]:
            end = _end([*turn.messages, Message("assistant", reply.text)], turn.person)
            self._ends[end] = turn.conversation
            while len(self._ends) > _KNOWN_ENDS:
                self._ends.popitem(last=False)
            return self._writer.submit(work)

        return self._guarded("write", submit)

    def _recall(self, request: Request, now: str) -> tuple[MemoryLine, ...]:
        def work() -> tuple[MemoryLine, ...]:
            with self._store.reading() as connection:
                known = memories_of(connection, request.person, now)
            limits = self._settings.memory_limit, self._settings.memory_tokens
            return tuple(recall(known, request.messages[-1].content, now, *limits))

        return self._guarded("recall", work) or ()

    def _recognise(self, request: Request) -> str:
        """The conversation that the resent history belongs to, or a new one."""

        def work() -> str | None:
            with self._store.reading() as connection:
                return conversation_of(connection, request.person, request.messages)

        known = self._ends.get(_end(request.messages[:-1], request.person))
        return known or self._guarded("recognise", work) or new_id("conv")

    def _keep_persona(self, connection: Connection) -> None:
        version = self.persona.version
        if (
            connection.execute(select(personas.c.version).where(personas.c.version == version)).first()
            is None
        ):
            row = {"version": version, "created_at": utcnow(), **vars(self.persona)}
            connection.execute(insert(personas).values(**row))

    def _guarded(self, what: str, work: Callable[[], T]) -> T | None:
        """Do what a reply must not fail of; a failure is counted and logged."""
        try:
            return work()
        except Exception as error:  # noqa: BLE001  the one border: whatever happens there, the reply goes on
            self.failures[what] += 1
            log.warning("%s failed, the reply goes on without: %s", what, error)
            return None


def _end(messages: Sequence[Message], person: str) -> str:
    """What a history is known by: everything said, whoever's system prompt stood before it."""
    said = [[m.role, m.content.strip()] for m in messages if m.role != "system"]
    return digest([person, said]) if said else ""
