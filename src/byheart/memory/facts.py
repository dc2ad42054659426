"""Which statements are worth remembering: who a person is, who is theirs, what stands in their diary.

`RULES` is the whole order, with those of `patterns`; `DATED_RULES` and the names come after it.
"""

import re

from byheart.memory.patterns import DOINGS, FEELINGS, GOALS, STRAINS, rule
from byheart.memory.vocabulary import AND, CONDITION, CRAFTS, EVENT, JOBS, NUMBER, PET, RELATION, THINGS

# What must not be got wrong.
PRECIOUS = (
    rule(
        "preference",
        5,
        r"\b(?:i'm|i've always been|i've been)(?: \w+)? allergic to (?!my own|you"
        r"|this|that|work)\w+",
    ),
    rule(
        "personal",
        5,
        rf"\bi(?:'ve| have|'ve got| have got| was diagnosed with"
        rf"|'ve been diagnosed with| suffer from"
        rf"| got diagnosed with) (?:\w+ )?(?:{CONDITION})\b",
    ),
    rule(
        "personal",
        5,
        r"\bi'm (?:\w+ )?(?:diabetic|pregnant|dyslexic|epileptic|autistic|deaf|blind"
        r"|colou?r-?blind|coeliac)\b|\bi'm \w+ (?:weeks|months) pregnant",
    ),
    rule(
        "preference",
        4,
        rf"\bi'm {AND}(?:a )?(?:vegan|vegetarian|pescatarian|teetotal"
        rf"|lactose intolerant|gluten[- ]free)\b",
        "diet",
    ),
    rule(
        "preference",
        4,
        r"^(?:please )?(?:no (?:more )?jok\w+ about|(?:don't|never"
        r"|stop) (?:ever )?(?:joke|joking|mention|bring up|make jokes"
        r"|making jokes)(?: \w+)*? (?!that\b|this\b|it\b)\w+ \w+|don't call me \w)",
    ),
)

WORK = (
    rule(
        "personal",
        4,
        rf"\bi'm (?:an?|the) (?:[\w-]+ ){{0,3}}?(?:{JOBS})\b|\bi work (?:as|at|for|in) (?!it\b|this|that|you)"
        rf"|\bi'm (?:retired|unemployed|self-employed|between jobs)\b",
        "job",
    ),
    rule(
        "personal",
        4,
        r"\bi work (?:with|nights|days|part|full|from|night|shifts|remotely|\d)|\bi'm on sick leave\b",
    ),
    rule(
        "personal",
        4,
        r"\bi (?:just )?(?:quit|left|lost|resigned from) (?:the|my) (?:\w+ )?(?:job"
        r"|bar|shop|company|office|firm|school|restaurant|caf[eé]|bank|hospital"
        r"|factory|agency|position)\b|\bi (?:start|started|'m starting|'ll start"
        r"|'ve started|got) (?:as|in an?|at|the|my|a) (?:new )?(?:\w+ )*?(?:job|shop"
        r"|post|position|company|school|postdoc|role|office|nurse|internship"
        r"|apprenticeship|ward)\b|\bi(?:'ve)? (?:was |been |got |just got )+(?:fired"
        r"|laid off|made redundant|promoted|hired)\b",
        "job",
    ),
)

SELF = (
    rule(
        "personal",
        5,
        r"\bmy (?:full |first |real )?name(?:'s| is) \w+|\b(?:everyone|everybody"
        r"|people|friends|you can|please|just)? ?calls? me (?!back|later|when|if|a "
        r"|crazy|old|naive)\w+",
        "name",
    ),
    rule("personal", 4, r"\bmy birthday(?:'s| is) ", "birthday"),
    rule(
        "personal",
        4,
        r"\bi'm (?:only |now |just |nearly |almost )?(?:1[2-9]|[2-9]\d)(?: years old"
        r"| years of age| yo)?(?=$|[.,!)]| and | but | from | now)|\bi(?:'m"
        r"| just)? turn(?:ed|ing) \d\d\b",
        "age",
    ),
    rule(
        "personal",
        5,
        r"\b(?:i'm|i got|we got|we're|we are|i've been) (?:now |newly |recently "
        r"|happily |just |getting )*(?:married|single|divorced|engaged|widowed"
        r"|separated)\b|\bi'm (?:a widow(?:er)?)\b|\bwe (?:broke up|split up"
        r"|separated)\b",
        "status",
    ),
    rule(
        "personal",
        4,
        r"\bi(?:'m)? (?:own|run|manage|running) (?:a|an|my own|my|the) (?!mile"
        r"|marathon|half|race|10|5|few|bit)\w+|\bi(?:'m| am)? (?:study|studying"
        r"|doing|starting) (?:a |an |my )?(?:phd|degree|master'?s?|bachelor'?s?"
        r"|apprenticeship|sociology|medicine|law|\w+ology|\w+ics|engineering|history"
        r"|art|english)\b",
    ),
    rule(
        "personal",
        4,
        r"\bi(?: just| still| now| currently| actually)* live (?:in|near|on|at|outside|by|off)"
        r"\b(?! (?:a world|the moment|fear|hope|denial))"
        r"|\b(?:i|we)(?:'ve| have)?(?: just| now| finally| recently)* moved (?:in|to|into|back)\b(?! bed)",
        "home",
    ),
    rule(
        "personal",
        4,
        r"\b(?:i'm|we're) (?:moving|relocating) (?:in|to|back|out)\b|\bi(?:'ve)? lived (?:in|near|at|with)\b",
    ),
    rule(
        "personal",
        4,
        r"\bi(?: still)? live (?:alone|by myself|on my own|with (?!it|that|this))"
        r"|\bi'm (?:originally )?from (?!here|the (?:future|past))|\bi (?:come from"
        r"|grew up|was born|was raised)\b",
    ),
    rule(
        "personal",
        4,
        r"\bi (?:drove|taught|worked|served|used to (?:be|work|live|drive|teach|play"
        r"|run|smoke|drink|have))\b(?! (?:you|it|that|this|out"
        r"|on this)\b)(?=.* \w+ )",
    ),
    rule(
        "personal",
        4,
        rf"\b(?:my|our) (?P<rel>{RELATION}|{PET}|daughter|son)"
        rf"(?:'s name is| is called| is named|'s called) [^\W\d]\w+(?=[.,!]|$)",
        "{rel}.name",
    ),
    rule(
        "personal",
        5,
        rf"\b(?:my|our) (?:\w+ )?(?:{RELATION}|{PET})(?: \w+)? (?:died|passed away"
        rf"|has died|was killed|has cancer|is dying|is pregnant|gave birth)\b",
    ),
    rule(
        "personal",
        4,
        rf"\b(?:i|we)(?: have|'ve|'ve got| have got| got| adopted|'ve adopted| bought"
        rf"| just got| had)* (?:{NUMBER} |no |another "
        rf"|got )(?:\w+ ){{0,3}}?(?:{RELATION}|{PET})\b|^(?:{NUMBER}) (?:{RELATION}"
        rf"|{PET})\b",
    ),
    rule("personal", 4, rf"\b\w+(?: is|, she's|, he's|'s| was) (?:my|our) (?:\w+ )?(?:{RELATION}|{PET})\b"),
    rule(
        "personal",
        3,
        rf"(?:^|[,;:.] |\b(?:and|but|because|that|so|when|since|if|as|think|know"
        rf"|afraid|worried|with|once|now) )(?:my"
        rf"|our) (?:\w+ ){{0,2}}?(?P<rel>{RELATION}|{PET})(?:'s)?\b(?! (?:says?|said"
        rf"|asks?|asked|wants?|wanted|thinks?|told|tells|texted|sent|wrote|called"
        rf"|needs|just said|would|recommended|sent)\b| (?:made|did|knows|got|has|had"
        rf"|loved|loves) (?:it|that|them)\b)(?:,? [^,.]+?){{2,}}",
    ),
    rule(
        "personal",
        3,
        rf"\b(?:my|our) (?:{RELATION}|{PET}) (?:asked|wants|wanted|told) me to (?!ask"
        rf"|write|tell|make|find|help)\w+ \w+",
    ),
    rule(
        "personal",
        3,
        rf"\bi(?:'ve| have)?(?: have|'ve| also| still)* (?:{CRAFTS})\b (?!a role"
        rf"|this|that|it\b|you\b|along|the (?:role|part|game)\b)\w+|\bi have (?!an? "
        rf"|no |half ){NUMBER} (?!(?:\w+ )?(?:{THINGS})\b)\w+",
    ),
)

# Work stands before the habits of work, and all that is said of moods before who one is.
RULES = (*PRECIOUS, *GOALS, *STRAINS, *WORK, *DOINGS, *FEELINGS, *SELF)

# Tried last, on statements in which a date was found.
DATED_RULES = (
    rule(
        "personal",
        4,
        rf"\b(?:{EVENT})\b.*\b(?:moved|changed|rescheduled|postponed|brought forward"
        rf"|pushed back|cancelled|now)\b|\b(?:moved|changed|rescheduled|postponed"
        rf"|pushed|brought|cancelled)\b.*\b(?:{EVENT})\b",
    ),
    rule(
        "personal",
        4,
        rf"^(?:i|i'm|i've|my|we|our|we're|her|his|their|she|he"
        rf"|there's)\b.*\b(?:{EVENT})\b|\bmy \w+ (?:is|are) due\b",
    ),
    rule(
        "personal",
        4,
        r"^(?=(?:\S+ ){4})(?:i'm (?:flying|going|travell?ing|leaving|meeting|seeing"
        r"|visiting|starting|moving|having|getting|taking|celebrating|hosting"
        r"|presenting|off|away)|i'll|i've booked|i have|i've got|we're \w+ing|we'll"
        r"|we have|i leave|i fly|i start|i arrive|i move|i go"
        r"|my \w+(?: \w+)? (?:starts?|ends?|begins?|is due|are due|opens?|moved"
        r"|comes))\b(?!.*\b(?:you|question|idea|that|this)\b).* \w+",
    ),
    rule(
        "personal",
        2,
        r"^i (?:bought|met|visited|saw (?:a|an|my)|went to|celebrated|planted"
        r"|adopted|broke|hurt|fell|started|finished|attended|was in|was at"
        r"|got back from)\b(?!.*\b(?:you|your|error|bug|code|that|this)\b).* \w+",
    ),
)

# A name at the start, read with its capital: "Nell is 15", "Ines is moving on 22 August".
NAMED = re.compile(
    r"(?:^|[:,] )(?:(?:Also|And|But|So|Oh|Ha|Well|News|Then)[,!:]? )*"
    r"(?!(?:It|That|This|There|He|She|They|We|You|What|Everyone|Everybody|Nobody"
    r"|Someone|Today|Tomorrow|Yesterday|The|My|Our"
    r"|Your|His|Her|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
    r"|Christmas|Easter|Google|Python|Apple|God)\b)"
    r"(?P<who>[A-Z][a-zà-ÿ]+(?:['’]s)?) (?:(?P<fact>is (?:\d{1,2}|one|two|three"
    r"|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen)\b(?! (?:of"
    r"|times|minutes|hours|things))"
    r"|is my |got into |plays the )"
    r"|(?P<event>(?:is|are) (?:coming|visiting|moving|leaving|starting|arriving"
    r"|flying|getting|having|turning)|arrives?|comes?|leaves?"
    r"|goes|starts?|turns|has an? |moves?|flies|gets? (?:married|back|here)))"
)

# How people introduce themselves: "I'm Maya.", "Amara here". Capitals tell a name from a mood.
INTRODUCED = re.compile(
    r"(?:^|\b(?:Hi|Hello|Hey|So|Well|And)[,.!]* )(?:I['’]m|I am"
    r"|It['’]s) (?!(?:[A-Z]\w+(?:ish|ese)|Dutch|French|Greek|Swiss|German"
    r"|Muslim|Catholic|Hindu|Jewish|American|Italian|Indian|Canadian|Russian"
    r"|Belgian|Norwegian|Australian|Monday|Tuesday|Wednesday"
    r"|Thursday|Friday|Saturday|Sunday|Christmas|Fine|Good|Ok|Okay|Sorry|Back"
    r"|Home|Here)\b)[A-Z][a-zà-ÿ]{2,}[.!,]?$"
    r"|^(?:(?:Hi|Hello|Hey)[,.!]? )?(?!This|Right|Over|From|Out|Come|Still|Look)[A-Z][a-zà-ÿ]{2,} here\b"
)
