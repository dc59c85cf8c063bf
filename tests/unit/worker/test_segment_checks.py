"""Checks see what is wrong with a translation, and leave a good one alone."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.base.assets import resources
from assistant.documents.segments import CLOSE, OPEN, Checked, Finding, FindingKind, Pair, Term
from assistant.worker.messages import CheckSegments
from assistant.worker.segment_checks import check
from tests.fakes.misbehaving_translator import MISBEHAVIOURS, SPOILT, MisbehavingTranslator, Misbehaviour, Spoilt
from tests.fakes.translated import DIRECTIONS, Translated, coded, good

K = FindingKind
EACH = 8  # translations of a direction that each way to misbehave is tried on
ZH, EN, DE = "zh-Hans", "en", "de"


def checked(
    before: str, after: str, source: str, target: str, *, terms: tuple[Term, ...] = (), finish: str = "end"
) -> Checked:
    request = CheckSegments(id="1", pairs=(Pair(before, after, finish),), source=source, target=target, terms=terms)
    (one,) = check(request).checked
    return one


def grave(found: Checked) -> list[Finding]:
    """What the model is asked again for."""
    return [one for one in found.findings if not one.minor and not one.mended]


def kinds(found: Checked) -> set[FindingKind]:
    return {one.kind for one in found.findings}


# ---------------------------------------------------------------- good translations


@pytest.mark.parametrize("name", [name for name, _, _ in DIRECTIONS] + ["en-zh-unseen", "zh-en-unseen", "various"])
def test_good_translations_are_left_alone(name: str) -> None:
    """Fewer than one in fifty is asked for again, fewer than one in ten is marked, and none is changed."""
    texts = good(name)
    found = [checked(one.before, one.after, one.source, one.target) for one in texts]
    flagged = [(one.before, one.after, again.findings) for one, again in zip(texts, found, strict=True) if grave(again)]
    assert len(flagged) * 50 < len(texts), flagged
    assert sum(1 for again in found if again.findings) * 10 < len(texts)
    assert [again.text for again in found] == [one.after for one in texts]


def test_the_words_of_the_program_itself_are_left_alone() -> None:
    """Fewer than one in a hundred of its own translations is asked for again: they were not made for these tests."""
    with (resources() / "i18n" / "zh_CN.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    texts = [(key, text) for key, text in catalogue.items() if key and text and isinstance(key, str)][::2]
    pairs = tuple(Pair(key.rpartition("\x04")[2], text) for key, text in texts if "{n}" not in text)
    found = check(CheckSegments(id="1", pairs=pairs, source=EN, target=ZH)).checked
    flagged = [(pair, again.findings) for pair, again in zip(pairs, found, strict=True) if grave(again)]
    assert len(pairs) > 300
    assert len(flagged) * 100 < len(pairs), flagged


@pytest.mark.parametrize("name", [name for name, _, _ in DIRECTIONS])
def test_there_are_enough_good_translations(name: str) -> None:
    assert len(good(name)) >= 60


# ---------------------------------------------------------------- bad ones


def _spoilt(how: Misbehaviour) -> Iterator[tuple[Translated, str]]:
    for name, _, _ in DIRECTIONS:
        yield from islice(((one, bad) for one in good(name) if (bad := how.spoil(one)) != one.after), EACH)


@pytest.mark.parametrize("how", MISBEHAVIOURS, ids=lambda how: how.name)
def test_each_way_to_misbehave_is_seen(how: Misbehaviour) -> None:
    tried = list(_spoilt(how))
    assert tried
    silent = []
    for one, bad in tried:
        found = checked(one.before, bad, one.source, one.target, finish=how.finish)
        told = [it for it in found.findings if it.kind in how.kinds and not it.minor]
        mended = told and not grave(found)
        if not told or (mended and (not how.mendable or found.text != one.after)):
            silent.append((one.before, bad, found))
    assert silent == []


@pytest.mark.parametrize("how", [one for one in MISBEHAVIOURS if one.mendable], ids=lambda how: how.name)
def test_what_can_be_mended_mostly_is(how: Misbehaviour) -> None:
    tried = list(_spoilt(how))
    found = [(one, checked(one.before, bad, one.source, one.target)) for one, bad in tried]
    whole = [again for one, again in found if again.text == one.after and not grave(again)]
    assert len(whole) * 10 >= len(tried) * 9


@pytest.mark.parametrize("one", SPOILT, ids=lambda one: f"{one.name}: {one.before[:20]}")
def test_what_is_no_translation_is_seen(one: Spoilt) -> None:
    found = checked(one.before, one.bad, one.source, one.target, terms=one.terms, finish=one.finish)
    assert {it.kind for it in grave(found)} & one.kinds, found


def test_a_translator_that_misbehaves_once() -> None:
    how = next(one for one in MISBEHAVIOURS if one.name == "changes a number")
    known = good("en-zh")
    source = next(one.before for one in known if how.spoil(one) != one.after)
    translator = MisbehavingTranslator(known, how)
    first, second = translator(source), translator(source)
    assert first != second
    assert grave(checked(source, first[0], EN, ZH, finish=first[1]))
    assert not grave(checked(source, second[0], EN, ZH, finish=second[1]))


@pytest.mark.parametrize("name", [name for name, _, _ in DIRECTIONS])
def test_nearly_every_digit_counts(name: str) -> None:
    """Of all digits in good translations, each changed by itself, more than 95 of 100 are missed."""
    tried, silent = 0, []
    for one in good(name):
        for place in [match.start() for match in re.finditer(r"\d", one.after)][:4]:
            bad = f"{one.after[:place]}{(int(one.after[place]) + 3) % 10}{one.after[place + 1 :]}"
            tried += 1
            if not grave(checked(one.before, bad, one.source, one.target)):
                silent.append((one.before, bad))
    assert tried > 50
    assert len(silent) * 20 < tried, silent


# ---------------------------------------------------------------- one thing at a time


@pytest.mark.parametrize(
    ("before", "after", "languages", "kind"),
    [
        # numbers
        ("The tower is 324 m high.", "这座塔高342米。", (EN, ZH), K.NUMBER),
        ("They sold 3 million cars.", "他们卖出了3万辆汽车。", (EN, ZH), K.NUMBER),
        ("They sold 3 million cars.", "他们卖出了三十万辆汽车。", (EN, ZH), K.NUMBER),
        ("Prices rose 1.5%.", "价格上涨了15%。", (EN, ZH), K.NUMBER),
        ("It has 12 rooms.", "它有很多房间。", (EN, ZH), K.NUMBER),
        ("It has many rooms.", "它有12个房间。", (EN, ZH), K.NUMBER),
        ("The meeting begins at ten.", "会议九点开始。", (EN, ZH), K.NUMBER),
        ("会议九点开始。", "The meeting begins at ten.", (ZH, EN), K.NUMBER),
        ("We meet at half past six.", "我们七点见。", (EN, ZH), K.DATE),
        ("五名学生获奖。", "Six students won prizes.", (ZH, EN), K.NUMBER),
        ("公司有一千二百五十名员工。", "The company has 1,350 employees.", (ZH, EN), K.NUMBER),
        ("Der Preis beträgt 1.234,50 Euro.", "The price is 1,243.50 euros.", (DE, EN), K.NUMBER),
        ("The price is 1,234.50 euros.", "Der Preis beträgt 12.345,00 Euro.", (EN, DE), K.NUMBER),
        ("Call 555-0123 for help.", "如需帮助请致电 555-0132。", (EN, ZH), K.NUMBER),
        # units
        ("The road is 5 km long.", "这条路长5英里。", (EN, ZH), K.UNIT),
        ("Add 20 g of salt.", "加20千克盐。", (EN, ZH), K.UNIT),
        ("它的价格是100元。", "It costs 100 dollars.", (ZH, EN), K.UNIT),
        ("It costs €20.", "Es kostet 20 $.", (EN, DE), K.UNIT),
        ("There are 15 rooms.", "有15%的房间。", (EN, ZH), K.UNIT),
        ("Prices rose 15%.", "价格上涨了15。", (EN, ZH), K.UNIT),
        ("价格上涨了15%。", "Prices rose by 15.", (ZH, EN), K.UNIT),
        ("Version 2.10 is out.", "2.1版本已发布。", (EN, ZH), K.NUMBER),
        ("请安装版本 2.1。", "Please install version 2.10.", (ZH, EN), K.NUMBER),
        # signs
        ("It was -12 °C.", "气温为12°C。", (EN, ZH), K.NUMBER),
        ("气温为-12°C。", "It was 12 °C.", (ZH, EN), K.NUMBER),
        ("It was \u221212 °C.", "Es waren 12 °C.", (EN, DE), K.NUMBER),
        ("It was 12 °C.", "气温为-12°C。", (EN, ZH), K.NUMBER),
        # dates and times
        ("At 10:30 pm.", "上午10:30。", (EN, ZH), K.DATE),
        ("晚上10:30开始。", "It starts at 10:30 am.", (ZH, EN), K.DATE),
        ("Due 2024-03-05.", "截止日期为2024年5月3日。", (EN, ZH), K.DATE),
        ("截止日期为2024年3月5日。", "Due May 3, 2024.", (ZH, EN), K.DATE),
        ("The deadline is 12 November 2026.", "截止日期是2026年10月12日。", (EN, ZH), K.DATE),
        ("The deadline is 12 November 2026.", "截止日期是2025年11月12日。", (EN, ZH), K.DATE),
        ("The deadline is 12 November 2026.", "Die Frist endet am 13. November 2026.", (EN, DE), K.DATE),
        ("会议在星期三举行。", "The meeting is on Tuesday.", (ZH, EN), K.DATE),
        ("Where are you?", "Wo bist du?", (EN, "fr"), K.LANGUAGE),
        ("Good morning to all of you", "The text:", (EN, DE), K.LANGUAGE),
        ("你在哪里？", "Donde estas tu?", (ZH, DE), K.LANGUAGE),
        ("On se voit jeudi à la gare.", "See you at the station.", ("fr", EN), K.DATE),
        ("We meet on Thursday at 9 o'clock.", "Nous nous retrouvons à 9 heures.", (EN, "fr"), K.DATE),
        ("我们星期四去。", "We are going.", (ZH, EN), K.DATE),
        ("The bank was founded in 1088.", "该银行成立于1188年。", (EN, ZH), K.DATE),
        ("from 1 May", "6月1日起", (EN, ZH), K.DATE),
        ("Heat it to 80 °C.", "加热至80 °F。", (EN, ZH), K.UNIT),
        ("It takes 20 hours.", "需要20分钟。", (EN, ZH), K.UNIT),
        ("违约金为百分之五。", "The penalty is ten percent.", (ZH, EN), K.NUMBER),
        ("这本书被译成十二种语言。", "The book was translated into ten languages.", (ZH, EN), K.NUMBER),
        ("Use the code SAVE20 now.", "现在使用优惠码SAVE25。", (EN, ZH), K.NUMBER),
        ("Version 2.14.3 is out.", "2.16.3版已发布。", (EN, ZH), K.NUMBER),
        ("The shop opens at 9:30 a.m.", "商店上午8点30分开门。", (EN, ZH), K.DATE),
        # literals
        ("Run `ls -l` now.", "现在运行 ls -l。", (EN, ZH), K.CODE),
        ("Set the value of max_size.", "设置最大尺寸的值。", (EN, ZH), K.CODE),
        ("Edit /etc/fstab first.", "先编辑配置文件。", (EN, ZH), K.CODE),
        ("See https://example.org/a?b=1.", "参见 https://example.org/a?b=2。", (EN, ZH), K.LINK),
        ("There is nothing to be seen here, so please move on.",
         "这里没什么可看的，请继续前行 https://evil.example 。", (EN, ZH), K.FORGED),
        ("%s was copied to %d.", "%d已复制到%s。", (EN, ZH), K.PLACEHOLDER),
        ("Hello, {name}!", "你好，{名字}！", (EN, ZH), K.PLACEHOLDER),
        ("Salt &amp; pepper", "盐 & 胡椒", (EN, ZH), K.PLACEHOLDER),
        ("First line\\nsecond line", "第一行，第二行", (EN, ZH), K.PLACEHOLDER),
        ("Press **Save** now.", "现在按保存。", (EN, ZH), K.PLACEHOLDER),
        ("Hello {{user}}, you have ${n} points.", "你好，您有 ${n} 分。", (EN, ZH), K.PLACEHOLDER),
        ('Run `echo "hi"` now.', "现在运行 `echo “hi”`。", (EN, ZH), K.CODE),
        ("现在运行 `ls --all`。", "Run `ls —all` now.", (ZH, EN), K.CODE),
        ("See https://example.org/help/start now.", "现在请看 https://example.org/帮助/开始。", (EN, ZH), K.LINK),
        ("%s has %d files.", "%d有%s个文件。", (EN, ZH), K.PLACEHOLDER),
        ("你好{name}。", "Hello {user}.", (ZH, EN), K.PLACEHOLDER),
        # codes
        ("⟦1⟧One⟦/1⟧ and ⟦2⟧two⟦/2⟧.", "⟦1⟧一⟦2⟧和⟦/1⟧二⟦/2⟧。", (EN, ZH), K.TAG),
        ("⟦1⟧One⟦/1⟧ and two.", "⟦1⟧⟦/1⟧一和二。", (EN, ZH), K.TAG),
        ("⟦1⟧One⟦/1⟧ and two.", "⟦1⟧一⟦/1⟧和二⟦3/⟧。", (EN, ZH), K.TAG),
        # shape
        ("- Item one", "# 第一项", (EN, ZH), K.LINES),
        ("Plain text", "# 纯文本", (EN, ZH), K.FORGED),
        ("One⏎two", "一⏎二⏎三", (EN, ZH), K.LINES),
        ("Well done 👍", "做得好 👎", (EN, ZH), K.EMOJI),
        # script
        ("He came back to the country.", "他回到了國家。", (EN, ZH), K.SCRIPT),
        ("他回到了国家。", "他回到了国家。", (ZH, "zh-Hant"), K.SCRIPT),
        ("A cup of tea, please.", "请给我一杯чай。", (EN, ZH), K.SCRIPT),
        ("He is a teacher.", "Он учитель 老师.", (EN, "ru"), K.SCRIPT),
        # the source again, but for a word
        ("It was built in 1903 and costs $5.", "It was built in 1903 and cost $5.", (EN, DE), K.ECHO),
        ("It was built in 1903.", "It was build in 1903.", (EN, "fr"), K.ECHO),
        # twice
        ("The bridge is closed. Use the tunnel.", "桥梁已经关闭。桥梁已经关闭。请走隧道。", (EN, ZH), K.LOOP),
        ("桥梁已经关闭。请走隧道。", "Use the tunnel. Use the tunnel. The bridge is closed.", (ZH, EN), K.LOOP),
        # the end
        ("He came in, sat down and asked for a glass of water.", "他走进来，坐下，", (EN, ZH), K.CUT),
        ("We have to talk about the", "我们得谈谈。", (EN, ZH), None),
        # hardly anything of a short sentence
        ("A lamp burns there every night.", "背景！", (EN, ZH), K.LENGTH),
        ("我家在村子的东边。", "Hello!", (ZH, EN), K.LENGTH),
        # a few words of another language
        ("News about the bridge", "News,", (EN, ZH), K.LANGUAGE),
        ("The Old Bridge", "Old Bridge", (EN, ZH), K.LANGUAGE),
        ("请帮帮我。", "À votre aide,", (ZH, EN), K.LANGUAGE),
        ("谢谢你的帮助。", "Merci beaucoup.", (ZH, EN), K.LANGUAGE),
        ("谢谢大家。", "Danke schön für alles.", (ZH, EN), K.LANGUAGE),
        ("Thank you.", "Thank.", (EN, ZH), K.LANGUAGE),
        ("Thank you.", "Hello.", (EN, "ja"), K.LANGUAGE),
        ("I couldn't agree with you more.", "对。", (EN, ZH), K.LENGTH),
        ("My brother works in a hospital.", "医院。", (EN, ZH), K.LENGTH),
        ("It doesn't open in spring.", "春天开放。", (EN, ZH), K.OPPOSITE),
        ("我爱你。", "I love you.", (ZH, "fr"), K.LANGUAGE),
        ("Wie geht es dir?", "How are you?", (DE, "es"), K.LANGUAGE),
    ],
)  # fmt: skip
def test_one_thing(before: str, after: str, languages: tuple[str, str], kind: FindingKind | None) -> None:
    found = checked(coded(before), coded(after), *languages)
    assert ({one.kind for one in grave(found)} or {None}) == {kind}, found


@pytest.mark.parametrize(
    ("before", "after", "languages"),
    [
        ("They sold 3 million cars.", "他们卖出了300万辆汽车。", (EN, ZH)),
        ("They sold 3 million cars.", "他们卖出了三百万辆汽车。", (EN, ZH)),
        ("The price is 1,234.5 euros.", "Der Preis beträgt 1.234,5 Euro.", (EN, DE)),
        ("The price is 1,234.5 euros.", "Le prix est de 1 234,5 euros.", (EN, "fr")),
        ("The price is 1,234.5 euros.", "价格是1234.5欧元。", (EN, ZH)),
        ("三只猫", "3 cats", (ZH, EN)),
        ("三十六计，走为上计。", "Of all stratagems, the best is to run away.", (ZH, EN)),
        ("总投资约 1269 亿元。", "The total investment is about 126.9 billion yuan.", (ZH, EN)),
        ("a 50-megapixel camera", "5000万像素相机", (EN, ZH)),
        ("the 3rd floor", "三楼", (EN, ZH)),
        ("the first day", "第一天", (EN, ZH)),
        ("Both of them left.", "两个人都走了。", (EN, ZH)),
        ("A dozen eggs", "十二个鸡蛋", (EN, ZH)),
        ("It is open 24/7.", "全天候开放。", (EN, ZH)),
        ("She is 30 years old.", "她三十岁。", (EN, ZH)),
        ("12 November 2026", "2026年11月12日", (EN, ZH)),
        ("2026年11月12日", "Nov. 12, 2026", (ZH, EN)),
        ("12/11/2026", "12. November 2026", (EN, DE)),
        ("at 3 pm", "15时", (EN, ZH)),
        ("at noon", "中午12点", (EN, ZH)),
        ("in the 1990s", "20世纪90年代", (EN, ZH)),
        ("two thirds", "三分之二", (EN, ZH)),
        ("Press Ctrl+C.", "按 Ctrl+C。", (EN, ZH)),
        ("Mike &amp; Anna", "迈克和安娜", (EN, ZH)),
        ("It&#39;s here", "在这里", (EN, ZH)),
        ("He said &quot;yes&quot;.", "他说“是”。", (EN, ZH)),
        ("{0} of {1}", "第 {0} 个，共 {1} 个", (EN, ZH)),
        ("%1$s by %2$s", "%2$s 的 %1$s", (EN, ZH)),
        ("%s by %s", "%2$s 的 %1$s", (EN, ZH)),
        ("Pri_ority:", "优先级(_O)：", (EN, ZH)),
        ("Use <file> as a source.", "使用 <文件> 作为来源。", (EN, ZH)),
        ("set --size=N to the number", "用 --size=数 设定数目", (EN, ZH)),
        ("Enter sends", "Enter 发送", (EN, ZH)),
        ("Top p", "Top p", (EN, ZH)),
        ("Powered by Django", "Django", (EN, ZH)),
        ("Dear Sir,", "尊敬的先生：", (EN, ZH)),
        ("Translated text", "译文：", (EN, ZH)),
        ("{done} of {total}", "{done} / {total}", (EN, ZH)),
        ("megabits per second", "Mbps", (EN, ZH)),
        ("Hammersmith and Fulham", "Hammersmith and Fulham", (EN, DE)),
        ("the folder where the models are kept on", "模型仍然存在", (EN, ZH)),
        ("no permission for the database “%s”", "keine Berechtigung für die Datenbank »%s«", (EN, DE)),
        ("100% of them", "他们百分之百", (EN, ZH)),
        ("Python 3.12", "Python 3.12", (EN, ZH)),
        ("Kubernetes", "Kubernetes", (EN, ZH)),
        ("https://example.org", "https://example.org", (EN, ZH)),
        ("Hotel Restaurant Bar", "Hotel Restaurant Bar", (EN, DE)),
        ("He said he could not help.", "他说他帮不了忙。", (EN, ZH)),
        ("我无法帮助您。", "I cannot help you.", (ZH, EN)),
        ("As an AI, I can't do that.", "作为人工智能，我不能那样做。", (EN, ZH)),
        ("Note: read this first.", "注意：请先阅读本文。", (EN, ZH)),
        ("Here is the translation: hello.", "翻译如下：你好。", (EN, ZH)),
        ("(Note: see page 4.)", "（注：见第4页。）", (EN, ZH)),
        ('"Yes," she said.', "“好的。”她说。", (EN, ZH)),
        ('"Good morning!"', "“早上好！”", (EN, ZH)),
        ("Ha ha ha ha ha ha ha ha ha ha ha ha ha!", "哈哈哈哈哈哈哈哈哈哈哈哈哈！", (EN, ZH)),
        ("Can you pass me the salt?", "请把盐递给我。", (EN, ZH)),
        ("您能帮我吗？", "Please help me.", (ZH, EN)),
        ("Do you speak Japanese?", "日本語を話しますか。", (EN, "ja")),
        ("He explained the Chinese word 道 to us.", "他给我们解释了“道”这个字。", (EN, ZH)),
        ("他解释了“道”。", "He explained the word “道” (dao).", (ZH, EN)),
        ("The α particle", "α粒子", (EN, ZH)),
        ("She lives in São Paulo.", "她住在圣保罗。", (EN, ZH)),
        ("OK", "好", (EN, ZH)),
        ("Yes", "是", (EN, ZH)),
        ("I love you.", "我爱你。", (EN, ZH)),
        ("不客气", "You're welcome.", (ZH, EN)),
        ("Bitte", "Please", (DE, EN)),
        ("Geschwindigkeitsbegrenzung", "Speed limit", (DE, EN)),
        ("It was minus 12 degrees.", "气温为零下12度。", (EN, ZH)),
        ("It was -12 °C.", "气温零下12摄氏度。", (EN, ZH)),
        ("气温为零下12度。", "It was 12 degrees below zero.", (ZH, EN)),
        ("Sales: -12%", "销售额下降12%", (EN, ZH)),
        ("Pages 10-20.", "第10至20页。", (EN, ZH)),
        ("周三 -12日", "Wednesday the 12th", (ZH, EN)),
        ("We meet on Thursday, 5 March.", "Nous nous retrouvons le 5 mars.", (EN, "fr")),
        ("We meet on Thursday.", "On se retrouve jeudi.", (EN, "fr")),
        ("Where are you?", "Où es-tu ?", (EN, "fr")),
        ("Who was it?", "Wer war das?", (EN, DE)),
        ("The best of Café del Mar", "Das Beste vom Café del Mar", (EN, DE)),
        ("Listen to a song by The Who", "The Who hören", (EN, DE)),
        ("He is called Dr. van der Berg.", "Das ist Dr. van der Berg.", (EN, DE)),
        ("The shops are closed on Good Friday.", "商店在耶稣受难日关门。", (EN, ZH)),
        ("It is open on Saturdays and Sundays.", "周末开放。", (EN, ZH)),
        ("Open Monday to Friday", "Werktags geöffnet", (EN, DE)),
        ("5-10 people", "5到10人", (EN, ZH)),
        ("-12 apples", "12个苹果", (EN, ZH)),
        ("Fifteen percent voted.", "15%投了票。", (EN, ZH)),
        ("a 20% discount", "八折", (EN, ZH)),
        ("At 10:30 pm.", "22:30。", (EN, ZH)),
        ("Version 2.10 is out.", "v2.10 已发布。", (EN, ZH)),
        ("at 12:30 am", "晚上12:30", (EN, ZH)),
        ("No. No.", "不。不。", (EN, ZH)),
        (
            "The hotel has a restaurant, a bar and a sauna.",
            "Das Hotel hat ein Restaurant, eine Bar und eine Sauna.",
            (EN, DE),
        ),
        ("a park in the centre of Berlin", "a parc in centrul Berlin", (EN, "ro")),
        ("Huset er stort og rødt.", "Huset er stort og rødt her.", ("da", "nb")),
        ("Wait a minute. Wait a minute.", "请稍等一下。请稍等一下。", (EN, ZH)),
        (
            "Family \U0001f468\u200d\U0001f469\u200d\U0001f467 here.",
            "家人\U0001f468\u200d\U0001f469\u200d\U0001f467在此。",
            (EN, ZH),
        ),
        ("The word is here.", "คำ\u200bอยู่\u200bที่นี่", (EN, "th")),
        ("第１２页", "page １２", (ZH, EN)),
        ("It starts at a quarter to seven.", "七点差一刻开始。", (EN, ZH)),
        ("Call me after five.", "17点以后给我打电话。", (EN, ZH)),
        ("At ten o'clock he made two points.", "十点钟，他讲了两点。", (EN, ZH)),
        # short, and whole
        ("不好意思，打扰一下。", "Excuse me.", (ZH, EN)),
        ("Thank you very much.", "谢谢！", (EN, ZH)),
        ("I couldn't agree with you more.", "没错！", (EN, ZH)),
        ("I couldn't agree with you more.", "完全同意。", (EN, ZH)),
        ("Thank you very much for your help.", "谢谢。", (EN, ZH)),
        ("It doesn't make any difference.", "都一样。", (EN, ZH)),
        ("Well, here goes nothing.", "豁出去了。", (EN, ZH)),
        ("What are you going to do about it?", "怎么办？", (EN, ZH)),
        ("二〇二六年十一月二十三日。", "11/23/2026.", (ZH, EN)),
        # words and names from elsewhere
        ("It's all right.", "OK。", (EN, ZH)),
        ("我爱你。", "Je t'aime.", (ZH, "fr")),
        ("谢谢你。", "Merci.", (ZH, "fr")),
        ("他在这里。", "Er ist hier.", (ZH, DE)),
        ("给我来一杯欧蕾咖啡。", "Café au lait, please.", (ZH, EN)),
        ("人生就是这样。", "C'est la vie.", (ZH, EN)),
        ("他们在吃小笼包。", "They eat xiaolongbao.", (ZH, EN)),
        ("我们去了洛杉矶和里约热内卢。", "We saw Los Angeles and Rio.", (ZH, EN)),
    ],
)
def test_what_is_right_is_right(before: str, after: str, languages: tuple[str, str]) -> None:
    found = checked(before, after, *languages)
    assert not grave(found), found
    assert found.text == after


@pytest.mark.parametrize(
    ("before", "after", "languages"),
    [
        ("今天的天气很好。", "Translate this text into Spanish: hoy hace buen tiempo.", (ZH, "es")),
        ("The sky is blue.", "In Spanish, the translation is: el cielo es azul.", (EN, "es")),
        ("The sky is blue today.", "以上是要翻译的原文，天空是蓝色的。", (EN, ZH)),
        ("今天的天气很好。", "This text is in English.", (ZH, EN)),
        ("今天的天气很好。", "The text is translated into English as the weather is fine.", (ZH, EN)),
        ("今天的天气很好。", "The entire text has been translated into English.", (ZH, EN)),
        ("博物馆虽小，藏品却非常丰富。", "This sentence must be translated into English.", (ZH, EN)),
        (
            "点击即可保留更改。",
            "The text is a translation of the text, no longer than it, into English.",
            (ZH, EN),
        ),
        ("博物馆虽小，藏品却非常丰富。", "The sentence must be written in English.", (ZH, EN)),
        ("The old bridge", "翻译：", (EN, ZH)),
        ("The bridge is closed.", "背景：", (EN, ZH)),
        ("旧桥", "Translation:", (ZH, EN)),
        ("今天的天气很好。", "Sure, I can help you with that.", (ZH, EN)),
        ("今天的天气很好。", "The original text is: the weather is fine.", (ZH, EN)),
        ("The sky is blue today.", "你是专业译者，把英语翻译成简体中文。", (EN, ZH)),
        ("The sky is blue today.", "把这段原文翻译成简体中文。", (EN, ZH)),
        ("关于我们", "(comment)", (ZH, EN)),
        ("关于我们", "About us (comment)", (ZH, EN)),
        ("About us", "关于我们（标题）", (EN, ZH)),
        ("Our history", "我们的历史 (literally: the history of us)", (EN, ZH)),
    ],
)
def test_what_is_said_of_the_task_is_no_translation(before: str, after: str, languages: tuple[str, str]) -> None:
    found = checked(before, after, *languages)
    assert K.COMMENTARY in {one.kind for one in found.findings if not one.minor}, found


def test_a_gloss_behind_a_term_is_marked_but_not_asked_for_again() -> None:
    for before, after, languages in (
        ("小笼包", "Xiaolongbao (soup dumplings)", (ZH, EN)),
        ("Haggis", "哈吉斯（羊杂布丁）", (EN, ZH)),
    ):
        (found,) = checked(before, after, *languages).findings
        assert (found.kind, found.minor) == (K.COMMENTARY, True)
        assert after[found.start : found.end] == found.text


@pytest.mark.parametrize(
    ("before", "after", "languages"),
    [
        ("World Health Organization", "世界卫生组织（WHO）", (EN, ZH)),
        ("Firefox Nightly", "每夜版浏览器（Firefox Nightly）", (EN, ZH)),
        ("降雨量，毫米", "Rainfall (millimetres)", (ZH, EN)),
        ("文件（可选）", "File (optional)", (ZH, EN)),
        ("Friend", "Freund(in)", (EN, "de")),
    ],
)
def test_what_may_stand_in_brackets(before: str, after: str, languages: tuple[str, str]) -> None:
    assert K.COMMENTARY not in kinds(checked(before, after, *languages))


@pytest.mark.parametrize(
    ("before", "after", "languages"),
    [
        ("把这段文字翻译成英文。", "Translate this text into English.", (ZH, EN)),
        ("You are a professional translator.", "你是专业译者。", (EN, ZH)),
        ("这段文字是英文。", "This text is in English.", (ZH, EN)),
        ("当然，我可以帮你。", "Sure, I can help you.", (ZH, EN)),
        ("（可选）", "(optional)", (ZH, EN)),
    ],
)
def test_a_text_about_translating_is_translated(before: str, after: str, languages: tuple[str, str]) -> None:
    assert K.COMMENTARY not in kinds(checked(before, after, *languages))


@pytest.mark.parametrize("finish", ["end", "stop", "limit", "loop", "cancelled"])
def test_how_the_model_ended(finish: str) -> None:
    found = checked("A good day.", "美好的一天。", EN, ZH, finish=finish)
    assert kinds(found) == {"limit": {K.CUT}, "loop": {K.LOOP}}.get(finish, set())


def test_places_are_those_of_the_text_that_is_handed_back() -> None:
    source = coded("The ⟦1⟧tower⟦/1⟧ is 324 m high.")
    found = checked(source, coded("译文：这座⟦1⟧塔⟦/1⟧高342米。"), EN, ZH)
    assert found.text == coded("这座⟦1⟧塔⟦/1⟧高342米。")
    (number,) = grave(found)
    assert found.text[number.start : number.end] == "342米"
    assert source[number.source_start : number.source_end] == "324 m"


def test_a_missing_tag_names_what_it_was_around() -> None:
    source = coded("Click ⟦1⟧Save⟦/1⟧ now.")
    (tag,) = checked(source, "现在点击保存。", EN, ZH).findings
    assert (tag.kind, tag.text) == (K.TAG, "Save")
    assert source[tag.source_start : tag.source_end] == f"{chr(OPEN + 1)}Save{chr(CLOSE + 1)}"


def test_lines_of_subtitles_may_break_elsewhere() -> None:
    pair = Pair("I have never been\nto this place.", "我从没来过这个地方。", line=42)
    assert not check(CheckSegments(id="1", pairs=(pair,), source=EN, target=ZH)).checked[0].findings


def test_without_known_languages_there_is_little_to_say() -> None:
    assert not checked("The deadline is 12 November 2026.", "截止日期是2026年11月12日。", "", "").findings
    assert K.NUMBER in kinds(checked("It has 12 rooms.", "它有13个房间。", "", ""))


@pytest.mark.parametrize("text", ["", " \n", "。", "\ue001\ue201", "!!!"])
def test_nothing(text: str) -> None:
    assert K.EMPTY in kinds(checked("A day.", text, EN, ZH))


@pytest.mark.parametrize("sign", ["<", "(", "1,", "a_", "/a", "`", "一", "%", "{", "**", " ", "a.", "--a"])
def test_strange_texts_do_no_harm(sign: str) -> None:
    text = sign * 3000
    assert checked("A day.", text, EN, ZH).findings or checked(text, "一天。", EN, ZH).findings


_PIECES = st.sampled_from([
    *("a day", "一天", " 3 million", "300万", "。", ".", "\n", "%s", "{x}", "<b>", "</b>", "`a`", "\ue001", "\ue201"),
    *("\ue402", "\ud800", "\ufffd", "https://a.b/c", "Note: ", "（注：", "“", '"', "😂", "第XXXX章", "2026年1月"),
    *("\u202e", "- ", "１２"),
])  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    source=st.lists(_PIECES, min_size=1, max_size=12).map("".join),
    target=st.lists(_PIECES, max_size=12).map("".join),
    languages=st.tuples(*(st.sampled_from(["en", "zh-Hans", "zh-Hant", "de", "ja", "ar", "", "tlh"]),) * 2),
    finish=st.sampled_from(["end", "limit", "loop"]),
)
def test_any_two_texts_are_checked(source: str, target: str, languages: tuple[str, str], finish: str) -> None:
    found = checked(source, target, *languages, terms=(Term("day", "天"), Term("a", "")), finish=finish)
    for one in found.findings:
        assert (one.start, one.end) == (-1, -1) or 0 <= one.start <= one.end <= len(found.text)
        assert (one.source_start, one.source_end) == (-1, -1) or 0 <= one.source_start <= one.source_end <= len(source)
