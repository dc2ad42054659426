"""The exchanges: one user message about a block, and the reply that uses the block rightly."""

from byheart.chat.prompt import holds
from byheart.dataset.generator.block import Block, Fact, near_miss, new_value, pick
from byheart.dataset.generator.forms import contains, names
from byheart.dataset.generator.phrasing import (
    Attribute,
    fill_in,
    neutral_pairs,
    phrase,
    phrases,
    sentence,
    to_me,
    to_you,
)
from byheart.dataset.generator.records import Exchange, Value
from byheart.dataset.generator.speech import Persona, typed, voiced

_MOODS = {"+": "up", "-": "down", "=": "even", "~": "slip"}


def case_of(block: Block, fact: Fact) -> str:
    """The case of a recall question: by an older value, by the number of lines, by near misses."""
    if fact.older:
        return "superseded"
    alike = any(o.attribute.group == fact.attribute.group for o in block.facts if o is not fact)
    return "distractors" if block.visible > 2 or alike else "answerable"


def ask(block: Block, who: Persona, fact: Fact) -> Exchange:
    """A question about a fact, answered with its value."""
    rng, side = block.rng, block.side
    user = typed(_question(block, fact.attribute, fact.subject), side, rng)
    if fact.older and rng.random() < 0.5:
        core = fill_in(phrase("frame_new", side, rng), c=_clause(block, fact))
    elif rng.random() < 0.5:
        core = fill_in(phrase("frame", side, rng), c=_clause(block, fact))
    else:
        core = fill_in(rng.choice(fact.attribute.wordings("r", side)), **fact.slots())
    return _using(block, fact, user, voiced(core, who, block.source, grave=_grave(fact.attribute)))


def tell(block: Block, who: Persona, fact: Fact) -> Exchange:
    """A statement or a feeling to which the right memory answers unasked."""
    rng, side = block.rng, block.side
    said = rng.choice(fact.attribute.about("s", side, fact.subject))
    user = typed(fill_in(said, s=_called(block, fact.subject)), side, rng)
    reply = fill_in(rng.choice(fact.attribute.replies_to(said, side)), **fact.slots())
    return _using(block, fact, user, reply[:1].upper() + reply[1:])


def _using(block: Block, fact: Fact, user: str, reply: str) -> Exchange:
    return Exchange(
        user, reply, case_of(block, fact), (fact.value.forms,), _forbidden(block, [fact]),
        use_memory=True, attribute=fact.attribute.id,
    )  # fmt: skip


def several(block: Block, who: Persona, fact: Fact) -> Exchange | None:
    """Two facts asked for in one message."""
    rng, side = block.rng, block.side
    others = [f for f in block.facts if f is not fact and not f.older]
    if not others:
        return None
    other = rng.choice(others)
    labels = [_label(block, f.attribute, f.subject) for f in (fact, other)]
    user = typed(fill_in(phrase("several_user", side, rng), l1=labels[0], l2=labels[1]), side, rng)
    core = fill_in(phrase("several_reply", side, rng), c1=_clause(block, fact), c2=_clause(block, other))
    grave = _grave(fact.attribute) or _grave(other.attribute)
    reply = voiced(core, who, block.source, grave=grave)
    recall = (fact.value.forms, other.value.forms)
    forbid = _forbidden(block, [fact, other])
    name = f"{fact.attribute.id}+{other.attribute.id}"
    return Exchange(user, reply, "several", recall, forbid, use_memory=True, attribute=name)


def correct(block: Block, who: Persona, fact: Fact) -> Exchange | None:
    """The user takes a wrong value for granted, often that of a near miss; the reply puts it right."""
    rng, side = block.rng, block.side
    wrong = _wrong_value(block, fact)
    if wrong is None:
        return None
    said = fill_in(to_me(rng.choice(fact.attribute.wordings("c", side))), **fact.slots(wrong))
    user = typed(fill_in(phrase("premise_user", side, rng), c=said), side, rng, exact=True)
    core = fill_in(phrase("premise_fix", side, rng), c=_clause(block, fact))
    forbid = tuple(f for f in _forbidden(block, [fact]) if not contains(user, f))
    return Exchange(
        user, sentence(core), "false_premise", (fact.value.forms,), forbid,
        use_memory=True, attribute=fact.attribute.id,
    )  # fmt: skip


def confirm(block: Block, who: Persona, fact: Fact) -> Exchange:
    """The same wording with the right value, so that a check is not always a trap."""
    rng, side = block.rng, block.side
    said = fill_in(to_me(rng.choice(fact.attribute.wordings("c", side))), **fact.slots())
    user = typed(fill_in(phrase("premise_user", side, rng), c=said), side, rng, exact=True)
    reply = phrase("premise_confirm", side, rng)
    return Exchange(user, reply, case_of(block, fact), use_memory=True, attribute=fact.attribute.id)


def unknown(block: Block, who: Persona, category: str) -> Exchange:
    """A question in the same words as an answerable one, about something never told."""
    rng, side = block.rng, block.side
    (attribute, subject), near = _absent(block, category)
    user = typed(_question(block, attribute, subject), side, rng)
    label = to_you(_label(block, attribute, subject))
    if near and rng.random() < 0.3:
        known = to_you(_label(block, near.attribute, near.subject))
        core = fill_in(phrase("abstain_near", side, rng), l=label, k=known)
    else:
        core = fill_in(phrase("abstain", side, rng), l=label)
    reply = voiced(core, who, block.source, "abstain_close", _grave(attribute))
    return Exchange(user, reply, "unanswerable", abstain=True, attribute=attribute.id)


def never_said(block: Block, who: Persona, category: str) -> Exchange:
    """The user is sure of having told something that was never told."""
    rng, side = block.rng, block.side
    (attribute, subject), _ = _absent(block, category)
    label = _label(block, attribute, subject)
    user = typed(fill_in(phrase("premise_absent_user", side, rng), l=label), side, rng)
    core = fill_in(phrase("premise_absent_reply", side, rng), l=to_you(label))
    reply = voiced(core, who, block.source, "abstain_close", _grave(attribute))
    return Exchange(user, reply, "false_premise", abstain=True, attribute=attribute.id)


def small_talk(block: Block, who: Persona, category: str) -> Exchange:
    """A statement or a feeling on which nothing is remembered."""
    (attribute, subject), _ = _absent(block, category)
    said = block.rng.choice(attribute.about("s", block.side, subject))
    user = typed(fill_in(said, s=_called(block, subject)), block.side, block.rng)
    reply = phrase(f"mood.{_MOODS[attribute.moods[said]]}", block.side, block.rng)
    return Exchange(user, reply, "no_memory_needed", attribute=attribute.id)


def neutral(block: Block, who: Persona, _: str) -> Exchange:
    """A request that needs no memory, answered without any."""
    request, answer = block.rng.choice(neutral_pairs(block.side))
    return Exchange(typed(request, block.side, block.rng, exact=True), answer, "no_memory_needed")


def _question(block: Block, attribute: Attribute, subject: str) -> str:
    """A question in the attribute's own words or in general ones, at times after a statement."""
    rng, side = block.rng, block.side
    chance = rng.random()
    if chance < 0.25:
        section = "ask_next" if block.asked and chance < 0.08 else "ask"
        return fill_in(phrase(section, side, rng), l=_label(block, attribute, subject))
    called = _called(block, subject)
    question = fill_in(rng.choice(attribute.about("q", side, subject)), s=called)
    if rng.random() < 0.12:
        said = rng.choice(attribute.about("s", side, subject))
        return f"{sentence(fill_in(said, s=called))} {sentence(question)}"
    return question


def _called(block: Block, subject: str) -> str:
    """A subject as its owner may call it: mostly by its name, at times by another (`pup` for a dog)."""
    others = phrases().get((f"called.{subject}", block.side), ())
    return block.rng.choice(others) if others and block.rng.random() < 0.35 else subject


def _grave(attribute: Attribute) -> bool:
    """Whether jokes and cheers around it would hurt."""
    return attribute.kind in {"emotion", "stress"} or attribute.group in {"illness", "allergy"}


def _label(block: Block, attribute: Attribute, subject: str) -> str:
    return fill_in(block.rng.choice(attribute.wordings("l", block.side)), s=subject)


def _clause(block: Block, fact: Fact) -> str:
    return fill_in(block.rng.choice(fact.attribute.wordings("c", block.side)), **fact.slots())


def _forbidden(block: Block, facts: list[Fact]) -> tuple[str, ...]:
    groups = {f.attribute.group for f in facts}
    told = {id(f) for f in facts}
    others = [f for f in block.all_facts if id(f) not in told and f.attribute.group in groups]
    return tuple(dict.fromkeys(f.value.forms[0] for f in others))


def _wrong_value(block: Block, fact: Fact) -> Value | None:
    """Another value that fits: that of a near miss in the block, or a new one."""
    pool = fact.attribute.pool(fact.subject)
    near = [
        f.value for f in block.facts
        if f is not fact and f.attribute.id == fact.attribute.id and f.attribute.pool(f.subject) == pool
    ]  # fmt: skip
    if near and block.rng.random() < 0.5:
        return block.rng.choice(near)
    return new_value(block, fact.attribute, fact.subject)


def _absent(block: Block, category: str) -> tuple[tuple[Attribute, str], Fact | None]:
    """Something of which the block says nothing, mostly a near miss of one of its facts, and that fact."""
    facts = [f for f in block.facts if category in {"", f.attribute.category}] or block.facts
    if facts and block.rng.random() < 0.7:
        fact = block.rng.choice(facts)
        near = near_miss(block, fact)
        if near:
            return near, fact if near[0] is fact.attribute else None
    while True:
        chosen = pick(block.rng, category)
        if (chosen[0].id, chosen[1]) not in block.topics():
            return chosen, None


def faults(block: Block, exchange: Exchange) -> list[str]:
    """Why an exchange must not be used: what a scorer would misjudge or a model would learn wrongly."""
    shown = [m.text for m in block.lines if holds(m, block.today)]
    reply, user = exchange.reply, exchange.user
    found = []
    for group in exchange.recall:
        if not any(contains(reply, form) for form in group):
            found.append(f"the reply lacks {group[0]!r}")
        if not any(contains(text, form) for form in group for text in shown):
            found.append(f"no memory holds {group[0]!r}")
        found += [f"the user says {form!r}" for form in group if contains(user, form)]
    found += [f"{f!r} forbidden yet said" for f in exchange.forbid if contains(reply, f) or contains(user, f)]
    if not exchange.use_memory:
        found += [f"the reply names {f.value.text!r}" for f in block.all_facts if names(reply, f.value)]
        found += [f"the user names {f.value.text!r}" for f in block.all_facts if names(user, f.value)]
    wanted = 3 if exchange.use_memory or exchange.abstain else 1
    if not wanted <= len(reply.split()) <= 45:
        found.append(f"{len(reply.split())} words")
    return found
