"""A message as the reflection reads it: its clauses, its feelings, its themes, and how to say it back."""

import re
from dataclasses import dataclass
from functools import lru_cache

from byheart.memory.sentences import plain, split
from byheart.memory.vocabulary import AND, PET, RELATION, STRAIN
from byheart.memory.words import stems

LONGEST = 4000
"""How many characters of a message are read; what people type to a coach is shorter."""

_GOOD = (
    "happy|proud|excited|thrilled|relieved|grateful|hopeful|ecstatic|delighted|over the moon|optimistic|content"
    "|motivated|confident|calm|calmer|better|great|good|well|fine|amazing|wonderful|fantastic|brilliant|relaxed"
    "|energised|energized|peaceful|strong|stronger|glad|lucky|blessed|loved|rested|cheerful"
)
_BAD = (
    "sad|lonely|anxious|nervous|worried|scared|afraid|terrified|angry|furious|upset|frustrated|depressed|down|low"
    "|hopeless|ashamed|guilty|jealous|heartbroken|grieving|devastated|disappointed|hurt|homesick|miserable|numb"
    "|embarrassed|insecure|restless|irritable|moody|gutted|on edge|empty|unloved|discouraged|demotivated|terrible"
    "|awful|horrible|rubbish|crap|bad|worse|stuck|worthless|useless|tired|exhausted|sick of (?:it|this)|unhappy|tense"
    f"|annoyed|humiliated|rejected|helpless|defeated|like a failure|{STRAIN}"
)
_ADVERBS = "(?: just| really| still| always| also| honestly| only| suddenly| often| do)*"
_AM = (
    rf"\bi(?:'m| am| was|'ve(?:{_ADVERBS}) been| have been)\b{_ADVERBS}(?: feeling| getting)?"
    rf"|\bi{_ADVERBS} (?:feel|felt|get|got)"
)
_HOW = rf"{AND}(?:(?:kind of|sort of|a little bit|more|much|even|less|not|no longer|not at all) )*"
_MOOD = re.compile(
    rf"(?:(?:{_AM})|\bi'm not|\bi don't feel|\bfeeling|\b(?:makes?|made|leaves?|left|has|gets?"
    rf"|got) me(?: feel| feeling)?"
    r"|\b(?:kinda|kind of|sort of)|^(?:(?:but|and|though|although|because) )?(?:am |was |feel "
    r"|felt )?(?:just |so |really |very |pretty |still |completely |totally |a bit |too )*)"
    rf" ?(?P<how>{_HOW})(?P<word>(?P<good>{_GOOD})|(?:{_BAD}))\b"
    r"(?! (?:at|with (?:that|this|it)|for you|to (?:hear|see|know|go|meet)|luck|idea|point|morning"
    r"|evening|night|question|news|thanks|enough|the stairs)\b)"
)
_TIMES = re.compile(
    r"\b(?:today|yesterday|day|week|month|year|night|morning|evening|time|everything|life|things|work|it)"
    r"(?:'s| is| was| isn't| wasn't| has been| have been| feels| felt| are| were)(?: so| really| very| just| too| all"
    r"| pretty| a bit| quite"
    r"| such| not| kind of| completely| absolutely| been| getting| feeling| no longer| less| only)* "
    r"(?P<word>(?P<good>great|good|wonderful|amazing|fantastic|brilliant|lovely|perfect)"
    r"|awful|terrible|horrible|rough|tough|hard|bad|worse|shit|crap|hell|a mess|a nightmare|too much"
    r"|unbearable|exhausting|draining|stressful)\b"
    r"|\b(?:had|having|been|such|what) (?:a|an)(?: \w+)? (?P<kind>(?P<fine>great|good|wonderful|amazing"
    r"|lovely|fantastic|perfect)"
    r"|awful|terrible|horrible|rough|tough|hard|bad|crappy|shitty|stressful|draining) (?:day|week|month"
    r"|year|night|time|morning|evening)\b"
)
_NEGATED = re.compile(
    r"\b(?:not|never|no longer|less|hardly|isn't|aren't|wasn't|don't|didn't|haven't been|without)\b"
)
_UNWELL = re.compile(
    r"(?:\bnot|n't)(?: been)?(?: doing| feeling| sleeping| coping| going)?(?: so| too| that| very| at all"
    r"| really)*"
    r" (?:well|good|great|ok|okay|happy|myself|the best)\b(?! (?:at (?!all)|with|enough|idea|way))"
)
_WORN = re.compile(
    r"\b(?:stress(?:es|ed|ing)? me|gives me anxiety|keeps? me (?:up|awake)|kept me awake|wear(?:s"
    r"|ing) me (?:out|down)"
    r"|drain(?:s|ing) me|gets? me down|can't (?:sleep|cope|focus|switch off|relax)|my (?:anxiety|stress"
    r"|depression|panic) (?:is|was|has|gets|got|keeps|makes|attacks)\b"
    r"|(?:dealing|struggling|living) with(?: \w+){0,3} (?:depression|anxiety|grief|stress|loneliness|loss"
    r"|problems?)\b"
    r"|(?:having|have|suffer(?:ing)? from|got)(?: \w+){0,2} (?:depression|anxiety|a hard time"
    r"|a tough time|a rough time)\b"
    r"|(?:find|finding) (?:life|it|this|everything|things)(?: \w+){0,2} (?:hard|difficult|tough"
    r"|unbearable)\b"
    r"|weigh(?:s|ed|ing) (?:me )?down|weighs on me|(?:^|\bi(?:'m|'ve been| am| was"
    r"| keep)? )(?:\w+ )?struggling|burn(?:ed|t)[ -]?out|too much for me|i dread|i'm dreading"
    r"|overwhelm\w+)"
)
_REMEDY = re.compile(
    r"\b(?:helps|helped|calms me(?: down)?|relaxes me|settles me|works for me|grounds me|cheers me up"
    r"|clears my head)\b"
)
_CLAUSES = re.compile(
    r"\s*[,;:]\s+|\s[-–—]+\s|\s(?=(?:but|and|though|although|because|so that|even though)\s)|\.\.\.\s*"
)

THEMES = {
    "work": "work job boss manager office deadline meeting shift colleague coworker overtime promotion career client"
    " layoff presentation workload",
    "study": "exam thesis dissertation uni university college essay studying revision homework grade lecture viva",
    "sleep": "sleep slept sleepless insomnia awake nightmare bedtime nap",
    "money": "money rent debt bill loan mortgage saving budget afford salary",
    "family": "mother mum mom mam father dad parent sister brother son daughter kid child children baby grandma"
    " grandmother nan grandpa grandfather family aunt uncle cousin",
    "relationship": "wife husband partner girlfriend boyfriend fiance fiancee breakup divorce marriage dating",
    "friends": "friend flatmate roommate housemate",
    "loneliness": "lonely alone loneliness isolated homesick",
    "exercise": "workout gym run running ran jog marathon triathlon swim swam yoga cycle cycling lifting squat pushup"
    " steps rowing rower exercise treadmill fitness fit active moving cardio leg",
    "food": "sugar snack diet eat calories weight protein cook vegan vegetarian",
    "health": "migraine headache pain doctor hospital surgery diagnosis diagnosed therapy therapist medication",
    "smoking": "smoke cigarette nicotine vape",
    "alcohol": "alcohol drinking sober drunk wine beer",
    "calm": "breathe breathing meditate meditation mindfulness walk walking river bath shower journal journaling",
    "writing": "novel writing chapter draft",
    "pets": "dog cat puppy kitten hamster rabbit horse parrot pet",
}
_THEME_OF = {stem: name for name, listed in THEMES.items() for word in listed.split() for stem in stems(word)}
_WORKOUT = re.compile(r"\bwork(?:s|ed|ing)?[ -]outs?\b", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"\b(?:work(?:s|ed|ing)? for me|r[ua]n(?:s|ning)? (?:late|out|away|into)|mov(?:e|ing) (?:house|to|in|out)"
    r"|r[ua]n(?:s|ning)? (?:a|an|my|our|the) (?:\w+ )?(?:business|shop|bakery|caf[eé]|company|team|meeting|project"
    r"|school|restaurant|studio|stall|house))\b",
    re.IGNORECASE,
)
_COMMON_WORDS = """
day days week weeks month months year years today tomorrow yesterday morning evening night hour hours minute
monday tuesday wednesday thursday friday saturday sunday want need try start stop make made feel feeling felt
good bad better best worse great fine nice lot little bit thing things way time times new old first last next
always never every keep help helps come back well long short big small stress stressed anxious sad happy tired
say said talk people person life like love hate enjoy work working go goal goals plan start finish use take
"""
_COMMON = frozenset(stem for word in _COMMON_WORDS.split() for stem in stems(word))


@dataclass(frozen=True)
class Clause:
    """A clause in its plain form, and whether its sentence asks."""

    text: str
    asks: bool


@lru_cache(maxsize=2048)
def sentences_of(text: str) -> tuple[str, ...]:
    """The plain sentences of a message."""
    return tuple(plain(sentence) for sentence in split(text[:LONGEST]))


@lru_cache(maxsize=2048)
def clauses_of(text: str) -> tuple[Clause, ...]:
    """The clauses of a message, in its order."""
    return tuple(
        Clause(clause.strip(), sentence.rstrip(' )"!').endswith("?"))
        for sentence in sentences_of(text)
        for clause in _CLAUSES.split(sentence)
        if clause.strip()
    )


def mood(clause: str) -> int:
    """The speaker's feeling in a clause: 1 good, -1 bad, 0 none. `Not sad` is good, `less happy` is bad."""
    if _UNWELL.search(clause):
        return -1
    match = _MOOD.search(clause)
    if match:
        start = clause.rfind(" ", 0, max(match.start() - 8, 0)) + 1
        good = match["good"] is not None
        negated = bool(_NEGATED.search(clause[start : match.start("word")]))
        return 1 if good != negated else -1
    if _WORN.search(clause) and not _NEGATED.search(clause.split("stress", maxsplit=1)[0]):
        return -1
    match = _TIMES.search(clause)
    if match:
        negated = bool(_NEGATED.search(clause[: match.end()]))
        return 1 if bool(match["good"] or match["fine"]) != negated else -1
    return 0


@lru_cache(maxsize=8192)
def moods(text: str) -> tuple[int, ...]:
    """The feelings in a message, clause by clause, without those that are none."""
    return tuple(value for clause in clauses_of(text) if (value := mood(clause.text)))


@lru_cache(maxsize=8192)
def themes(text: str) -> frozenset[str]:
    """What a text is about, of THEMES."""
    said = _ELSEWHERE.sub(" ", _WORKOUT.sub("workout", text[:LONGEST]))
    return frozenset(_THEME_OF[stem] for stem in stems(said) if stem in _THEME_OF)


@lru_cache(maxsize=8192)
def content(text: str) -> frozenset[str]:
    """The stems by which two texts are about the same: without the words that people say of everything."""
    return frozenset(stems(text[:LONGEST])) - _COMMON


@lru_cache(maxsize=8192)
def is_remedy(text: str) -> bool:
    """Whether a statement tells what helps against stress."""
    return bool(_REMEDY.search(plain(text)))


@lru_cache(maxsize=8192)
def about_people(text: str) -> bool:
    """Whether a statement tells of somebody of the speaker's."""
    return bool(_PEOPLE.search(plain(text)))


_PEOPLE = re.compile(rf"\b(?:my|our|a|an|two|three|four|is my|the) (?:\w+ )?(?:{RELATION})\b|\b(?:{PET})\b")

_TURNED = {
    "i am": "you are",
    "am i": "are you",
    "i was": "you were",
    "i wasn't": "you weren't",
    "was i": "were you",
    "i'm": "you're",
    "im": "you're",
    "i've": "you've",
    "ive": "you've",
    "i'd": "you'd",
    "i'll": "you'll",
    "we're": "you're",
    "we've": "you've",
    "we'd": "you'd",
    "we'll": "you'll",
    "i": "you",
    "we": "you",
    "me": "you",
    "us": "you",
    "my": "your",
    "our": "your",
    "mine": "yours",
    "ours": "yours",
    "myself": "yourself",
    "ourselves": "yourselves",
}
_TURN = re.compile(
    rf"(?<![\w.'])(?:{'|'.join(sorted(_TURNED, key=len, reverse=True))})(?![\w'])", re.IGNORECASE
)
_OWN = re.compile(r"(?:i|i'm|im|i've|ive|i'd|i'll|we|we're|we've|we'll|my|our)\b", re.IGNORECASE)
_MANY = re.compile(r"[.!?…]\s+\S|[\"“”]|\b(?:you|your|you're)\b", re.IGNORECASE)
_SHOWN = 140


def shown(text: str) -> str:
    """The text as it may be quoted: on one line, cut at a word where it is long."""
    line = " ".join(text.split())
    if len(line) <= _SHOWN:
        return line
    return line[:_SHOWN].rsplit(" ", 1)[0].rstrip(",;:-–— ") + " …"


def said_back(text: str) -> str:
    """What a person said, as one says it back: `I want to ...` gives `that you want to ...`.

    What does not begin with the speaker, or has several sentences, is quoted as it stands.
    """
    line = shown(text).replace("’", "'")
    if not _OWN.match(line) or _MANY.search(line) or line.endswith("?"):
        return f"“{shown(text).rstrip('.')}”"
    turned = _TURN.sub(lambda match: _TURNED[match.group().lower()], line)
    return f"that {turned.rstrip('.!, ')}"
