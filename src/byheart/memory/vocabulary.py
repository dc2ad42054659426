"""The words of which the rules in `patterns` are made, as alternatives of regular expressions."""

RELATION = (
    "mother|mum|mom|mam|mama|father|dad|papa|parents?|sister|brother|twin|wife"
    "|husband|partner|girlfriend|boyfriend"
    "|fianc[eé]e?|ex|sons?|daughters?|kids?|child|children|baby|toddler"
    "|grandsons?|granddaughters?|grandma|grandmother"
    "|nan|gran|granny|grandpa|grandfather|grandad|grandkids|grandchildren|aunt|uncle|cousin|niece|nephew"
    "|(?:mother|father|sister|brother)-in-law|step(?:mum|mom|dad|son|daughter"
    "|brother|sister)|friend|best friend|flatmate"
    "|roommate|housemate|neighbou?r|boss|manager|supervisor|colleague"
    "|co-?worker|employee|teacher|coach|therapist"
    "|counsell?or|landlord|band|team"
)
PET = (
    "dogs?|cats?|puppy|kitten|hamster|rabbits?|horse|parrot|budgie|tortoise"
    "|terrier|labrador|guinea pigs?|chickens|pets?"
)
AND = (
    r"(?:(?:so|really|very|quite|pretty|super|extremely|totally|completely"
    r"|absolutely|too|still|also|just|always|a bit|a little"
    r"|a lot|rather|incredibly|feeling|getting|all|only|finally|already|now"
    r"|recently|currently|mostly|genuinely|truly|such) )*"
)
NUMBER = (
    r"(?:about |around |over |nearly |almost |only |just )*(?:\d[\d.,]*k?|an?"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|eleven"
    r"|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
    r"|twenty|thirty|forty|fifty|a few|several|half|zero|no)\b"
)
AM = r"\bi(?:'m| was|'ve been| feel| felt|'ve felt| get| got)"
STRIVE = (
    "help|teach|volunteer|raise|create"
    "|run|walk|swim|cycle|jog|hike|climb|lose|gain|quit|stop|give up|cut|save"
    "|learn|finish|write|publish|pass|open|start|build|buy"
    "|move|apply|train|become|be (?:a|an|able)|reach|complete|change|improve"
    "|reduce|work|travel|visit|study|graduate|propose|marry|adopt"
    "|retire|launch|sell|grow|keep|practi[sc]e|join|exercise|meditate"
    "|get (?:fit|better|back|into|married|promoted|healthy|a (?:job|dog|cat"
    "|promotion))"
)
LATER = (
    r"(?:read|cook|drink|eat|sleep|be|find|see|do|go|make|take|spend|get|have"
    r"|bring)\b(?=.*\b(?:less|more often|better|health\w+|every|until|a day"
    r"|a week|this (?:year|summer|month|spring|autumn|winter)|next (?:year|month"
    r"|summer|spring)|one day|some ?day|before i|by (?:the|my|january|february"
    r"|march|april|may|june"
    r"|july|august|september|october|november|december|\w+day))\b)"
)
DID = (
    "ran|walked|swam|cycled|jogged|hiked|climbed|rowed|lifted|finished"
    "|completed|passed|reached|hit|lost|gained|saved|wrote"
    "|submitted|published|quit|managed|made it|graduated|started|achieved|beat"
    "|won|cooked|meditated|cut down|gave up|smoked"
    "|did(?= (?:about |over |around |almost )?(?:[0-9]|ten|twenty|my |most |half |all ))"
    "|drank|skipped|missed(?! (?:the|my|him|her|home|being))|practi[sc]ed|lasted|entered|applied|failed"
)
DAYS = (
    "mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?"
    "|days?|weekdays?|weekends?|weeks?|months?|years?"
)
OFTEN = (
    rf"(?:(?:every|each|most)(?: single| other| second)? (?:{DAYS}|mornings?"
    rf"|evenings?|nights?|afternoons?|lunch)"
    rf"|(?:once|twice|\w+ (?:times|nights|days|hours|evenings|mornings)"
    rf"|\d+x) (?:a|per|every) (?:day|week|month|year)"
    rf"|(?:a|per) day\b|daily|usually|on (?:mondays|tuesdays|wednesdays|thursdays"
    rf"|fridays|saturdays|sundays|weekends)"
    rf"|before bed|first thing in the morning|before work every)"
)
FEELING = (
    "sad|happy|lonely|anxious|nervous|worried|scared|afraid|terrified|angry"
    "|furious|upset|frustrated|proud|excited|thrilled|relieved"
    "|depressed|down|low|hopeless|ashamed|guilty|jealous|heartbroken|grieving"
    "|devastated|disappointed|hurt|homesick|miserable|numb"
    "|lost|grateful|hopeful|ecstatic|delighted|embarrassed|insecure|restless"
    "|irritable|moody|gutted|over the moon|on edge|blue"
    "|optimistic|content|empty|unloved|alone|bored|discouraged|demotivated"
    "|motivated|confident|terrible|awful|horrible"
)
NOT_HERE = (
    r"(?! (?:with|about|at|by|for) (?:that|this|it|the (?:answer|reply|response))\b"
    r"| to (?:help|hear|see|say|talk|be here|chat|meet)\b| (?:that|not)\b)"
)
STRAIN = (
    "stressed|stressed out|overwhelmed|burn(?:ed|t)(?: |-)out|exhausted"
    "|worn out|knackered|shattered|panicking|swamped|frazzled"
    "|drained|overworked|under (?:a lot of |so much |too much )?(?:pressure"
    "|stress)|drowning in|struggling|at my limit|sleep[- ]deprived"
)
SYMPTOM = "migraines?|panic attacks?|insomnia|anxiety attacks?|tension headaches?|nightmares"
CONDITION = (
    "diabetes|type [12]|adhd|autism|asthma|epilepsy|depression|anxiety|ptsd|ocd"
    "|arthritis|coeliac disease|celiac disease|high blood pressure"
    "|cancer|ms|parkinson'?s|dyslexia|ibs|endometriosis|hay fever|fibromyalgia|bipolar"
)
CRAFTS = (
    "collect|play(?! (?:along|around|with you))|sing|paint|knit|garden|bake"
    "|volunteer|coach|climb|surf|ski|dance|teach|study|sew|foster|breed"
    "|keep bees|cycle|draw|write (?:poems|songs|stories|poetry)"
)
THINGS = (
    "now|of|questions?|minutes?|hours?|seconds?|things?|ideas?|problems?"
    "|options?|more|left|to|requests?|doubts?|points?|issues?|errors?"
    "|suggestions?|thoughts?|examples?|days?|feeling|hunch|bit|lot|good|great"
    "|bad|chance|look|go|try|clue|tip|choice|favou?r"
)
JOBS = (
    r"nurse|teacher|doctor|engineer|developer|programmer|student|lawyer|chef"
    r"|cook|baker|driver|manager|designer|writer|artist|musician"
    r"|accountant|farmer|carpenter|electrician|plumber|mechanic|waiter|waitress"
    r"|barista|bartender|clerk|cashier|secretary|pilot|soldier"
    r"|officer|paramedic|carer|pharmacist|librarian|journalist|translator"
    r"|architect|builder|gardener|hairdresser|freelancer|consultant"
    r"|professor|lecturer|postdoc|researcher|scientist|salesman|salesperson"
    r"|receptionist|firefighter|social worker|midwife|vet|cleaner"
    r"|\w+ologist|\w+iatrist|\w+ician|\w+eer|apprentice|intern|head \w+"
)
EVENT = (
    "appointment|check-?up|operation|surgery|exams?|interview|wedding|flight"
    "|deadline|concert|gig|birthday|funeral|presentation"
    "|competition|race|marathon|scan|treatment|graduation|viva|holiday|vacation"
    "|trip|driving test|test results|recital|court date|move"
)


WISH = (
    r"\bi(?:'d|'m|'ve| would| still| really| also| just| finally| do"
    r"| always)* (?:want to|want us to|wanted to(?= .*\b(?:since|for years"
    r"|ever))|hope to|plan to"
    r"|intend to|aim to|hoping to|planning to|aiming to|determined to|trying to)"
    r"|\bi(?:'ve| have) always wanted to|\bi(?:'d| would)(?: really| also| still"
    r"| so)* (?:like|love) to"
)
WISH = f"(?:{WISH}) (?:finally |really |also |try (?:and|to) |be able to )*"
