"""The turns of phrase in which people praise an answer, as pieces of regex that approval.py puts together."""

from byheart.capture.praise.words import ACCEPTING, DEGREE, JUDGING, TEXT, TEXT_THE, one_of

ACCEPTS = one_of(ACCEPTING)
JUDGES = one_of(JUDGING)
GOOD = one_of(ACCEPTING + "," + JUDGING)
TEXT_NOUN = one_of(TEXT)
DEGREES = rf"(?:{one_of(DEGREE)} ){{0,3}}"
ARTICLES = (
    rf"(?:{one_of(DEGREE + ', a, an, the, some, such a, such an, my, one, what a, what an, another')}"
    rf" ){{0,4}}"
)
BE = (
    "(?:is|was|are|were|has been|have been|looks|looked|reads|feels|felt|turned out|came out"
    "|seems|seemed|remains"
    "|comes across|came across|went down|went over|made for|landed)"
)
OWN_TEXT = (
    rf"(?:(?:that|this|your|those|these|all your) (?:(?!is|was|are|were|not)\w+ ){{0,2}}?{TEXT_NOUN}"
    rf"|the (?:\w+ )?{one_of(TEXT_THE)}"
    rf"|what you (?:just )?(?:said|wrote|did|suggested|came up with)|the way you (?:\w+ ){{1,3}}(?:it"
    rf"|that|this|things)"
    rf"|how you (?:\w+ ){{1,3}}(?:it|that|this|things))"
    r"(?: (?:about|of|with|on|for|at|from) (?:\w+ ){0,4}?\w+| you (?:gave|made|wrote|told|sent"
    r"|suggested|shared)(?: me| us)?)?"
)
TAIL = (
    r"(?: (?:there|again|indeed|as always|as usual|as ever|today|this time|of you|from you"
    r"|by you|man|right there|in there"
    r"|to read|too|well|so far|yet|ever|i must say|i have to say|by the way|for real|thank"
    r" you.*|thanks.*|(?:much )?appreciated"
    r"|you (?:gave|made|wrote|told|came up with|shared|have|did)(?: \w+){0,3}|with (?:that"
    r"|this|words|the \w+)(?: \w+)?"
    r"|on (?:that|this|the \w+)(?: \w+)?|at (?:that|this|it)(?: one)?|work|(?:about|of|for)"
    r" (?:the|my|me|that) ?(?:\w+ ?){0,3}"
    r"|i (?:have )?(?:ever )?(?:heard|read|seen|got|had)(?: \w+){0,4}|of the (?:day|week|year)"
    r"|and (?:so )?\w+|as hell|as well"
    r"|out of nowhere|out of you|ever heard|lately|to hear that|everyone|enough))?"
)

IDIOMS = one_of(
    """not half bad, not bad at all, not bad, not too bad, not too shabby, not bad for a robot, not
    bad for a bot, not bad for a machine, not bad for an ai, could not be clearer, could not be
    better, could not ask for more, could not have said it better, could not have said it better
    myself, could not have put it better, could not have put it better myself, could not have asked
    for more, can not fault it, can not fault that, no notes, no complaints, no complaints here,
    never fails to make me laugh, never fails to make me smile, you never disappoint, you never fail
    to make me laugh, does not disappoint, did not disappoint, never gets old, that never gets old,
    that joke never gets old, that one never gets old, it never gets old, no one does it better,
    nobody does it better, it does not get better than that, it does not get better than this, not a
    bad line, can not stop laughing, i can not stop laughing, can not beat that, nothing to add, can
    not complain, could not be happier with it, could not be happier with that, could not be happier
    with this"""
)
SET_PHRASES = one_of(
    """a plus answer, a plus response, a plus reply, a plus joke,
    well done, well said, well put, well played, well written, nicely done, nicely put, nicely
    said, beautifully put, beautifully said, beautifully done, perfectly put, perfectly said,
    brilliantly put, neatly put, good job, great job, spot on, hats off, hats off to you, kudos,
    kudos to you, bravo, props, props to you, chefs kiss, way to go, take a bow, thumbs up, two
    thumbs up, five stars, full marks, top marks, a plus, ten out of ten, 10 out of 10, 10 10, gold
    star, mic drop, mind blown, keep it up, keep that up, keep this up, keep up the good work, keep
    up the great work, keep them coming, more like that, more like this, more of that, more of this,
    nailed it, nailed that, nailed that one, bullseye, bulls eye, touché, more like it, good show,
    right on the money, on the money, round of applause, you win, you win this one, love to see it,
    hit the spot, that hit the spot, that hit home, that hits home, slow clap earned, works like a
    charm, worked like a charm, like a charm, works perfectly, worked perfectly, worked a treat,
    works a treat, works beautifully, worked beautifully, it works, it worked, that worked, that did
    it, that did the trick, it did the trick, did the trick, problem solved, that solved it, that
    solves it, that fixed it, that fixes it, it works now, works now, that clears it up, that
    cleared it up, that clears things up, much clearer now, that is much clearer, crystal clear,
    that helped, that helps, that helps a lot, that helped a lot, that really helps, that really
    helped, this helps, this helped, this really helps, this really helped, this helps a lot, that
    helps so much, that helped so much, this helps so much, it helped, it helped a lot, it really
    helped, super helpful, very helpful, so helpful, really helpful, most helpful, extremely
    helpful, incredibly helpful, good bot, good answer, that is the stuff, outdid yourself, exactly
    right timmy, home run, goosebumps, i am speechless, speechless, crystal, bang on, absolute gold, i
    am sold, i am stealing that, i am stealing that one,
    stealing that one, stealing that, i am keeping that one, i am keeping that, i am framing that, i
    am so using that, i am using that one, that is why i love talking to you, this is why i love
    talking to you, this is why i talk to you, that is why i keep you around, this is why i keep you
    around, that is why i like talking to you"""
)
WEAK_PHRASES = one_of(
    "not bad, not too bad, bravo, props, touché, more like it, thumbs up, it works, that helps,"
    " nailed it, problem solved, "
    "works now, it works now, good answer"
)
NEEDED = (
    r"(?:needed|wanted|was looking for|was after|was hoping for|was hoping to \w+|had in mind"
    r"|had hoped for|asked for|was going for|was aiming for|had imagined|imagined|wished for"
    r"|could have (?:asked|hoped|wished) for"
    r"|hoped for|was missing|needed to (?:hear|read|know|see))"
)
YOU_PHRASES = one_of(
    """you rock, you nailed it, you nailed that, you nailed that one, you crushed it, you killed it,
    you aced it, you aced that, you crack me up, you cracked me up, you made my day, you make my
    day, you slay me, you win, you did well, you did great, you did good, you did brilliantly, you
    did amazing, you did it again, you thought of everything, you really thought of everything, you read
    me like a book, you get me so well, you understand me,
    you really understand me, you always get it right, you made it so easy, you make it so easy, you
    make it easy, you make it sound easy, you are the man, you are right on the money, you get me, you
    really get me, you know me so well, you know me too well, you know me well, you have still got
    it, you have got it, you have outdone yourself, you outdid yourself, you hit the nail on the
    head, you hit the spot, you knocked it out of the park, you got me good, you had me in stitches,
    you always know what to say, you always know just what to say, you always know exactly what to
    say, you know just what to say, you know what to say, you know exactly what to say, you never
    miss, you said it perfectly, you said it best, you saved me, you saved my day, you saved my
    life, you saved my bacon, you saved the day, you have a way with words, you have such a way with
    words, you have a gift, you have a real gift, you sure know how to make me laugh, you always
    know how to make me laugh, you really know how to make me laugh, you always know how to cheer me
    up, you know how to cheer me up, you know how to make me laugh, you always make me laugh, you
    always make me smile, you always cheer me up, you work well, you work very well, you helped a
    lot, you helped me a lot, you helped so much, you really helped, you really helped me, you
    helped me, you helped me so much, you have been a great help, you have been so helpful, you have
    been very helpful, you have been really helpful, you have been a big help, you have helped a
    lot, you have helped me a lot, you are a great help, you are a big help, you do good work, you
    understood perfectly, you got me there, you got it exactly right, you got that exactly right,
    you got it spot on, you got that right, you got it right, i knew you would nail it"""
)
FELT = (
    r"(?:laugh|laughing|smile|smiling|grin|giggle|chuckle|snort|cackle|lol|cry laughing|laugh"
    r" out loud|feel better|feel (?:so )?much"
    r" better|feel heard|feel seen|feel understood|tear up|cry in a good way|happy|day"
    r"|week|evening|morning)"
)
LIKES = (
    r"(?:loves|likes|enjoys|adores|love|loved|adore|adored|enjoyed|appreciate|appreciated|like"
    r"|liked|dig|admire)"
)
BEST_TEXT = (
    rf"(?:the )?(?:best|funniest|smartest|cleverest|nicest|kindest|sweetest|wittiest|finest"
    rf"|loveliest|most \w+) (?:(?:\w+ )?{TEXT_NOUN}|things? (?:you|anyone|anybody) (?:have |has"
    rf" )?(?:ever )?(?:said|told me|written|done|come up with)"
    r"|things? (?:that )?i have (?:ever )?(?:heard|read|seen))"
    r"(?: (?:yet|ever|so far|all (?:day|week|month|year|summer|winter|evening|morning)|of the"
    r" (?:day|week|month|year|summer)|(?:you|i) (?:ever )?(?:heard|read|gave|said) .*|i have"
    r" .*|you have .*|of yours|today|in (?:a while|ages)|that i have .*))?"
)
