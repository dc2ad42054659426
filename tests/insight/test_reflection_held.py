"""Messages that the rules were not written after: each with the strategy that a coach would choose.

They were labelled before the rules were written and are not to be mended one by one: what is measured here is
how the rules do on what they have not seen. Half of them bear the mark of another strategy.
"""

from collections import Counter

from byheart.insight.reflection.strategy import STRATEGIES, choose

HELD = {
    "guidance_request": """
        How do I stop snacking at night?
        what should i do about my flatmate, he never pays on time
        Any tips for getting out of bed earlier?
        I have no idea where to begin with my CV, can you help me?
        Could you give me some advice on talking to my boss?
        I'm overwhelmed at work. How can I get through this week?
        Should I tell her the truth or let it go?
        What would you do in my place?
        Help me plan my mornings please
        What's the best way to train for a 10k?
        I need some ideas for staying on track while travelling
        do you think it makes sense to change jobs now?
        I don't know what to do about my exams any more
        How often should I be lifting to see a difference?
        Can you suggest something that calms me down before a presentation
        """,
    "goal_focused": """
        I want to start working out regularly
        My goal for this year is to read 24 books.
        i wanna save 5000 euros by christmas
        I've decided to apply for the nursing course.
        I'm trying to cut down on sugar.
        I want to talk about my goals again.
        I've set myself a new target: 10,000 words by June.
        I'd like to learn Portuguese before the move.
        I signed up for the triathlon in September.
        This year I will finally quit smoking
        I'm saving up for a house with my wife.
        My plan is to open a small bakery one day.
        I have changed my goal, it is a half marathon now.
        What did I say my goal was?
        """,
    "fitness_context": """
        I did squats and deadlifts at the gym this morning.
        Went for an easy run before work, 4 km or so.
        My knee is a bit sore after yesterday's football.
        I usually do yoga on Tuesdays and swim on Fridays.
        Skipped my workout today, it was raining.
        Leg day tomorrow, and then a rest day.
        I eat about 120 g of protein a day at the moment.
        walked 8000 steps, nothing special
        My trainer switched me to kettlebells.
        Cycling to work takes me forty minutes each way.
        The treadmill at my gym is broken so I used the rower.
        I do push-ups every morning before breakfast.
        New running shoes arrived, trying them out tonight.
        I've been stretching my hamstrings in the evenings.
        """,
    "emotional_support": """
        I feel so alone since the move.
        My grandmother died on Sunday.
        i cant cope with this anymore
        I'm exhausted and I cried in the car again.
        Work is really stressing me out.
        she broke up with me last night
        I'm terrified of the scan on Thursday.
        Feeling pretty low today.
        I passed the exam but I just feel empty.
        I don't want advice, I just want someone to listen. Today was awful.
        My heart is broken.
        everything is too much right now
        I'm not doing well at all.
        I hate myself for what I said to my son.
        Had a panic attack on the train this morning.
        """,
    "celebration": """
        I got the job!!
        I finally ran 5k without stopping!
        I passed my driving test today.
        we won the cup!
        I'm so proud of myself, a whole week without a cigarette.
        Guess what, my paper was accepted!
        Finished the first draft of my novel last night.
        I was nervous all week, but the talk went brilliantly!
        30 days sober today.
        New personal best on the bench: 80 kilos!
        She said yes!
        I did it. I actually did it.
        I'm over the moon, our daughter was born this morning.
        Lost another two kilos, that makes ten in all!
        """,
    "deep_reflection": """
        I've been thinking a lot about what kind of person I want to be.
        Why do I care so much about what others think?
        I wonder whether I chose this career for myself or for my father.
        Looking back, I think I was running away from something.
        What does a good life even mean?
        Part of me wants to stay, part of me has already left.
        I'm starting to realise that I need less than I thought.
        Who am I without my job?
        Deep down I know that I never forgave him.
        Am I a good mother?
        I question whether any of this matters to me.
        It made me see how much I have changed since my twenties.
        What do I really want from this relationship?
        Maybe I'm afraid of being happy, I don't know.
        """,
    "engagement_boost": """
        ok
        fine I guess
        hi
        nothing much
        idk
        Same as always.
        yeah
        Not really.
        meh
        hello, it's me again
        I'm bored
        Sure, why not
        The weather is nice today.
        no news here
        """,
    "pattern_recognition": """
        Every time my boss emails me I get anxious.
        I keep putting things off until the last minute.
        Why do I always eat when I'm stressed?
        It's the third time this month that I've cancelled on my friends.
        I notice that I sleep badly whenever I drink in the evening.
        The same thing happens with every job I take.
        I always end up apologising even if it's not my fault.
        Mondays are always the worst for me.
        Is there a pattern in when I feel low?
        I fall back into old habits as soon as I'm tired.
        Here we go again, another week and I gave up on day three like last time.
        Whenever I visit my parents I turn into a teenager.
        It happens over and over: I start strong and then I stop.
        What do you notice about my moods lately?
        """,
}
CASES = [(strategy, line.strip()) for strategy, lines in HELD.items() for line in lines.strip().splitlines()]


def test_every_strategy_has_its_messages() -> None:
    assert set(HELD) == set(STRATEGIES)
    assert min(Counter(strategy for strategy, _ in CASES).values()) >= 12


def test_most_of_what_the_rules_have_not_seen_is_read_as_a_coach_would() -> None:
    wrong = [(wanted, found, text) for wanted, text in CASES if (found := choose(text)) != wanted]
    right = Counter(strategy for strategy, _ in CASES)
    right.subtract(wanted for wanted, _, _ in wrong)
    assert len(wrong) / len(CASES) <= 0.15, wrong
    for strategy, lines in HELD.items():
        assert right[strategy] / len(lines.strip().splitlines()) >= 0.7, (strategy, wrong)
