"""Replay: a logged conversation goes through the loop as if it were held now, at the times that it was held.

Each answer becomes a turn, with the prompt that the log holds or else the one that would have been sent:
the persona and the memories known at that moment. Then the person's words are read for memories, and for what
they say of the answer before. A turn's id is made of what the log says: what is stored already is passed
over, and nothing that was deleted since comes back. Captures of an interchange log are stored as they were.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Column, Connection, insert, select

from byheart.base.ids import content_id
from byheart.base.tables import cursors, personas, turns
from byheart.capture.exchange import capture, exchange_of, set_state
from byheart.capture.feedback import judge_turn, store_feedback
from byheart.capture.importer import LoggedConversation, LoggedMessage
from byheart.capture.interchange import Interchange
from byheart.capture.praise import LABELS, Judgement
from byheart.chat.prompt import render_messages
from byheart.chat.records import MemoryLine, Message, Persona, Turn
from byheart.chat.turns import read_turn, save_turn
from byheart.memory.bank import memories_of, remember
from byheart.memory.extract import extract
from byheart.memory.recall import recall

MODEL = "imported"
"""What a turn names as its model when the log does not say which one answered."""


@dataclass(frozen=True)
class Prompting:
    """How a prompt that the log does not hold is rendered: the persona, and how much is recalled."""

    persona: Persona
    memory_limit: int = 8
    memory_tokens: int = 400


@dataclass
class Replayed:
    """What came of a replay so far: `turns` are new, `known` were stored before; `labels` counts feedback."""

    conversations: int = 0
    turns: int = 0
    known: int = 0
    memories: int = 0
    labels: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LABELS[:3], 0))
    captured: int = 0
    people: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Restored:
    """Ids of the captures of an interchange log: stored now, stored before, and left out as edited."""

    new: tuple[str, ...]
    known: tuple[str, ...]
    edited: tuple[str, ...]


@dataclass(frozen=True)
class _Step:
    """What a person said until they were answered. `follows`: right after the reply of the step before."""

    history: tuple[Message, ...]
    asked: tuple[LoggedMessage, ...]
    reply: LoggedMessage | None
    follows: bool


def replay(
    connection: Connection, conversations: Iterable[LoggedConversation], prompting: Prompting
) -> Iterator[Replayed]:
    """Store conversations in the order of their times; gives the sums so far after each one.

    Everything is written through `connection`, so that its transaction keeps all of a log or nothing of it.
    """
    sums = Replayed()
    for log in sorted(conversations, key=lambda log: log.messages[0].at):
        persona = Persona(log.persona or prompting.persona.name, prompting.persona.prompt)
        _keep_persona(connection, persona, log.messages[0].at)
        judged = _replay_one(connection, log, Prompting(persona, *_amounts(prompting)), sums)
        found = [exchange_of(connection, turn) for turn in judged]
        sums.captured += sum(e is not None and e.state in {"pending", "accepted"} for e in found)
        sums.conversations += 1
        sums.people.add(log.person)
        yield sums


def restore(connection: Connection, items: Iterable[Interchange]) -> Restored:
    """Store an interchange log's captures: turns, praise and state. Those that were edited are left out."""
    new, known, edited = [], [], []
    for item in items:
        if item.edited:
            edited.append(item.exchange.id)
            continue
        if exchange_of(connection, item.turn.id) is not None:
            known.append(item.exchange.id)
            continue
        if not _stored(connection, turns.c.id, item.turn.id):
            save_turn(connection, item.turn)
        for said in item.praise:
            judged = Judgement(said.label, said.strength, said.span, said.why)
            store_feedback(connection, item.turn, judged, said.text, said.created_at, said.source)
        exchange = capture(connection, item.turn, item.exchange.created_at, preferred=item.exchange.preferred)
        set_state(connection, exchange.id, item.exchange.state)
        new.append(exchange.id)
    return Restored(tuple(new), tuple(known), tuple(edited))


def _amounts(prompting: Prompting) -> tuple[int, int]:
    return prompting.memory_limit, prompting.memory_tokens


def _replay_one(
    connection: Connection, log: LoggedConversation, prompting: Prompting, sums: Replayed
) -> set[str]:
    """One conversation; the ids of the turns that something was said of."""
    judged: set[str] = set()
    previous: Turn | None = None
    for step in _steps(log.messages):
        if not step.follows:
            previous = None
        identity = _identity(log, step)
        if step.reply is None:
            turn, fresh = None, _first_time(connection, identity, step.asked[-1].at)
        else:
            fresh = not _stored(connection, turns.c.id, identity)
            turn = (
                _turn(connection, log, step, prompting, identity)
                if fresh
                else read_turn(connection, identity)
            )
            sums.turns += fresh
            sums.known += not fresh
            if fresh:
                save_turn(connection, turn)
        if fresh:
            judged |= _listen(connection, log.person, step.asked, previous, identity if turn else None, sums)
        previous = turn
    return judged


def _steps(messages: Sequence[LoggedMessage]) -> Iterator[_Step]:
    history: list[Message] = []
    asked: list[LoggedMessage] = []
    follows = False
    for said in messages:
        if said.role == "user":
            asked.append(said)
        elif said.role == "assistant":
            if asked:
                yield _Step(tuple(history), tuple(asked), said, follows)
            follows, asked = bool(asked), []  # two answers in a row: praise would not say which it means
        history.append(Message(said.role, said.content))
    if asked:
        yield _Step(tuple(history), tuple(asked), None, follows)


def _identity(log: LoggedConversation, step: _Step) -> str:
    """The id of a step's turn: the same log gives the same one."""
    last = step.reply or step.asked[-1]
    said = [[m.role, m.content] for m in step.history]
    content = [log.person, log.conversation, said, last.role, last.content, last.at]
    return content_id("turn", content)


def _turn(
    connection: Connection, log: LoggedConversation, step: _Step, prompting: Prompting, identity: str
) -> Turn:
    """The turn of an answered step, with the prompt it had or would have had."""
    assert step.reply is not None
    now = step.asked[-1].at
    recorded = any(message.role == "system" for message in step.history)
    messages: Sequence[Message] = step.history
    lines: list[MemoryLine] = []
    if not recorded:
        known = memories_of(connection, log.person, now)
        lines = recall(known, step.asked[-1].content, now, *_amounts(prompting))
        messages = render_messages(prompting.persona.prompt, lines, step.history, now)
    return Turn(
        id=identity,
        person=log.person,
        conversation=log.conversation,
        messages=tuple(messages),
        reply=step.reply.content,
        persona=prompting.persona.version,
        model=MODEL,
        created_at=step.reply.at,
        memories=tuple(lines),
        source="import",
        prompt_source="recorded" if recorded else "replayed",
    )


def _listen(
    connection: Connection,
    person: str,
    asked: Sequence[LoggedMessage],
    previous: Turn | None,
    turn_id: str | None,
    sums: Replayed,
) -> set[str]:
    """Remember what a person says, and keep what it says of the answer before."""
    for said in asked:
        found = extract(person, said.content, said.at, turn_id)
        kept = {memory.id for memory in remember(connection, found)}
        sums.memories += len(kept.intersection(memory.id for memory in found))
    if previous is None:
        return set()
    feedback = judge_turn(connection, previous, asked[0].content, asked[0].at, person)
    if feedback is None:
        return set()
    sums.labels[feedback.label] += 1
    return {previous.id, feedback.turn}


def _first_time(connection: Connection, identity: str, at: str) -> bool:
    """Whether a person's last word, which no turn keeps, is heard for the first time; notes that it was."""
    name = f"heard:{identity}"
    fresh = not _stored(connection, cursors.c.name, name)
    if fresh:
        connection.execute(insert(cursors).values(name=name, position=at))
    return fresh


def _keep_persona(connection: Connection, persona: Persona, at: str) -> None:
    if not _stored(connection, personas.c.version, persona.version):
        connection.execute(
            insert(personas).values(
                version=persona.version, name=persona.name, prompt=persona.prompt, created_at=at
            )
        )


def _stored(connection: Connection, key: Column[str], value: str) -> bool:
    return connection.execute(select(key).where(key == value)).first() is not None
