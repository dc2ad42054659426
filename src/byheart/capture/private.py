"""Secrets and personal data in a text: found by their form, with no model and no dependency.

Secrets (keys, tokens, passwords) block a capture: nobody wants them learned. Personal data is masked where
examples leave the machine; in the store it stays, since the exact prompt is what is captured. Every pattern is
bounded or possessive, so the time grows with the length of the text and no faster.
"""

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
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
    return _settled(
        text, [*_spans(text, _SECRET_FORMS), *_spans(text, _PERSONAL_FORMS), *_named(text, names)]
    )


def secrets(text: str) -> list[Finding]:
    """The findings that must block a capture."""
    return _settled(text, _spans(text, _SECRET_FORMS))


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
_PEM = re.compile(  # to its last line, or to the end of the text where that line is missing
    r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:[^-]++|-(?!----END ))*+(?:-----END [A-Z0-9 ]{1,60}-----)?"
)
_BEARER = re.compile(r"(?i:\bbearer|\bauthorization: {0,3}basic)\s{1,3}([A-Za-z0-9._~+/-]{12,}+=*+)")
_URL = re.compile(r"://([^\s/:@<>\"'`]{0,64}:(?P<password>[^\s/@<>\"'`]{1,200}))@")
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


@dataclass(frozen=True)
class _Form:
    """What one kind looks like: `end` says where a match ends, 0 when it is none after all.

    A text that has none of the `signs` in lower case is not searched, which is most of the speed.
    """

    kind: str
    signs: tuple[str, ...]
    pattern: re.Pattern[str]
    end: Callable[[re.Match[str]], int] = re.Match.end
    group: str | int = 0


def _spans(text: str, forms: Iterable[_Form]) -> Iterator[_Span]:
    low = text.lower()
    for form in forms:
        if any(sign in low for sign in form.signs):
            for found in form.pattern.finditer(text):
                end = form.end(found)
                if end:
                    yield form.kind, found.start(form.group), end


def _key_end(found: re.Match[str]) -> int:
    body = found["body"]
    return found.end() if body is None or _random(body, 12 if found["named"] else 20) else 0


def _random(body: str, run: int) -> bool:
    """Whether this was made by a generator and not by a person: a long run, or letters and digits mixed."""
    digits = sum(map(str.isdigit, body))
    both = body.lower() != body and body.upper() != body
    mixed = digits >= 3 or (digits >= 1 and both)
    long = any(len(part) >= run for part in re.split("[^A-Za-z0-9]", body))
    return (mixed or long) and not _NO_VALUE.search(body)


def _password_end(found: re.Match[str]) -> int:
    """Where what is assigned ends; 0 when it is no password, as in `token: yes`."""
    value = found["value"].rstrip(".,;:!?)]}") or found["value"]
    end = found.start("value") + len(value)
    letters, digits = any(map(str.isalpha, value)), any(map(str.isdigit, value))
    if len(value) < 4 or _NO_VALUE.search(value) or value.lower() in _WORDS:
        return 0
    mixed = letters and digits and not _AMOUNT.fullmatch(value)
    if not found["what"].lower().startswith(_PASSWORDS):
        return end if (len(value) >= 6 and mixed) or _random(value, 20) else 0
    if found["told"]:
        return end if mixed else 0
    a_word_of_a_sentence = value.isalpha() and not found["quote"] and found["more"]
    return 0 if a_word_of_a_sentence else end


def _iban_end(found: re.Match[str]) -> int:
    """As much of it as its country's length asks for, if its checksum (mod 97) is right."""
    length = _IBAN_LENGTHS.get(found[0][:2].upper(), 0)
    places = [place for place, sign in enumerate(found[0]) if sign != " "][:length]
    if not length or len(places) < length:
        return 0
    code = "".join(found[0][place] for place in places)
    end = found.start() + places[-1] + 1
    if found.string[end : end + 1].isalnum():
        return 0
    number = int("".join(str(int(sign, 36)) for sign in code[4:] + code[:4]))
    return end if number % 97 == 1 else 0


def _card_end(found: re.Match[str]) -> int:
    """A number such as an issuer gives, with the right Luhn sum, where nothing before says otherwise."""
    digits = re.sub("[ -]", "", found[0])
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    luhn = sum(number - 9 * (number > 9) for number in doubled) % 10 == 0
    return found.end() if luhn and _IIN.match(digits) and not _before(_NUMBERED, found) else 0


def _ip4_end(found: re.Match[str]) -> int:
    """An address of a machine, and no version: 1.2.10.4 looks like one of those."""
    parts = [int(part) for part in found[0].split(".")]
    if max(parts) > 255 or parts[0] in (0, 127) or parts[0] >= 224 or _before(_VERSIONED, found):
        return 0
    return found.end() if parts[0] == 10 or max(parts) >= 30 else 0


def _ip6_end(found: re.Match[str]) -> int:
    try:
        ipaddress.IPv6Address(found[0])
    except ValueError:
        return 0
    groups = [group for group in found[0].split(":") if group]
    return found.end() if len(groups) >= 3 and any(map(str.isdigit, found[0])) else 0


def _phone_end(found: re.Match[str]) -> int:
    decimal = found[0].count(".") == 1 and not set(found[0]) & set(" ()/-")
    if decimal or _DATE.fullmatch(found[0]) or _before(_NUMBERED, found):
        return 0
    return found.end() if 9 <= sum(map(str.isdigit, found[0])) <= 15 else 0


def _before(pattern: re.Pattern[str], found: re.Match[str]) -> bool:
    return pattern.search(found.string[max(0, found.start() - 30) : found.start()]) is not None


_DIGITS = tuple("0123456789")
_SECRET_FORMS = (
    _Form("private_key", ("-----begin ",), _PEM),
    _Form(
        "key",
        ("k-", "k_", "f_", "gh", "npm_", "_pat_", "pat-", "xox", "aki", "asi", "aiz", "pypi-"),
        _KEY,
        _key_end,
    ),
    _Form("jwt", ("eyj",), _JWT),
    _Form("bearer", ("bearer", "basic"), _BEARER, lambda m: m.end(1) if _random(m[1], 20) else 0, 1),
    _Form("url_credentials", ("://",), _URL, lambda m: 0 if _NO_VALUE.search(m["password"]) else m.end(1), 1),
    _Form("password", (*_PASSWORDS, "secret", "token", "key"), _ASSIGNED, _password_end, "value"),
)
_PERSONAL_FORMS = (
    _Form("email", ("@",), _EMAIL),
    _Form("iban", _DIGITS, _IBAN, _iban_end),
    _Form("card", _DIGITS, _CARD, _card_end),
    _Form("ssn", _DIGITS, _SSN),
    _Form("ip", _DIGITS, _IP4, _ip4_end),
    _Form("ip", _DIGITS, _IP6, _ip6_end),
    _Form("phone", _DIGITS, _PHONE, _phone_end),
)


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
