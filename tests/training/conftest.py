from tests.tiny import template, tiny, tokenizer

__all__ = ["template", "tiny", "tokenizer"]
