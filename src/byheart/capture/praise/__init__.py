"""Praise, criticism and correction, read from the message that follows an answer.

    clean -> split into clauses -> judge the head -> look for what cancels it -> label, strength, span, why

Rules of structure, no model: clause, target, negation and the assistant's previous question decide. English.
"""

from byheart.capture.praise.judge import LABELS, Judgement, classify

__all__ = ["LABELS", "Judgement", "classify"]
