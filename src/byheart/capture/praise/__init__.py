"""Praise, criticism and correction, read from the message that follows an answer.

    clean -> split into clauses -> judge the head -> look for what cancels it -> label, strength, span, why

Rules of structure, no model: clause, target, negation and the assistant's previous question decide. English in
code; Spanish, German and French by phrase packs; the owner's own phrases go before both.
"""

from byheart.capture.praise.judge import LABELS, MODES, Judgement, classify
from byheart.capture.praise.own import ORIGINAL, Phrases, read_phrases

__all__ = ["LABELS", "MODES", "ORIGINAL", "Judgement", "Phrases", "classify", "read_phrases"]
