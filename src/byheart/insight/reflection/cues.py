"""The turns of phrase by which a strategy is chosen, as patterns over plain clauses (see `memory.sentences`)."""

import re

from byheart.memory.vocabulary import PET, RELATION

_DAYS = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_COUNT = r"(?:\d+|a|one|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|a whole|\w+teen)"
_ADVICE = r"(?:advice|tips?|suggestions?|recommendations?|ideas?|guidance|pointers)"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


# A person who may be in danger is met before anything else is read.
DANGER = _any(
    r"\b(?:kill(?:ing)?|hurt(?:ing)?|harm(?:ing)?) myself\b(?! (?:laughing|at|while|when|in|on|playing"
    r"|running|lifting|again at))",
    r"\bcut(?:ting)? myself\b(?! (?:some|a|off|shaving|while|on|with (?:a|the) (?:knife|paper)))",
    r"\b(?:suicidal|self-harm|self harm|commit suicide|taking my own life|take my own life)\b",
    r"\bend (?:my life|it all)\b",
    r"\b(?:want|wish i could|going|would rather) (?:to )?die\b(?! (?:of|laughing|from))",
    r"\bdon't (?:want to|wanna) (?:live|be alive|exist|wake up|be here) ?(?:any ?more|again)?$",
    r"\b(?:better off (?:dead|without me)|no reason to (?:live|go on))\b",
)

NO_ADVICE = _any(
    r"\b(?:don't|not|no|without|stop|enough)\b(?: \w+){0,3} (?:advice|tips|suggestions?|guidance)\b",
    r"\bjust (?:listen|vent)\b",
)
ADVICE = _any(
    r"\bhow (?:do|can|should|could|would|might|does) (?:i|we|you|one|someone|a person)\b"
    r"(?! (?:feel\b|do\?|remember|know (?:me|my|that)|be (?:so|such)|ever|possibly|like|think|sleep so))",
    r"\bhow (?:often|long|much|many|early|late|fast|soon|far|hard)\b.* (?:should|can|do|must|shall) (?:i"
    r"|we)\b",
    r"^how to \w+|\b(?:idea|clue|sure|know|learn|tell me|show me) how to \w+",
    r"\bwhat (?:should|can|could|shall|must) (?:i|we)\b(?! (?:say\?))",
    r"\bwhat (?:do|would) (?:i|we) (?:do|say|tell|need|eat|wear)\b(?! (?:it |all )?(?:for|this for)\b)",
    r"\bwhat (?:would|do) you (?:do|recommend|suggest|advise)\b(?! (?:for a living|all day|yesterday))",
    r"\bwhat(?:'s| is| are|'re) (?:the |a |some )?(?:best|easiest|right|good|better|fastest|healthiest)\b.*"
    r"\b(?:ways?|times?|exercises?|things?|approach|methods?|foods?|plan|to)\b",
    r"\bwhat (?:helps|works) (?:with|against|for|when|if)\b.*\?",
    r"^should (?:i|we)\b|\bshould i\b.*\?|\bwhere (?:do|should|can) (?:i|we) (?:start|begin|go|find)\b",
    rf"\b(?:any|some|need|want|give me|get|more)(?: \w+){{0,3}} (?:{_ADVICE}|ways|methods|options)\b(?! (?:that"
    rf"|which|i) (?:he|she|they|got|gave))",
    r"\b(?:can|could|would|will) you (?:please |maybe )*(?:help|give|suggest|recommend|advise|show"
    r"|explain|guide|walk"
    r"|plan|teach|make me|tell me (?:how|what|whether|if))\b",
    r"^(?:please |just )*(?:help me|advise me|guide me|teach me|suggest|recommend|show me how"
    r"|walk me through"
    r"|tell me (?:what|how) (?:to|i)|give me an?)\b",
    r"\bi(?:'d| really| would| could| also| do)* (?:need|want|like|use) (?:some |a bit of |your "
    r"|a little )*help\b",
    r"\b(?:don't(?: really)? know|no idea|no clue|not sure|unsure|at a loss) (?:what|how|where|which"
    r"|whether|when)"
    r" (?:to|i should|else to|best to)\b",
    r"\bdo you think (?:i should|i can|i could|it makes sense|it's (?:a good|worth|ok|wise)"
    r"|that's a good)\b",
    r"\bis it (?:a good idea|ok|okay|normal|bad|wrong|better|worth|wise|safe|too (?:late|early|much"
    r"|soon))\b",
    r"\bis there (?:a|any|some|an)(?:thing| way| trick| \w+)? (?:i can|that (?:helps|works|calms)"
    r"|to (?!eat|do here))",
)
# Somebody else asks, or was asked.
NOT_ADVICE = _any(
    rf"\b(?:gave|gives|asked|asks|offered|ignored|took|followed|thanks|thank you)\b.* {_ADVICE}\b(?!.*\?)",
    r"\bhow (?:do|would) you (?:feel|do\b\W*$|sleep\b)|\bhelp me (?:laugh|smile)\b",
)

GRIEF = _any(
    rf"\b(?:my|our)(?: \w+){{0,2}} (?:{RELATION}|{PET})\b.*\b(?:died|passed away|is dying|was killed"
    rf"|has cancer)\b",
    r"\b(?:he|she) (?:died|passed away|has cancer|is dying)\b|\bpassed away\b",
    rf"\b(?:lost|buried|miss) my(?: \w+){{0,2}} (?:{RELATION}|{PET}|baby|job)\b|\bmiscarr\w+|\bgrieving\b"
    rf"|\bfuneral\b",
    rf"\bbroke up with me\b|\b(?:he|she|my (?:{RELATION})) (?:has |just |has just )?left me\b"
    r"(?! (?:a|the|some|with|alone|no|to|in|on|waiting|speechless|his|her))",
    r"\bwe (?:broke|split) up\b|\bwants? a divorce\b",
    r"\b(?:panic attack|hopeless|worthless|heartbroken|devastated|terrified|suicidal)\b",
    r"\bmy heart(?:'s| is| was) (?:broken|breaking|heavy)\b|\bbroke my heart\b",
    r"\b(?:hate|despise|can't stand) myself\b",
    r"\b(?:can't|can barely|couldn't) (?:cope|go on|do this|take (?:it|this)|breathe|stop crying)\b",
    r"\bi(?:'m|'ve been| was| just| keep)*(?: \w+)? (?:cried|crying|cry|sobbing|sobbed|in tears)\b"
    r"(?! (?:laughing|with laughter|of laughter))",
    r"\b(?:falling apart|breaking down|had a breakdown|at breaking point|at rock bottom)\b",
    r"\b(?:nobody|no one) (?:cares|likes me|loves me|understands me|would miss me)\b",
    r"\b(?:so|all|completely|totally|feel|felt) (?:alone|lonely)\b",
)
GLAD = _any(r"\b(?:happy|joy|happiness|laughing|laughed|proud|relief|relieved)\b")

RECURS = _any(
    r"\bi (?:just |always |still )*(?:keep|kept|keep on) (?!getting (?:better|stronger|faster)|going"
    r"|improving|growing"
    r"|winning|thinking (?:about|that|of))\w+ing\b",
    r"\bi(?:'ve)? always (?:end up|seem to|fall|give up|do th|stop|quit|mess|ruin|pick|choose|say yes"
    r"|react)\b",
    r"\bi (?:always|never) \w+(?: \w+){0,5} (?:when|whenever|if|as soon as|after|because)\b",
    r"\bwhy (?:do|does|am|is) (?:i|it|this|that|my \w+) (?:always|keep|never|constantly)\b",
    r"\b(?:every|each)(?: single)? time\b|\bwhenever\b",
    r"\b(?:second|third|fourth|fifth|sixth|tenth|umpteenth|\d+(?:nd|rd|th)) time (?:this|in|that|now"
    r"|i)\b(?! ever)",
    r"\bagain and again\b|\bover and over\b|\btime and (?:time )?again\b|\bhere we go again\b|\byet again\b"
    r"|\blike (?:last|every|each) time\b|\bhappens? again\b|\bhistory repeats\b|\bkeeps? happening\b",
    r"\b(?:the |that )?same (?:thing (?:happens?|happened|again)|old (?:story|thing)|story|mistakes?"
    r"|cycle|arguments?|fights?|trap)\b",
    r"\bvicious (?:circle|cycle)\b|\bin circles\b|\bstuck in (?:a|this) (?:loop|cycle|rut)\b",
    r"\bfall(?:ing)? back into\b|\bback (?:to|into) (?:my |the )?old (?:ways|habits|patterns?)\b"
    r"|\bold patterns?\b",
    r"\b(?:a|any|this|that|the|my|same|some)(?: \w+)? patterns?\b(?! (?:for|of) )",
    r"\bi(?:'ve)? (?:also )?(?:notice|noticed|observed)(?: that| how)? (?:i|my|it)\b(?! (?:left|forgot"
    r"|lost))",
    r"\bwhat (?:do|did|have) you notice|\bnotice anything\b|\bhow often (?:have|do|did) i\b",
    rf"\b(?:{_DAYS}|mornings|evenings|nights|weekends|winters?) (?:are|is) (?:always|usually|the worst"
    rf"|the hardest|hard|bad)\b",
)
NOT_RECURS = _any(r"\b(?:knit|knitting|sew|sewing|crochet|dress|fabric|wallpaper|design|regex|css)\b")

PONDERS = _any(
    r"\bwhy (?:do|did|can't|am|don't|would) i (?:\w+ )?(?:care|feel|want|need|love|hate|fear|stay|push"
    r"|hide|think|act"
    r"|let|believe|expect|compare|so|like this|afraid|judge|avoid|work so|this way|change|trust|forgive)\b",
    r"\bwho (?:am i|i (?:am|really am|was|want to be|'m|have become))\b|\bwho i've become\b"
    r"|\bknow myself\b",
    r"\bwhat do i (?:really |actually |truly |even )*(?:want|need|value|stand for"
    r"|believe)\b(?! (?:to (?:bring|wear|eat|buy)|for (?:dinner|lunch|this)))",
    r"\b(?:kind|sort|type) of (?:person|man|woman|parent|mother|father|friend|life|partner|human)\b.*\bi\b"
    r"|\bi\b.*\b(?:kind|sort|type) of (?:person|man|woman|parent|mother|father|friend|life|partner"
    r"|human)\b",
    r"\b(?:meaning|purpose) (?:of|in|to) (?:my |this |all )?(?:life|it all|it|this)\b|\bgood life\b"
    r"|\bmatters? (?:most )?to me\b",
    r"\bi (?:often |sometimes |keep |always )*wonder(?:ing)?(?: (?:if|whether|why|what|who|how))? .*\bi\b",
    r"\bi(?:'ve been| keep| was)(?: \w+)? (?:thinking|reflecting|pondering)(?: \w+){0,3} (?:about|on|over)"
    r" (?:what (?:kind|i)|who|why|how (?:i|my|much)|my (?:life|past|future|childhood|death|values"
    r"|marriage|relationship|choices|role|purpose)|life|death|whether|the (?:past|future|meaning))",
    r"\blooking back\b(?! (?:at|on) (?:the|my) (?:invoice|email|code|photos?))",
    r"\b(?:a )?part of me\b|\bdeep down\b|\bdeep inside\b|\bin my heart of hearts\b|\bat my core\b",
    r"\bi(?:'m|'ve| am| have)?(?: \w+){0,3} (?:reali[sz](?:e|ed|ing)|come to (?:see|understand|believe)"
    r"|began to see)"
    r"(?: \w+){0,2}? (?:that )?(?:i(?:'m| am| need| want| was| have| always| never|'ve| don't| can|'d)"
    r"|my (?:life|fear|anger|need)|life|how (?:much|little))\b"
    r"(?! (?:left|forgot|forgotten|lost|late|missed|out of|need to (?:buy|call)|to (?:buy|call)))",
    r"\bmade me (?:see|reali[sz]e|question|think about (?:my|who|what i))\b",
    r"\bi(?:'ve)?(?: \w+)? (?:question|doubt|ask myself) (?:if|whether|who|what|why|myself|my)\b"
    r"|\bis this all there is\b",
    r"^(?:am i (?:a |an |too |really |even |just )*(?:good|bad|enough|worthy|selfish|happy|honest|kind"
    r"|the (?:kind|one|problem)))",
    r"\bmaybe i(?:'m| am| have been|'ve been| was)?(?: just| really| always)* (?:afraid|scared|hiding"
    r"|running away|too hard on|protecting"
    r"|lying to|holding)\b|\bi(?:'m| was| am) (?:running|hiding) (?:away )?from (?:something|myself|my"
    r"|who)\b",
)

UNREAL = _any(
    r"\b(?:will|'ll|won't|want|wants|wanna|wanted|hope|hoping|hopes|if|once|when|until|before|would|'d"
    r"|wish|going to|gonna"
    r"|plan|planning|try|trying|tried to|need to|have to|has to|should|could|might|may|almost|nearly"
    r"|can't|didn't"
    r"|haven't|hasn't|not|never|wasn't|isn't|dream of|thinking of|supposed to|ago)\b",
)
WON = _any(
    r"\b(?:i|we)(?: \w+){0,2}? (?:did it|made it(?! (?:to|home|up|clear|for))|nailed it|aced|smashed"
    r"|crushed|nailed|graduated|got (?:promoted|hired|accepted|engaged|married)"
    r"|won(?! over)|broke (?:my|the|a) (?:\w+ )?record|hit (?:my (?:goal|target|\w+ goal)|\d)"
    r"|reached (?:my|the|\d)|beat (?:my|the|them|him|her)"
    r"|achieved|completed|qualified|made (?:the team|partner)|paid off)\b",
    r"\b(?:i|we)(?: \w+){0,2}? passed(?= (?:my|the|all|every|it|both|with|chemistry|maths|math|statistics"
    r"|\w+ic)\b|$|!)"
    r"(?! (?:the|my) (?:bakery|shop|house|salt|time|bus|ball|school|old|church|park))",
    r"^passed (?:my|the|it|all|both)\b(?! (?:bakery|shop|house|salt|time|bus|ball|school|old))",
    r"(?:\b(?:i|we)(?: \w+){0,2}? |^(?:just |finally )*)finished(?= (?:the|my|a|writing|it|all|first"
    r"|second|third|both)\b)"
    r"(?! (?:the|my|a)(?: \w+)? (?:coffee|tea|lunch|dinner|breakfast|shift|drink|beer|food|milk|bread"
    r"|call|meeting|episode|dishes))",
    r"\b(?:i|we)(?: \w+){0,2}? managed to (?!lose|break|forget|miss|spill|burn|ruin|crash|hurt|annoy"
    r"|upset|screw|mess|oversleep)",
    r"\b(?:i|we)(?: \w+){0,2}? got (?:the|a|an|my|that|into|in) ?(?:\w+ ){0,3}?(?:job|promotion|raise"
    r"|offer|place|internship|scholarship|visa|degree|grant"
    r"|diploma|all clear|part|role|contract|university|uni|college|school|keys)\b",
    r"\b(?:my|our|his|her)(?: \w+){0,2} (?:was accepted|got accepted|was selected|was chosen|was born"
    r"|was published|said yes|passed|won|graduated|got into)\b",
    r"\b(?:he|she|they) said yes\b|\bwe're (?:engaged|pregnant|getting married)\b|\bi'm (?:engaged"
    r"|a (?:mum|dad|mother|father|grandmother|grandfather))\b",
    r"\bwent (?:so |really |very |extremely |surprisingly )*(?:well|great|brilliantly|perfectly|amazingly"
    r"|wonderfully|smoothly|better than)\b",
    r"\bbest (?:day|week|night|news)\b|\b(?:good|great|amazing|fantastic|wonderful|big|happy"
    r"|exciting) news\b|\bcelebrat\w+",
    r"\b(?:personal best|new pb|new record|pb)\b|\bhard work (?:has )?(?:finally )?paid off\b"
    r"|\bit (?:finally )?worked\b",
    rf"\b{_COUNT} (?:days?|weeks?|months?|years?) (?:sober|clean|smoke[- ]free|alcohol[- ]free"
    rf"|without (?:a|any|one|\w+ing))\b",
    rf"\b(?:days|weeks|months|times) in a row\b|\b{_COUNT}[- ]day streak\b"
    rf"|\blost (?:another )?\S+ (?:kilos?|kg|pounds|lbs)\b",
    r"\b(?:i|we)(?:'m|'re| am| are| was| feel| felt|'ve been)(?: \w+){0,2}? (?:proud|thrilled"
    r"|over the moon|ecstatic|delighted|elated|on cloud nine|so happy"
    r"|really happy|overjoyed)\b",
    r"^(?:so |really |very )*(?:proud|thrilled|over the moon|ecstatic|delighted) (?:of|about|that|to"
    r"|with)\b",
)
# What is only a report, unless it is told as a feat.
DOES = _any(
    r"\b(?:i|we)(?: \w+){0,2}? (?:ran|walked|swam|cycled|climbed|lifted|meditated|quit|stopped|cooked"
    r"|saved|wrote|woke up|slept)\b"
)
FEAT = _any(
    r"\bfinally\b|\bfirst (?:time|ever)\b|\bmy first\b|\bwithout (?:stopping|a break|walking)\b"
    r"|\bfor once\b|!!"
)
FAILED = _any(
    r"\bi(?:'ve| have)?(?: \w+)? (?:failed|skipped|missed|relapsed|gave up|messed up|slipped|screwed up"
    r"|smoked)\b"
)

TRAINS = _any(
    r"\b(?:workouts?|work(?:ed|ing)? out|gym|cardio|squats?|deadlifts?|bench press|push-?ups?|pull-?ups?"
    r"|sit-?ups?|planks?|burpees?|kettlebells?"
    r"|dumbbells?|barbell|treadmill|rower|rowing|hiit|crossfit|yoga|pilates|stretch(?:ed"
    r"|ing)? (?!the truth)|hamstrings?|leg day|rest day|warm-?up|cool-?down"
    r"|jog(?:ged|ging)?|marathon|triathlon|parkrun|[0-9]+ ?k(?:m| run| race)|steps(?= |$|,|\.)(?! (?:of"
    r"|to take|in|forward|back|down))"
    r"|swim(?:ming)?|swam|bike ride|hik(?:e|ed|ing)|protein|calories|macros|electrolytes|running (?:shoes"
    r"|club|group|plan)|personal trainer|my trainer|reps)\b",
    r"\b(?:i|we|i've|we've|i'm|been|go|went|out|for)(?: \w+){0,4} (?:ran|run|running|runs)\b"
    r"(?! (?:out|late|away|into|over|a (?:business|shop|company|bakery|meeting|team|bath|errand"
    r"|temperature|fever|tight)|the (?:meeting|shop|house|team|dishwasher|tests?)|errands|low|short"
    r"|my own))",
    r"\bi(?:'ve| am|'m)?(?: \w+){0,3} (?:cycled?|cycling|walked|lifting|lifted|trained|climbed"
    r"|bouldering)\b(?! (?:in (?:to|on)|out|as|for (?:the|my) job))"
    r"|^(?:cycled|cycling|walked|trained|lifted)\b",
    r"\btraining (?:session|plan|block|today|this (?:week|morning|evening))\b(?! at work)",
    r"\bmy (?:knees?|calf|calves|quads|shoulder|back|shin|ankle|glutes|legs)\b.*\b(?:sore|hurts?"
    r"|ache[sd]?|aching|stiff|tight)\b.*\b(?:run|training|match|football|game|session|gym|ride|lifting)\b",
)
NOT_TRAINS = _any(
    r"\b(?:it|that|things?|all|everything)(?:'ll| will| would| did| does)?(?: all|n't| not)? work(?:s|ed)? out\b",
    r"\b(?:gym teacher|exercise caution|swim(?:ming)? in (?:debt|work)|race condition|train station"
    r"|training (?:course|at work|data|budget)"
    r"|mental gymnastics|yoga pants|next steps|stretch goal|stretched thin)\b",
)

AIMS = _any(
    r"\b(?:my|our|new|this|that|a|the|set|any|these|those|another|of)(?: \w+){0,2} (?:goals?|targets?"
    r"|resolutions?|objectives?|milestones?)\b",
    r"\bmy goals? (?:was|is|were|are)\b|\bmy (?:aim|ambition|dream|plan) (?:is|was|for)\b|\b(?:on"
    r"|off) track (?:with|for)\b|\bgoal[- ]setting\b",
    r"\bi (?:will|'ll|'m going to|am going to|'m gonna)(?: \w+){0,2} (?:quit|stop|start|learn|finish|save"
    r"|lose|give up|cut down|become)\b(?! (?:you|that|this|it|here|now))",
)
ASKED_GOAL = re.compile(r"\b(?:what|which|remember|forget|forgot|remind|about)\b[^.!]*\bmy (?:\w+ )?goals?\b")
NOT_AIMS = _any(
    r"\b(?:scored?|scores|own goal|goalkeeper|goalie|penalty|match|striker|league|audience|boss's"
    r"|company's|sales) ?(?:\w+ ){0,3}?(?:goals?|targets?)?\b"
)

PARTS = _any(
    r"^(?:bye|goodbye|good ?night|see you|talk (?:soon|later|tomorrow)|gotta go|ttyl|have a (?:good"
    r"|nice))\b",
    r"\b(?:bye|goodbye|good ?night|see you (?:soon|later|tomorrow|next)|talk (?:to you )?(?:soon|later"
    r"|tomorrow)|that's all for (?:now|today)|i (?:have|need|'ve got) to go(?: now)?|i should go"
    r"|going to bed|off to bed)\W*$",
    r"\b(?:thanks?|thank you)(?: \w+){0,4}\W*$",
)
