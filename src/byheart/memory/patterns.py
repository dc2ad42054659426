"""Which statements are worth remembering: what a person wants, does and feels. `facts` has who they are.

Rules are tried in order and read a statement's plain form (see `sentences.plain`). `ignore` is the default:
what no rule wants is junk.
"""

import re
from dataclasses import dataclass

from byheart.memory.vocabulary import (
    AM,
    AND,
    DID,
    FEELING,
    LATER,
    NOT_HERE,
    NUMBER,
    OFTEN,
    STRAIN,
    STRIVE,
    SYMPTOM,
    WISH,
)


@dataclass(frozen=True)
class Rule:
    """A pattern over plain statements and what matches it: kind, importance 1 to 5, slot ("" for none)."""

    kind: str
    importance: int
    pattern: re.Pattern[str]
    slot: str = ""


def rule(kind: str, importance: int, pattern: str, slot: str = "") -> Rule:
    """A rule with its pattern compiled; `{name}` in the slot takes what the group `name` matched."""
    return Rule(kind, importance, re.compile(pattern), slot)


GOALS = (
    rule(
        "goal",
        5,
        r"\bmy (?:\w+ )?(?:goal|aim|target|dream|resolution|ambition"
        r"|plan)s?(?: \w+){0,4} (?:is|are|was|has)\b|\bi(?:'ve)? (?:set"
        r"|reached) (?:my|myself a) (?:goal|target)"
        r"|\bi(?:'ve)? changed my goal (?:to|from)\b",
    ),
    rule(
        "goal",
        4,
        r"\bi(?:'ve)? (?:have )?(?:decided|given up on|gave up on"
        r"|changed my mind about)\b(?! (?:to get them|you|that you|this answer))"
        r"|\bi don't want (?:the|a|an|to) .+ any ?more\b",
    ),
    rule(
        "goal",
        4,
        r"\bi(?:'ve| have)? (?:just )?(?:signed up|registered|enrolled"
        r"|entered)\b.* (?:for|in|a|the|on)\b(?! you)",
    ),
    rule(
        "goal",
        4,
        rf"{WISH}(?:{LATER}|(?:{STRIVE})\b)(?! (?:you|your|this|that|it\b|them at"
        rf"|to bed|home|now|out of here|out what|the answer|the bug|an answer|a joke"
        rf"|sure|sense|clear|back to you|crazy|mad|honest|fair|a recipe|something"
        rf"|anything)\b)",
    ),
    rule(
        "goal",
        4,
        r"\bi(?:'m| will|'ll) (?:really |finally |definitely )*(?:going to )?(?:quit"
        r"|stop|start|learn|run|lose|save|apply|train|give up|cut down|cut back"
        r"|publish|finish) (?!you|this|that|it\b|laughing|crying|here|now"
        r"|talking)\w+",
    ),
    rule(
        "goal",
        4,
        r"\bi(?:'m| 've been|'ve been) (?:also |still |now )?(?:training"
        r"|saving(?: up)?|studying|preparing|practi[sc]ing|working|revising"
        r"|applying) (?:for|towards?|on) (?!you|this|that|it\b)",
    ),
)

# Stress, and what helps against it.
STRAINS = (
    rule(
        "stress",
        4,
        r"^(?!(?:this|that|it|thanks|thank)\b|.*\b(?:that|this|it|you|we|talking"
        r"|conversation|chat)(?: \w+)? help)(?:what|\w+(?: \w+){0,6}?) (?:really "
        r"|always |usually |only )?(?:helps|helped|calms me|relaxes me"
        r"|works for me)\b(?! you\b|(?: me)? (?:to )?understand)(?=.* \w+|\W*$)",
    ),
    rule("stress", 4, rf"{AM} {AND}(?:{STRAIN})\b"),
    rule(
        "stress",
        4,
        r"\b(?:stress(?:es|ed|ing) me|gives me anxiety|keeps me (?:up|awake)"
        r"|kept me (?:up|awake)|gets to me|wears me out|too many \w+ in my head)\b",
    ),
    rule(
        "stress",
        4,
        r"^(?:i )?(?:can't|couldn't|can (?:barely|hardly)|could (?:barely"
        r"|hardly)) (?:sleep|cope|focus|concentrate|relax|switch off|breathe"
        r"|stop (?:worrying|thinking)|eat|rest|get out of bed)\b",
    ),
    rule(
        "stress",
        4,
        r"\bi(?:'ve| have)?(?: hardly| barely|n't| haven't| never)+ (?:slept"
        r"|been sleeping)\b|\bi(?:'ve been| slept| sleep|'m) (?:sleeping )?(?:so "
        r"|really |very )?(?:badly|poorly|terribly)\b|\bi haven't (?:slept"
        r"|been sleeping)",
    ),
    rule("stress", 4, rf"\b(?:i|my)\b.*\b(?:{SYMPTOM})\b(?!.*\bsince\b)|\bmy head is splitting\b"),
)

# Habits before progress: "every Tuesday" says more than "ran", but not more than "down to six a day".
DOINGS = (
    rule(
        "progress",
        4,
        rf"(?:^|\bi'm (?:now |already )?|\bgot (?:it |myself )?)(?:down|up) to {NUMBER}|\bi'm (?:now "
        rf"|already |still )?(?:at|on) {NUMBER} [a-z]+|^(?:still )?(?:zero|none"
        rf"|nothing|not (?:one|a single)\b.*) since\b",
    ),
    rule(
        "habit",
        4,
        rf"\b(?:i|i've|i'm|we)\b(?! (?:want|hope|told|said|asked)\b).* {OFTEN}"
        rf"|^(?:every|each|most|on) (?:day|morning|evening|night|weekend|week|monday"
        rf"|tuesday|wednesday|thursday|friday|saturday|sunday)s?,? (?:i|we) \w+",
    ),
    rule(
        "habit",
        4,
        r"\bi(?:'ve)? (?:always|never|normally|tend to|often|rarely"
        r"|hardly ever) (?!be\b|been\b|said|told|mentioned|asked|meant|really|that"
        r"|felt|feel|think|believe|wanted|want|loved|forget|knew|know|thought|heard"
        r"|seen|done|did|tried|will|could|can|would|mind|liked|imagined|expected"
        r"|realised|realized|had|got|wanted|understood|make a joke)(?:\w+) \w+",
    ),
    rule(
        "habit",
        3,
        r"\bi'm (?:in the habit of|used to) \w+ing\b|\bi(?:'ve)? (?:got|gotten"
        r"|get) into the habit of\b|\bi(?:'ve)? (?:started|began|taken up"
        r"|took up) (?:going|doing|running|swimming|walking|cycling|reading|writing"
        r"|meditating|journaling|journalling|yoga|cooking|learning)",
    ),
    rule(
        "progress",
        4,
        rf"\bi(?:'ve| have)?(?: just| finally| already| now| only| even| actually"
        rf"| nearly| almost)* (?:(?:{DID})(?!')|done|run|walked|swum|written|lost"
        rf"|kept (?:it )?up|stuck to|got (?:into|in to|in|accepted|promoted|through"
        rf"|my|the job|the place|a \d|an? (?:raise|promotion|offer|place"
        rf"|interview)))\b(?! (?:you|your|this|that|it|remember|track|count|my mind"
        rf"|the point|the joke|not|n't|the question|the answer|wrong|me|the bus"
        rf"|the train|off|away|out of|late|over|into)\b)(?=.* \w)",
    ),
    rule(
        "progress",
        4,
        rf"\bi slept (?:well|better|great|fine|all night|through|{NUMBER})"
        rf"|\bi no longer \w+|\bi (?:haven't|have not) (?:missed|skipped|smoked|drunk"
        rf"|had a|had any|touched|bought|eaten)\b.* (?:in|for|since)\b"
        rf"|\bi(?:'ve)? stopped (?!you)\w+ing\b|\bi(?:'ve)? been \w+ (?:free|clean"
        rf"|sober) |\bi'm \w+ (?:days|weeks|months|years) (?:sober|clean"
        rf"|smoke[- ]free)",
    ),
)

FEELINGS = (
    rule("emotion", 3, rf"{AM} {AND}(?:{FEELING})\b{NOT_HERE}"),
    rule(
        "emotion",
        3,
        r"\bi(?:'ve)? (?:really |so |just |still )*(?:cried (?!laughing)"
        r"|miss(?:ed)? (?:my|him|her|them|home|having|being|the (?!point|bus|train"
        r"|joke|part|boat))|dread|'m dreading|regret (?!asking)|grieve|broke down"
        r"|'m having a (?:bad|rough|awful|terrible|horrible|hard|great|good"
        r"|lovely) (?:day|week)|had a (?:meltdown|breakdown|panic attack|(?:bad"
        r"|rough|awful|terrible|horrible|hard|great|good|lovely) (?:day|week"
        r"|night)))|\bi'm (?:really )?(?:dreading|missing my|grieving"
        r"|looking forward to) |\bmy heart (?:is|was)|\bbroke my heart",
    ),
    rule(
        "preference",
        3,
        r"\bmy (?:all-time )?(?:favou?rite|least favou?rite) \w+.* (?:is|are|was)\b"
        r"|\bi'm (?:really |more of |not |totally )*(?:into|a fan of|fond of|keen on"
        r"|an? (?:night owl|morning person|early bird|introvert|extrovert"
        r"|homebody))\b(?! (?:this|that|it|you)\b)",
    ),
    rule(
        "preference",
        3,
        r"\bi(?: really| absolutely| also| still| truly| only| always| just| do"
        r"| kind of| secretly)* (?:loved?(?= )|like|enjoy|adore|prefer|hate|dislike"
        r"|loathe|detest|can't stand|don't (?:really )?(?:like|enjoy|eat|drink"
        r"|care for)|can't (?:eat|drink)|(?:would|'d) rather) (?!that|this|it\b|you"
        r"|your|u\b|to know|the \w+ ?song|the song|to hear|to see|the (?:idea|answer"
        r"|joke|reply|response|way|sound|one|first|second)|how|when you|those|these"
        r"|what|where|one\b|a good|for you|timmy|talking to you|him\b|her\b"
        r"|them\b)\w+",
    ),
)
