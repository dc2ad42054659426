"""Which language a message is in, told by its own small words; the answer before it decides where it has none."""

import re

_SMALL = {
    "en": """the is it that this you and of to i my was for are not what do have your be with can how but so just
        me we he she they there their from would could should about which when where why who will its im dont thats a
        an all any as at been before better both by did does doing done first get give go good got great had has her
        here him his if in into isnt know last let like look love make made mean more most much never next nice no now
        off ok on one only or other our out over please really right said same say says see some still sure tell than
        thank thanks them then these thing think those three time too try two up us use very want wanted were works
        worked wrong yes again already am an because best didnt didn doesnt even ever every exactly help needs need
        nothing once perfect put second something sorry such take text thing turn under wow without work year years
        me man ha haha hello hi hey alright okay lol how's write another show one add play on off""",
    "de": """das ist nicht ich und der ein eine du mir es zu wie aber auch dein deine mich den dem mit für auf sind habe
        hast wir sie er nein ja kann bitte danke wann warum wer noch schon sehr vom zum im doch meine mein keine kein
        denn wenn oder dass haben bin bist nur mal stimmt falsch genau viel toll gut dich dir sich einen einem einer
        uhr heute morgen gestern soll gemacht gesagt viel immer gar in so was""",
    "es": """el la los las que es un una y de te por con para mi tu lo se su eso esto más muy pero como está qué cuándo
        cómo dónde era fue del al si sí gracias bueno yo le hay quiero dije tiene eres bien nada también porque puedo
        puedes mal genial perfecto respuesta hola le ya mucho mucha mucho cuál está son no me he ha has in""",
    "fr": """le la les est un une et de je tu il elle ne pas que qui ce ça mon ma mes ton ta tes du des pour dans sur
        avec mais nous vous oui non merci très où quand comment pourquoi suis es sont était fait au aux plus cette
        bonjour faux peux ai parfait bien il y'a et en j'ai c'est n'est t'es d'accord qu'il""",
    "it": """lo gli che è un una e di non mi ti per con sono questo quella molto ma sei della di nel più anche perché
        grazie sì ho hai cosa bene tutto dove mio tuo risposta""",
    "pt": """os as que é um uma e de não te por com para meu minha isso muito mas como está são da em na você obrigado
        obrigada sim eu ele ela mais também porque foi bem tem ótimo resposta""",
    "nl": """de het een en van ik je niet dat voor met mijn zijn maar ook wat hoe heb hebt heeft wij zij naar nog wel
        geen bij uit kan dank bedankt goed jij mij deze dit antwoord niets""",
    "pl": "nie jest się na że jak ja co czy ale tak dla był była są już tylko dziękuję bardzo dobrze",
    "sv": "det är inte jag och en ett du att som på med för vad hur har så mycket tack kan bra svar",
    "tr": "bir bu çok için sen değil nasıl daha teşekkürler evet hayır iyi yok cevap",
}
_VOTES: dict[str, tuple[str, ...]] = {}
for _language, _words in _SMALL.items():
    for _word in _words.split():
        if _language not in _VOTES.get(_word, ()):
            _VOTES[_word] = (*_VOTES.get(_word, ()), _language)

_PLAIN_ENGLISH = frozenset(word for word, codes in _VOTES.items() if codes == ("en",))
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_CLITICS = ("n't", "'m", "'re", "'ve", "'ll", "'d", "'s")
_SCRIPT = re.compile(
    "[\u0370-\u03ff\u0400-\u052f\u0590-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u1100-\u11ff"
    "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
_LETTERS = ((re.compile("[¿¡ñ]"), "es"), (re.compile("[äöüß]"), "de"), (re.compile("[œçêèàâùî]"), "fr"))
_LOOKED_AT = 160
_ENOUGH = 3


def language(text: str, previous: str = "") -> str:
    """The language of a text as a two-letter code, `und` for a script that no pack is written in."""
    text = text[:_LOOKED_AT].lower()
    if text.isascii() and len(_PLAIN_ENGLISH.intersection(text.split())) >= _ENOUGH:
        return "en"
    if not text.isascii() and len(_SCRIPT.findall(text)) * 2 > len(_WORD.findall(text)):
        return "und"
    votes = _vote(text)
    best = max(votes, key=lambda code: votes[code], default="en")
    if (
        not votes
        or (votes[best] < _ENOUGH and best != "en" and previous)
        or votes.get("en", 0) == votes[best]
    ):
        before = _vote(previous[:_LOOKED_AT].lower()) if previous else {}
        for code, count in before.items():
            # The answer before it breaks a tie; it does not outvote the message.
            votes[code] = votes.get(code, 0) + min(count, 2) * 0.6
    return max(votes, key=lambda code: (votes[code], code == "en"), default="en")


def _vote(text: str) -> dict[str, float]:
    votes: dict[str, float] = {}
    for word in _WORD.findall(text.replace("’", "'")):
        if "'" in word:
            known = (
                ("en",) if word.endswith(_CLITICS) else _VOTES.get(word, ("fr",) if word[1] == "'" else ())
            )
        else:
            known = _VOTES.get(word, ())
        for code in known:
            votes[code] = votes.get(code, 0) + (1 if len(known) == 1 else 0.6)
    if not text.isascii():
        for letters, code in _LETTERS:
            if letters.search(text):
                votes[code] = votes.get(code, 0) + 1
    return votes
