"""Posters: what stands on them in every language, how they are cut, and that no text can do more than be printed."""

import hashlib
import io
import re
import subprocess
import sys
from dataclasses import replace

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from admin.posters import Kind, Poster, Unprintable, lines, poster
from flows.phrases import phrasebook

ASKED = Poster(
    title="Human rights in our city",
    language="en",
    keyword="RIGHTS",
    number="+1 404-555-0100",
    link="https://t.me/our_city_bot?start=city-testimony",
    contact="Human Rights Cities Atlanta, 404-555-0199",
)
TITLES = {
    "en": "Human rights in our city",
    "es": "¿Cómo van los derechos humanos en nuestra ciudad?",
    "vi": "Nhân quyền ở thành phố của chúng ta",
    "ko": "우리 도시의 인권 이야기를 들려주세요",
    "zh": "我们城市的人权状况：“请说”",
    "am": "በከተማችን ውስጥ ሰብአዊ መብቶች፤",
    "fr": "Les droits humains dans notre ville : où en êtes-vous ?",
    "ht": "Dwa moun nan vil nou an: kòman sa ye?",
    "ar": "حُقوق الإنسان في مدينتنا؟",
    "pt": "Direitos humanos na nossa cidade: opinião e ação",
    "hi": "हमारे शहर में मानवाधिकार और क्षत्रिय",
    "so": "Xuquuqda aadanaha ee magaaladeenna",
}
KINDS: tuple[Kind, ...] = ("pdf", "png")
NOWHERE = "\U0010fffd"  # a private letter, which no font draws


def page(printed: bytes) -> PdfReader:
    reader = PdfReader(io.BytesIO(printed))
    assert len(reader.pages) == 1
    return reader


def text(printed: bytes) -> str:
    """The words on the only page, without blanks, as lines are broken where it looks well."""
    return closed(page(printed).pages[0].extract_text())


def closed(words: str) -> str:
    return re.sub(r"[\s\u200b]", "", words)


def scanned(printed: bytes) -> list[str]:
    """What a phone's camera finds in the picture."""
    return sorted(code.text for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(printed))))


class TestEveryLanguage:
    @pytest.mark.parametrize("language", TITLES)
    def test_all_letters_are_there_and_drawn_by_fonts_that_came_with_us(self, language):
        asked = replace(ASKED, language=language, title=TITLES[language], keyword=TITLES[language])
        reader = page(poster(asked))
        fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]
        book = phrasebook(language)
        said = asked.title + book.say("poster_scan") + book.say("poster_free")

        assert set(closed(said)) <= set(reader.pages[0].extract_text())
        assert reader.metadata.title == asked.title
        assert reader.trailer["/Root"]["/Lang"] == language
        for font in fonts:
            assert re.fullmatch(r"/[A-Z]{6}\+NotoSans\w*-\w+", font["/BaseFont"])
            (drawn,) = font["/DescendantFonts"]
            assert {"/FontFile2", "/FontFile3"} & set(drawn["/FontDescriptor"])

    @pytest.mark.parametrize("language", TITLES)
    def test_a_picture_can_be_shared_and_scanned(self, language):
        picture = poster(replace(ASKED, language=language, title=TITLES[language]), "png")

        assert Image.open(io.BytesIO(picture)).size == (1080, 1350)
        assert scanned(picture) == ["SMSTO:+14045550100:RIGHTS", ASKED.link]

    def test_a_language_without_phrases_asks_in_english(self):
        assert "SendRIGHTSto+1404-555-0100" in text(poster(replace(ASKED, language="sw")))


class TestPaper:
    @pytest.mark.parametrize(("paper", "size"), [("letter", (612, 792)), ("a4", (595, 842))])
    def test_one_page_of_the_size_asked_for(self, paper, size):
        box = page(poster(ASKED, "pdf", paper)).pages[0].mediabox

        assert (round(box.width), round(box.height)) == size

    def test_eight_strips_repeat_what_to_send(self):
        words = text(poster(ASKED))

        assert words.count("RIGHTS") == words.count("+1404-555-0100") == 1 + 8

    def test_the_same_words_make_the_same_bytes_anywhere(self):
        script = (
            "from admin.posters import Poster, poster; from hashlib import sha256\n"
            f"for kind in {KINDS}: print(sha256(poster({ASKED!r}, kind)).hexdigest())"
        )
        other = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
        here = [hashlib.sha256(poster(ASKED, kind)).hexdigest() for kind in KINDS]

        assert other.stdout.decode().split() == here


class TestWords:
    def test_the_page_says_who_asks_what_to_send_and_that_it_is_free(self):
        words = page(poster(ASKED)).pages[0].extract_text().split("\n")

        assert words[0] == ASKED.contact
        assert [line.strip() for line in words[1:7]] == [
            *("Human rights", "in our city"),
            *("Send", "RIGHTS", "to", "+1 404-555-0100"),
        ]
        assert {"Or scan this code", "t.me/our_city_bot?start=city-testimony"} <= set(words)
        assert closed(phrasebook("en").say("poster_free")) in closed("".join(words))

    @pytest.mark.parametrize(
        ("sentence", "broken"),
        [
            ("Send K to N", [("Send", "RIGHTS", ""), ("to", "404", "")]),
            ("K ወደ N ይላኩ", [("", "RIGHTS", ""), ("ወደ", "404", "ይላኩ")]),
            ("请将K发送至N", [("请将", "RIGHTS", "发送至"), ("", "404", "")]),
            ("N(으)로 K 보내기", [("", "404", "(으)로"), ("", "RIGHTS", "보내기")]),
            ("N पर K भेजें", [("", "404", "पर"), ("", "RIGHTS", "भेजें")]),
        ],
    )
    def test_the_sentence_keeps_its_order_in_any_grammar(self, sentence, broken):
        marked = sentence.replace("K", "\x01").replace("N", "\x02")
        found = lines(marked, {"\x01": "RIGHTS", "\x02": "404"})

        assert [(line["before"], line["large"], line["after"]) for line in found] == broken


class TestCodes:
    @pytest.mark.parametrize(
        ("number", "link", "codes"),
        [
            ("+1 404-555-0100", None, ["SMSTO:+14045550100:RIGHTS"]),
            ("22828", "", ["SMSTO:22828:RIGHTS"]),
            (None, ASKED.link, [ASKED.link]),
            ("", "https://example.org/try/city", ["https://example.org/try/city"]),
        ],
    )
    def test_what_is_absent_is_left_out(self, number, link, codes):
        assert scanned(poster(replace(ASKED, number=number, link=link), "png")) == codes

    def test_the_code_may_tell_more_than_the_link_that_people_type(self):
        marked = f"{ASKED.link}__poster"
        asked = replace(ASKED, number=None, scanned=marked)
        assert scanned(poster(asked, "png")) == [marked]
        assert "__poster" not in text(poster(asked))

    def test_a_keyword_of_any_script_is_scanned_as_it_is(self):
        for keyword in ("권리", "حقوق", "DIRECCIÓN", "a:b;c"):
            codes = scanned(poster(replace(ASKED, keyword=keyword, link=None), "png"))
            assert codes == [f"SMSTO:+14045550100:{keyword}"]

    @pytest.mark.parametrize(
        ("link", "label"),
        [(ASKED.link, "Telegram"), ("https://example.org/try/city", "Web")],
    )
    def test_two_codes_are_told_apart(self, link, label):
        words = page(poster(replace(ASKED, link=link))).pages[0].extract_text()

        assert re.search(rf"^SMS\s+{label}$", words, re.MULTILINE)

    def test_a_single_code_needs_no_name(self):
        assert "SMS" not in text(poster(replace(ASKED, link=None)))

    def test_without_a_number_nothing_is_to_be_sent(self):
        words = text(poster(replace(ASKED, number=None)))

        assert "RIGHTS" not in words
        assert "Orscan" not in words
        assert "t.me/our_city_bot?start=city-testimony" in words

    @pytest.mark.parametrize(
        "empty", [{"number": None, "link": " "}, {"title": "\n"}, {"keyword": ""}]
    )
    def test_a_poster_that_tells_nothing_is_refused(self, empty):
        with pytest.raises(ValueError, match="A poster needs"):
            poster(replace(ASKED, **empty))


class TestAnyText:
    @pytest.mark.parametrize(
        "title",
        [
            '#read("/etc/passwd") #import "x.typ": *',
            "$x^2$ *bold* _em_ `raw` = head - list @ref <label>",
            "<b>bold</b> &amp; // no comment /* none */ \\ \\u{41} ~ --- ...",
            "\"quotes\" 'single' {braces} [brackets] %s {0} ${HOME}",
            "x" * 300,
            "中" * 300,
            " ".join(["Rights"] * 42),
        ],
    )
    def test_it_is_printed_as_it_is(self, title):
        for field in ("title", "contact"):
            kept = title[:150]
            words = text(poster(replace(ASKED, **{field: title if field == "title" else kept})))
            assert closed(title if field == "title" else kept) in words

    def test_it_is_printed_as_a_keyword_and_as_a_link_too(self):
        hostile = '#x("\\") $*<b>'
        words = text(poster(replace(ASKED, keyword=hostile, link=hostile)))

        assert words.count(closed(hostile)) == 1 + 8 + 1

    def test_lines_controls_and_turned_directions_become_blanks(self):
        rough = "\x00Human\r\n\trights\u202e in\x1b \ud800our\u2028city\x07"

        assert poster(replace(ASKED, title=rough)) == poster(ASKED)

    def test_what_is_far_too_long_ends_with_an_ellipsis_on_the_same_page(self):
        endless = replace(ASKED, title="Rights " * 900, contact="Who " * 900, keyword="K" * 90)
        words = text(poster(replace(endless, link="https://example.org/" + "a" * 400)))

        assert len(re.findall("(?:Rights)+[A-Za-z]*…", words)) == 1
        assert len(re.findall("(?:Who)+[A-Za-z]*…", words)) == 1


class TestLettersWithoutAFont:
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("field", ["title", "contact", "keyword", "number", "link"])
    def test_no_empty_box_is_printed_silently(self, kind, field):
        with pytest.raises(Unprintable, match=r"U\+10FFFD.*install a font") as refused:
            poster(replace(ASKED, **{field: f"Rights {NOWHERE} here"}), kind)

        assert refused.value.letters == (NOWHERE,)

    def test_all_such_letters_are_named_at_once(self):
        with pytest.raises(Unprintable) as refused:
            poster(replace(ASKED, title=f"{NOWHERE} or \U0010fffc", contact=NOWHERE))

        assert refused.value.letters == ("\U0010fffc", NOWHERE)

    @pytest.mark.parametrize("letter", [NOWHERE, "ب"])
    def test_a_mark_does_not_stand_in_for_its_letter(self, letter):
        """Else the first font that has the mark is content with it: an accent floats where a letter should be."""
        with pytest.raises(Unprintable, match=f"U\\+{ord(letter):04X}"):
            poster(replace(ASKED, title=f"Rights {letter}\u0301"))

    def test_emoji_are_drawn_or_named(self):
        """Which of the two depends on the machine's own fonts."""
        try:
            drawn = text(poster(replace(ASKED, title="Rights 🙂")))
        except Unprintable as refused:
            drawn = "".join(refused.letters)

        assert "🙂" in drawn
