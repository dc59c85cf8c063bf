"""Whether a model did something else with a text than to translate it: refused, answered, obeyed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.documents.segments import Finding, FindingKind
from assistant.worker.segment_view import View

_LONGEST_REFUSAL = 600  # characters
_REFUSES = re.compile(
    r"\A\W*(?:(?:(?:i['’]m|i am) (?:very |so |really )?sorry|sorry|i apologi[sz]e|unfortunately|my apologies)\b.{0,80}?"
    r"(?:can(?:not|['’]t| not)|unable|won['’]t|not able|no text|(?:do|did|have)(?: not|n['’]t))"
    r"|i(?: can(?:not|['’]t)|(?: am|['’]m) (?:unable|not able) to| will not| won['’]t| do(?: not|n['’]t)) "
    r"(?:translat|provide|assist|help|fulfil|comply|complete|access|continue|do that|engage|process|write|create|see)"
    r"|as an? (?:ai|artificial intelligence|large language|language)\b"
    r"|(?:please|could you(?: please)?|can you(?: please)?) (?:provide|share|paste|give)\b.{0,40}"
    r"\b(?:text|document|sentence|content|segment)\b"
    r"|(?:it (?:seems|looks|appears)|there (?:is|appears|seems)).{0,60}"
    r"(?:no text|not provided|haven['’]t|did(?:n['’]t| not))"
    r"|(?:非常|很|十分|真的)?(?:抱歉|对不起|對不起|遗憾|不好意思)[，,。！!]?.{0,30}?(?:无法|無法|不能|没有办法|没法|不会)"
    r"|作[为為]一?[个個名]?(?:AI|人工智能|人工智慧|语言模型|語言模型|大语言|大型语言)"
    r"|我(?:无法|無法|不能|没有办法)(?:翻译|翻譯|提供|协助|帮助|完成|访问|处理|生成|回答|继续|满足|执行)"
    r"|请(?:您|你)?(?:提供|输入|发送|粘贴|给出).{0,16}(?:文本|内容|文字|原文|句子)"
    r"|(?:Es tut mir leid|Entschuldigung|Leider)\b.{0,60}(?:nicht|kein)|Als (?:KI|Sprachmodell)"
    r"|(?:Je suis désolé|Désolée?|Lo siento|Mi dispiace|Desculpe|Извините|К сожалению)\b.{0,80}?"
    r"(?:ne peux|no puedo|non posso|não posso|не могу)|(?:En tant qu['’]IA|Como (?:modelo|una? IA))"
    r"|申し訳(?:ありません|ございません)|すみませんが.{0,30}できません|죄송)",
    re.IGNORECASE | re.DOTALL,
)
_CUES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"sorry|apolog|unfortunate|regret|afraid|leider|entschuldig|tut mir leid|désolé|regrette|lo siento|dispiace"
        r"|desculp|lamento|извин|сожалени|抱歉|对不起|對不起|遗憾|遺憾|不好意思|恐怕|申し訳|すみません|残念|죄송|미안",
        r"\bcan ?not\b|n['’]t\b|\bcant\b|\bnot?\b|unable|impossible|nicht|kein|\bpas\b|\bnon?\b|não|\bне\b"
        r"|[不无無没沒未别勿]|ません|ない|できず|없|않|못",
        r"(?<![A-Za-z])(?:A\.?I|KI|IA|ИИ)(?![A-Za-z])|language model|sprachmodell|modèle de langage|人工智[能慧]"
        r"|语言模型|語言模型",
        r"provide|share|paste|give|send|enter|提供|输入|輸入|发送|粘贴|给出",
    )
)
"""What a refusal is made of: an apology, a "not", a machine that speaks of itself, a wish for the text."""


def refusal_findings(source: View, target: View) -> Iterator[Finding]:
    """A refusal, unless the source says all that makes it one."""
    if len(target.plain) > _LONGEST_REFUSAL:
        return
    found = _REFUSES.match(target.plain)
    if found and any(cue.search(found[0]) and not cue.search(source.plain) for cue in _CUES):
        yield Finding(FindingKind.REFUSAL, found[0], *target.span(*found.span()))


# ---------------------------------------------------------------- questions and orders

_ASKS = re.compile(r"[?？؟][\"”’»」』）)\s]*\Z")
_ASKED = re.compile(
    r"[?？؟;⁇‽]|吗|呢|么|嘛|什么|什麼|甚麼|怎|谁|誰|哪|几[个点时岁]|多少|多[大久长远]|是否|有没有|能不能|可不可以|要不要|何|吧"
    r"|か[。\s”」』]*\Z|か。|ですか|ますか|の[。？]|까[.。]?|나요|니[.?]?\Z|\bли\b|whether|\bob\b"
)
_POLITE = re.compile(
    r"\A\W*(?:can|could|would|will|won['’]t|may|might|shall|do you mind|how about|why (?:don['’]t|not)|isn['’]t"
    r"|aren['’]t|don['’]t|doesn['’]t|didn['’]t|能不能|能否|可不可以|[您你]?(?:可以|能|可否)|请问|要不|何不|为什么不|难道|könn|würd|kann|pouv|peu[xt]|pod|puede)",
    re.IGNORECASE,
)
_ORDERS = re.compile(
    r"\A\W*(?:please |now |can you |could you |kindly )?(?:write|list|summari[sz]e|explain|translate|ignore|disregard"
    r"|forget|answer|describe|tell|say|repeat|reply|respond|calculate|solve|give|generate|create|compose|define|name"
    r"|output|print|act|pretend|imagine|complete|continue|rewrite|correct|compare|count"
    r"|请?(?:写|列出|总结|概括|解释|翻译|忽略|无视|忘记|回答|描述|告诉|说出|重复|回复|计算|求|生成|创建|编写|定义|输出|打印|扮演|假装|想象|续写|改写"
    r"|比较|介绍|讲|给)|schreib|erklär|übersetz|ignorier|fass|nenn|antwort|beantwort|écri|expliqu|traduis|ignore|escrib"
    r"|explica|traduc|ignora)",
    re.IGNORECASE,
)
_OBLIGING = re.compile(
    r"\A\W*(?:(?:thank(?:s| you) for (?:your|asking|the)|(?:that['’]s a )?(?:great|good|excellent) question"
    r"|how can i (?:help|assist)|i(?:['’]d| would) be (?:happy|glad) to|you(?:['’]re| are) welcome"
    r"|(?:好|很好|不错)的问题|感谢(?:您|你)的(?:提问|问题)"
    r"|很高兴(?:为您|能)|有什么(?:我)?(?:可以|能)帮)|(?:yes|no|是的|不是的|不，|ja|nein|oui|non)[,，.。!！])",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    r"\A\W*(?:yes|no|yeah|nope|yep|right|是|不|对|好|嗯|ja|nein|oui|non|s[ií]|да|нет|はい|いいえ"
    r"|thank|谢|感谢|多谢|danke|merci|gracias|great|good|excellent|how|i\b|很|有什么)",
    re.IGNORECASE,
)


def answer_findings(source: View, target: View, ratio: float) -> Iterator[Finding]:
    """A question that is none any more, or an order that was carried out.

    :param ratio: how long the translation is, in parts of what was to be expected.
    """
    start, end = target.span(0, len(target.plain))
    finding = Finding(FindingKind.ANSWER, target.plain[:60], start, end, 0, len(source.text))
    if _OBLIGING.match(target.plain) and not _SPOKEN.match(source.plain):
        yield finding
    elif _ASKS.search(source.plain.strip()) and not _ASKED.search(target.plain):
        if _POLITE.match(source.plain) and 0.4 < ratio < 1.8:
            yield Finding(FindingKind.ANSWER, finding.text, start, end, 0, len(source.text), minor=True)
        else:
            yield finding
    elif (_ORDERS.match(source.plain) or _ASKS.search(source.plain.strip())) and (ratio > 2.4 or ratio < 0.3):
        yield finding
