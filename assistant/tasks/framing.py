"""What models put around an answer: announcements, closing words, refusals. Found by patterns in English
and Chinese that are narrow on purpose: a harmless word too much is better than a lost sentence of the answer.
"""

from __future__ import annotations

import re

# ---------------------------------------------------------------- announcements in English

_YES = re.compile(
    r"\A(?:sure(?: thing)?|certainly|of course|absolutely|okay|ok|alright|all right|great|no problem|got it|understood"
    r"|gladly)(?P<end>!+|\s*\n|[.,:]|\s+[—–-]|\Z)\s*",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(
    r"\A(?:based on [^:\n]{1,60}, )?(?:here(?:['’]s| is| are| you go)|below (?:is|are)|the following (?:is|are)|this is"
    r"|i(?:['’]ve| have) (?:summari[sz]ed|written|prepared|created))\b",
    re.IGNORECASE,
)
_NOUN = re.compile(
    r"\b(?:summary|summaries|summari[sz]ed|overview|synopsis|recap|abstract|minutes|tl;?dr|(?:key|main|bullet) points"
    r"|table of facts|(?:questions and answers|q&a)|here you go)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:the |a |your |my |brief |short |final |overall |combined |merged |one )*"
    r"(?:summary|overview|synopsis|recap|abstract|minutes|tl;?dr|(?:key|main|bullet) points"
    r"|output|answer|response|assistant|part \d+ of \d+)"
    r"(?: of (?:the |this )?(?:text|document|part|article|passage|material|meeting)(?: \d+)?(?: of \d+)?)?"
    r"(?: in (?:\d+|one|two|three|four|five|a few|some) (?:words?|sentences?|points|bullet points|paragraphs?))?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\d+[- ](?:words?|sentences?|points?|bullets?|paragraphs?)|part \d+(?: of \d+)?", re.IGNORECASE)
_ANNOUNCING = """
    a an the my your this that these it its of in on for to and with at most less than as by is are be here
    here's here’s below above following you go text document part parts article passage section chapter excerpt
    excerpts material content contents information meeting provided given original requested request asked
    wanted user user's brief short shorter concise quick simple clear detailed comprehensive complete final
    single one two three five combined merged overall main key important bullet bullets point points list fact
    facts table markdown question questions answer answers summary summaries summarized summarised overview
    synopsis recap abstract minutes word words sentence sentences paragraph paragraphs format form style prose
    english chinese german french spanish i have i've i’ve written prepared created based sure thing q&a tl;dr
"""
_EMPTY_WORDS = frozenset(_ANNOUNCING.split())
_WORDS = re.compile(r"[\w&;'’-]+")

# ---------------------------------------------------------------- announcements in Chinese

_YES_CHINESE = re.compile(
    r"\A(?:(?P<plain>好的)|当然可以|當然可以|当然|當然|没问题|沒問題|好|可以|明白了?|收到|了解)"
    r"(?P<end>[！!]+|\s*\n|[，,。]|\Z)\s*"
)
_NOUN_CHINESE = (
    "摘要|总结|總結|概括|概述|概要|要点|要點|会议纪要|會議紀要|纪要|紀要|小结|归纳|主要内容|主要內容|事实表格|表格|问答"
)
_FILLING = (
    "以下|下面|这|這|就是|是|为|為|对于|对|對|该|該|您|你|我|提供|给出|給出|所|的|了|根据|根據|基于"
    "|材料|文本|文章|全文|本文|原文|文字|内容|內容|一段|本段"
    r"|第?\s*\d+\s*(?:段|字|条|句)|第?[一二两三四五六七八九十几]+(?:个?(?:段|条|句|要点)|点)话?|共|段|以内|以內|左右"
    "|中文|英文|简体|繁体|简短|简要|简洁|详细|完整|主要|核心|关键|关于|按照?|要求|如下"
    r"|現?[将將]|现|进行|進行|合成|合并|后|一份|一个|份|篇|个|整理|用户|在|中|和|与|，|,|、|\s"
)
_EMPTY_CHINESE = re.compile(rf"(?:{_NOUN_CHINESE}|{_FILLING})+")
_HAS_NOUN_CHINESE = re.compile(_NOUN_CHINESE)
_LABEL_CHINESE = re.compile(r"第\s*\d+\s*段(?:，共\s*\d+\s*段)?|答案|回答|输出")

# ---------------------------------------------------------------- closing words

_CLOSING = re.compile(
    r"\W*(?:let me know if you .*|i hope (?:this|that|it) (?:helps|is helpful)\W*"
    r"|(?:would|do) you (?:like|want) me to .*\?|is there anything else.*\?"
    r"|(?:if you (?:have|need|want|would)|should you|feel free to|please feel free|please let me know)\b.*"
    r"\b(?:questions?|need|help|further|ask|know)\b.*"
    r"|word count\b.*|\d+ words|end of (?:the )?(?:summary|text)"
    r"|this summary (?:is based on|was (?:made|written|generated)).*"
    r"|希望.{0,16}(?:有帮助|有幫助|有用|满意|帮到您?|能帮助?).{0,6}"
    r"|(?:如果?|若)(?:您|你)?(?:还|還)?(?:有|需要).{0,20}(?:告诉我|告訴我|联系|提出|问我|告知).{0,6}"
    r"|如有.{0,16}(?:问题|需要).{0,16}|(?:全文)?共?约?\d+字|字数[:：].*"
    rf"|以上(?:就)?是.{{0,16}}(?:{_NOUN_CHINESE}|全部内容).{{0,4}})\W*",
    re.IGNORECASE,
)
_FENCE_LINE = re.compile(r"={5,}(?: \d+)?")
_CODE_BLOCK = re.compile(r"\A```(?:markdown|md|text|plaintext|txt)?[ \t]*\n(.*?)\n?```\Z", re.DOTALL)
_MARKUP = re.compile(r"[*_#>【】\[\]]+")
_QUOTES = {'"': '"', "“": "”", "「": "」", "『": "』"}


def without_frame(text: str) -> str:
    """``text`` without announcements before it, closing words after it, and marks around it."""
    text = text.strip()
    while True:
        less = _unwrapped(_without_closing(_without_opening(text)))
        if less == text:
            return text
        text = less


def _without_opening(text: str) -> str:
    line, _, rest = text.partition("\n")
    if _FENCE_LINE.fullmatch(line.strip()):
        return rest.strip()
    for pattern in (_YES, _YES_CHINESE):
        found = pattern.match(text)
        if found is None:
            continue
        after = text[found.end() :]
        if "!" in found["end"] or "！" in found["end"] or "\n" in found["end"] or not after:
            return after
        announced = _without_announcement(after)
        if announced != after:
            return announced
        if found.groupdict().get("plain"):
            return after
    return _without_announcement(text)


def _without_announcement(text: str) -> str:
    """Without a first line, or a beginning up to a colon, that only says what will come."""
    line, newline, rest = text.partition("\n")
    for head, colon, tail in _heads(line):
        own_line = not tail.strip(" *_】")
        if not colon and not (own_line and (newline or not rest)):
            continue
        if _says_nothing(head) or (own_line and colon and newline and _only_announces(head)):
            kept = tail.lstrip(" *_】") if not own_line else ""
            return (kept + newline + rest).strip() if kept else rest.strip()
    return text


def _heads(line: str) -> list[tuple[str, str, str]]:
    """The line up to its first colon, up to the end of its first sentence, and the whole line."""
    heads = []
    for end in (r"[:：]", r"\.(?=\s+\S)|。(?=\S)"):
        if found := re.search(end, line):
            heads.append((line[: found.start()], found[0], line[found.end() :]))
    return [*heads, (line.rstrip(" .。*"), "", "")]


def _says_nothing(head: str) -> bool:
    """Every word of it is one that announces."""
    plain = _MARKUP.sub("", head).strip()
    if not plain or len(plain) > 160:
        return False
    if _LABEL.fullmatch(plain) or _LABEL_CHINESE.fullmatch(plain):
        return True
    if _EMPTY_CHINESE.fullmatch(plain) and _HAS_NOUN_CHINESE.search(plain):
        return True
    if not _ANNOUNCES.match(plain) or not _NOUN.search(plain):
        return False
    return all(word.lower() in _EMPTY_WORDS for word in _WORDS.findall(_NUMBERED.sub("", plain)))


def _only_announces(head: str) -> bool:
    """A line that announces a summary of something named: it may hold names, but no numbers, which are facts."""
    plain = _MARKUP.sub("", head).strip()
    return bool(_ANNOUNCES.match(plain) and _NOUN.search(plain)) and not re.search(r"\d", _NUMBERED.sub("", plain))


def _without_closing(text: str) -> str:
    rest, newline, line = text.rpartition("\n")
    if newline and rest.strip() and (_CLOSING.fullmatch(line) or _FENCE_LINE.fullmatch(line.strip())):
        return rest.rstrip()
    return text


def _unwrapped(text: str) -> str:
    if (found := _CODE_BLOCK.match(text)) and "```" not in found[1]:
        return found[1].strip()
    closing = _QUOTES.get(text[:1])
    inner = text[1:-1]
    if closing and len(text) > 2 and text.endswith(closing) and closing not in inner and text[0] not in inner:
        return inner.strip()
    return text


# ---------------------------------------------------------------- refusals

_LONGEST_REFUSAL = 500  # characters
_REFUSES = re.compile(
    r"\A(?:(?:(?:i['’]m|i am) (?:very |so )?sorry|sorry|i apologi[sz]e|unfortunately|my apologies)[,.;:!]? (?:but )?"
    r"(?:i|as an ai|there|you)\b.{0,60}?"
    r"(?:can(?:not|['’]t| not)|unable|won['’]t|not able|no text|(?:do|did|have)(?: not|n['’]t))"
    r"|i(?: can(?:not|['’]t)|(?: am|['’]m) (?:unable|not able) to| will not| won['’]t| do(?: not|n['’]t)) "
    r"(?:summari[sz]e|provide|assist|help (?:with|you)|fulfil|comply|complete|access|continue|do that|engage|process"
    r"|write|create|generate|have access|see any|see a)"
    r"|as an? (?:ai|artificial intelligence|large language|language) (?:language |model|assistant)"
    r"|(?:please|could you(?: please)?|can you(?: please)?) (?:provide|share|paste|give)\b"
    r".{0,40}\b(?:text|document|part|article|passage|content|material)\b"
    r"|(?:it (?:seems|looks|appears)|there (?:is|appears|seems))"
    r".{0,40}(?:you (?:have not|haven['’]t|didn['’]t|did not)|no text|not provided)"
    r"|(?:非常|很|十分)?(?:抱歉|对不起|對不起|遗憾|遺憾|不好意思)[，,。！]?(?:但是?)?"
    r"(?:我|作为|作為|该|您|目前).{0,30}?(?:无法|無法|不能|没有|沒有)"
    r"|作[为為]一?[个個名]?(?:AI|人工智能|人工智慧|语言模型|語言模型|大语言|大型语言)"
    r"|我(?:无法|無法|不能|没有办法)"
    r"(?:总结|總結|概括|提供|协助|協助|帮助您|完成|访问|處理|处理|生成|回答|继续|满足|执行)"
    r"|请(?:您|你)?(?:提供|输入|发送|粘贴|给出).{0,16}(?:文本|文章|内容|文字|原文|材料|文档)"
    r"|(?:您|你)(?:似乎|好像)?(?:还|並|并)?(?:没有|沒有|未)提供)",
    re.IGNORECASE | re.DOTALL,
)


def refuses(text: str, source: str = "") -> bool:
    """The model says that it will not or cannot do it, in words that are not the source's."""
    if len(text) > _LONGEST_REFUSAL:
        return False
    found = _REFUSES.match(text)
    return found is not None and found[0].casefold() not in source.casefold()
