"""Whoever wants no more messages may say so in any usual way; what a person tells us is never taken for that."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from phone import Phone
from small_flows import SURVEYS, TRANSCRIPTS, examples, flow_of, mistakes, shipped, source

from flows import Command, Status
from flows.folding import fold
from flows.notation.reading import read
from flows.phrases import FALLBACK, SHIPPED, command, commands, phrasebook

PARKS = {"parks": shipped("parks")}
STORY = {
    "small": flow_of("  story: {type: text, multiline: true, label: What happened?}", title="Small")
}
BOOKS = {language: phrasebook(language) for language in SHIPPED}
KNOWN = {  # as the files spell them
    language: read(
        (SURVEYS.parent / "phrases" / f"{language}.yaml").read_text(encoding="utf-8"), language
    ).data
    for language in SHIPPED
}
STOPS = {
    language: [*data["wordings"]["stop"], *data["commands"]["stop"]]
    for language, data in KNOWN.items()
}
POLITE = {language: data["wordings"]["polite"] for language, data in KNOWN.items()}
VOCABULARY = {
    fold(word)
    for language in SHIPPED
    for said in (*STOPS[language], *POLITE[language])
    for word in said.split()
}


def unmarked(text: str) -> str:
    """As it is typed on a phone without accents."""
    parts = unicodedata.normalize("NFD", text)
    return "".join(char for char in parts if not "\u0300" <= char < "\u0370")


MANNERS = {
    "as it is": str,
    "in capitals": str.upper,
    "as a sentence": lambda said: f"{said[:1].upper()}{said[1:]}.",
    "in anger": lambda said: f"¡{said.upper()}!!!",
    "without its accents": unmarked,
    "with too many spaces": lambda said: f"  {said.replace(' ', '   ')} \n",
    "with a picture": lambda said: f"{said} 🛑",
    "with pictures that cling to it": lambda said: f"🙏🏽{said}✋🏿",
    "twice": lambda said: f"{said}. {said}!",
}


@pytest.mark.parametrize("manner", MANNERS.values(), ids=MANNERS)
@pytest.mark.parametrize("language", SHIPPED)
def test_every_wording_is_heard_however_it_is_written(language, manner):
    """Whatever the languages of the flow, and when they have no phrases."""
    for offered in ([language], [FALLBACK], ["sw"], []):
        heard = {said: command(manner(said), offered) for said in STOPS[language]}
        assert [said for said, steer in heard.items() if steer is not Command.STOP] == []


@pytest.mark.parametrize("language", SHIPPED)
def test_polite_words_may_stand_around_it(language):
    for word in POLITE[language]:
        for said in STOPS[language]:
            for polite in (f"{word}, {said}", f"{said} {word}!", f"{word} {said}. {word}"):
                assert command(polite, [FALLBACK]) is Command.STOP, polite


@pytest.mark.parametrize("language", SHIPPED)
def test_polite_words_alone_ask_for_nothing(language):
    for word in POLITE[language]:
        assert command(word, SHIPPED) is None
        assert command(f"{word} {word}", SHIPPED) is None
    assert command(" ".join(POLITE[language]), SHIPPED) is None


@pytest.mark.parametrize("language", SHIPPED)
def test_there_is_more_than_one_way_to_say_it(language):
    book = BOOKS[language]
    assert len(book.stops) >= 15
    assert len(book.polite) >= 5


@pytest.mark.parametrize("language", SHIPPED)
def test_no_wording_means_anything_else(language):
    """No other command, yes, no, number or “and”, and no polite word: a wording is a STOP in every language."""
    for book in BOOKS.values():
        others = {word for word, steer in book.commands.items() if steer is not Command.STOP}
        others |= book.yes | book.no | book.joiners | book.numbers.keys() | book.polite
        assert BOOKS[language].stops & others == set()
        assert [word for word in others if command(word, [language]) is Command.STOP] == []


SPELT = ["S T O P", "s.t.o.p.", "S-T-O-P!", "STOP STOP STOP", "stop 🛑", "🛑stop🛑", "(stop)"]
SPELT += ["Stop!!!!", "«STOP»", "stop please stop", "please, please stop", "ok stop", "opt - out"]
SPELT += ["Hello. Stop. Thank you.", "stop por favor", "por favor stop", "STOP, merci"]
SPELT += ["unsubscribe me please 🙏", "請停止", "请停止谢谢", "您好，请不要再发短信了，谢谢"]
SPELT += [
    "수신거부 부탁드립니다",
    "문자그만보내세요",
    "Xin chào, xin đừng nhắn tin cho tôi, cảm ơn",
]

SPELT += ["Stop sending me these", "stop messages", "I dont want any more texts", "Take me off!"]
SPELT += ["I would like to opt out, thanks", "No me escriban", "por favor no me moleste mas"]


@pytest.mark.parametrize("text", SPELT)
def test_a_stop_may_be_spelt_pictured_repeated_and_said_politely(text):
    assert command(text, ["en", "es"]) is Command.STOP


@pytest.mark.parametrize(
    "text", ["🛑", "✋", "👎", "🙏", "!", "...", "", "s t o", "stopp", "sttop"]
)
def test_a_picture_or_half_a_word_is_no_stop(text):
    assert command(text, SHIPPED) is None


@pytest.mark.parametrize("text", ["please help", "back please", "delete now", "start, thank you"])
def test_no_other_command_is_heard_with_words_around_it(text):
    assert command(text, SHIPPED) is None


TOLD = {
    "en": """
        the police did not stop; they told me to stop texting my brother; please stop the evictions; no;
        stop and frisk; stop sign; bus stop; non-stop; leave; i was told to leave me alone by the manager;
        don't stop; please don't stop; no more evictions; he said go away; go away from my house he said;
        remove me from my home; delete my number; thank you; enough; they stop me every day;
        don't contact me at work; leave my kids alone; i want to stop the eviction;
        no messages from the landlord; text me; no more; stop this; take me off the lease; i don't want to be
        evicted; i don't want to move; stop sending my mail back; i would like to stop the eviction; the end;
        stop it from happening""",
    "es": """
        la policía no paró; paren los desalojos; por favor paren los desalojos; no; no pare; no paren;
        no quiero; gracias; me dijeron que no les escriba más; alto riesgo; alto costo de la renta;
        no me manden a la cárcel; déjenme en mi casa; parada de autobús; dejen de desalojarnos;
        ya no quiero vivir con miedo; no quiero más basura; mándenme mensajes; sí quiero mensajes;
        no me molesten los ruidos; la renta baja; quiten la basura; me dieron de baja del seguro;
        cancelaron mi beca; no me molestan; no quiero que me corran; no quiero textos legales en inglés;
        deje de molestarme me dijo la patrona""",
    "fr": """
        la police ne s'est pas arrêtée; arrêtez les expulsions; s'il vous plaît arrêtez les expulsions; non;
        merci; n'arrêtez pas; arrêt de bus; je veux plus de messages; plus de messages; laissez-moi chez moi;
        ne me contactez plus a dit le propriétaire; je ne veux plus payer ce loyer; stop aux expulsions;
        envoyez-moi des messages; retirez les poubelles; stop police""",
    "pt": """
        a polícia não parou; parem os despejos; por favor parem os despejos; não; não pare; obrigada;
        parada de ônibus; me deixe em casa; quero sair da minha casa; não quero mais morar aqui; me tire daqui;
        não me mande embora; me mande mensagens; quero mais mensagens; não me incomode mais disse o dono;
        sair de casa; cancelaram meu benefício""",
    "ht": """
        lapolis pa sispann frape m; sispann mete moun deyò; tanpri sispann mete moun deyò; non; mèsi;
        pa sispann; pa voye m tounen; mwen pa vle kite kay mwen; kite m lakay mwen; retire m nan kay la;
        yo te di m pa ekri yo ankò; voye mesaj ban mwen; arete; rete; estasyon bis; kanpe la""",
    "vi": """
        cảnh sát không ngừng đánh tôi; ngừng trục xuất; xin ngừng trục xuất; không; cảm ơn; đừng ngưng;
        trạm dừng xe buýt; đúng, nhắn tin cho tôi; dung nhan tin cho toi; đúng; dung; đừng;
        họ bảo tôi đừng liên lạc với con tôi nữa; để tôi yên ở nhà tôi; tôi muốn ngừng thuê nhà;
        nhắn tin cho tôi; đúng, làm phiền tôi; hủy; bỏ tôi ra khỏi nhà""",
    "so": """
        booliisku ma joojin; jooji barakicinta; fadlan jooji ka saarista guryaha; ha joojin; maya; mahadsanid;
        ma rabo; ma rabo inaan guriga ka baxo; iga saar guriga; farriimo ii soo dir; way ii soo direen farriimo;
        ka bax guriga; fadlan; wuxuu igu yiri ha ii soo dirin lacag""",
    "am": """
        ፖሊስ አላቆመም; ከቤት ማስወጣት አቁሙ; እባክዎ ከቤት ማስወጣት አቁሙ; አይ; አመሰግናለሁ; አታቁሙ; መልእክት ላኩልኝ; ከቤት አወጡኝ; ቤት አልፈልግም;
        አውቶቡስ ማቆሚያ; አልፈልግም; መልእክት አትላኩልኝ አለኝ; ይቁም; በቃ""",
    "ar": """
        الشرطة لم تتوقف; أوقفوا الإخلاء; من فضلكم أوقفوا الإخلاء; لا; شكرا; لا تتوقفوا; لا أريد;
        لا أريد الخروج من بيتي; اتركوني في بيتي; موقف الحافلة; قال لي لا تراسلني; أرسلوا لي رسائل;
        أزيلوا القمامة; لا تتصلوا بي في العمل; أبدا; إلغاء الإيجار""",
    "hi": """
        पुलिस नहीं रुकी; बेदखली बंद करो; कृपया बेदखली बंद करें; मत रोको; नहीं; धन्यवाद; बस स्टॉप;
        मुझे घर नहीं चाहिए; मुझे घर से मत हटाओ; उसने कहा मुझे मैसेज मत करो; pani band karo; mujhe message bhejo;
        नहीं चाहिए; बंद; band; मुझे संदेश भेजो""",
    "ko": """
        경찰이 멈추지 않았어요; 퇴거를 중단해 주세요; 제발 퇴거를 중단해 주세요; 그만두지 마세요; 아니요;
        감사합니다; 버스 정류장; 집주인이 연락하지 마세요라고 했어요; 직장을 그만뒀어요;
        약속이 취소됐어요; 문자 보내 주세요; 보내 주세요; 싫어요""",
    "zh": """
        警察没有停; 停止驱逐; 请停止驱逐; 請停止驅逐; 不要停; 请不要停; 不; 谢谢; 公交车站; 取消了;
        房东说不要再联系我; 他们取消了我的福利; 停水了; 现在停水; 停电; 不要赶我走;
        请给我发短信; 我不要搬走; 不要; 现在; 结束; 别打扰我睡觉""",
}


@pytest.mark.parametrize("language", SHIPPED)
def test_what_is_told_is_no_stop(language):
    for told in TOLD[language].replace("\n", ";").split(";"):
        assert command(told, SHIPPED) is None, told


def rehearsed() -> list[str]:
    """All that is said in the rehearsals of the flows that ship, and in those of the tests."""
    files = [*SURVEYS.rglob("*.txt"), *TRANSCRIPTS.rglob("*.txt")]
    lines = [line for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    return [line[2:] for line in lines if line.startswith("> ")]


def test_nothing_said_in_a_rehearsal_is_stop_but_the_word_itself():
    said = rehearsed()
    assert len(said) > 100
    heard = commands(SHIPPED)
    assert [
        one
        for one in said
        if command(one, SHIPPED) is Command.STOP and heard.get(fold(one)) is not Command.STOP
    ] == []


THINGS = ["police", "eviction", "mold", "my brother", "the landlord", "tomorrow", "not", "never"]
THINGS += ["desalojo", "policía", "casa", "nunca", "loyer", "despejo", "kay", "nhà", "guri", "ቤት"]
THINGS += ["بيت", "घर", "집", "房东", "7", "don't", "because"]
words = st.sampled_from(THINGS) | st.text("abcdefghijklmnopqrstuvwxyzñéçа-я", min_size=4)
said = st.sampled_from([one for language in SHIPPED for one in STOPS[language]])
polite = st.sampled_from([one for language in SHIPPED for one in POLITE[language]])


@examples(1000)
@given(said, words, st.integers(0, 12), st.lists(polite, max_size=2))
def test_one_word_more_that_means_something_makes_it_no_stop(said, more, place, courtesies):
    """Wherever it stands, and whatever polite words are about."""
    assume(fold(more) and not set(fold(more).split()) & VOCABULARY)
    parts = said.split()
    parts.insert(place, more)
    text = " ".join([*courtesies, *parts, *courtesies])
    assert command(text, SHIPPED) is not Command.STOP


@examples(300)
@given(st.text(max_size=300))
def test_any_text_can_be_asked(text):
    """However long or odd it is, it is a command or none."""
    assert command(text, SHIPPED) in (None, *Command)


def test_a_long_message_is_a_testimony():
    assert command("stop " * 300, ["en"]) is None
    assert command("please " * 40 + "stop", ["en"]) is None


@pytest.mark.parametrize(
    "text", ["Please stop texting me.", "Leave me alone!", "déjenme en paz", "不要再发了"]
)
def test_a_wording_ends_everything_as_stop_does(text):
    """With one confirmation, and in silence when it is sent again; START lifts it."""
    phone = Phone(PARKS, language="en")
    phone.hears("PARKS", "yes")
    assert phone.hears(text).startswith("You will get no more messages from")
    assert phone.stopped
    assert phone.current.state.status is Status.WITHDRAWN
    assert phone.hears(text) == ""
    assert phone.hears("START").startswith("You can get messages from us again.")


def test_a_wording_inside_an_answer_is_part_of_it():
    phone = Phone(PARKS, language="en")
    phone.hears("PARKS", "yes", "1", "They told me to stop texting them")
    assert not phone.stopped
    assert phone.current.answers["wish"].words == "They told me to stop texting them"


def test_a_story_may_have_a_line_that_would_stop_alone():
    phone = Phone(STORY, language="en")
    phone.hears("hello", "yes", "I wrote to him:\nstop texting me\nHe did not.")
    assert not phone.stopped
    assert "stop texting me" in phone.current.answers["story"].words


PICK = "  pick: {type: select_one, label: Pick, choices: "


@pytest.mark.parametrize("label", ["Leave me alone", "Please stop!", "Déjenme en paz", "Stop it"])
def test_a_choice_that_would_be_heard_as_stop_is_a_mistake(label):
    expected = f"8:51: “{fold(label)}” is also the command STOP"
    assert mistakes(source(PICK + f"{{a: {{en: '{label}', es: Otra}}}}}}")) == [expected]


@pytest.mark.parametrize("label", ["Leave me alone with my kids", "Stop the evictions"])
def test_a_choice_with_more_to_say_is_good(label):
    assert mistakes(source(PICK + f"{{a: {{en: '{label}', es: Otra}}}}}}")) == []


@pytest.mark.parametrize("word", ["Go away", "STOP NOW", "No more messages"])
def test_a_keyword_that_would_be_heard_as_stop_is_a_mistake(word):
    assert mistakes(source(keywords=f"[{word}]")) == [f"9:11: “{word}” is a command already"]
