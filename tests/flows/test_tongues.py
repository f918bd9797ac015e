"""The language of a first message, read as rules: words, script, letters, and a question where these do not tell."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.tongues import Why, detect
from flows.tongues.profiles import LEARNED, learn, profiles_of
from flows.tongues.script import dominant, primary, script_of
from flows.tongues.words import FOLDER, WRITTEN

TEN = ("en", "es", "vi", "ko", "am", "zh", "fr", "ht", "ar", "pt")
ODD = ("pt-BR", "zh-Hant", "zh_TW", "fil", "om", "xx", "en-Abcd", "", "-", "ja", "so", "hi", "ru")


def told(text, offered=TEN, **given):
    return detect(text, offered, **given).language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hello", "en"),
        ("hola", "es"),
        ("¡HOLA!", "es"),
        ("Buenas tardes", "es"),
        ("xin chao", "vi"),
        ("Xin chào 👋", "vi"),
        ("annyeonghaseyo", "ko"),
        ("ni hao", "zh"),
        ("ሰላም", "am"),
        ("tena yistilign", "am"),
        ("Bonjour", "fr"),
        ("Bonjou", "ht"),
        ("sak pase?", "ht"),
        ("assalamu alaikum", "ar"),
        ("Bom dia!", "pt"),
    ],
)
def test_a_greeting_tells_its_language_in_any_letters(text, language):
    assert detect(text, TEN).language == language
    assert told(text.upper()) == told(text.lower()) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Español", "es"),
        ("espanol", "es"),
        ("Spanish", "es"),
        ("spanish please", "es"),
        ("in Spanish", "es"),
        ("I speak Vietnamese", "vi"),
        ("tiếng việt", "vi"),
        ("Haitian Creole", "ht"),
        ("kreyòl", "ht"),
        ("中文", "zh"),
        ("chinese", "zh"),
        ("አማርኛ", "am"),
        ("العربية", "ar"),
    ],
)
def test_who_names_a_language_gets_it(text, language):
    assert detect(text, TEN) == detect(text, TEN)
    assert told(text) == language


def test_an_english_name_that_only_begins_a_sentence_asks_for_nothing():
    assert told("Spanish people live in my street and nobody helps them") == "en"


def test_a_first_word_that_one_language_alone_has_is_enough():
    assert detect("Hola, John McDonald", TEN).why is Why.WORD
    assert told("Hola, John McDonald") == "es"


def test_a_word_of_several_offered_languages_is_asked_about_among_those():
    heard = detect("por favor", ("en", "vi", "pt", "es"))
    assert (heard.language, heard.why) == (None, Why.SHARED)
    assert heard.likely == ("pt", "es", "en", "vi")
    assert told("por favor", ("en", "es")) == "es"


def test_a_word_of_a_language_nobody_offers_is_asked_about():
    assert detect("spasibo", TEN).why is Why.STRANGER
    assert told("spasibo", (*TEN, "ru")) == "ru"


def test_the_words_of_the_flow_count_as_words():
    keywords = {"es": ["DERECHOS"], "en": ["RIGHTS"], "am": ["መብት"]}
    assert told("derechos", keywords=keywords) == "es"
    assert told("Rights please", keywords=keywords) == "en"
    both = detect("uno", ("es", "pt"), keywords={"es": ["UNO"], "pt": ["uno"]})
    assert (both.language, both.why) == (None, Why.SHARED)


@pytest.mark.parametrize(
    "text", ["", " ", "12", "3️⃣", "👍🏽🎉", "?!…", "\u200f\u200e", "https://example.org/hola"]
)
def test_where_there_are_no_letters_nobody_guesses(text):
    heard = detect(text, TEN)
    assert (heard.language, heard.likely, heard.why) == (None, TEN, Why.NOTHING)


@pytest.mark.parametrize("letter", ["a", "A", "ñ", "é", "y", "i", "x"])
def test_one_latin_letter_is_too_little(letter):
    assert told(letter) is None


@pytest.mark.parametrize(
    ("text", "language"), [("是", "zh"), ("네", "ko"), ("አ", "am"), ("و", "ar")]
)
def test_one_letter_of_a_script_that_one_offered_language_has_may_be_enough(text, language):
    assert told(text) in (language, None)
    assert detect(text, TEN).likely[0] == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("집주인 McDonald 씨가 난방을 고쳐 주지 않아요", "ko"),
        ("我在 Walmart 工作", "zh"),
        ("My landlord 김민수 will not repair the heating", "en"),
        ("የቤት ኪራይ rent ጨመረ", "am"),
        ("المالك لا يصلح التدفئة في Peachtree", "ar"),
    ],
)
def test_the_script_of_most_letters_decides(text, language):
    assert told(text) == language


def test_marks_of_direction_and_addresses_change_nothing():
    text = "المالك لا يصلح التدفئة منذ شهرين"
    assert told(f"\u200f\u202b{text}\u202c\u200f") == told(text) == "ar"
    assert told(f"{text} https://example.org/a-rather-long-address-in-latin-letters") == "ar"


def test_digits_and_emoji_beside_words_change_nothing():
    text = "my landlord raised the rent twice this year"
    assert told(f"1) {text} 😡😡 404-555-0100") == told(text) == "en"


@pytest.mark.parametrize(
    "unit", ["a", "my landlord does not listen ", "집", "字", "ሀ", "\u0301", "ẞ"]
)
def test_ten_thousand_letters_are_read_as_their_beginning(unit):
    text = unit * (10_000 // len(unit))
    assert detect(text, TEN) == detect(text[:400], TEN)


def test_capitals_are_the_same_letters():
    assert told("NECESITO AYUDA CON MI APARTAMENTO") == "es"
    assert told("MWEN BEZWEN ÈD AK KAY MWEN") == "ht"


@pytest.mark.parametrize(
    "text",
    [
        "chu nha khong sua may suoi cho chung toi",
        "toi khong biet phai lam gi bay gio",
        "con toi bi benh vi nha co nam moc",
        "cong an chan xe toi tren duong di lam ve",
    ],
)
def test_vietnamese_without_its_marks_is_vietnamese(text):
    assert told(text) == told(text, ("en", "es", "vi")) == "vi"


@pytest.mark.parametrize(
    "text", ["I can do it", "we go to him", "no one can help me now", "the man is on the bus"]
)
def test_short_english_is_not_taken_for_vietnamese_without_marks(text):
    assert told(text) in ("en", None)
    assert told(text, ("en", "es")) == "en"


@pytest.mark.parametrize(
    "text",
    [
        "Mwen pa ka peye lwaye a",
        "Pwopriyetè a pa vle ranje chofaj la",
        "Lapolis te rete m nan lari a",
    ],
)
def test_haitian_is_not_french(text):
    assert told(text) == told(text, ("fr", "ht")) == "ht"
    assert told(text, ("en", "fr")) is None


@pytest.mark.parametrize(
    "text",
    [
        "صاحبخانه گرمایش ساختمان ما را تعمیر نمی‌کند",
        "من نمی‌دانم چه کار باید بکنم",
        "مالک مکان ہمارے گھر کی مرمت نہیں کرتا",
        "مجھے نہیں معلوم کہ اب کیا کرنا چاہیے",
    ],
)
def test_persian_and_urdu_are_not_arabic(text):
    heard = detect(text, TEN)
    assert (heard.language, heard.why, heard.likely[0]) == (None, Why.STRANGER, "ar")


@pytest.mark.parametrize(
    "text",
    [
        "Der Vermieter repariert die Heizung seit zwei Monaten nicht",
        "Il padrone di casa non ripara il riscaldamento da due mesi",
        "Właściciel nie naprawia ogrzewania od dwóch miesięcy",
        "Proprietarul nu repară încălzirea de două luni",
        "Abbaan manaa mana keenya hin suphu, qorri baay'ee jira",
        "Milkiilaha gurigu ma hagaajiyo kuleyliyaha muddo laba bilood ah",
        "Ayaw ayusin ng may-ari ang pampainit namin",
        "Хозяин не чинит отопление уже два месяца",
        "मकान मालिक दो महीने से हीटर ठीक नहीं करता",
        "大家さんが暖房を直してくれません",
        "ባለቤት ገዛ ክራይ ኣብዚ ወርሒ ወሲኹ ኣሎ",
    ],
)
def test_a_language_that_nobody_offers_gets_a_question(text):
    assert told(text) is None
    assert told(text, ("en",)) is None
    assert told(text, ("en", "es")) is None


def test_what_is_likely_names_every_offered_language_once_with_the_likeliest_first():
    heard = detect("La casa", ("en", "ko", "es", "es", "pt"))
    assert sorted(heard.likely) == ["en", "es", "ko", "pt"]
    assert set(heard.likely[:2]) <= {"es", "pt"}
    assert detect("12", TEN, prior={"vi": 5, "es": 7}).likely[:2] == ("es", "vi")


def test_a_city_s_habit_tips_the_scale_and_no_more():
    often = {"en": 0.9, "es": 0.1}
    unsure = detect("animal hotel", ("en", "es"))
    assert unsure.language is None
    assert detect("animal hotel", ("en", "es"), prior=often).likely[0] == "en"
    assert told("no puedo pagar la renta este mes", ("en", "es"), prior=often) == "es"


def test_chinese_is_chinese_in_both_hands():
    assert told("房东两个月没有修暖气了") == told("房東兩個月沒有修暖氣了") == "zh"
    assert told("房東兩個月沒有修暖氣了", ("en", "zh-Hant")) == "zh-Hant"


@pytest.mark.parametrize("size", [1, 2, 9])
def test_whatever_is_offered_only_that_is_told(size):
    texts = ["hello", "no puedo pagar la renta", "是", "መብት", "bonjou", "12", "ok"]
    for offered in combinations(TEN, size):
        for text in texts:
            heard = detect(text, offered)
            assert heard.language in (*offered, None)
            assert sorted(heard.likely) == sorted(offered)


def test_where_nothing_is_offered_nothing_is_told():
    assert detect("hello", ()).language is None


def test_the_same_message_is_always_told_the_same_by_any_number_of_threads():
    """In a process of its own, where the first eight read the profiles at once."""
    code = """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from flows.tongues import detect
texts = ["animal hotel", "no puedo pagar la renta", "مالک مکان", "mwen pa konnen", "房东", "toi khong biet"]
ten = "en es vi ko am zh fr ht ar pt".split()
gate = Barrier(8)
def told(_):
    gate.wait()
    return [detect(text, ten) for text in texts * 5]
with ThreadPoolExecutor(8) as pool:
    said = list(pool.map(told, range(8)))
assert all(one == said[0] for one in said)
assert said[0] == [detect(text, ten) for text in texts] * 5
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_heavy_is_read_before_the_first_message():
    code = "import sys, flows.tongues; assert not {'langdetect', 'regex'} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@settings(max_examples=300, deadline=None)
@given(
    text=st.text(max_size=80)
    | st.lists(st.sampled_from(["hola", "the", "是", "ሰ", "¿", "سلام", "ん", "\u200f"])).map(
        " ".join
    ),
    offered=st.lists(st.sampled_from([*TEN, *ODD]), max_size=12),
    prior=st.none() | st.dictionaries(st.sampled_from([*TEN, "xx"]), st.floats(0, 1e6)),
    keywords=st.dictionaries(
        st.sampled_from([*TEN, "xx"]), st.lists(st.text(max_size=5), max_size=3)
    ),
)
def test_any_text_and_any_offer_end_in_an_offered_language_or_in_none(
    text, offered, prior, keywords
):
    heard = detect(text, offered, prior=prior, keywords=keywords)
    assert heard == detect(text, offered, prior=prior, keywords=keywords)
    assert heard.language is None or heard.language == heard.likely[0]
    assert sorted(heard.likely) == sorted(set(offered))


def test_the_same_in_threads_of_this_process():
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda _: detect("Je ne sais pas quoi faire", TEN), range(64)))
    assert {one.language for one in said} == {"fr"}


def test_scripts_and_languages_have_one_name_each():
    names = {
        "en": "Latn",
        "zh-Hant": "Hani",
        "ko": "Hang",
        "ja": "Jpan",
        "ur": "Arab",
        "am": "Ethi",
        "sr-Latn": "Latn",
    }
    assert {code: script_of(code) for code in names} == names
    assert primary("tl") == primary("fil")
    assert primary("pt_BR") == "pt"
    assert dominant("東京タワー", ("Hani", "Latn")) == "Jpan"
    assert dominant("東京", ("Hani", "Latn")) == "Hani"
    assert dominant("Привет", ("Hani", "Latn")) is None


def test_a_profile_can_be_learned_for_a_language_that_has_none(tmp_path):
    text = learn("xx", ["zoka bimu zoka", "bimu zoka lati"] * 20)
    assert '"name":"xx"' in text
    assert '"zok":' in text


@pytest.mark.parametrize("name", LEARNED)
def test_what_was_learned_is_read_with_the_others_of_its_script(name):
    profiles = profiles_of(script_of(name))
    assert profiles is not None
    assert primary(name) in profiles.names


@pytest.mark.parametrize("code", WRITTEN)
def test_a_list_of_words_says_whose_it_is_and_that_it_awaits_a_reader(code):
    opening = (FOLDER / f"{code}.yaml").read_text(encoding="utf-8").partition("\n")[0]
    assert opening.startswith("# By which words of ")
    assert ("Awaiting review by a native speaker." in opening) == (code != "en")


def test_what_was_prepared_is_not_read_again_with_the_first_message():
    """The profiles of every script, in a process of its own that has met no text yet."""
    code = """
from flows import SHIPPED, warm_up
from flows.tongues import detect, profiles
warm_up()
known = profiles._load.cache_info().misses
for text in ["toi khong biet", "房东", "집주인이", "የቤት ኪራይ", "المالك", "मुझे मदद चाहिए", "no puedo pagar la renta"]:
    assert detect(text, SHIPPED).language, text
assert profiles._load.cache_info().misses == known > 1
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_day_s_name_of_a_language_asks_for_it():
    assert told("Creole") == told("in creole") == told("haitian") == "ht"
    assert told("inglés") == "en"
    assert told("castellano") == "es"
    assert told("creole food is sold in my street") == "en"
