"""What models put around a translation: reasoning, announcements, labels, quotation marks, notes. It is taken off.

The patterns ask for much, and each is only used where the source has nothing of the kind: a note that is translated
is no note about the translation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.documents.reasoned import without_reasoning
from assistant.documents.segments import Finding, FindingKind, is_code
from assistant.worker.segment_extent import weight
from assistant.worker.segment_shape import without_bold

_WHOLE = 0.85  # of the length to be expected
_QUOTED = 60  # characters of what was taken off that a finding quotes

# ---------------------------------------------------------------- around the whole

_FENCED = re.compile(r"\A(`{3,}|~{3,})[\w-]*[ \t]*\n(.*?)\n?[ \t]*\1\s*\Z", re.DOTALL)
_WRAPPED = re.compile(
    r"\A\s*<(translation|translated(?:_text)?|target|text|output|result|source|answer|segment|译文|翻译)>(.*?)"
    r"(?:</\1>\s*)?\Z|\A(.*?)\s*</(?:translation|translated(?:_text)?|target|text|output|result|answer|segment)>\s*\Z",
    re.DOTALL | re.IGNORECASE,
)
_CONTROL = re.compile(
    r"<\|(?:im_end|im_start|endoftext|eot_id|end|assistant|end_of_text|eom_id)\|>|</?s>|<(?:end|start)_of_turn>|<eos>"
    r"|\[/?INST\]|<｜[^｜<>]{1,40}｜>"
)
_TURNS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_UNSEEN = "\u00ad\u200b\u2060\ufeff" + _TURNS
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_UNSPACED = re.compile("[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff]")
"""Thai, Lao, Tibetan, Burmese, Khmer: where lines may break is told by a space without width."""
_WIDE_DIGIT = re.compile("[\uff10-\uff19]")
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "「": "」", "『": "』", "'": "'", "‘": "’"}
_ANY_QUOTE = "\"“”„«»「」『』'‘’"

# ---------------------------------------------------------------- before it

_NAMES = (
    "english|chinese|german|french|spanish|italian|portuguese|russian|japanese|korean|dutch|polish|arabic|turkish"
    "|swedish|danish|czech|vietnamese|thai|hindi|simplified|traditional|mandarin|deutsch|englisch|français|anglais"
    "|español|inglés|italiano|português|русский|日本語|한국어|中文|英文|英语|简体中文|繁体中文|繁體中文|简体|繁体|繁體"
    "|德语|德文|法语|法文|西班牙语|俄语|日语|日文|韩语|汉语|葡萄牙语|意大利语"
)
_WORK = (
    r"translat(?:ion|ed|e|ing)|rendering|rendered|译文|译为|译成|翻译|譯文|翻譯|Übersetz\w*|traduc\w+|traduzione|tradott\w"
    r"|traduit\w*|перев[её]д\w*|перевод\w*|翻訳|訳文|번역|vertaling|översättning"
)
_ANNOUNCES = re.compile(
    rf"(?:(?:sure|certainly|of course|absolutely|okay|ok|alright|great|no problem|understood|gerne?|natürlich|claro"
    rf"|bien sûr|好的|当然|没问题)[,，.。!！]?\s*)?"
    rf"(?:here(?:['’]s| is| are| you go| it is)|below (?:is|are)|the following (?:is|are)|this is|the\b"
    rf"|i(?:['’]ve| have)\b"
    rf"|以下|下面|这(?:是|里|段)|您|你|我|将|把|根据|该|原文|中文|英文|hier\b|die\b|voici\b|la\b|aqu[ií]\b|ecco\b|вот\b)"
    rf"[^:：.。!！?？\n]{{0,80}}?(?:{_WORK})[^:：.。!！?？\n]{{0,60}}|(?:{_WORK})(?:结果)?如下",
    re.IGNORECASE,
)
_WORK_IN_SOURCE = re.compile(rf"(?:{_WORK})[^:：\n]{{0,60}}[:：]", re.IGNORECASE)
_LABEL = re.compile(
    rf"(?:(?:the |final |my |your |suggested |revised |literal |最终|参考)?(?:{_WORK})"
    rf"(?: ?\(?(?:in ?)?(?:to |into )?(?:{_NAMES})[^:：\n]{{0,20}}\)?)?|(?:{_NAMES})(?: ?[（(](?:{_NAMES})[)）])?"
    rf"(?: (?:{_WORK}|version|text))?|(?:{_NAMES})(?:译文|翻译|版本?)"
    r"|output|answer|response|result|assistant|target(?: text)?|输出|答案|回答|结果|Antwort|Ausgabe|réponse|respuesta)",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"\A\W*(?:source(?: text)?|original(?: text)?|input|原文|源文|输入|Originaltext|Texte original|Texto original|原文)"
    r"\W{0,3}[:：].*\n\W*", re.IGNORECASE,
)  # fmt: skip
_BOXED = re.compile(r"[【\[［]\s*([^】\]］\n]{1,20}?)\s*[】\]］]\s*[:：]?\s*")
_YES = re.compile(
    r"(?:sure(?: thing)?|certainly|of course|absolutely|great|no problem|got it|understood|gladly|okay|ok|alright"
    r"|好的|当然可以|当然|没问题|明白了?|收到|可以|Gerne|Natürlich|Klar|Bien sûr|Claro|Por supuesto|Конечно)"
    r"(?P<end>[!！]+|[,，.。:：]?\s*\n)\s*", re.IGNORECASE,
)  # fmt: skip
_YES_IN_SOURCE = re.compile(
    r"\W*(?:sure|certain|of course|absolute|great|no problem|got it|understood|glad|okay|ok\b|alright|all right|fine"
    r"|yes|good|well|好|当然|没问题|明白|收到|可以|行|是|對|对|嗯|gern|natürlich|klar|ja\b|bien|claro|por supuesto"
    r"|d'accord|конечно|хорошо|да\b|はい|もちろん)",
    re.IGNORECASE,
)

# ---------------------------------------------------------------- behind it

_NOTE_WORD = (
    r"note|notes|n\.b\.|nb|p\.s\.|translator['’]?s? note|translation notes?|t/n|tn|explanation|breakdown|literally"
    r"|lit\.|literal(?: translation)?|remark|comment|context|alternatives?|alternatively|or|"
    r"注|註|译注|译者注|翻译说明|翻译说明|说明|解释|备注|注释|注意|字面意思|字面|直译|解析|分析|补充说明|或者?|也可译为|另译|其他译法"
    r"|Hinweis|Anmerkung|Anm\.|Erklärung|wörtlich|Nota|Nota del traductor|Remarque|Note du traducteur|Примечание"
    r"|прим\.|注記|補足|참고"
)
_NOTE_IN_SOURCE = re.compile(
    r"(?:\b(?:notes?|nb|attention|caution|warning|important|hint|tip|notice|literal(?:ly)?|explanation|comment|remark|context"
    r"|alternatives?|alternatively|or|beware|hinweis|anmerkung|achtung|nota|remarque|примечание|внимание)"
    r"|注[意释]?|註|说明|解释|备注|字面|直译|提示|警告|或者?|分析|補足|참고)[*_]{0,2}\s*[:：]",
    re.IGNORECASE,
)
_PARENTHESIS = re.compile(
    rf"\s*(?:[(（\[【](?:{_NOTE_WORD})\s*[:：,，][^()（）\[\]【】]*(?:[(（][^()（）]*[)）][^()（）\[\]【】]*)*[)）\]】])[.。]?\s*\Z",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[)）\]】]")
_CLOSED = re.compile(r"[)）\]】][\W\ue000-\uf8ff]*\Z")
_NOTE_LINE = re.compile(
    rf"\s*(?:[*_#>-]{{0,4}}\s*[(（\[【]?(?:{_NOTE_WORD})[*_]{{0,2}}\s*[:：]|---+\s*$"
    r"|let me know\b|i hope (?:this|that|it)\b|feel free\b|if you (?:need|have|want|would)\b|please let me know\b"
    r"|(?:this|the|in this) (?:translation|sentence|phrase|word|text)\b|i (?:have )?(?:translated|chose|used|kept)\b"
    r"|希望(?:这|对|能)|如(?:果|有|需)(?:您|你|需|任何)?|这(?:句话|段|个翻译|里的)|该(?:句|译文|翻译)|上述译文|以上(?:是|为|就是)"
    r"|我(?:将|把|保留)|需要我)",
    re.IGNORECASE,
)
_NOTE_BEHIND = re.compile(
    rf"(?<=[.。!！?？”\"’』」)）])[ \u3000#*_]*(?:{_NOTE_WORD})[:：].*\Z", re.IGNORECASE | re.DOTALL
)


# ---------------------------------------------------------------- instead of it

_LANGUAGE = rf"(?:simplified |traditional )?(?:{_NAMES})(?![a-z])"
_WORK_CUE = re.compile(rf"translat|{_WORK}|[译譯訳]", re.IGNORECASE)
_BEGINS = r"(?:\A|(?<=[.。!！?？:：\n]))[\s\"“*_]*"
_INSTEAD = tuple(
    (re.compile(_BEGINS + pattern, re.IGNORECASE), cue)
    for pattern, cue in (
        (rf"(?:please )?translate (?:this|the|it)\b[^.:：\n]{{0,60}} (?:in)?to {_LANGUAGE}", _WORK_CUE),
        (rf"in {_LANGUAGE},? the translation is\b", _WORK_CUE),
        (r"(?:the|this)(?: \w+)? (?:text|sentence|document|paragraph)\b[^.。!！?？\n]{0,40} translat(?:ed|ion)\b"
         rf"[^.。!！?？\n]{{0,80}} (?:in)?to {_LANGUAGE}", _WORK_CUE),
        (r"(?:以上|以下|下面|上面)(?:是|为)[^。\n]{0,10}翻译的(?:原文|文本|文字|内容)", _WORK_CUE),
        (r"你是(?:一[名位个])?(?:专业|资深)的?(?:译者|译员|翻译)", _WORK_CUE),
        (rf"请?(?:把|将)[^。\n]{{1,12}}翻译(?:成|为)(?:{_NAMES})", _WORK_CUE),
        (rf"(?:this|the) (?:text|sentence) (?:is|must be|should be) (?:written )?in {_LANGUAGE}",
         re.compile(_NAMES, re.IGNORECASE)),
        (r"(?:sure|certainly|of course),? i (?:can|will|would be happy to) help\b",
         re.compile("help|assist|帮|幫|协助|h[ei]lf|aid|ayud|aiut|помо[гщ]|手伝|助け", re.IGNORECASE)),
        (rf"(?:the|my|your) (?:{_LANGUAGE} )?translation (?:of [^.\n]{{0,80}} )?(?:is|would be|reads)\b", _WORK_CUE),
        (rf"in {_LANGUAGE}\s*[:：]", re.compile(_NAMES, re.IGNORECASE)),
        # Of other languages than Chinese it is not known in how many ways they say that something means something.
        (r"(?:this|it) (?:says|means|translates|reads)\b",
         re.compile(r"[意说写称指表即读讀說寫这這那此因所就也]|[^\W\d_\u3400-\u9fff]")),
        (r"th(?:e|is) (?:text|sentence|phrase|line|passage|original) (?:says|means|translates|reads)\b",
         re.compile(r"[意说写称指表即读讀說寫文句]|te[xk]st|satz|phrase|frase|фраз|says?|mean|read|transl|bedeut|besagt|sagt"
                    r"|steht|heißt|signif|dit|dice", re.IGNORECASE)),
        (rf"[^。\n]{{0,80}}(?:的|这句话)(?:{_NAMES})?(?:翻译|译文)(?:是|为)", _WORK_CUE),
        (r"(?:这句话|原文|该句)的意思是", re.compile("mean|sense|意|bedeut|signif", re.IGNORECASE)),
        (r"[/／]\s*\w", re.compile("[/／]")),
        (r"the original (?:text|sentence) (?:is|was)\s*[:：]",
         re.compile("origin|ursprüng|原|оригинал", re.IGNORECASE)),
    )
)  # fmt: skip
"""What a model says in the place of a translation or about it, and what a source has that says the same."""
_ONLY_LABEL = re.compile(
    rf"\W*(?:{_LABEL.pattern}|source(?: text)?|original|input|context|background|原文|源文|输入|背景)\W{{0,3}}[:：]\W*",
    re.IGNORECASE,
)
_LABEL_CUE = re.compile(
    rf"[:：]|translat|text|source|origin|input|output|context|background|answer|respon|result|target|assist|{_NAMES}|{_WORK}"
    r"|[译譯訳]|背景|原文|输|答|结果",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"\s*(?:\([^()（）]*\)|（[^()（）]*）)\s*")
_ADDED = re.compile(
    r"(?<=[^\s(（])(?:[ ]\([^()（）\n]{4,200}\)|[ ]?（[^()（）\n]{2,200}）"
    r"|(?<=[\u3400-\u9fff])\([^()（）\n]{2,200}\))\s*\Z"
)
_MAY_BE_BRACKETS = re.compile(r"[()（）\[\]【】〔〕「」“”\"«»,，、;；:：.。!！?？…/|—–]|\s-\s")
_OF_THE_TASK = re.compile(
    rf"\b(?:comments?|notes?|title|heading|headline|literal(?:ly)?|meaning|phrase|sentence)\b|{_WORK}|标题|標題|注释|批注"
    rf"|备注|直译|字面|意思|[译譯訳]|\b(?:{_LANGUAGE})",
    re.IGNORECASE,
)


def instead(source: str, text: str) -> tuple[int, int] | None:
    """Where ``text`` speaks of the task, or is only a label or a comment in brackets; None: nowhere."""
    for pattern, cue in _INSTEAD:
        found = pattern.search(text)
        if found and not cue.search(source):
            return found.span()
    if _ONLY_LABEL.fullmatch(text) and not _LABEL_CUE.search(source):
        return 0, len(text)
    if _IN_BRACKETS.fullmatch(text) and not re.search(r"[()（）\[\]【】〔〕]", source):
        return 0, len(text)
    return None


def added(source: str, text: str) -> tuple[int, int, bool] | None:
    """Where words in brackets stand behind a title or a term that has none, and do they speak of the task?

    An abbreviation, and what the source says itself, may stand there. None: there are none.
    """
    found = _ADDED.search(text)
    if found is None or _MAY_BE_BRACKETS.search(source.strip()):
        return None
    inside = found[0].strip("()（） \t\u3000")
    abbreviation = inside == inside.upper() != inside.lower()
    if not any(map(str.isalpha, inside)) or abbreviation or inside.lower() in source.lower():
        return None
    start = found.end() - len(found[0].lstrip())
    return start, found.end(), bool(_OF_THE_TASK.search(inside) and not _OF_THE_TASK.search(source))


def clean(source: str, target: str) -> tuple[str, list[Finding]]:
    """``target`` without what does not belong to the translation of ``source``, and a finding for each such thing."""
    text = target.replace("\r\n", "\n").strip()
    findings: list[Finding] = []
    for _ in range(6):
        for kind, removed, less in _steps(source, text):
            if less != text:
                findings.append(Finding(kind, removed[:_QUOTED], mended=True))
                text = less
                break
        else:
            break
    return text, findings


def _steps(source: str, text: str) -> Iterator[tuple[FindingKind, str, str]]:
    """Each kind of thing taken off: kind of the finding, what went, what is left."""
    less = without_reasoning(text) if without_reasoning(source) == source else text
    yield FindingKind.REASONING, _gone(text, less), less.strip()
    less = _without_unseen(source, text)
    yield FindingKind.FORGED, "", less
    less = _with_usual_digits(source, text)
    yield FindingKind.NUMBER, "", less
    less = _without_control(source, text)
    yield FindingKind.FORGED, _gone(text, less), less
    less = _unwrapped(source, text)
    yield FindingKind.FORGED, text[:8], less
    less = _without_opening(source, text)
    yield FindingKind.COMMENTARY, _gone(text, less), less
    less = _without_notes(source, text)
    yield FindingKind.COMMENTARY, text[len(less) :].strip(), less
    less = _without_source(source, text)
    yield FindingKind.ECHO, _gone(text, less), less
    less = without_bold(source, text)
    yield FindingKind.FORGED, "**", less


def _gone(text: str, less: str) -> str:
    """What was taken off before ``less``."""
    return text.removesuffix(less).strip() if less else text


def _without_control(source: str, text: str) -> str:
    """Without the control spellings of chat templates."""
    if not _CONTROL.search(text) or _CONTROL.search(source):
        return text
    return _CONTROL.sub("", text).strip()


def _without_unseen(source: str, text: str) -> str:
    """Without characters that nobody sees, but for those that the source has, or that a script is written with."""
    kept = set(source)
    if _RIGHT_TO_LEFT.search(text):
        kept.update(_TURNS)
    if _UNSPACED.search(text):
        kept.add("\u200b")
    return text.translate({ord(sign): None for sign in _UNSEEN if sign not in kept})


def _with_usual_digits(source: str, text: str) -> str:
    """With the digits that the source has, not with those as wide as a Chinese character."""
    return text if _WIDE_DIGIT.search(source) else _WIDE_DIGIT.sub(lambda found: str(int(found[0])), text)


def _unwrapped(source: str, text: str) -> str:
    """Without a fence, tags or quotation marks around the whole."""
    if (found := _FENCED.match(text)) and "```" not in source and "~~~" not in source:
        return found[2].strip()
    wrapped = _WRAPPED.match(text)
    if wrapped and not re.search(r"</?(?:translation|target|text|output|result|source|answer|segment)", source):
        return (wrapped[2] if wrapped[1] else wrapped[3]).strip()
    opening = text[:1]
    closing = _QUOTES.get(opening)
    bare = "".join(sign for sign in source if not is_code(sign)).strip()
    stop = text[-1:] if closing and text[-2:-1] == closing and text[-1:] in ".。" else ""
    text = text.removesuffix(stop)
    inner = text[1:-1] + stop
    if not closing or len(text) < 3 or not text.endswith(closing) or bare[:1] in _ANY_QUOTE or bare[-1:] in _ANY_QUOTE:
        return text + stop
    return text + stop if closing in inner or opening in inner else inner.strip()


def _without_opening(source: str, text: str) -> str:
    """Without an announcement or a label before the translation."""
    boxed = _BOXED.match(text)
    if boxed and _LABEL.fullmatch(boxed[1]) and not _BOXED.match(source) and boxed.end() < len(text):
        return text[boxed.end() :]
    found = _ORIGINAL.match(text)
    if found and not _ORIGINAL.match(source + "\n") and found.end() < len(text):
        return text[found.end() :].lstrip("*_ ")
    yes = _YES.match(text)
    if yes and not _YES_IN_SOURCE.match(source) and yes.end() < len(text):
        return text[yes.end() :]
    line, newline, rest = text.partition("\n")
    colon = re.search("[:：](?!//)", line)
    if colon and not _WORK_IN_SOURCE.search(source):
        head, tail = line[: colon.start()].strip(" *_#【["), line[colon.end() :].strip(" *_】]")
        if len(head) <= 140 and not re.search(r"\d", head) and (tail or rest.strip()) and _announces(head, source):
            return (tail + newline + rest).strip() if tail else rest.strip()
    return text


def _announces(head: str, source: str) -> bool:
    if _LABEL.fullmatch(head):
        return not re.match(rf"\W*(?:{_NAMES}|output|answer|result|response|输出|答案|回答|结果)[^:：]{{0,20}}[:：]",
                            source, re.IGNORECASE)  # fmt: skip
    return _ANNOUNCES.fullmatch(head) is not None


def _without_source(source: str, text: str) -> str:
    """Without the source that was written down first."""
    plain = source.strip()
    if not text.startswith(plain):
        return text
    found = re.match(r"[ \t]*\n+\s*" if len(plain) < 8 else r"\s*(?:→|=>|⇒|->|=)\s*|[ \t]*\n+\s*", text[len(plain) :])
    rest = text[len(plain) + found.end() :].strip() if found else ""
    return rest if rest and rest.count("\n") >= plain.count("\n") else text


def _without_notes(source: str, text: str) -> str:
    """Without notes about the translation behind it."""
    lines = source.strip().count("\n")
    kept = text.split("\n")
    for place in range(1, len(kept)):
        before = "\n".join(kept[:place]).strip()
        if before.count("\n") < lines or not _NOTE_LINE.match(kept[place]) or not _is_whole(source, before):
            continue
        if place > lines or not _NOTE_IN_SOURCE.search(source):
            return "\n".join(kept[:place]).rstrip()
    more = len(_BRACKETS.findall(text)) > len(_BRACKETS.findall(source)) or not _CLOSED.search(source)
    if more and (found := _PARENTHESIS.search(text)) and not _PARENTHESIS.search(source):
        return text[: found.start()].rstrip() or text
    if (found := _NOTE_BEHIND.search(text)) and not _NOTE_IN_SOURCE.search(source):
        return text[: found.start()].rstrip() or text
    return text


def _is_whole(source: str, text: str) -> bool:
    """Whether ``text`` may be all of the translation; of several lines, any may begin like a note."""
    return "\n" not in source.strip() or weight(text) > _WHOLE * weight(source)


def leftover(source: str, text: str) -> tuple[int, int] | None:
    """Where an explanation stands in ``text`` that could not be told apart safely; None: nowhere."""
    if source.strip().count("\n") >= text.strip().count("\n"):
        return None
    place = 0
    for line in text.split("\n"):
        if not _is_whole(source, text[:place]):
            place += len(line) + 1
            continue
        announced = line.rstrip()[-1:] in (":", "：") and _announces(line.rstrip(":：. *"), source)
        if place and (announced or _NOTE_LINE.match(line)):
            return place, place + len(line)
        place += len(line) + 1
    return None
