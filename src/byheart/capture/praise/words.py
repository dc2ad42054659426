"""The words that the clause rules are built from. English; grouped by what they say, not by grammar."""

import re


def one_of(words: str) -> str:
    """A regex group of the given words (separated by commas), longest first."""
    parts = {" ".join(w.split()) for w in words.split(",") if w.strip()}
    return "(?:" + "|".join(sorted(parts, key=lambda w: (-len(w), w))) + ")"


def listed(words: str) -> frozenset[str]:
    """The single words of a list."""
    return frozenset(w for w in re.split(r"[,\s]+", words) if w)


# Approval that may just as well accept an offer, answer a question or greet good news.
ACCEPTING = """great, good, nice, excellent, awesome, amazing, brilliant, fantastic, wonderful,
    terrific, superb, perfect, splendid, marvelous, marvellous, outstanding, lovely, cool, sweet,
    fabulous, incredible, magnificent, delightful, super, neat, ideal, grand, ace, stellar,
    phenomenal, spectacular, exceptional, epic, better, much better, beautiful, gorgeous, the best,
    excellent stuff, flawless, spot on, on point, top notch, first rate, first class, exquisite,
    remarkable, sublime, stunning, glorious, dope, sick, divine"""

# Approval of how something is said or made: nobody accepts an offer with "that is witty".
JUDGING = """hilarious, funny, clever, smart, witty, helpful, useful, insightful, impressive,
    thoughtful, genius, gold, priceless, elegant, apt, handy, poetic, creative, inventive,
    informative, eloquent, touching, moving, comforting, reassuring, encouraging, motivating,
    inspiring, uplifting, soothing, adorable, kind, wise, sharp, well put, well said, well written,
    well thought out, well explained, beautifully put, beautifully written, beautifully said, nicely
    put, nicely said, perfectly put, legendary, charming, heartwarming, masterful, ingenious,
    refreshing, comedy gold, professional, effective, lightning fast, fast, efficient, magical,
    artistic, expressive, a hit, a gem, a masterpiece, a lifesaver, a life saver, a work of art,
    a riot, a hoot, a winner, pure gold, pure genius, perfection, pure poetry, pure magic, magic,
    poetry, a godsend, a joy to read, a pleasure to read, delicious, thorough, savage, cracking, my
    favourite, my favorite, bang on, clear, crystal clear, engaging, memorable, vivid, on fire, a
    keeper, fascinating, delicate, concise, accurate, easy to follow,
    quick, beautifully told, well told, nicely written, well balanced, well structured, well researched,
    on the nose, crisp,
    a treat, a delight, a pleasure, a relief, doable, spot on, so me, so him, so her, so us, so true,
    inspired"""

# What an assistant makes or says.
TEXT = """one, ones, answer, answers, reply, replies, response, responses, joke, jokes, line, lines,
    pun, puns, story, stories, poem, poems, plan, plans, outline, list, summary, explanation,
    explanations, advice, tip, tips, idea, ideas, suggestion, suggestions, recommendation,
    recommendations, recipe, recipes, draft, letter, email, message, essay, paragraph, code, script,
    solution, example, examples, analogy, comparison, comeback, comebacks, metaphor, haiku,
    limerick, rhyme, rhymes, toast, speech, title, slogan, caption, job, work, wording, phrasing,
    thinking, catch, call, reminder, reminders, insight, insights, breakdown, analysis, overview,
    description, translation, rewrite, version, edit, schedule, routine, itinerary, table, pick,
    observation, effort, delivery, burn, roast, zinger, quip, wit, humor, humour, sense of
    humor, sense of humour, information, info, help, touch, bit, words, pep talk, encouragement,
    tale, retort, remark, banter, sarcasm, way to put it, way of putting it, way to look at it,
    point, recall, memory, follow up, ending, opening, closing, nickname, riddle, bedtime story,
    cover letter, query, function, formula, command, snippet, regex, spreadsheet, paragraph, workout,
    meditation, stuff, description, trick, approach, format, tone, style,
    explainer, walkthrough, support, listener, write up, callback, take, instructions, directions,
    guide, find, choice, balance, summary, question, verse, stanza, thing to
    say, way to say it, way to say that, shout, spot, thought"""

# Of those, what "the ..." names without doubt when an answer has just been given.
TEXT_THE = """answer, reply, response, joke, jokes, pun, puns, poem, outline, summary, explanation,
    advice, tip, tips, suggestion, suggestions, recipe, draft, haiku, limerick, toast, analogy,
    breakdown, comeback, zinger, story, wording, timing, rewrite, slogan, metaphor, pep talk, cover letter,
    last line, last bit, ending, reminder, punchline, punch line, sarcasm, delivery, part about, bit
    about"""

# What "you are ..." can be in praise of an assistant ("beautiful" is flirting, "right" is agreement).
PERSON = """great, awesome, amazing, brilliant, fantastic, wonderful, terrific, superb, perfect,
    excellent, marvelous, marvellous, outstanding, lovely, cool, sweet, incredible, hilarious,
    funny, clever, smart, witty, helpful, useful, genius, kind, wise, sharp, intelligent, brainy,
    impressive, legendary, the best, the funniest, the smartest, the cleverest, star, hero, legend,
    lifesaver, life saver, angel, gem, treasure, wizard, magician, pro, professional, rock star,
    rockstar, goat, champ, champion, godsend, on fire, gold, a keeper, spot on, one of a kind, good
    at this, good at that, good at it, very good, really good, too good, so good, the bomb, a
    delight, a riot, a hoot, a good listener, great listener, killing it, on a roll, too funny, too
    much, thoughtful, insightful, priceless, super, smart cookie, nicest person, a poet, great at
    this, great at that, so kind, efficient, professional, patient, reliable, attentive, organised,
    organized, caring, observant, quick, fast, a saint, a marvel, a wonder, a boss, a machine,
    knowledgeable, creative"""

DEGREE = """really, very, so, such, pretty, absolutely, truly, just, quite, simply, totally, super,
    damn, bloody, fucking, freaking, actually, seriously, rather, utterly, extremely, incredibly,
    insanely, ridiculously, genuinely, honestly, too, always, both, also, as, dangerously, wickedly,
    wonderfully, brilliantly, surprisingly, beautifully, most, even, still, definitely, certainly,
    kind of, kinda, more than, nothing short of, completely, perfectly, annoyingly, unbelievably,
    all, one hell of, some, exceptionally, remarkably, mighty, real, pure, well, hella, positively,
    once again, again, infuriatingly, particularly, especially, exactly"""

BAD = """wrong, bad, terrible, awful, horrible, horrific, useless, unhelpful, boring, lame, stupid,
    dumb, nonsense, rubbish, garbage, trash, crap, bullshit, ridiculous, pointless, vague, generic,
    confusing, misleading, inaccurate, incorrect, false, untrue, outdated, weak, poor,
    disappointing, off, creepy, rude, preachy, patronising, patronizing, condescending, robotic,
    cheesy, corny, cringe, cringey, cringy, repetitive, wordy, verbose, unclear, nonsensical,
    incomplete, sloppy, lazy, mediocre, meh, worse, the worst, worst, insensitive, tone deaf,
    cliche, cliched, bland, dull, stiff, harsh, long winded, irrelevant, broken, annoying,
    unacceptable, unfunny, tasteless, insulting, hurtful, dismissive, cold, abysmal, silly, made up,
    hallucinated, overkill, a mess, a lie, off topic, too much, too little, hopeless, worthless, a
    waste of time, waste of time, dreadful, pathetic, a let down, flat, uninspired, unoriginal,
    bogus, mean, out of line, uncalled for, all over the place, forced, tiring,
    shallow, thin, clichéd, overpriced, a fabrication, fabrication, gibberish, unusable, illogical,
    heartless, unnatural, tacky,
    clumsy, clunky, wooden, stilted, bloated, rushed, superficial, one sided, biased, contradictory,
    naive, childish, impractical,
    unrealistic, absurd, ludicrous, laughable, embarrassing, unprofessional, amateurish, dated, old
    fashioned, bollocks, drivel,
    waffle, incomprehensible, illegible, redundant, trite, banal, hollow, soulless, awkward, heavy
    handed, over the top, rigid, messy,
    chaotic, irresponsible, dangerous, unsafe, risky, offensive, inappropriate, sexist, racist,
    simplistic, impersonal, stale, monotonous,
    disrespectful, tactless, unfair, unreadable, unnecessary, invented, fictional, exaggerated,
    melodramatic, pretentious, disputed,
    debatable, questionable, dubious, wishy washy, half baked, unfounded, unhinged, tedious, exhausting,
    tiresome, hard to follow, hard to read, no help, no good, no use, of no use, not it, a bit much"""

# Neutral qualities that "too" turns into a fault.
TOO = """long, short, formal, stiff, casual, vague, generic, simple, complicated, complex,
    technical, dry, wordy, verbose, cheesy, corny, harsh, soft, sweet, sugary, serious, silly, dark,
    loud, fast, slow, expensive, basic, advanced, flowery, cold, mean, preachy, optimistic,
    pessimistic, broad, narrow, detailed, shallow, abstract, general, robotic, cliche, sappy,
    aggressive, blunt, easy, hard, difficult, strict, ambitious, pushy, many words, much, much text,
    little, late, early, cute"""

LEAD = listed(
    """nope ugh sigh
    oh ooh ah aw aww wow whoa woah haha lol lmao rofl ha heh hehe well yeah yes yep yup yeap ya
    ok okay alright right hey hi hello man damn dang omg gosh jeez honestly seriously frankly and so
    then tbh ngl again actually also hmm mm mmm yay phew finally hm hahaha dude cheers huh bam boom
    nah no look see uh um er sure true fair aha ahaha yes yesss xd thumbsup heart"""
)
ACKNOWLEDGING = listed("yeah yes yep yup yeap ya ok okay alright right sure true fair")
LAUGH = listed("haha lol lmao rofl ha heh hehe hahaha ahaha xd")

_LEADS = """i must say, i have to say, i got to say, i have got to say, i must admit, i have to admit, i
    got to admit, i have to hand it to you, i hate to admit it, i think, i thought, i believe, i reckon,
    i guess, must say, have to say, got to say, to be honest, not going to lie, oh my god, oh
    my gosh, oh my, good god, holy cow, holy crap, no seriously, no really, in all seriousness, for
    real, you know, you know what, let me tell you, let me just say, let me say, just wanted to say,
    i just wanted to say, i just want to say, i want to say, i would say, i will say, by the way, my
    god, i will admit, credit where it is due, credit where credit is due, say what you like, dare i
    say, all right"""
LEAD_PHRASES = one_of(_LEADS)
LEAD_PHRASE_LIST = [phrase.strip() for phrase in _LEADS.split(",")]

GENERIC_NAMES = listed(
    "assistant bot chatbot buddy mate pal bro dude man friend ai computer robot champ bud fella love "
    "darling hun dear"
)
OTHER_NAMES = listed(
    """team guys everyone everybody all folks boys girls kids class ladies gentlemen me myself us
    son mum mom dad sis sister brother coach doctor boss honey babe grandma grandpa teacher siri
    alexa google cortana"""
)

TASKS = listed(
    """add answer ask book bring build calculate change check choose compare compose continue
    convert count create cut define describe design draft edit email expand explain extend fill find
    fix format generate get give go help how imagine include keep let lets list look make move name
    open order pick plan play please post print proofread put read recommend remind remove repeat
    rephrase replace reply respond rewrite save say search send set shorten show sing sort start
    stop suggest summarize summarise switch take talk tell translate try turn update use write can
    could would will what when where who why is are do does did next another skip pretend improve
    polish simplify schedule call text type quote correct which whose next may might shall should am
    was were has have"""
)
# Tasks whose object is text: what follows in the sentence is that text, not a judgement.
DICTATES = listed(
    """say write tell reply respond translate send post text email rewrite proofread correct print
    repeat type put draft summarize summarise quote caption rephrase compose explain review classify
    paraphrase"""
)

SPELLED = {
    "u": "you", "r": "are", "ur": "your", "youre": "you are", "youve": "you have", "im": "i am",
    "ive": "i have",
    "thats": "that is", "dont": "do not", "didnt": "did not", "doesnt": "does not", "isnt": "is not",
    "wasnt": "was not", "arent": "are not", "cant": "can not", "cannot": "can not", "couldnt": "could not",
    "wont": "will not", "wouldnt": "would not", "havent": "have not", "hasnt": "has not", "gonna": "going to",
    "gotta": "got to", "wanna": "want to", "luv": "love", "gr8": "great", "m8": "mate", "thx": "thanks",
    "thnx": "thanks", "tnx": "thanks", "thanx": "thanks", "ty": "thanks", "tysm": "thanks", "tyvm": "thanks",
    "tks": "thanks", "b4": "before", "n1": "nice one", "gj": "good job", "wp": "well played", "lolol": "lol",
    "lmfao": "lmao", "hahah": "haha", "ahah": "haha", "bahaha": "haha", "kewl": "cool", "awsome": "awesome",
    "awesum": "awesome", "noice": "nice", "naice": "nice", "fab": "fabulous",
    "brill": "brilliant", "touche": "touché",
    "pls": "please", "plz": "please", "lets": "let us", "k": "ok", "kk": "ok", "okey": "ok",
    "its": "it is", "hes": "he is", "shes": "she is", "whats": "what is", "lmaooo": "lmao", "aint": "is not",
}  # fmt: skip

EMOJI = {
    **dict.fromkeys("👍👌👏🙌💯🏆🤩⭐🌟", "thumbsup"),
    **dict.fromkeys("👎", "thumbsdown"),
    **dict.fromkeys("😂🤣😆😹😅😁", "haha"),
    **dict.fromkeys("❤♥😍🥰💖💕💜💙💚🧡💛", "heart"),
    "🙏": "thanks",
}

# Every word that judges: none of them is somebody's name, however it is capitalised.
JUDGING_WORDS = frozenset(
    w
    for group in (ACCEPTING, JUDGING, TEXT, PERSON, DEGREE, BAD, TOO)
    for w in re.split(r"[,\s]+", group)
    if w
) | listed(
    "thanks thank cheers bravo kudos props touché nailed love loved exactly agreed noted lol bullseye "
    "hear impressed"
)

# Every single word above that a misspelling may be meant for.
KNOWN = frozenset(
    w
    for group in (ACCEPTING, JUDGING, TEXT, PERSON, DEGREE, BAD)
    for w in re.split(r"[,\s]+", group)
    if len(w) >= 5
) | listed("thanks thank exactly impressed appreciate appreciated loved correct correctly perfectly nailed")
