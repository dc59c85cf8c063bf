"""Where sentences end, language by language. In each line ``‖`` stands where one ends and the next begins."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.model import Kind, Paragraph
from assistant.documents.sentences import spans_of, split

TABLE: dict[str, list[str]] = {
    "en": [
        "It rained.‖ We stayed home.‖ Nobody minded!",
        "Is it true?‖ Yes.‖ Really?!‖ Really.",
        "Dr. Smith met Mrs. Jones at 5 p.m. on Monday.‖ They talked.",
        "The firm was sold for $3.5 million in 2019.‖ Its shares rose 4.2 percent.",
        "He lives in the U.S. and works for Acme Inc. in Boston.‖ She does not.",
        "She was born in the U.S.‖ The family moved later.",
        "J. R. R. Tolkien wrote it.‖ C. S. Lewis read it.",
        "See Fig. 3, p. 12, and Sec. 4.1 for details.‖ The rest is clear.",
        "“I do not know,” he said.‖ “Ask her.”‖ She was silent.",
        '"Stop!" he cried.‖ Then he ran.',
        'He said "No."‖ Then he left.',
        "They had apples, pears, etc. and ate them.‖ Nothing was left, etc.‖ We went on.",
        "Wait... what?‖ I thought … you knew.‖ Well...‖ Never mind.",
        "(This is a note.)‖ This is not (a short one).‖ Go on.",
        "Visit https://example.org/a.b?c=d.e! now.‖ Or write to a.b@example.org.‖ Thanks.",
        "Version 2.0.1 is out.‖ Python 3.12 is needed.",
        "e.g. this one, i.e. that one.‖ Done.",
        "1. First point.‖ 2. Second point.",
        "Mr. and Mrs. Brown vs. the State of N.Y. is a case.‖ It was heard on Jan. 5.‖ Nobody came.",
        "The price is No. 1.‖ The size is no. 5 on the list.",
        "What a day!‖ everyone said so.",
        "I saw St. Paul's and Mt. Etna.‖ Prof. Lee, Ph.D., came too.",
        "Yahoo! Inc. is a firm.‖ So is Acme.",
        "He asked, “Why?”‖ She answered.",
        "The meeting (see p. 4.) was long.‖ It ended.",
        "He left at 5 p.m.‖ She stayed until 6 a.m.‖ Both slept.",
        "It ended in 1999.‖ 2000 was better.",
        "“Is it?” she asked.‖ “It is!” he said.",
        "It was built in 1850.[1]‖ It fell.[2][3]‖ See arr.[0] for more.",
        "It ends here.¹‖ A new one begins.",
        "Answer: no.‖ Ask again.‖ See Sect. 4.2 first.",
    ],
    "zh-Hans": [
        "今天下雨。‖我们没有出门。‖没人在意！",
        "他说：“我不知道。”‖她没有回答。",
        "“你是谁？”他问。‖“我是老师。”",
        "真的吗？‖是的！‖太好了！！‖走吧。",
        "第一，要快；‖第二，要好。",
        "公司收入为3.5亿元，增长4.2%。‖利润下降。",
        "等等……我还没说完。‖“好吧……”‖算了。",
        "他读了《红楼梦》。‖她读了《西游记》（第一回）。‖都很好。",
        "（这是注。）‖这不是注（很短）。‖继续。",
        "请访问www.example.org。‖谢谢。",
        "他用iPhone。‖She is here.‖他来了。",
        "会议开始了!‖大家都来了吗?‖来了.",
        "「好。」‖他走了。",
        "他说：“走！快走！”‖大家都跑了。",
        "他说“好。”就走了。‖她没说话。",
        '他说："你好。"‖我说："你也好。"',
        "他住在U.S.已经三年了。‖Dr. Smith来了。",
        "结论如上。[1]‖下面讨论。‖价格是3.5元！[2]‖谢谢。",
        "版本2.0已经发布。‖请更新。",
        "他喊道：“着火了！”‖所有人都跑了出来。",
        "人口约1,400万人（2020年）。‖面积很大。",
        '他走了。‖"什么？"他说。‖"走了。"‖没人知道。',
    ],
    "zh-Hant": [
        "今天下雨。‖我們沒有出門。",
        "他說：「我不知道。」‖她沒有回答。",
        "「你是誰？」他問。‖「我是老師。」",
        "『真的嗎？』‖是的。",
        "第一，要快；‖第二，要好。",
    ],
    "ja": [
        "今日は雨です。‖私たちは家にいました。",
        "「知りません。」と彼は言った。‖彼女は黙っていた。",
        "「どこへ行くの？」と聞いた。‖「学校です」と答えた。",
        "本当ですか？‖はい！‖行きましょう。",
        "売上は3.5億円でした。‖利益は減りました。",
        "（注：これは例です。）‖次に進みます。",
        "えっと……わかりません。‖では。",
        "彼は「走れ！」と叫んだ。‖みんな走った。",
        "すごい!‖本当に?‖はい。",
    ],
    "ko": [
        "오늘은 비가 왔다.‖ 우리는 집에 있었다.",
        "“모르겠어요.”라고 그가 말했다.‖ 그녀는 조용했다.",
        "정말입니까?‖ 네!‖ 갑시다.",
        "매출은 3.5억 원이었다.‖ 이익은 줄었다.",
        "그는 2020. 5. 1. 태어났다.‖ 서울에 산다.",
        '그는 말했다.‖ "가자."‖ 모두 갔다.',
        "“어디 가세요?” 하고 물었다.‖ “집에 가요.”‖ 그녀가 대답했다.",
    ],
    "de": [
        "Es regnete.‖ Wir blieben zu Hause.",
        "Dr. Müller kam z. B. am 3. Mai nach Berlin.‖ Er blieb bis zum 5. Juni.",
        "Das kostet ca. 3,5 Mio. Euro.‖ Das ist viel, d.h. zu viel.",
        "Er sagte: „Ich weiß es nicht.“‖ Sie schwieg.",
        "„Wohin?“, fragte er.‖ „Nach Hause.“",
        "Prof. Dr. h. c. Schmidt sprach usw. und ging.‖ Alle klatschten.",
        "Am 1. Januar 2020 begann es.‖ Im 19. Jahrhundert war es anders.",
        "Siehe Abs. 2 Nr. 4 bzw. Art. 5 GG.‖ Das gilt.",
        "Die Firma Meier u. Söhne zog um.‖ Ludwig XIV. regierte lange.",
        "Kaiser Karl V. war dort.‖ Er ging.",
        "Um 15.30 Uhr war Schluss.‖ Alle gingen.",
    ],
    "fr": [
        "Il pleuvait.‖ Nous sommes restés.",
        "M. Dupont et Mme Durand sont venus.‖ Ils parlent.",
        "« Je ne sais pas. »‖ Elle se tut.",
        "« Où vas-tu ? » demanda-t-il.‖ « À la maison. »",
        "Le prix est de 3,5 millions d'euros, etc.‖ C'est cher.",
        "Vraiment ?‖ Oui !‖ Allons-y.",
        "Cf. p. 12 et art. 5 du code.‖ Le reste est clair.",
        "Le Dr. Martin habite av. Foch.‖ Il est là.",
        "J.-P. Sartre est né en 1905.‖ Il est mort en 1980.",
        "Il hésite… puis part.‖ Elle reste.",
    ],
    "es": [
        "Llovía.‖ Nos quedamos en casa.",
        "El Sr. Pérez y la Sra. López llegaron.‖ Hablaron.",
        "¿Es verdad?‖ ¡Sí!‖ Vamos.",
        "—No lo sé —dijo él.‖ Ella calló.",
        "Vive en EE. UU. desde 2010.‖ Trabaja allí.",
        "«No lo sé.»‖ Ella calló.",
        "Véase pág. 12 y art. 5.‖ Lo demás es claro.",
        "Costó 3.500.000 euros, aprox. el doble.‖ Es caro.",
        "El Dr. D. José vino.‖ Ud. lo sabe.",
    ],
    "it": [
        "Pioveva.‖ Siamo rimasti a casa.",
        "Il sig. Rossi e il dott. Bianchi sono arrivati.‖ Parlano.",
        "«Non lo so.»‖ Lei tacque.",
        "Davvero?‖ Sì!‖ Andiamo.",
        "Costa 3,5 milioni, ecc. e basta.‖ È caro.",
        "Vedi art. 5, p. 12 e fig. 3.‖ Il resto è chiaro.",
        "L'on. Verdi parlò per primo.‖ Tutti ascoltarono.",
    ],
    "pt": [
        "Chovia.‖ Ficamos em casa.",
        "O Sr. Silva e a Dra. Costa chegaram.‖ Falaram.",
        "“Não sei.”‖ Ela calou-se.",
        "É verdade?‖ Sim!‖ Vamos.",
        "Custa R$ 3.500,00, etc. e tal.‖ É caro.",
        "Veja a pág. 12 e o art. 5.‖ O resto é claro.",
        "A Av. Paulista fica em S. Paulo.‖ É longa.",
    ],
    "ru": [
        "Шёл дождь.‖ Мы остались дома.",
        "А. С. Пушкин родился в 1799 г. в Москве.‖ Он умер в 1837 году.",
        "«Не знаю», — сказал он.‖ Она молчала.",
        "— Куда ты? — спросил он.‖ — Домой.",
        "Цена — 3,5 млн руб. за шт.‖ Это дорого.",
        "Это было в 20 в. до н. э. и т. д.‖ Потом стало иначе.",
        "См. рис. 3 и стр. 12.‖ Остальное ясно.",
        "Правда?‖ Да!‖ Пошли.",
        "Он живёт в г. Казань на ул. Ленина, д. 5.‖ Она нет.",
        "И т. п. мелочи.‖ Напр. эта.",
        "А. П. Чехов жил в г. Таганроге.‖ Его рост был 180 см.‖ Он врач.",
    ],
    "nl": [
        "Het regende.‖ Wij bleven thuis.",
        "Dhr. Jansen en mevr. De Vries kwamen.‖ Zij praatten.",
        "Dat kost ca. 3,5 mln. euro, d.w.z. te veel.‖ Het is duur.",
        "“Ik weet het niet.”‖ Zij zweeg.",
        "Zie blz. 12 en art. 5, bijv. hier.‖ De rest is duidelijk.",
        "Prof. dr. W. de Boer sprak.‖ Iedereen luisterde.",
        "'s Avonds regende het.‖ 's Morgens niet.",
    ],
    "pl": [
        "Padał deszcz.‖ Zostaliśmy w domu.",
        "Dr. hab. Jan Kowalski przyszedł o godz. 15.30 na ul. Długą.‖ Mówił długo.",
        "„Nie wiem.”‖ Ona milczała.",
        "Naprawdę?‖ Tak!‖ Chodźmy.",
        "Kosztuje ok. 3,5 mln zł, tj. za dużo.‖ To drogo.",
        "Zob. str. 12 i art. 5 ust. 2, np. tutaj.‖ Reszta jest jasna.",
        "W XIX w. było inaczej.‖ Por. rys. 3.",
        "Urodził się 3 maja 1990 r. w Łodzi.‖ Mieszka tam.",
    ],
}


LINES = [(language, line) for language, lines in TABLE.items() for line in lines]


@pytest.mark.parametrize(("language", "line"), LINES)
def test_sentences_end_where_they_do(language: str, line: str) -> None:
    expected = [piece.strip() for piece in line.split("‖")]
    text = line.replace("‖", "")
    assert [text[start:end] for start, end in split(text, language)] == expected


def test_every_language_is_tried() -> None:
    assert set(TABLE) == {"en", "zh-Hans", "zh-Hant", "ja", "ko", "de", "fr", "es", "it", "pt", "ru", "nl", "pl"}
    assert sum(len(lines) for lines in TABLE.values()) > 120


def test_a_line_break_inside_a_sentence_does_not_end_it() -> None:
    text = "It rained all day\nand we stayed. We\nread."
    assert [text[start:end] for start, end in split(text, "en")] == ["It rained all day\nand we stayed.", "We\nread."]


def test_a_language_that_is_not_known_is_split_all_the_same() -> None:
    text = "Það rigndi. Við vorum heima."
    assert len(split(text, "")) == 2
    assert split("यह एक वाक्य है। यह दूसरा है।", "hi") == ((0, 15), (16, 28))
    assert len(split("هل هذا صحيح؟ نعم.", "ar")) == 2


PIECES = st.sampled_from([*"abAB 。.!?！？…“”「」（）()\"'\n\t:;；,0123 ", "Dr.", "e.g.", "  ", "你好", "…"])


@given(st.lists(PIECES, max_size=80).map("".join), st.sampled_from(["en", "zh-Hans", "de", "ja", ""]))
def test_nothing_is_lost_and_nothing_is_twice(text: str, language: str) -> None:
    spans = split(text, language)
    position = 0
    for start, end in spans:
        assert start < end
        assert start >= position
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


def test_headings_items_rows_and_lines_of_code_are_sentences() -> None:
    text = "Dr. Who. A life\n\nname\tage\nDr. Who\t900\n\nx = 1.\ny = 2\n\nOne. Two."
    paragraphs = (
        Paragraph(0, 15, Kind.HEADING, 1),
        Paragraph(17, 37, Kind.TABLE),
        Paragraph(39, 51, Kind.CODE),
        Paragraph(53, 62),
    )
    found = [text[start:end] for start, end in spans_of(text, paragraphs, "en")]
    assert found == ["Dr. Who. A life", "name\tage", "Dr. Who\t900", "x = 1.", "y = 2", "One.", "Two."]


TRANSCRIPT = " ".join(f"and then word{number} came along" for number in range(400))
OLD_CHINESE = "".join(f"天地玄黄宇宙洪荒第{number}日月盈昃辰宿列张" for number in range(400))
MINIFIED = '{"rows":[' + ",".join(f'{{"id":{number},"name":"n{number}"}}' for number in range(400)) + "]}"
SIGNS = "क्षि" * 1000  # each letter with a sign behind it
ENDLESS = "a\u0301" + "\u0301" * 5000


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.CODE])
@pytest.mark.parametrize("text", [TRANSCRIPT, OLD_CHINESE, MINIFIED, SIGNS, ENDLESS], ids=lambda text: text[:6])
def test_what_has_no_sentence_marks_is_cut_at_clauses_and_words(text: str, kind: Kind) -> None:
    spans = spans_of(text, (Paragraph(0, len(text), kind),), "")
    assert all(0 < end - start <= 600 for start, end in spans)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    if text is ENDLESS:
        return
    for (_, end), (start, _) in itertools.pairwise(spans):
        assert text[start] not in "\u093f\u094d"
        assert not (text[end - 1].isalnum() and text[end - 1].isascii() and text[end].isalnum() and text[end].isascii())


@given(st.lists(st.sampled_from([*"ab ，,. \u0301\u200d", "长" * 300, "x" * 700, "一句。"]), max_size=40).map("".join))
def test_long_stretches_lose_nothing(text: str) -> None:
    position = 0
    for start, end in spans_of(text, (Paragraph(0, len(text)),), "en"):
        assert position <= start < end <= start + 600
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


@pytest.mark.parametrize(
    "text",
    [
        "a" * 2_000_000,
        "." * 1_000_000,
        "。" * 500_000,
        "(" * 500_000,
        "“" * 500_000 + "。”" * 100_000,
        "A. " * 300_000,
        ". \n" * 300_000,
        "1" * 1_000_000 + ".",
        "a.b" * 300_000,
    ],
    ids=lambda text: repr(text[:6]),
)
def test_odd_texts_take_no_longer_than_others(text: str) -> None:
    start = time.process_time()
    for language in ("en", "zh-Hans"):
        spans_of(text, (Paragraph(0, len(text)),), language)
    # An effort that grows with the square of the length would take minutes.
    assert time.process_time() - start < 10 * max(1.0, len(text) / 1_000_000)
