"""Seeded multi-turn conversations that teach a small model to use what it remembers, and only that."""

from byheart.dataset.generator.cases import cases
from byheart.dataset.generator.conversations import conversations
from byheart.dataset.generator.records import CASES, CATEGORIES, Conversation, Exchange, Side

__all__ = ["CASES", "CATEGORIES", "Conversation", "Exchange", "Side", "cases", "conversations"]
