"""Ways of finding fault that fault.py has no target word for: reports, objections, rhetorical questions."""

from byheart.capture.praise.rules import Rules
from byheart.capture.praise.words import BAD, TOO, one_of

_BAD = one_of(BAD)
_THIS = r"(?:that|this|it|these|those|they|which|that one|this one|the \w+(?: \w+)?|your \w+(?: \w+)?)"
_DOUBT = (
    r"(?:i am (?:pretty |fairly |quite |very |almost )?(?:sure|certain)"
    r"|i (?:really )?(?:do not )?(?:think|believe)|i doubt|not sure|pretty sure|fairly sure|i am not sure"
    r"|i am afraid)"
)
_WORK = (
    r"(?:work|works|working|run|runs|running|compile|compiles|exist|exists|help|helps|helping|answer|open"
    r"|opens|load|loads|start|show|shows|appear|appears|fit|fits|match|matches|add up|apply|applies|make"
    r" (?:any |much |a lot of )?sense|rhyme|rhymes|scan|scans|fly|change anything|do anything|feel right|sound"
    r" right|sound like|look right|look like|ring true|hold up|hold water|mean anything|go anywhere|say|tell"
    r" me|move me|land|suit|count|happen|turn|connect|respond|print|install|render|parse|cover|mention|include"
    r"|convince|interest|impress|go far|address|touch|reflect|capture|flow|read|taste)"
)

BLAME = (
    (
        "text",
        "reports the same fault again",
        r"^(?:(?:i am |i )?(?:still |just |now )?(?:get|getting|got|have|having|see|seeing|there is|it is|it gives"
        r"(?: me)?|that is|gives me|with)? ?(?:still )?(?:just )?)?(?:the |exactly the |the very |the exact |made"
        r" the |you made the )?(?:exact |very )?(?:same|identical) (?:\w+ )?(?:error|problem|mistake|issue|thing"
        r"|message|traceback|result|answer|reply|crash|exception|output|fault|bug|story|list|joke|plan|advice"
        r"|nonsense|one|three|again)\b(?! for| with (?:my|the other)| but)",
    ),
    (
        "text",
        "reports that it failed",
        r"^(?:and |then |so )?(?:nothing|absolutely nothing|still nothing) (?:happens|happened|changed|changes|works"
        r"|worked|opens|moved|helped)\b|^(?:but |still )*(?:no|zero) (?:change|luck|effect|difference|improvement"
        r"|use|success|joy|response|mention|sign|trace)\b(?! in )|^still nothing$",
    ),
    (
        "text",
        "reports that it failed",
        r"^(?:i |we )(?:have )?(?:just )?(?:tried|ran|run|did|followed|tested|used|pasted) (?:it|that|this|your"
        r" \w+)(?: \w+){0,3} (?:and|but) (?:it |nothing|no\b|still|i (?:got|get)|my \w+ is|everything"
        r"|the \w+ (?:is|did"
        r"|does))|^(?:i |we )?(?:have )?(?:already )?(?:tried|done) (?:that|this|it|all that|all of that|those)"
        r" (?:already|before|twice|three times|\w+ times|yesterday|too|and it\b.*|to no avail|without (?:luck"
        r"|success))\b|^(?:i |we )(?:have )?already (?:tried|done|did|know|knew|said|checked|looked"
        r"|(?:have|use|own|read) (?:that|this|it|those|them|one|all))\b|^done (?:that|this"
        r"|it)\b(?: \w+)* (?:already|before|times|twice)",
    ),
    (
        "this",
        "reports that it failed",
        r"^(?:and |so |then |now )?(?:it |that |this |that one |the (?:code|script|link|app|page"
        r"|recipe|formula|program"
        r"|command|query|function|file|site|thing) |your (?:code|script|link|recipe|formula|command|query|function) )"
        r"(?:just |still |also |now |only |always |immediately |simply |keeps "
        r"|completely )?(?:crashes|crashed|crashing"
        r"|broke|breaks|failed|fails|failing|threw|throws|raises|raised|errors|errored|blew up|burn(?:ed|t|s)"
        r"|exploded|froze|freezes|hangs|hung|collapsed|backfired|stopped working|made (?:it|things|everything)"
        r" (?:\w+ )?worse|makes (?:it|things|everything) worse|got worse|ruined|complains|is complaining|"
        r"is (?:dead|gone|down|closed|broken|empty|missing|outdated|nonsense|off|undefined|deprecated"
        r"|wrong)|shut down"
        r"|closed|closes|no longer|times out|timed out|went wrong|gives (?:me )?(?:an|the same|a \w+error)|returns"
        r" (?:nothing|none|null|an error|the wrong)|is 404|expired|ends too|stops (?:halfway|too))\b",
    ),
    (
        "this",
        "reports that it failed",
        rf"^(?:still )?(?:did|does|would) not (?:even |really )?{_WORK}\b|^(?:and |so |but |then |now "
        r"|well )?(?:(?:it|that|this|these|those|they|that one|this one|none of (?:it|that"
        rf"|this|them|those|these)) |the (?:code|script|link|app|page|recipe|formula|program|command|query|function"
        rf"|method|library|file|button|light|menu|date|dates|numbers?|sum|ending|rhyme|\w+ line|tone|list) |your \w+"
        r"(?: \w+)? )?(?:just |still |really |also |actually |simply |even |clearly |certainly "
        r"|sadly )?(?:does|did|do"
        rf"|will|would|can|could|has) (?:not|never) (?:(?:really|even|actually|just|quite|seem to|appear to|exactly"
        rf"|have|remotely) )?{_WORK}\b",
    ),
    (
        "this",
        "it does not exist",
        r"^(?:there is|there are|there was) (?:no such|not (?:any|even an?)|no \w+(?: \w+)? (?:called"
        r"|named|like that))\b"
        r"|^no such (?:\w+)|^(?:that|this|such|the|your|these|those) (?:\w+ ){0,4}(?:does|do"
        r"|did) not (?:even )?exist\b"
        r"|^(?:it|that|this|those|they) (?:is|are|was) not (?:there|real|possible|available|on my|valid|supported"
        r"|a (?:real|valid|thing|word|proper|plan|summary|story|poem|list|haiku|joke|answer|solution|reason)|even)\b"
        r"|^(?:none|half|most|neither|all|some|both|two|three|several) of (?:that|these|those|this"
        r"|them|it|your (?:\w+)"
        r"|the \w+) (?:is|are|does|do|did|work|works|make|makes|fit|fits|cost|apply|even|exist)\b(?! \w*(?:great|good"
        r"|perfect|lovely|useful|helpful|brilliant))|^neither (?:fits?|works?|does|did|do|one|is|are|helps?)\b"
        r"|^both (?:of (?:them|these|those) )?(?:\w+ )?are (?:wrong|bad|awful|the same|too)",
    ),
    (
        "text",
        "it is not what they asked",
        r"^(?:well |but |and |so |er |um |hm )?(?:(?:that|this|it|which|those|these) (?:is|was|are"
        r"|were) )?(?:(?:just|"
        r"really|still|absolutely|completely|definitely|so|clearly|certainly) )?not (?:(?:at all|really|even|quite"
        r"|exactly|remotely|even close to|nearly) )*(?:what i|the (?:question|point|thing i|one i)"
        r"|my question|how (?:it"
        r"|that|this|you|i|people|we)|an answer|the answer)\b|^(?:which|that|it) was (?:the|my|not my) question\b"
        r"|^(?:that|this|it|you) (?:still )?(?:does|do|did|have|has) not (?:even |really "
        r"|actually )?(?:answer|answered"
        r"|address|addressed)\b|^(?:you )?(?:completely |totally )?(?:dodged|ignored|avoided|missed|misread|skipped)"
        r" (?:the|my|half)\b|^i (?:asked|was asking|wanted to know|want to know) (?:you )?(?:which"
        r"|what|how|why|whether"
        r"|if|when|where|who)\b|^(?:so )?(?:and )?no answer to my\b|^(?:nobody|no one|who) asked\b"
        r"|^i (?:did|do) not (?:ask"
        r"|want|need) (?:for|you|a|an|your|any|advice|to be|the|that)\b|^(?:i|we) never (?:asked"
        r"|wanted|said|told you|mentioned"
        r"|ordered)\b",
    ),
    (
        "this",
        "doubts that it is true",
        rf"^(?:{_DOUBT} )?(?:that )?{_THIS} (?:is|was|are|were|can|could|must)(?: just| surely| all"
        r"| still| also)? (?:not"
        r" (?:be )?(?:right|true|correct|accurate|possible|valid|the case|it|so|how)(?! bad| far"
        r"| simple)|be (?:wrong|a mistake)|wrong|false"
        r"|incorrect|nonsense|inaccurate|off)\b|^(?:not|hardly|simply not|just not"
        r"|that is not) (?:true|correct|accurate"
        r"|right|possible|the case)\b|^(?:factually|historically|technically|plain|completely|totally"
        r"|just|simply|all"
        r"|flat out|dead) (?:wrong|false|incorrect|inaccurate|untrue)\b|^wrong (?!with\b|number of\b"
        r"|side of\b)\w+(?: \w+)?$|^wrong(?: (?:again|person|way|one|city|country"
        r"|year|day|date|answer|name|language|order|place|number|address|format|on \w+ \w+"
        r"|about \w+))?$|^i (?:do not"
        r" think|doubt|am not sure|do not believe)(?: that)? (?:(?:that|this|it|your \w+) (?:is|was"
        r"|are|works?|makes?|will)"
        r"(?: (?:right|true|correct|accurate|it|work|how|what|sense)\b.*)?$)|^(?:you )?(?:might"
        r"|may) want to (?:check|double"
        rf" check|look)\b|^i (?:find|found) (?:that|this|it) (?:hard to believe|unlikely|{_BAD})",
    ),
    (
        "text",
        "tells it to take more care",
        r"^(?:please |you should |you need to |maybe |at least )?(?:check your|recheck|double check (?:your|that|the)"
        r"|get your (?:facts|story)|do your (?:homework|research)|learn (?:to|how)|pay attention"
        r"|try harder|do better|read"
        r" (?:it|that|my \w+|what i \w+|the \w+)(?: \w+)? (?:again|properly|carefully)|look again|look (?:it|that) up"
        r"|listen to me|listen for once|be serious|get it (?:right|together)|get real|wake up|concentrate|focus)\b",
    ),
    (
        "text",
        "tells it to stop",
        r"^(?:please |just |can you |could you |and )?(?:do not|never|stop|quit|no more|enough with"
        r"|spare me|save me) (?:(?:with"
        r" )?(?:the |your |all the |those |that )?(?:questions|lectures?|platitudes|jokes|attitude"
        r"|emojis|flattery|small talk"
        r"|nagging|sermon|preaching|excuses|cliches?|sarcasm|pity|psychobabble)"
        r"|(?:be )?(?:patroni[sz]\w+|lectur\w+|preach\w*"
        r"|nag\w*|judg\w+|assum\w+|invent\w*|guess\w*|repeat\w*|jok\w+|mock\w*|flatter\w*"
        r"|interrupt\w*|putting me|put words"
        r"|mak\w+ (?:things|stuff|it|that|fun|up)|tell\w* me (?:what|how|to)|treat\w* me"
        r"|talk\w* (?:down|to me)|ask\w* (?:me"
        r" )?(?:so many|that|questions)|give me (?:\w+ )?(?:platitudes|advice|excuses|that)|giv\w+ me"
        r"|call\w* me|chang\w+"
        r" (?:the|my)|add\w+|so (?:\w+)|rude|silly|cheeky|like that))\b",
    ),
    (
        "this",
        "it sounds wrong",
        r"^(?:(?:it|that|this|you|your \w+|the whole thing|all of it) |(?=(?:reads|sounds|feels|looks"
        r"|makes me sound) (?!weird|odd|strange|good|like (?:a plan|fun|you))))(?:just |all |still "
        r"|really )?(?:sounds?"
        r"|reads?|looks?|feels?|comes across|came across|makes me (?:sound|look|seem))(?: a bit"
        r"| a little| so| really| very"
        r"| totally| rather| kind of| just| pretty)? (?:like (?:too (?:much|little|many)|a lot$"
        r"|a lot of (?:work|money|trouble|effort)|overkill|nonsense|(?:it was |it is )?(?:written"
        r"|made|taken|copied|translated)"
        r"|an? (?:robot|greeting|lawyer|bot|brochure|textbook|ad|advert|advertis\w+|machine|manual"
        r"|fortune|horoscope|cliche"
        r"|politician|teenager|teacher|salesman|commercial|template|telegram|threat|insult|child"
        r"|school|press|wikipedia"
        rf"|therapist|motivational|hallmark|joke|parody|lecture|sermon|form|legal|bad|cheap)|every|wikipedia|chatgpt)"
        rf"|as if|off|wrong|weird|odd|strange|unnatural|forced|fake|heartless|desperate|{_BAD}|too {one_of(TOO)})\b",
    ),
    (
        "text",
        "faults the answer",
        r"^(?:but |and |so |still )?(?:you are |you were )?(?:missing|leaves? out|left out|lacking"
        r"|lacks) (?:the|a|an|my|any|half"
        r"|half of|most|one|everything)\b|^(?:there is |still )?(?:no mention of|nothing about"
        r"|not a word (?:on|about)|nothing on)"
        r"\b|^(?:the|your|that|this|one|half|two|some|all) (?:\w+ ){0,4}(?:is"
        r"|are) (?:still )?(?:missing|wrong|gone|cut off|off by \w+"
        r"|mixed up|misspell?ed|misspelt|made up|invented|hallucinated|incomplete|unreadable"
        r"|out of date|outdated|way off)\b"
        r"|^(?:that|this|it) (?:only |barely |hardly |scarcely )(?:scratch|touch|cover|answer|help"
        r"|mention|make|say)\w*\b"
        r"|^(?:that|this|it|which) (?:completely |totally |really |kind of )?(?:misses|ignores"
        r"|contradicts|leaves out|lacks"
        r"|oversimplifies|repeats|mixes|confuses|makes no|has nothing|tells me nothing|says nothing"
        r"|adds nothing|goes on"
        r"|proves nothing|drags|rambles)\b|^(?:it |this |that )?(?:is |was )?(?:just |only "
        r"|basically |merely |hardly )(?:a|an|the"
        r") (?:list|summary|headline|repeat|repetition|paraphrase|copy|rehash|link|definition|bunch|pile|wall|string"
        r"|answer|start|plan)\b|^(?:so )?(?:you )?(?:basically |just )*(?:copied|copy pasted|copy|pasted)\b",
    ),
    (
        "text",
        "it is worse, or not good enough",
        r"^(?:and |now |but )?(?:(?:it|that|this|your \w+|which) (?:is|was|are|were|got|reads|sounds"
        r"|looks|made|makes)"
        r" )?(?:even |much |far |a lot |way |actually |only |it |things |that )*worse\b|^(?:google"
        r"|chatgpt|siri|alexa|even|anyone|everyone|others?|my|the|any) (?:\w+ ){0,3}(?:does|did|do"
        r"|knows|would do"
        r"|explains?|manages?) (?:this|that|it)(?: \w+)? better\b|^(?:i |we )?(?:had |have |was "
        r"|were |am )?(?:honestly |really |kind of"
        r" )?(?:expect(?:ed|ing)|hop(?:ed|ing) for|deserved?) (?:something |a bit |a little |rather "
        r"|much |a )?(?:more|better|\w+er)\b"
        r"|^(?:i am |i was )?(?:really |still |just |honestly )?not (?:happy|satisfied|pleased"
        r"|convinced|impressed|amused|sold|thrilled"
        r"|buying|a fan|keen|feeling it|loving it)\b(?: (?:with|by|about) (?:it|that|this|you|your"
        r"|the (?:answer|result)|how you)\b.*)?$|^i (?:liked|like|learned|got) (?:nothing|little"
        r"|none)\b|^i (?:am"
        r" )?(?:even )?more confused(?: now| than)?\b|^(?:it|that|this|these|those|they|which|(?:an?"
        r"|your|the|one|two|three) (?:\w+ ){0,2}?\w+) (?:is|are|was|were) not (?:nearly "
        r"|anywhere near |really |quite"
        r" |even )?(?:enough|good enough|long enough|funny|helpful|suitable|appropriate|natural"
        r"|convincing|readable|usable|realistic)\b"
        r"(?! \w+ to)|^not (?:nearly |even |really |very |at all |remotely |the least bit "
        r"|too )*(?:natural|suitable|appropriate|convincing"
        r"|original|realistic|readable|usable|detailed|specific|enough|valid|logical|relevant"
        r"|practical|natural at all|clear|fair"
        r"|acceptable|accurate)\b",
    ),
    (
        "text",
        "it left them cold",
        r"^(?:i )?(?:did|do) not (?:even |really )?(?:laugh|smile|find (?:it|that|this)"
        r"|see the (?:joke|point))\b|^(?:i have |have |i )?"
        r"(?:heard|seen|read|know|knew) (?:it|that|this|that one|this one|them all"
        r"|all of that)(?: \w+){0,2} (?:before|already|(?:hundred|thousand|million|many|hundreds of"
        r"|thousands of) times"
        r"|from you)\b|^(?:that|this|it) (?:one |joke )?is (?:older|as old) (?:than|as)\b"
        r"|^(?:oh please|oh come on|give me a break|for"
        r" (?:god|heaven|goodness|pitys?)s? ?sakes?|seriously|what the hell|wtf|ffs|facepalm|yawn|boo"
        r"|snore|groan|zzz+)$"
        r"|^(?:nobody|no one)(?: \w+){0,3} (?:talks|says|does|writes|uses|speaks|believes|calls)\b"
        r"|^(?:i )?(?:can|could) not (?:even )?"
        r"(?:use|trust|rely on|work with|recommend) (?:that|this|it|you|your)\b|^i (?:will"
        r"|would) not (?:trust|use|ask|rely)\b|^i do not"
        r" (?:trust|believe) (?:you|that|this|it|a word)\b",
    ),
    (
        "you",
        "faults what the assistant did",
        r"^(?:and |but |so |now |because |once again |i feel like |i think )*you (?:(?:have|just|only"
        r"|also|really|simply|again"
        r"|completely|clearly|obviously|always|already|even|still|literally|basically|totally"
        r"|are) ){0,3}(?:already (?:said|told|asked"
        r"|gave|suggested|mentioned|reminded|used)|said (?:that|the same|it|this) (?:\w+ )*(?:before"
        r"|already|again|yesterday|times)"
        r"|(?:said|told me|suggested|gave me|asked me|asked|reminded me|sent me|recommended"
        r"|wrote) (?:that|it|this|the (?:exact )?same"
        r"|those)? ?(?:\w+ ){0,5}(?:already|before|twice|again|last (?:time|week)|yesterday|ago"
        r"|as last|three times)|(?:changed|did|fixed"
        r"|added|understood|helped|learned) (?:nothing|no\b)|made (?:the|an?|that"
        r"|this)?(?: \w+)? ?(?:mistake|error|mess|typo)s?|made"
        r" (?:it|that|this|things) (?:\w+ )?worse|cut (?:the|out|my)|removed (?:the|my)|deleted"
        r"|ruined|broke|wasted|swapped|switched"
        r"|mis\w+|mixed|mixing|overlooked|contradict\w*|describing|describe|talking (?:nonsense"
        r"|rubbish|about)|lying|bluffing"
        r"|(?:only|just) (?:gave|listed|repeated|answered|named|translated|wrote|told)"
        r"|can not (?:even|count|read|add|spell)|do"
        r" not (?:get|know|even|seem)|have no (?:idea|clue|sense)|left|dropped|went (?:over|off)"
        r"|go on|call (?:that|this)|wrote"
        r" (?:the same|my name)|put the wrong|used the wrong|took the wrong|spelled|spelt|(?:gave"
        r"|sent|told|showed) (?:me )?(?:the"
        r" (?:wrong|same|exact|old)|wrong|an? (?:wrong|outdated|broken|dead)))\b(?! great| good| brilliant| amazing)",
    ),
    (
        "you",
        "faults what the assistant did",
        r"^(?:and |but |so |i think |clearly |apparently |i feel like )*you (?:clearly |obviously "
        r"|really |just |still |even |simply"
        r" |apparently |seriously )*(?:did|do|have|are|were|can|could|would|will|should|was"
        r"|am)(?: clearly| obviously| really)? (?:not|never)"
        r" (?!have to|need to|disappoint|fail|miss\b|cease|mind|say$|regret|be (?:disappointed|sorry"
        r"|surprised)|believe (?:how|what|it)|think of|be sorry|worry|happen|want me|want to|sure"
        r"|alone|wrong|supposed to"
        r" know|know (?:me|her|him|my)|go wrong|beat|bad|half|too)\w+|^you never (?!disappoint|fail"
        r"|miss|cease|know\b|let me down|forget"
        r"|get old|stop amaz)\w+",
    ),
    (
        "text",
        "reports an error",
        r"^(?:now |but |and |then )?(?:(?:i|it|that|this|which|we) )?(?:still |just |now |only "
        r"|always |keep )?(?:get|gets|getting|got|throws?"
        r"|threw|gives?(?: me)?|gave(?: me)?|raises?|returns?|shows?|prints?|says|said|causes?"
        r"|complains?(?: about)?|complaining(?: about)?|is complaining"
        r"(?: about)?) (?:\w+ ){0,3}?(?:error|errors|exception|traceback|segfault|stack trace|warning"
        r"|404|500|nan|undefined|null|a missing|syntax"
        r"|\w+error|\w+exception|invalid|no module|none)\b(?! in a different| in another)",
    ),
    (
        "this",
        "faults the answer",
        r"^(?:(?:that|this|it|those|these|which|they)(?: is| are| was)?(?: just| really| all| still"
        r"| also)? )(?:(?:cost|costs|takes?|is|are|was)"
        r" )?(?:way |far |much |a lot |well )*(?:more|less|longer|older|harder|bigger|further|over"
        r"|beyond|above) (?:than |my |what |the (?:limit|budget))"
        r"|^(?:(?:that|this|it|which) is (?:exactly |still |just |literally |basically )*(?:the )?"
        r"|(?:exactly |literally |basically |still )+(?:the )?)same (?:\w+ )?(?:as|again)\b|^(?:it"
        r"|that|this|they) (?:is|are)"
        r" (?:exactly |still |just )+the same$|^(?:(?:it|that|this|they|the \w+|my \w+"
        r"|your \w+) (?:is|are|has|have|does|says) )?still (?:not|the (?:same|old|wrong)|broken"
        r"|wrong|missing|too|nothing|\d+)\b|^(?:that|this|it) (?:is|was) (?:just |really |kind of "
        r"|honestly |pretty )?(?:such )?an? (?:\w+ )?(?:cliche|cliché|lie|joke"
        r"|platitude|stretch|guess|rip off|trap|weird \w+|strange \w+|odd \w+|stupid \w+|dumb \w+"
        r"|silly \w+|terrible \w+|bad \w+|awful \w+|horrible \w+|rude \w+"
        r"|poor \w+)(?: to say)?$|^(?:that|this|it) is (?:none of your|not (?:for (?:me|my|us|a|an)"
        r"|what|how|where|who|when|why|helping)\b|no (?:help|use|good"
        r"|way|answer|plan|joke)|the \w+ time you)",
    ),
    (
        "this",
        "it could do harm",
        r"^(?:that|this|it) (?:could|can|might|will|would) (?:\w+ )?(?:hurt|harm|kill|damage|ruin"
        r"|cause|make (?:it|things) worse|get (?:me|someone|us|people)|upset|offend|confuse"
        r"|scare|go wrong)\b|^(?:that|this|it|which|that one|that \w+|this \w+|the (?:code|script"
        r"|query|function|command|formula)) (?:only |just |still |always )?(?:returns? (?:nothing"
        r"|zero|no|duplicates"
        r"|the wrong|an error|everything|empty|too)|takes (?:forever|ages|too|way)|(?:duplicates"
        r"|deletes|overwrites|loops|hangs|ignores|skips|misses|doubles|loses)\b)|^(?:that|this|it"
        r"|the \w+|that \w+)"
        r" (?:is|was|runs|looks|reads|sounds|feels|got) (?:even |much |far |way )?(?:slower|worse"
        r"|uglier|weaker|duller|harder|more (?:complicated|confusing|complex|boring|expensive)"
        r"|less (?:\w+)) (?:than|now)\b"
        r"|^there is (?:nothing|no) (?:\w+ )?(?:in|about|to|behind) (?:it|that|this)\b|^i (?:can"
        r"|could) not (?:possibly )?(?:send|use|submit|publish|say|show|hand in|print|trust"
        r"|follow) (?:this|that|it)\b"
        r"|^(?:(?:syntax|same|an|the|another|server|internal|type|import) ){0,2}error (?:near|in|on"
        r"|at|again|message|line)\b",
    ),
    (
        "you",
        "says what it should have done",
        r"^you (?:should|could|might|ought to) (?:also |really )?(?:have(?! (?:seen|been|heard|a look"
        r"|fun|it))|at least|know (?:that|this|better|by now)|tell (?:me|people)|mention|warn|be more"
        r"|be ashamed|apologi[sz]e|not (?:have|say|tell|give|assume|be))\b"
        r"|^(?:that is )?easy for you to say|^(?:like|as if|as though) (?:i|we) (?:have|had|did|do|am"
        r"|would|could)\b",
    ),
    (
        "text",
        "finds it empty or beside the point",
        r"^(?:that|this|it|which) (?:says|shows|does|means|proves|sounds|has"
        r"|looks) nothing (?:of the (?:kind|sort)|like|new|about|at all|whatsoever|to do)\b"
        r"|^sounds nothing like\b|^(?:that|this|it) could be (?:about|for|from) any\w*\b|^(?:so "
        r"|basically |just )*you (?:just |basically |simply )*(?:copied"
        r"|copy pasted|pasted|restated|rephrased|repeated|quoted|googled|guessed)\b|^i (?:do not"
        r"|can not) (?:think|believe|see how) (?:that|this|the|your) \w+ (?:is|are|was)"
        r" (?:right|true|correct|accurate|real|relevant)\b|^(?:i am )?none the wiser\b"
        r"|^make up your mind\b|^(?:circular|wrong|irrelevant|incoherent|unrelated|untrue|unclear"
        r"|incomplete)$"
        r"|^off by \w+(?: \w+)?$|^(?:tell me|say|give me) something (?:new|i do not know|useful)\b",
    ),
    (
        "text",
        "others disliked it",
        r"^(?:that is )?none of your (?:business|concern)\b|^(?:my (?:\w+ )?\w+|he|she|they|everyone"
        r"|everybody|nobody|no one|people|the \w+) (?:\w+ )?(?:hated|disliked|laughed at|was bored"
        r"|were bored|got bored|was confused"
        r"|was offended|complained about|fell asleep|was not amused|cringed|rolled)(?: \w+)* ?(?:it"
        r"|this|that|your|by|after|eyes|$)|^(?:my (?:\w+ )?\w+|he|she|they|everyone"
        r"|everybody) (?:says?|said|thinks?|thought|told me)(?: that)? (?:this|that|it"
        rf"|your \w+) (?:is|was|sounds?|looks?|reads?|does not)(?: \w+)? (?:{_BAD}|weird|odd|strange"
        r"|like|not)\b",
    ),
    (
        "text",
        "too much or too little of it",
        r"^(?:an?|one|two|three|four|five|six|ten|\d+|half an|this many"
        rf"|that many) (?:\w+ ){{1,2}}(?:is|was|are|were) (?:(?:way|far|much|a bit|a little|a tad"
        rf"|still|just|really) )*(?:too {one_of(TOO)}"
        r"|not (?:nearly |anywhere near |really )?enough)\b",
    ),
    (
        "bare",
        "one word of blame alone",
        r"^(?:(?:a bit|a little|a tad|pretty|really|very|so|just|kind of|rather|quite|far|way|much"
        r"|plain|total|utter|complete|absolute"
        r"|pure|rude|lame|honestly|bit|frankly|somewhat|that is|this is|how|what|what a"
        r"|such) ){0,3}(?:shallow|thin|clich[eé]d?|lazy|overpriced|fabrication"
        r"|gibberish|unusable|illogical|heartless|unnatural|tacky|clumsy|bloated|rushed|superficial"
        r"|one sided|biased|contradictory|naive"
        r"|childish|impractical|unrealistic|absurd|ludicrous|laughable|embarrassing|unprofessional"
        r"|amateurish|dated|old fashioned|bs|bollocks|lies"
        r"|codswallop|drivel|waffle|padding|filler|platitudes?|yawn|zzz|meh|blah|ew|eww|yikes|cringe"
        r"|failed?|disappointing|disappointed|incomprehensible"
        r"|illegible|redundant|trite|banal|hollow|soulless|weird|odd advice|bad tip|bad advice|wrong"
        r"|rubbish|awkward|heavy handed|over the top|nonsense"
        r"|not good|not great|useless|lame|boring|rude|cold|bland|dull|rigid|messy|chaotic"
        r"|off)(?: (?:advice|answer|tip|joke|poem|story|list|summary"
        r"|translation|reply|response|comment|again|though|if i am honest|honestly|to be honest"
        r"|really|frankly|i am afraid|sorry|and .*|for (?:a|an|the|my"
        r"|me) .*|at best|tbh|tourist trap|stuff|take|wording|phrasing))?$|^(?:way |far |a bit |much "
        r"|still )?too (?:\w+)(?: (?:and|for|in|again|though|at|to)\b.*)?$",
    ),
)  # fmt: skip

ASKED = Rules(
    (
        (
            "asks why it does that",
            r"^(?:and |but |so |seriously |then )?why (?:do|did|would|are|have|must|can not|do not"
            r"|did not|will not|the hell (?:do|did|would))"
            r" you (?:always |even |still |just |not )?(?!recommend|suggest|think|prefer|say (?:that"
            r"|so)$|choose|like|use\b|need|believe)\w+",
        ),
        (
            "asks whether it listens",
            r"^(?:can|could) you not \w+|^(?:and |but |so |seriously |wait |sorry )?(?:did|do|have"
            r"|can|could|are|will|would) you (?:(?:even|at all|actually|really|ever|seriously|just"
            r"|not)"
            r" )+(?:read|listen|check|test|try|look|know|understand|hear|pay|think|remember|count"
            r"|stop|be|see|get|joke|kidding|real|listening|reading|serious)\w*"
            r"|^(?:did|can|do|are) you (?:listen|read (?:my|it|what|that|this|at)|reading|listening"
            r"|kidding|joking|serious|drunk|broken|blind|deaf|paying|trying to be funny|making"
            r" (?:this|that|it|fun)|mocking)(?: \w+){0,4}$|^(?:can|could) (?:not you|you not)\b"
            r"|^can you (?:stop|quit|please stop|read|count)\b(?! to| the| for| me"
            r"| it| this| that| aloud)|^(?:do|does) (?:that|this|it) (?:even|really|look"
            r"|sound) (?:\w+ )*(?:like|to you|make sense)\b",
        ),
        (
            "asks for what is missing",
            r"^(?:so |and |but )?(?:is that|that is|is this|this is)(?: really| seriously)? (?:it|all"
            r"|everything|the best you (?:can|have)(?: do| got)?|supposed to"
            r" (?:help|be)\b.*|meant to (?:help|be)\b.*|your answer|what you call\b.*|a joke)$"
            r"|^(?:and |so |but )?where (?:is|are|did) (?:the|my|your) \w+(?: \w+)? (?:i asked"
            r"|i wanted|go|gone|you promised|that i)|^(?:and )?where is the (?:ending|rest|punchline"
            r"|conclusion|joke|answer|second \w+|apology|source|sources|list|table)$",
        ),
        (
            "doubts that it is true",
            r"^(?:since when|says who|who (?:says|said|told you|asked)|what makes you (?:think|say)"
            r"|where did you get (?:that|this|it)"
            r"|how (?:is|does|would|should|can) (?:that|this|it) (?:help|supposed|an answer|even"
            r"|relevant|any use|helpful|useful|possibly)|what (?:kind|sort) of (?:answer"
            r"|advice|joke|nonsense|help) (?:is|was)|what (?:has|does) (?:that|this|it) (?:got"
            r"|have) to do|what are you (?:talking|on) about|what nonsense|what rubbish"
            r"|are you out of"
            r"|is that (?:supposed|meant) to|(?:what|which) part of (?:\w+ ){1,5}(?:do"
            r"|did) (?:not you|you not)|you call (?:that|this)|how (?:dare|could|can) you"
            r"|how many times (?:do|must|have))\b",
        ),
    )
)  # fmt: skip


def asked(words: str) -> str:
    """Why a question is a complaint (`Did you even read it?`); empty when it only asks."""
    found = ASKED.match(words)
    return str(found[0]) if found else ""
