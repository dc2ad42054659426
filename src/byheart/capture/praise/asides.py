"""What a clause does when it does not judge: thank, agree, greet, wish, speak of an earlier answer."""

import re

_OLDER = re.compile(
    r"\b(?:earlier|previous|before|yesterdays?|original|other (?:one|answer|joke|version|day)"
    r"|last (?:week|time|month|night|session|year)"
    r"|(?:first|second|third|older|old) (?:one|answer|joke|version|draft|reply|poem|story|try"
    r"|attempt|suggestion|idea)"
    r"|(?:week|month|hour)s? ago|back then|the one about|used to)\b"
)
_HYPOTHETICAL = re.compile(
    r"\b(?:if|would|could|should|wish|hope|hoping|hopefully|whether|might|may|until|unless"
    r"|let us see|going to be|will be|supposed to|want|wanted to|try to|need to be)\b"
)
_THANKS = re.compile(
    r"^(?:(?:many|a million|so many|well|great|lovely|perfect|nice|awesome|good|brilliant|thanks)"
    r" )?(?:thanks?|thank you|cheers|much obliged|(?:much )?appreciated|ta|i (?:really |do"
    r" |so )?appreciate (?:it|that|this|you|the help|your help)|appreciate (?:it|you|your .*)"
    r"|bless you|i owe you(?: one)?|grateful)\b"
)
_FINE = re.compile(
    r"^(?:ok|okay|fine|sure|right|exactly|correct|true|agreed|i agree|yes|sounds .*|that sounds"
    r" .*|makes sense|that makes .*|got it|i see|good to .*|nice to .*|great to .*|lovely to"
    r" .*|glad to .*|noted|understood|deal|done|precisely|absolutely|indeed|of course|fair"
    r" enough|good (?:morning|night|evening|afternoon|luck|grief|lord|heavens|god|thing|news"
    r"|day|riddance|for (?:you|me|him|her|them|us))|sweet dreams|just wow|wow|wow just wow"
    r"|there we go|here we go|great scott|nice try|nice"
    r" day|that is (?:right|correct|true|it|all|fine|okay|ok)|you are (?:right|correct|welcome"
    r"|so right|absolutely right)|quite right|point taken|i (?:am|was) (?:literally |actually"
    r" )?(?:dying|crying|dead|skeptical|sceptical|doubtful)|(?:i )?hate to (?:admit|say) (?:it"
    r"|this)|i did not (?:expect|think|believe) .*|i must (?:say|admit)|so do i|me too|same)$"
)


def thanks(words: str) -> bool:
    """Whether a clause only thanks."""
    return bool(_THANKS.match(words))


def agrees(words: str) -> bool:
    """Whether a clause only agrees, greets or acknowledges."""
    return bool(_FINE.match(words))


def older(words: str) -> bool:
    """Whether a clause speaks of an earlier answer."""
    return bool(_OLDER.search(words))


def hypothetical(words: str) -> bool:
    """Whether a clause wishes or supposes."""
    return bool(_HYPOTHETICAL.search(words))
