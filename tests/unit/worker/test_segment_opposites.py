"""What changes the meaning in a word or a sign is seen, and what only says it otherwise is left alone."""

from __future__ import annotations

import pytest

from assistant.documents.segments import Finding, FindingKind, Pair
from assistant.worker.messages import CheckSegments
from assistant.worker.segment_checks import check

K = FindingKind
EN_ZH, ZH_EN, DE_EN, EN_DE = ("en", "zh-Hans"), ("zh-Hans", "en"), ("de", "en"), ("en", "de")


def found(before: str, after: str, languages: tuple[str, str]) -> tuple[Finding, ...]:
    request = CheckSegments(id="1", pairs=(Pair(before, after),), source=languages[0], target=languages[1])
    return check(request).checked[0].findings


@pytest.mark.parametrize(
    ("before", "after", "languages", "kind"),
    [
        # denied or not
        ("Do not open the door.", "打开门。", EN_ZH, K.OPPOSITE),
        ("The results are not final.", "结果是最终的。", EN_ZH, K.OPPOSITE),
        ("She has never been to Spain.", "她去过西班牙。", EN_ZH, K.OPPOSITE),
        ("There is no hot water.", "有热水。", EN_ZH, K.OPPOSITE),
        ("The door is open.", "门没有打开。", EN_ZH, K.OPPOSITE),
        ("不要打开这扇门。", "Open this door.", ZH_EN, K.OPPOSITE),
        ("我从未见过他。", "I have seen him.", ZH_EN, K.OPPOSITE),
        ("会议已经结束。", "The meeting has not ended.", ZH_EN, K.OPPOSITE),
        ("这里禁止吸烟。", "Smoking is allowed here.", ZH_EN, K.OPPOSITE),
        ("Das Ergebnis ist nicht endgültig.", "The result is final.", DE_EN, K.OPPOSITE),
        ("The result is not final.", "Das Ergebnis ist endgültig.", EN_DE, K.OPPOSITE),
        ("The result is final.", "Das Ergebnis ist nicht endgültig.", EN_DE, K.OPPOSITE),
        # the other of two
        ("At least 5 people came.", "最多有5人来了。", EN_ZH, K.OPPOSITE),
        ("More than 100 people came.", "不到100人来了。", EN_ZH, K.OPPOSITE),
        ("不超过30分钟。", "More than 30 minutes.", ZH_EN, K.OPPOSITE),
        ("Prices fell by 10%.", "价格上涨了10%。", EN_ZH, K.OPPOSITE),
        ("价格下降了10%。", "Prices rose by 10%.", ZH_EN, K.OPPOSITE),
        ("The shop closes before 6 pm.", "商店在下午6点以后关门。", EN_ZH, K.OPPOSITE),
        ("第二次世界大战结束了。", "World War I ended.", ZH_EN, K.OPPOSITE),
        ("It was the first day.", "那是最后一天。", EN_ZH, K.OPPOSITE),
        ("Costs were reduced.", "成本提高了。", EN_ZH, K.OPPOSITE),
        ("Go south.", "往北走。", EN_ZH, K.OPPOSITE),
        ("He bought a car.", "他卖了一辆车。", EN_ZH, K.OPPOSITE),
        ("The answer is true.", "答案是假的。", EN_ZH, K.OPPOSITE),
        # signs
        ("Der Verein hat 1.250 Mitglieder.", "The club has 1.250 members.", DE_EN, K.NUMBER),
        ("The club has 1,250 members.", "Der Verein hat 1,250 Mitglieder.", EN_DE, K.NUMBER),
        ("Call +49 30 1234567.", "请致电 49 30 1234567。", EN_ZH, K.NUMBER),
        ("The show is rated 18+.", "该节目的分级为18。", EN_ZH, K.NUMBER),
        ("He writes C++ code.", "他写C代码。", EN_ZH, K.NUMBER),
        ("公差为±5毫米。", "The tolerance is 5 mm.", ZH_EN, K.NUMBER),
        ("占比为千分之五。", "The share is 5%.", ZH_EN, K.UNIT),
        ("The share is 5%.", "占比为千分之五。", EN_ZH, K.UNIT),
        ("It rose by 3 percentage points.", "上升了3%。", EN_ZH, K.UNIT),
        ("The server is at UTC+8.", "服务器位于UTC-8。", EN_ZH, K.DATE),
        ("The call is at 10:00 GMT.", "通话时间为东部时间10:00。", EN_ZH, K.DATE),
        ("会议在北京时间9点开始。", "The meeting starts at 9 Eastern Time.", ZH_EN, K.DATE),
        ("Join us with #OpenDay on Saturday.", "周六加入我们。", EN_ZH, K.CODE),
        # units of numbers in words
        ("It lasts three weeks.", "持续三个月。", EN_ZH, K.UNIT),
        ("持续三周。", "It lasts three months.", ZH_EN, K.UNIT),
        ("The ticket costs fifty dollars.", "门票五十欧元。", EN_ZH, K.UNIT),
        ("He owes 20 pounds.", "他欠20欧元。", EN_ZH, K.UNIT),
        # the source beside its translation, in its own letters, with more
        ("The rain stopped.", "雨停了。 The rain stopped.", EN_ZH, K.ECHO),
        ("The rain stopped.", "雨停了。（The rain stopped.）", EN_ZH, K.ECHO),
        ("今天的天气很好。", "今天的天气很好 The weather is fine.", ZH_EN, K.ECHO),
        ("今天的天气很好。", "今天的天气很好。今日はいい天気です。", ("zh-Hans", "ja"), K.ECHO),
        ("船中午出发。", "Chuán zhōngwǔ chūfā.", ZH_EN, K.LANGUAGE),
        ("今天天气很好，我们去公园。", "Jintian tianqi hen hao, women qu gongyuan.", ZH_EN, K.ECHO),
        ("雨停了。", "This means that the rain stopped.", ZH_EN, K.COMMENTARY),
        ("雨停了。", "The text says that the rain stopped.", ZH_EN, K.COMMENTARY),
        ("雨停了。", 'The English translation is "The rain stopped."', ZH_EN, K.COMMENTARY),
        ("The rain stopped.", "这句话的中文翻译是雨停了。", EN_ZH, K.COMMENTARY),
        ("The rain stopped.", "雨停了。/ 雨已经停了。", EN_ZH, K.COMMENTARY),
        ("The rain stopped.", "雨停了。。。。。。", EN_ZH, K.LOOP),
        ("She closed the book.", "她合上了书，然后走到窗前，看着外面的雨。", EN_ZH, K.LENGTH),
    ],
)
def test_what_says_something_else_is_seen(
    before: str, after: str, languages: tuple[str, str], kind: FindingKind
) -> None:
    findings = found(before, after, languages)
    assert kind in {one.kind for one in findings if not one.minor and not one.mended}, findings


@pytest.mark.parametrize(
    ("before", "after", "languages"),
    [
        ("Not only the door is open.", "不仅门开着。", EN_ZH),
        ("Don't forget the keys.", "记得带钥匙。", EN_ZH),
        ("Why don't we go?", "我们走吧。", EN_ZH),
        ("They did not pass the test.", "他们考试失败了。", EN_ZH),
        ("The numbers differ.", "数字不一致。", EN_ZH),
        ("I don't understand.", "什么意思？", EN_ZH),
        ("N/A", "不适用", EN_ZH),
        ("不客气", "You're welcome.", ZH_EN),
        ("It is not possible.", "Es ist unmöglich.", EN_DE),
        ("Nicht nur heute", "Today and tomorrow", DE_EN),
        ("他不得不走。", "He had to go.", ZH_EN),
        ("你是不是累了？", "Are you tired?", ZH_EN),
        ("The liability shall not exceed 10 euros.", "责任不超过10欧元。", EN_ZH),
        ("No more than 5 people", "最多5人", EN_ZH),
        ("Prices rose, then fell.", "价格先上涨，后下降。", EN_ZH),
        ("before long", "不久之后", EN_ZH),
        ("It was +5 °C at noon.", "中午气温为5°C。", EN_ZH),
        ("over 18+ countries", "18个以上的国家", EN_ZH),
        ("At 10:00 GMT.", "格林尼治时间10:00。", EN_ZH),
        ("北京时间9点", "9:00 Beijing time", ZH_EN),
        ("The factor is 1.250.", "系数为1.250。", EN_ZH),
        ("Version 1.250", "Version 1.250", EN_DE),
        ("王伟、李娜、张三", "Wang Wei, Li Na, Zhang San", ZH_EN),
        ("The New York Times", "《纽约时报》（The New York Times）", EN_ZH),
        ("The text says that the rain stopped.", "文中说雨停了。", EN_ZH),
        ("上面写着：雨停了。", "It says: the rain stopped.", ZH_EN),
        ("and/or", "和/或", EN_ZH),
        ("Wait....", "等等....", EN_ZH),
        ("the first day", "首日", EN_ZH),
        ("two hours later", "两小时后", EN_ZH),
        ("Follow #OpenDay.", "请关注 #开放日。", EN_ZH),
        ("大学生", "大学生です", ("zh-Hans", "ja")),
        ("参加者", "参加者们", ("ja", "zh-Hans")),
        ("Android 8+", "Android 8及更高版本", EN_ZH),
        ("Python 3.11+ is required.", "需要 Python 3.11 或更新版本。", EN_ZH),
        ("Android 8+", "Android 8 oder neuer", EN_DE),
        ("Android 8+", "Android 8 и выше", ("en", "ru")),
        # what means something, in other words and languages
        ("因此用户可以离线工作。", "This means that users can work offline.", ZH_EN),
        ("Dadurch können Nutzer offline arbeiten.", "This means that users can work offline.", DE_EN),
        ("Это значит, что дождь закончился.", "This means that the rain has stopped.", ("ru", "en")),
        ("これは雨が止んだということです。", "This means that the rain has stopped.", ("ja", "en")),
        ("Le panneau indique que la plage est fermée.", "It says that the beach is closed.", ("fr", "en")),
        ("Der Text besagt nichts Neues.", "The text says nothing new.", DE_EN),
        # one of two opposites, and a word that only looks like the other one
        ("Smoking is not allowed here.", "此处禁止吸烟。", EN_ZH),
        ("未经许可，不得转载。", "Reproduction without permission is prohibited.", ZH_EN),
        ("The speed must never exceed 30 km/h.", "时速不超过30公里。", EN_ZH),
        ("The option is not enabled.", "该选项已停用。", EN_ZH),
        ("下面这句话是假的。", "The following sentence is not true.", ZH_EN),
        ("His dream came true during the holidays.", "他的梦想在假期里实现了。", EN_ZH),
        ("The company declined to raise wages.", "公司拒绝提高工资。", EN_ZH),
        ("We reduce waiting times and improve our service.", "我们缩短等待时间，提高服务质量。", EN_ZH),
        ("提高效率，缩短时间。", "Improve efficiency and reduce time.", ZH_EN),
        ("Prices went up after demand fell.", "需求减弱后价格上涨。", EN_ZH),
        ("Buy tickets at the ticket office.", "请到售票处购票。", EN_ZH),
        ("It works with North Korea and Vietnam.", "它适用于朝鲜和越南。", EN_ZH),
        ("They met in South Korea and Beijing.", "他们在韩国和北京会面。", EN_ZH),
        ("Easter in Spain", "西班牙的复活节", EN_ZH),
        ("At the first attempt they failed, but finally they succeeded.", "他们起初失败了，但最后成功了。", EN_ZH),
        ("They arrived before 8 and left soon after.", "他们在8点前到达，之后很快离开了。", EN_ZH),
    ],
)
def test_what_says_the_same_is_left_alone(before: str, after: str, languages: tuple[str, str]) -> None:
    assert not [one for one in found(before, after, languages) if not one.minor], found(before, after, languages)


@pytest.mark.parametrize(
    "text", ["【译文】雨停了。", "【译文】：雨停了。", "[Translation] 雨停了。", "“雨停了”。", "雨停了。### 说明：意译"]
)
def test_what_is_put_around_it_is_taken_off(text: str) -> None:
    request = CheckSegments(id="1", pairs=(Pair("The rain stopped.", text),), source="en", target="zh-Hans")
    (checked,) = check(request).checked
    assert checked.text == "雨停了。"
    assert all(one.mended for one in checked.findings)
