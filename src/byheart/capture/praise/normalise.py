"""What the person wrote, without what they pasted or quoted, in one spelling."""

import re
import unicodedata
from functools import lru_cache

from byheart.capture.praise.words import EMOJI, KNOWN, SPELLED, listed

LIMIT = 2000
"""Characters that are looked at; a judgement further down in a longer message is not seen."""

QUOTED = "\ufffc"
"""Stands where a quotation was."""

_HEAD, _TAIL = 300, 120
"""Characters of a long message that are read: from its start, and before its end."""

_STRAIGHT = {
    **dict.fromkeys("’‘‛", "'"),
    **dict.fromkeys("“”„«»", '"'),
}
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\ufe0e\ufe0f\u00ad\U0001f3fb-\U0001f3ff]")
_FENCE = re.compile(r"(?m)^[ ]{0,3}(```|~~~)")
_INLINE = re.compile(r"`[^`\n]{1,300}`")
_QUOTES = re.compile(r'"[^"\n]{1,400}"|(?<![\w\'])\'[^\'\n]{1,200}\'(?!\w)')
_LOG_LINE = re.compile(
    r"""\s*(?:
        > | \{ | \} | \[\s*[\{"\[] | "[\w -]{1,40}"\s*: | </?\w+[^>\n]{0,80}>    # quoted lines, JSON, markup
      | Traceback | File\ " | \w{0,40}(?:Error|Exception)\b\s*: | at\ [\w.$]+\(     # stack traces
      | \d{4}-\d\d-\d\d[T ]\d\d: | \[?\d\d:\d\d(?::\d\d)?\]                     # time stamps
      | (?:DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL)\b | \$\  | >>> | \|.*\|            # log lines, shells, tables
    )""",
    re.VERBOSE,
)
_HEADER = re.compile(r"(?i)\s*(?:from|to|cc|subject|sent|date|von|re|fwd?):\s+\S")
_ITEM = re.compile(r"\s*(?:\d{1,2}[.)]|[-*•])\s+\S")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_STRETCHED = re.compile(r"([a-zA-Z])\1{2,}")
_SHORTEST_ECHO = 15
_LINES = 8
"""Lines of a long paste that are looked at, at either end."""
_TOKEN = re.compile(r"[a-z0-9à-ÿ]+(?:'[a-z]+)?|" + QUOTED + "|[" + "".join(EMOJI) + "]")


def clean(text: str, previous: str = "") -> str:
    """The person's own words: no code, no pasted lines; quotations, also of `previous`, as QUOTED."""
    text = straight(text[:LIMIT])
    if "```" in text or "~~~" in text:
        text = _without_fences(text)
    text = _without_middle(_without_pasted_lines(text))
    if "`" in text:
        text = _INLINE.sub(QUOTED, text).replace("`", "'")
    if '"' in text or "'" in text:
        text = _QUOTES.sub(QUOTED, text)
    return _without_echo(text, previous) if previous else text


def straight(text: str) -> str:
    """A text in one spelling: straight quotes, nothing invisible, no compatibility forms."""
    if text.isascii():
        return text
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    for curly, plain in _STRAIGHT.items():
        if curly in text:
            text = text.replace(curly, plain)
    return text


def _without_middle(text: str) -> str:
    """The start of a long message and its last sentence: only these judge."""
    if len(text) <= _HEAD + _TAIL:
        return text
    end = text[-_TAIL:].rstrip()
    cut = max(end.rfind(mark, 0, -1) for mark in (". ", "! ", "? ", "\n"))
    cut = cut + 1 if cut >= 0 else end.find(" ")
    return text[:_HEAD].rsplit(" ", 1)[0] + "…\n" + end[cut:]


def _without_fences(text: str) -> str:
    """Text outside ``` and ~~~; a fence that is never closed takes the rest."""
    parts, start, marker = [], 0, ""
    for match in _FENCE.finditer(text):
        if not marker:
            parts.append(text[start : match.start()])
            marker = match[1]
        elif match[1] == marker:
            marker, start = "", match.end()
    return "".join(parts) + ("" if marker else text[start:])


def _without_pasted_lines(text: str) -> str:
    """Drop logs, JSON, tables, quoted lines, lists, and everything from an e-mail's headers on."""
    if "\n" not in text:
        return "" if _LOG_LINE.match(text) else text
    lines = text.split("\n")
    if len(lines) > 2 * _LINES:
        lines = [*lines[:_LINES], *lines[-_LINES:]]
    listed = sum(1 for line in lines if _ITEM.match(line)) >= 2
    kept: list[str] = []
    for number, line in enumerate(lines):
        if _HEADER.match(line) and any(_HEADER.match(after) for after in lines[number + 1 : number + 4]):
            break
        if not _LOG_LINE.match(line) and not (listed and _ITEM.match(line)):
            kept.append(line)
    return "\n".join(kept)


def _without_echo(text: str, previous: str) -> str:
    """Put QUOTED for sentences of four words or more that repeat the assistant's own."""
    if len(text) < _SHORTEST_ECHO:
        return text
    said = ""

    def echo(match: re.Match[str]) -> str:
        nonlocal said
        own = match[0].strip(" .!?\n").lower()
        if own.count(" ") < 3:
            return match[0]
        said = said or straight(previous[:LIMIT]).lower().replace("\n", " ")
        return QUOTED + "." if own in said else match[0]

    return _SENTENCE.sub(echo, text)


def words(text: str) -> list[str]:
    """A text as words: lower case, contractions in full, letters not stretched, emoji named."""
    found: list[str] = []
    tokens = _TOKEN.findall(_STRETCHED.sub(_shortened, straight(text)).lower().replace("a+", "a plus"))
    for place, token in enumerate(tokens):
        if token in EMOJI:
            found.append(EMOJI[token])
        elif token == QUOTED:
            found.append("qqq")
        elif token in SPELLED:
            found += SPELLED[token].split()
        elif "'" in token:
            found += _in_full(token, tokens[place + 1] if place + 1 < len(tokens) else "").split()
        else:
            found.append(_corrected(token))
    return found


_NO_WORD = re.compile(r"[^a-z0-9à-ÿ]+")
_FULL = (
    ("can't", "can not"), ("won't", "will not"), ("n't", " not"), ("'m", " am"), ("'re", " are"), ("'ve", " have"),
    ("'ll", " will"), ("'d ", " would "), ("that's", "that is"), ("it's", "it is"), ("what's", "what is"),
    ("he's", "he is"), ("here's", "here is"), ("'", ""),
)  # fmt: skip


def plain(text: str) -> str:
    """A text of the assistant's in lower case, contractions in full, words one space apart; misspellings stay."""
    text = straight(text).lower()
    if "'" in text:
        for short, full in _FULL:
            text = text.replace(short, full)
    return _NO_WORD.sub(" ", text).strip()


def _shortened(match: re.Match[str]) -> str:
    """`yesss` is `yes`, but `goood` keeps two."""
    letter = match[1]
    return letter * 2 if letter.lower() == "o" and _keeps_two(match) else letter


def _keeps_two(match: re.Match[str]) -> bool:
    before, after = (
        match.string[max(0, match.start() - 1) : match.start()].lower(),
        match.string[match.end() :][:1],
    )
    return (before, after.lower()) in {("g", "d"), ("c", "l"), ("t", ""), ("t", " ")}


def _in_full(token: str, after: str) -> str:
    """A contraction in full: `that's` is `that is`, `couldn't` is `could not`, `Rex's a cat` is `rex is`."""
    stem, _, end = token.partition("'")
    if end == "t" and stem.endswith("n"):
        return {"can": "can not", "won": "will not"}.get(stem, stem[:-1] + " not")
    if end == "s":
        return f"{stem} is" if stem in _CLITIC or after in _AFTER_IS else stem + "s"
    ends = {"re": "are", "ve": "have", "ll": "will", "d": "would", "m": "am"}
    return f"{stem} {ends[end]}" if end in ends else stem + end


_CLITIC = {
    "name",
    "birthday",
    "mine",
    "everything",
    "nothing",
    "something",
    "today",
    "tomorrow",
    "someone",
    "that",
    "it",
    "he",
    "she",
    "what",
    "there",
    "here",
    "who",
    "how",
    "this",
    "which",
    "where",
    "one",
    "let",
}


_AFTER_IS = listed(
    """a an the my our your her his not in on at called from actually been turning only too so very"""
)


def _deletions(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(1, len(word))}


_MISSING_ONE = {short: word for word in sorted(KNOWN) for short in _deletions(word)}
# Words of their own that a letter more or less would turn into praise or blame.
_REAL = listed(
    """goods works cleaver wise words lines lives quit quite trick tricks price prices along fines though through
    thoughts bother brother hear heard crying praise flavour flat start smart reply apply ideal might bring medication
    motivation broke based meditating drive driven drives quiet honesty guided reminded blood listened stores direction
    angle stable scheduled wasted invested thanking writer lighting lightening force structure inspire confusion
    exhaustion backed balances mediation outlined brain unstable instruction petty threat covert responds dispute
    autistic horribly lovers shape share store stored noise poison point points recipient trashy creep frank blank
    closer tooth train strain stain weather wrongs rights mood moody meant shade spend plain plane explore explode
    treats thread great wreck sharper pointed cooler lovable sweets sweat sweater clever never fever solider graph grand
    brand hardy handed hands landed cleared clearer fanny sunny bunny punny dumber number lazier hazy crazy cheese
    cheeses rubbed cold bold gold told folded rusted trusted roasted brokers harshly forces forbid weaken weeks speak
    boringly wearing bearing caring sharing moving proving loving living giving having making taking thinly thing"""
)


def _swapped(token: str, word: str) -> bool:
    """Whether two neighbouring letters changed places."""
    at = next((i for i, (a, b) in enumerate(zip(token, word, strict=True)) if a != b), 0)
    return token[at : at + 2] == word[at : at + 2][::-1] and token[at + 2 :] == word[at + 2 :]


@lru_cache(maxsize=8192)
def _corrected(token: str) -> str:
    """The known word that was meant: a letter missing, too many, swapped, or (in long words) wrong."""
    if len(token) < 5 or token in KNOWN or token in _REAL or not token.isalpha():
        return token
    if token in _MISSING_ONE and len(token) >= 5:
        return _MISSING_ONE[token]
    for short in _deletions(token):
        if short in KNOWN and not token.endswith("s") and not token.endswith("ly"):
            return short
        word = _MISSING_ONE.get(short, "")
        if len(word) == len(token) and (len(token) >= 8 or _swapped(token, word)):
            return word
    return token
