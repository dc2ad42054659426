"""The phrase packs, the language vote, the owner's own phrases and the original list."""

import tomllib
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byheart.base.errors import InputError
from byheart.capture.praise import LABELS, ORIGINAL, Phrases, classify
from byheart.capture.praise.languages import language
from byheart.capture.praise.packs import PACKS, pack


@pytest.mark.parametrize(
    ("previous", "user", "label"),
    [
        ("Der Zug fährt um neun.", "Sehr gut erklärt, danke!", "praise"),
        ("Der Zug fährt um neun.", "Gar nicht schlecht!", "praise"),
        ("Der Zug fährt um neun.", "Nein, er fährt um zehn.", "correction"),
        ("Der Zug fährt um neun.", "Das stimmt überhaupt nicht.", "criticism"),
        ("Der Zug fährt um neun.", "Gute Antwort, aber viel zu lang.", "criticism"),
        ("Soll ich den Zug buchen?", "Super", "none"),
        ("El tren sale a las nueve.", "¡Qué buena respuesta!", "praise"),
        ("El tren sale a las nueve.", "El tren sale a las diez, no a las nueve.", "correction"),
        ("El tren sale a las nueve.", "Eso no es verdad.", "criticism"),
        ("El tren sale a las nueve.", "Mi hermana es muy buena", "none"),
        ("Le train part à neuf heures.", "Très bien expliqué, merci !", "praise"),
        ("Le train part à neuf heures.", "Non, il part à dix heures.", "correction"),
        ("Le train part à neuf heures.", "Tu n'as pas répondu à ma question.", "criticism"),
        ("Le train part à neuf heures.", "Merci beaucoup", "none"),
        ("Le train part à neuf heures.", "Désolé, je voulais dire samedi", "none"),
    ],
)
def test_other_languages_by_their_packs(previous: str, user: str, label: str) -> None:
    judged = classify(previous, user)
    assert judged.label == label, judged
    assert (judged.strength == "") == (label == "none")


@pytest.mark.parametrize(
    "user",
    [
        "Grazie, questa risposta è molto bella",
        "Muito obrigado, isso está ótimo",
        "Dank je wel, dat is een heel goed antwoord",
        "Отличный ответ, спасибо!",
        "とても良い答えです",
        "Bu çok iyi bir cevap",
    ],
)
def test_a_language_without_a_pack_is_not_judged(user: str) -> None:
    judged = classify("", user)
    assert (judged.label, judged.why) == ("none", "not judged: no phrase pack for this language")


@pytest.mark.parametrize(
    ("text", "previous", "code"),
    [
        ("that was great", "", "en"),
        ("no", "", "en"),
        ("👍", "", "en"),
        ("Perfekt", "Das ist der Plan, den du wolltest.", "de"),
        ("Perfecto", "Este es el plan que querías.", "es"),
        ("I don't mind", "C'est le plan que tu voulais.", "en"),
        ("J'adore", "", "fr"),
    ],
)
def test_the_text_tells_its_language(text: str, previous: str, code: str) -> None:
    assert language(text, previous) == code


@pytest.mark.parametrize("code", PACKS)
def test_a_pack_holds_what_the_rules_read(code: str) -> None:
    file = resources.files("byheart.capture.praise").joinpath("packs", f"{code}.toml")
    data = tomllib.loads(file.read_text("utf-8"))
    named = {
        word[1:].partition("}")[0]
        for label in ("praise", "criticism", "correction", "own", "bare")
        for phrase in data[label]
        for word in phrase.split()
        if word.startswith("{")
    }
    assert named <= set(data)
    assert all(pack(code).rules[label].match("") is None for label in pack(code).rules)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["das ", "nicht ", "gut ", "est ", "no ", "muy ", "pas ", "très ", ", ", "! "]),
    st.text(max_size=60),
)
def test_any_text_in_any_language_is_judged(word: str, text: str) -> None:
    assert classify(text, word * 3 + text).label in LABELS
    assert classify(text, (word + text) * 500).label in LABELS


OWN = Phrases.of({"praise": ["top drawer", "Das rockt!"], "criticism": ["pants"], "none": ["perfect"]})


@pytest.mark.parametrize(
    ("user", "label"),
    [
        ("Top drawer, old chap", "praise"),
        ("that is not top drawer", "criticism"),
        ("she called it 'top drawer'", "none"),
        ("das rockt", "praise"),
        ("it's pants", "criticism"),
        ("Perfect.", "none"),
        ("Great answer!", "praise"),
        ("topdrawer", "none"),
    ],
)
def test_the_owners_phrases_go_first(user: str, label: str) -> None:
    assert classify("Here you are.", user, phrases=OWN).label == label


@pytest.mark.parametrize("phrases", [{"cheers": ["x"]}, {"praise": ["..."]}, {"praise": [5]}])
def test_phrases_that_make_no_sense_are_refused(phrases: dict[str, list[str]]) -> None:
    with pytest.raises(InputError):
        Phrases.of(phrases)


def test_the_original_list_knows_no_structure() -> None:
    assert len(ORIGINAL) == 4
    for user in ("Good one, Timmy!", "Great response", "He said that was excellent", "perfect. what else?"):
        assert classify("", user, "Timmy", mode="original").label == "praise"
    assert classify("", "You cracked me up", "Timmy", mode="original").label == "none"
