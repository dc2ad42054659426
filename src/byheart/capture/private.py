"""Secrets and personal data in a text: found by their form, with no model and no dependency.

Secrets (keys, tokens, passwords) block a capture: nobody wants them learned. Personal data is masked where
examples leave the machine; in the store it stays, since the exact prompt is what is captured. Every pattern is
bounded or possessive, so the time grows with the length of the text and no faster.
"""

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

SECRETS = ("private_key", "key", "jwt", "bearer", "url_credentials", "password")
PERSONAL = ("email", "iban", "card", "ssn", "ip", "phone", "name")
_ORDER = (*SECRETS, *PERSONAL)


@dataclass(frozen=True)
class Finding:
    """What was found at `text[start:end]`: `kind` is one of SECRETS or PERSONAL, `shown` is safe to print."""

    kind: str
    start: int
    end: int
    shown: str


def find_private(text: str, names: Iterable[str] = ()) -> list[Finding]:
    """Secrets and personal data in the order of the text, none overlapping another.

    `names` is the owner's own list: an entry in lower case is found in any case, another one as it is written
    or in capitals, so that "Will" does not hide every "will".
    """
    return _settled(text, [*_secret_spans(text), *_personal_spans(text), *_named(text, names)])


def secrets(text: str) -> list[Finding]:
    """The findings that must block a capture."""
    return _settled(text, _secret_spans(text))


def mask(
    text: str, known: Mapping[str, str] | None = None, names: Iterable[str] = ()
) -> tuple[str, dict[str, str]]:
    """The text with `<EMAIL_1>` and the like for what is private, and the table of masks with what they hide.

    Give the table of one text as `known` for the next one of the same example: the same value has the same mask.
    """
    table = dict(known or {})
    values = {_same(hidden): mark for mark, hidden in table.items()}
    own = tuple(names)
    while found := find_private(text, own):  # again, for what a mask has laid open
        pieces, at = [], 0
        for one in found:
            hidden = text[one.start : one.end]
            if _same(hidden) not in values:
                mark = _free(one.kind, table, text)
                values[_same(hidden)], table[mark] = mark, hidden
            pieces += [text[at : one.start], values[_same(hidden)]]
            at = one.end
        text = "".join([*pieces, text[at:]])
    return text, table


_Span = tuple[str, int, int]

_KEY = re.compile(
    r"(?<![A-Za-z0-9_-])(?:"
    r"sk-(?P<named>(?:proj|ant|svcacct|admin|or)-)?(?P<body>[A-Za-z0-9_-]{16,}+)"
    r"|(?:hf_|gh[pousr]_|npm_|gsk_|[sr]k_(?:live|test)_)[A-Za-z0-9]{16,}+"
    r"|github_pat_[A-Za-z0-9_]{16,}+|glpat-[A-Za-z0-9_.-]{16,}+|xox[a-z]-[A-Za-z0-9-]{10,}+"
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])|AIza[A-Za-z0-9_-]{30,}+|pypi-[A-Za-z0-9_-]{40,}+)"
)
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{8,}+\.[\w-]{8,}+(?:\.[\w-]*+){1,3}")
_PEM_BEGIN = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----")
_PEM_END = re.compile(r"-----END [A-Z0-9 ]{1,60}-----")
_BEARER = re.compile(r"(?i:\bbearer|\bauthorization: {0,3}basic)\s{1,3}([A-Za-z0-9._~+/-]{12,}+=*+)")
_URL = re.compile(r"://([^\s/:@<>\"'`]{0,64}:[^\s/@<>\"'`]{1,200})@")
_ASSIGNED = re.compile(
    r"(?P<what>pass(?:word|wd|phrase|wort|code)|kennwort|contraseña|mot de passe|\bpwd|secret|token"
    r"|(?:api|access|secret|private|auth)[ _-]?key)"
    r"""["'`]?(?:[ \t]{0,3}[:=]{1,2}[ \t]{0,3}(?P<quote>["'`])?|(?P<told>\s(?:is|ist|es|est)\s["'`]?))"""
    r"""(?P<value>[^\s"'`<>]{4,}+)(?P<more>[ \t]+[a-z])?""",
    re.IGNORECASE,
)
_PASSWORDS = ("pass", "pwd", "kennwort", "contraseña", "mot")
_NO_VALUE = re.compile(
    r"[${*[(]|\.\.|…|xxx+|^(?:/|~/|https?:)|^(?:os|env|process|settings|self|config|args)\.|your|changeme|placeholder|redacted",
    re.IGNORECASE,
)
_WORDS = frozenset(
    re.findall(
        r"\w+",
        "none null true false undefined required optional string text str int integer bool boolean number hidden "
        "please reset forgot forgotten wrong incorrect invalid change changed missing empty unknown expired valid "
        "this that what when with your mine here there nothing password secret token sure okay yeah nope",
    )
)
_AMOUNT = re.compile(r"[\d.,]+-?[A-Za-z%€$]*|\d+(?:st|nd|rd|th)")

_EMAIL = re.compile(r"(?<![\w.+%-])(?!git@)[\w.+%-]{1,64}+@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])")
_CARD = re.compile(
    r"(?<![\w.,+-])(?:\d{4}([ -]?)\d{4}\1\d{4}\1\d{1,4}(?:\1\d{3})?|3[47]\d{2}([ -]?)\d{6}\2\d{5})(?!\w|[.,]\d)"
)
_IIN = re.compile(r"4|5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)|3[47]|3(?:0[0-5]|[68])|6(?:011|4[4-9]|5)|35")
_SSN = re.compile(r"(?<![\w.-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
_IBAN = re.compile(r"(?<!\w)[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]){11,30}+")
_IBAN_LENGTHS = {
    country: int(length)
    for length, countries in re.findall(
        r"(\d\d):(\S+)",
        "15:NO 16:BE 18:DK,FI,FO,GL,NL 19:MK,SI 20:AT,BA,EE,KZ,LT,LU,XK 21:CH,HR,LI,LV 22:BG,BH,CR,DE,GB,GE,IE,ME,RS,VA"
        " 23:AE,GI,IL,IQ,TL 24:AD,CZ,ES,MD,PK,RO,SA,SE,SK,TN,VG 25:PT,LY,ST 26:IS,TR 27:FR,GR,IT,MC,MR,SM"
        " 28:AL,AZ,BY,CY,DO,EG,GT,HU,LB,PL,SV 29:BR,PS,QA,UA 30:JO,KW,MU 31:MT,SC 32:LC",
    )
    for country in countries.split(",")
}
_IP4 = re.compile(r"(?<![\w./-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)")
_IP6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:|:){2,8}(?:[0-9A-Fa-f]{1,4})?(?![\w:])")
_PHONE = re.compile(
    r"(?<![\w.,+/:-])(?<!\d )(?:"
    r"(?:\+|00)[1-9](?:[ ()./-]{0,2}\d){7,13}+(?!\d)"  # +49 170 1234567
    r"|(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[ .-]\d{4}(?![\w-]|\.\d)"  # (555) 123-4567
    r"|[2-9]\d{2} [2-9]\d{2}[ -]\d{4}(?![\w-]|\.\d)"
    r"|\(?0[1-9]\d{0,4}\)?(?:[ /-]{0,2}\d){7,10}+(?![\w-]|[.,]\d)"  # 0171 1234567, 06 12 34 56 78
    r")"
)
_DATE = re.compile(r"0?\d[ ./-]\d{2}[ ./-](?:19|20)\d{2}|(?:19|20)\d{2}[ ./-]\d{2}[ ./-]\d{2}")
_NUMBERED = re.compile(
    r"(?:orders?|invoices?|tickets?|ref(?:erence)?|serial|tracking|isbn|parcel|case|article|item|sku|bestell\w*"
    r"|rechnung\w*|pedido|commande|factura|facture)\.?\s{0,2}(?:no\.?|number|nummer|nr\.?|id|code)?\s{0,2}(?:is\s)?[:#]?\s{0,2}#?$",
    re.IGNORECASE,
)
_VERSIONED = re.compile(
    r"(?:versions?|ver\.?|v\.?|release|build|firmware|driver|chrome|section|chapter|§)\s{0,2}[:=]?\s{0,2}$",
    re.IGNORECASE,
)
_MASK = r"<[A-Z_]{1,20}_\d{1,6}>"


def _secret_spans(text: str) -> Iterator[_Span]:
    yield from _pem(text)
    for found in _KEY.finditer(text):
        if found["body"] is None or _random(found["body"], 12 if found["named"] else 20):
            yield "key", *found.span()
    yield from (("jwt", *found.span()) for found in _JWT.finditer(text))
    yield from (("bearer", *found.span(1)) for found in _BEARER.finditer(text) if _random(found[1], 20))
    for found in _URL.finditer(text):
        if not _NO_VALUE.search(found[1].partition(":")[2]):
            yield "url_credentials", *found.span(1)
    for found in _ASSIGNED.finditer(text):
        length = _value_length(found)
        if length:
            yield "password", found.start("value"), found.start("value") + length


def _pem(text: str) -> Iterator[_Span]:
    """Private keys, to their last line; to the end of the text where that line is missing."""
    reached = 0
    for begin in _PEM_BEGIN.finditer(text):
        if begin.start() >= reached:
            end = _PEM_END.search(text, begin.end())
            reached = end.end() if end else len(text)
            yield "private_key", begin.start(), reached


def _random(body: str, run: int) -> bool:
    """Whether this was made by a generator and not by a person: a long run, or letters and digits mixed."""
    digits = sum(map(str.isdigit, body))
    both = body.lower() != body and body.upper() != body
    return (
        digits >= 3
        or (digits >= 1 and both)
        or any(len(part) >= run for part in re.split("[^A-Za-z0-9]", body))
    ) and not _NO_VALUE.search(body)


def _value_length(found: re.Match[str]) -> int:
    """How much of what is assigned is a password; 0 when it is none, as in `token: yes`."""
    value = found["value"].rstrip(".,;:!?)]}") or found["value"]
    letters, digits = any(map(str.isalpha, value)), any(map(str.isdigit, value))
    if len(value) < 4 or _NO_VALUE.search(value) or value.lower() in _WORDS:
        return 0
    if not found["what"].lower().startswith(_PASSWORDS):
        mixed = len(value) >= 6 and letters and digits and not _AMOUNT.fullmatch(value)
        return len(value) if mixed or _random(value, 20) else 0
    if found["told"]:
        return len(value) if letters and digits and not _AMOUNT.fullmatch(value) else 0
    if digits or not value.isalpha():
        return len(value)
    return len(value) if found["quote"] or not found["more"] else 0


def _personal_spans(text: str) -> Iterator[_Span]:
    yield from (("email", *found.span()) for found in _EMAIL.finditer(text))
    yield from (("iban", *found) for found in map(_iban, _IBAN.finditer(text)) if found)
    yield from (("card", *found.span()) for found in _CARD.finditer(text) if _is_card(text, found))
    yield from (("ssn", *found.span()) for found in _SSN.finditer(text))
    yield from (("ip", *found.span()) for found in _IP4.finditer(text) if _is_ip4(text, found))
    yield from (("ip", *found.span()) for found in _IP6.finditer(text) if _is_ip6(found[0]))
    yield from (("phone", *found.span()) for found in _PHONE.finditer(text) if _is_phone(text, found))


def _iban(found: re.Match[str]) -> tuple[int, int] | None:
    """As much of it as its country's length asks for, if its checksum (mod 97) is right."""
    length = _IBAN_LENGTHS.get(found[0][:2].upper(), 0)
    places = [place for place, sign in enumerate(found[0]) if sign != " "][:length]
    if not length or len(places) < length:
        return None
    code = "".join(found[0][place] for place in places)
    end = found.start() + places[-1] + 1
    if found.string[end : end + 1].isalnum() or not code.isascii():
        return None
    number = int("".join(str(int(sign, 36)) for sign in code[4:] + code[:4]))
    return (found.start(), end) if number % 97 == 1 else None


def _is_card(text: str, found: re.Match[str]) -> bool:
    """Whether an issuer gives such numbers, the Luhn sum is right, and nothing before says otherwise."""
    digits = re.sub("[ -]", "", found[0])
    doubled = [int(digit) * (1 + (place % 2)) for place, digit in enumerate(reversed(digits))]
    luhn = sum(number - 9 * (number > 9) for number in doubled) % 10 == 0
    return bool(luhn and _IIN.match(digits) and not _before(_NUMBERED, text, found))


def _is_ip4(text: str, found: re.Match[str]) -> bool:
    """An address of a machine, and no version: 1.2.10.4 looks like one of those."""
    try:
        address = ipaddress.IPv4Address(found[0])
    except ValueError:
        return False
    if (
        address.is_loopback
        or address.is_unspecified
        or address.is_multicast
        or _before(_VERSIONED, text, found)
    ):
        return False
    return address.is_private or max(address.packed) >= 30


def _is_ip6(written: str) -> bool:
    try:
        address = ipaddress.IPv6Address(written)
    except ValueError:
        return False
    groups = [group for group in written.split(":") if group]
    return not address.is_loopback and len(groups) >= 3 and any(map(str.isdigit, written))


def _is_phone(text: str, found: re.Match[str]) -> bool:
    digits = sum(map(str.isdigit, found[0]))
    if _before(_NUMBERED, text, found) or _DATE.fullmatch(found[0]):
        return False
    decimal = found[0].count(".") == 1 and not set(found[0]) & set(" ()/-")
    return 9 <= digits <= 15 and not decimal


def _before(pattern: re.Pattern[str], text: str, found: re.Match[str]) -> bool:
    return pattern.search(text[max(0, found.start() - 30) : found.start()]) is not None


def _named(text: str, names: Iterable[str]) -> Iterator[_Span]:
    """The owner's names as whole words; what a mask is made of is no name."""
    own = sorted({name.strip() for name in names if name.strip()}, key=len, reverse=True)
    if not own:
        return
    forms = [
        f"(?i:{re.escape(name)})" if name == name.lower() else f"{re.escape(name)}|{re.escape(name.upper())}"
        for name in own
    ]
    for found in re.finditer(rf"{_MASK}|(?<!\w)(?P<name>{'|'.join(forms)})(?!\w)", text):
        if found["name"]:
            yield "name", *found.span()


def _settled(text: str, spans: Iterable[_Span]) -> list[Finding]:
    """Of findings that overlap, the more serious kind, then the longer one."""
    kept: list[_Span] = []
    taken = bytearray(len(text))
    for kind, start, end in sorted(spans, key=lambda span: (_ORDER.index(span[0]), span[1] - span[2])):
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            kept.append((kind, start, end))
    return [
        Finding(*span, _shown(text[span[1] : span[2]])) for span in sorted(kept, key=lambda span: span[1])
    ]


def _shown(hidden: str) -> str:
    """The beginning of it: enough to find it again, too little to use it."""
    return f"{hidden[: min(6, len(hidden) // 4)]}… ({len(hidden)} characters)"


def _same(hidden: str) -> str:
    """What two ways of writing one value have in common: case, blanks and separators do not count."""
    packed = re.sub(r"[ ()/-]", "", hidden).casefold()
    return packed or hidden


def _free(kind: str, table: Mapping[str, str], text: str) -> str:
    """The next mask of a kind that neither stands for something else nor stands in the text already."""
    number = 1 + sum(mark.startswith(f"<{kind.upper()}_") for mark in table)
    while (mark := f"<{kind.upper()}_{number}>") in table or mark in text:
        number += 1
    return mark
