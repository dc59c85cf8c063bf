"""Sentences to make documents of, and sentences with some of their words marked up."""

from __future__ import annotations

import random
from dataclasses import dataclass

SENTENCES = {
    "en": (
        "The lighthouse keeper wrote down every ship that passed.",
        "Nobody had opened the small door behind the library for years.",
        "Rain is expected in the north, while the south stays dry.",
        "Please close the window before you leave the room!",
        "Why does the second train always arrive first?",
        "Our garden has 12 apple trees and 3 old pear trees.",
        "Heat the milk slowly and stir it with a wooden spoon.",
        "She said that the letter had never reached the town.",
        "All members may borrow five books for four weeks.",
        "The bridge was built in 1897 and repaired twice since then.",
        "Every good map shows less than there is, and more than one sees.",
        "Salt & pepper stand on the table, as they did < ten years ago.",
    ),
    "zh": (
        "灯塔看守人记下了每一艘经过的船。",
        "图书馆后面的小门已经多年没有人打开过了。",
        "北方预计有雨，南方仍然干燥。",
        "离开房间之前请关上窗户！",
        "为什么第二班火车总是先到呢？",
        "我们的花园里有12棵苹果树和3棵老梨树。",
        "慢慢加热牛奶，用木勺搅拌。",
        "她说那封信从来没有到达镇上。",
        "所有会员都可以借五本书，为期四周。",
        "这座桥建于1897年，此后修过两次。",
    ),
    "de": (
        "Der Wärter schrieb jedes Schiff auf, das vorüberfuhr.",
        "Niemand hatte die kleine Tür seit Jahren geöffnet.",
        "Bitte schließen Sie das Fenster, bevor Sie gehen!",
        "Warum kommt der zweite Zug immer zuerst an?",
        "Im Garten stehen 12 Apfelbäume und alte Birnbäume.",
        "Sie sagte, der Brief habe die Stadt nie erreicht.",
        "Alle Mitglieder dürfen fünf Bücher ausleihen.",
        "Die Brücke wurde 1897 gebaut und zweimal erneuert.",
    ),
    "fr": (
        "Le gardien du phare notait chaque navire qui passait.",
        "Personne n’avait ouvert la petite porte depuis des années.",
        "La pluie est attendue dans le nord, le sud reste sec.",
        "Pourquoi le deuxième train arrive-t-il toujours le premier ?",
        "Notre jardin compte 12 pommiers et 3 vieux poiriers.",
        "Elle a dit que la lettre n’était jamais arrivée.",
        "Le pont a été construit en 1897 et réparé deux fois.",
    ),
    "ru": (
        "Смотритель маяка записывал каждый проходящий корабль.",
        "Никто не открывал маленькую дверь уже много лет.",
        "Завтра на севере ожидается дождь, на юге будет сухо.",
        "Почему второй поезд всегда приходит первым?",
        "Наш сад вырастил 12 яблонь и 3 старые груши.",
        "Она сказала, что письмо так и не дошло до города.",
    ),
    "ja": (
        "灯台守は通り過ぎるすべての船を書き留めた。",
        "図書館の裏の小さな扉は何年も開けられていない。",
        "北では雨が予想され、南は乾いたままです。",
        "部屋を出る前に窓を閉めてください。",
        "なぜ二番目の列車がいつも先に着くのですか。",
        "庭にはりんごの木が12本あります。",
    ),
    "ar": (
        "كتب حارس المنارة اسم كل سفينة مرت من هنا.",
        "لم يفتح أحد الباب الصغير منذ سنوات طويلة.",
        "من المتوقع هطول الأمطار في الشمال غدا.",
        "لماذا يصل القطار الثاني دائما قبل الأول؟",
        "قالت إن الرسالة لم تصل إلى المدينة أبدا.",
    ),
}
"""Sentences by language. None has an abbreviation or begins with a single letter: turned
around or in capitals it is still one sentence."""

STYLES = ("bold", "italic", "link", "code")
_CODE = ("x = 1", "make all", "--verbose", "read_file()", "http.client")


@dataclass(frozen=True)
class Span:
    """Words with one style: one of ``STYLES``, or none."""

    text: str
    style: str = ""


class Words:
    """What a document is made of, by chance.

    :param language: a key of ``SENTENCES``; empty: by chance as well.
    """

    def __init__(self, chance: random.Random, language: str = "") -> None:
        self.chance = chance
        self.language = language or chance.choice(tuple(SENTENCES))
        self.between = "" if self.language in ("zh", "ja") else " "

    def sentence(self) -> str:
        return self.chance.choice(SENTENCES[self.language])

    def heading(self) -> str:
        """A sentence without its end."""
        return self.sentence().rstrip("。.!?！？؟ ")

    def sentences(self, most: int = 4) -> list[str]:
        return [self.sentence() for _ in range(self.chance.randint(1, most))]

    def text(self, most: int = 4) -> str:
        """A few sentences."""
        return self.between.join(self.sentences(most))

    def marked(self) -> list[Span]:
        """A sentence, often with some words of it marked up; never its first or last ones."""
        sentence = self.sentence()
        if self.chance.random() < 0.4:
            return [Span(sentence)]
        words = sentence.split(" ") if self.between else list(sentence)
        if len(words) < 5:
            return [Span(sentence)]
        start = self.chance.randint(1, len(words) - 3)
        end = self.chance.randint(start + 1, len(words) - 2)
        style = self.chance.choice(STYLES)
        middle = self.chance.choice(_CODE) if style == "code" else self.between.join(words[start:end])
        first, last = self.between.join(words[:start]), self.between.join(words[end:])
        return [Span(first + self.between), Span(middle, style), Span(self.between + last)]

    def paragraph(self, most: int = 3) -> list[Span]:
        """A few sentences with marked words."""
        spans: list[Span] = []
        for number in range(self.chance.randint(1, most)):
            if number and self.between:
                spans.append(Span(self.between))
            spans += self.marked()
        return spans
