"""Whether a translation says the opposite of its source: a denial that is lost or new, more in the place of less.

English, Chinese and, for what is denied, German. Languages deny in many ways: with a word of its own, a prefix, a verb
that means as much. Something is found only where one text clearly has a word for *not* and nothing in the other can be
read to stand for it, so a denial that is lost beside another one is not seen. Of two opposites one has to be in the
source, and only the other one in the translation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.documents.segments import Finding, FindingKind
from assistant.worker.characters import HAN_RUN
from assistant.worker.lexicon import chinese
from assistant.worker.segment_view import View, at_source, at_target

_NOT = re.compile(r"\b(?:not|cannot|never|no(?= [a-z])|no one|nobody|nothing|[a-z]+n['’]t)\b", re.IGNORECASE)
_NOT_IDLE = re.compile(
    r"\bnot (?:only|just|merely|simply|until|least|to mention|unlike|uncommon|for nothing)\b"
    r"|\b(?:if|or|why|whether|as) not\b|\bno (?:doubt|matter|wonder|sooner|later|fewer|less|more|longer)\b|\bno\. ?\d"
    r"|\bnever ?mind\b|(?:n['’]t|\bnot)\b[^.!?]*\?|(?:n['’]t|\bnot)\b[^.!?]{0,40}\b(?:until|without|but|un\w+)\b"
    r"|(?:can|could)(?:not|n['’]t| not) (?:help|wait|agree more|be more)|\bnothing but\b"
    r"|\b(?:do not|don['’]t) (?:worry|forget|mind|hesitate|you)\b|(?:can|could)(?:not|n['’]t) [^.!?]{0,20}\benough\b",
    re.IGNORECASE,
)
"""Ways to say *not* that deny nothing, or that other languages put into other words."""
_MAY_DENY = re.compile(
    r"\bno[nrt]?\b|n['’]t\b|\bn/a\b|\bn[eo](?:ver|ither|body|thing|where|ne|pe|t)|cannot|without"
    r"|\bun(?!der|it|ion|iq|ive|cle)|\bnon[- ]?[a-z]|[a-z]less\b|\b(?:im|in|ir|il|dis|mis|mal|de|anti|counter)[a-z]{4,}"
    r"|\b(?:hard|rare|scarce|bare)ly|\bseldom"
    r"|\b(?:off|out|too|few|little|only|just|but|till|than|yet|far|rid|if|or|new|late|all|any|ever|over|old|free|bad|hid"
    r"|err?or|end|ends|last|less|other|away|zero|null|keep|stay|hold|mind)\b"
    r"|\b(?:fail|lack|refus|den[yi]|prevent|avoid|prohibit|forbid|bann|stop|miss|absen|except|exempt|reject|declin"
    r"|exclud|ignor|skip|ceas|quit|lose|lost|empty|against|wrong|error|short|difficult|hard|unless|until|instead|rather"
    r"|still|pending|beyond|differ|beware|forget|remember|leav|expire|abort|cancel|block|break|broke|omit|drop|remov"
    r"|delet|suppress|protect|whether|regardless|whatever|before|sorry|excuse|shut|clos|halt|mute|bare|dead|blank|alone"
    r"|secret|strange|long|rough|poor|worse|single|temporar|pardon|welcome|ambigu|partial|opa|progress)",
    re.IGNORECASE,
)
_NOT_GERMAN = re.compile(r"\b(?:nicht|kein(?:e[mnrs]?)?|nie|niemals|nichts|niemand(?:em|en)?)\b", re.IGNORECASE)
_NOT_IDLE_GERMAN = re.compile(
    r"\bnicht (?:nur|zuletzt|wahr|mehr|selten|ohne)\b|\b(?:ob|oder|warum|falls|wenn|noch) nicht\b"
    r"|\bnicht\b[^.!?]*(?:\?|sondern)"
    r"|\b(?:nicht|kein\w*)\b[^.!?]{0,40}\b(?:bevor|bis|ohne|un\w+)\b|\bnichts als\b|\bnicht (?:vergessen|zögern)",
    re.IGNORECASE,
)
_MAY_DENY_GERMAN = re.compile(
    r"nicht|\bkein|\bnie|ohne|\bun(?!d\b|ter|s\b|ser|iv|gefähr)|los(?:e[mnrs]?)?\b|\b(?:nein|weder|noch|kaum|nur|erst|sondern"
    r"|aus|ab|weg|zu|ob|oder|je|wenn|falls|in(?:kor|kom|akt|val|kons)\w+|alle[mnrs]?|bis|bevor|alt\w*|letzt\w*|null|schon)\b"
    r"|\b(?:statt|außer|miss|verb[io]|verbiet|untersag|verhinder|vermeid|fehl|frei|leer|falsch|schlecht|bloß|wenig|egal|ander"
    r"|ablehn|abgel|gesperr|sperr|lösch|verl[io]|still|allein|ir|des|dis|anti|entf|beend|abbr|abge|überspr|überg|ignor|verweig"
    r"|schütz|gegen|mangel|trotz|schw[ie]|verg[ei]ss|denk|bleib|halt|vorsicht|achtung|selten|zurück|deakt|getrennt|schein)",
    re.IGNORECASE,
)
_WORDS = (
    "不 没 没有 未 别 不要 不会 不能 不是 不可 不得 不应 不应该 不用 不必 不需要 并非 并不 并未 并没有 从不 从未"
    " 从来不 从没 尚未 未能 未曾 无法 勿 请勿 切勿 不许 不准 禁止 严禁 不让 不肯 不愿 不愿意 不想 毫无 绝不 决不 没法"
    " 还没 还没有 不再 永不 不可以 不允许 没能 未必"
)
_DENIALS = frozenset(_WORDS.split())
_NO_DENIAL = frozenset("一完正明清透限同足全符良当稳定便安满幸尽齐平均等匹结")
"""What follows a sign for *not* in a word that other languages may say without it: 不一致, 不完整."""
_MAY_DENY_CHINESE = re.compile(
    "[不没未无非否别勿莫毋禁免缺失拒反难除避防止停仅只尚毫零差少罢休岂何怎甭弗断消撤败误错坏才异脱卸忘戒违忌弃隐藏静默匿盲删略跳]"
    "|期待|假的|是假|虚假|放心|记住|记得|陌生|超[出过]|[去退]掉|退出|关[闭掉]|空白|另[外一]|终[于止]|单独|[吧吗呢哪]|永远|意外|多余|再说|绝对|外面"
)

_OPPOSITES = (
    ((r"\bat least\b|\bno (?:less|fewer) than\b", "至少|起码|最少|不少于|不低于", r"\bminim|最小|最低"),
     (r"\bat (?:the )?most\b|\bno more than\b|\bup to\b|\bmaximum\b",
      "最多|至多|不超过|不多于|不高于|以内|上限", r"\bmaxim|最大|最高")),
    ((r"(?<!no )(?<!not )\b(?:more than\b|over (?=\d)|exceed)",
      "(?<!不)超过|多于|(?<!不)高于|以上|(?<=[0-9百千万])多", r"\b(?:more|over|above)\b"),
     (r"\b(?:fewer|less) than\b|\bunder (?=\d)|\bbelow\b",
      "不到|不足|(?<!不)少于|(?<!不)低于|以下|不满|不超过", r"\b(?:less|fewer|under)\b")),
    ((r"\b(?:rose|risen|rises?|increas\w+|grew|gr[eo]wn?|grows|gained)\b",
      "上涨|上升|增长|增加|增多|提高|升高|走高|上调|[涨升]了",
      r"\b(?:rais|improv|enhanc|boost|expand|climb|add|gain)|\b(?:up|more|better|higher|greater)\b|[涨升增提加扩]"),
     (r"\b(?:fell|fallen|falls?|decreas\w+|declin(?:e|es|ed|ing)(?! to\b)|dropped|reduc\w+)\b",
      "下跌|下降|减少|降低|下滑|缩减|下调|[降跌减]了",
      r"\b(?:lower|short|small|slow|sav|eas|weak|los|lighten)|\b(?:cuts?|down|less|fewer)\b|[跌降减缩少低落弱省秋瀑]")),
    ((r"\b(?:before|by) (?=\d|noon|midnight)", "以前|之前", r"\b(?:before|by|until|prior|ago)\b|前"),
     (r"\bafter (?=\d|noon|midnight)", "以后|之后", r"\b(?:after|since|from|then|later)\b|后")),
    ((r"\b(?:allowed|permitted)\b", "(?<!不)允许|准许|许可", ""),
     (r"\b(?:forbidden|prohibited|banned)\b", "禁止|严禁|不准|不许", "")),
    ((r"\benabled?\b", "启用", ""), (r"\bdisabled?\b", "禁用|停用", "")),
    ((r"\bthe first\b|\bcame first\b", "第一|首", "[初头先早]"),
     (r"\bthe last\b|\bcame last\b", "最后|末", r"\b(?:final|last|end|eventual|ultimate)")),
    ((r"\bworld war (?:i|one)\b", "第一次世界大战|一战", ""), (r"\bworld war (?:ii|two)\b", "第二次世界大战|二战", "")),
    ((r"\b(?:on|to) the left\b|\bleft[- ](?:hand|side)", "左", ""),
     (r"\b(?:on|to) the right\b|\bright[- ](?:hand|side)", "右", "")),
    ((r"\bnorth(?! korea)", "(?<!台)北(?!京|约)", ""), (r"\bsouth(?! korea)", "(?<![越指])南(?!瓜)", "")),
    ((r"\beast(?!er\b)", "东", ""), (r"\bwest", "西", "")),
    ((r"\bdoubl\w+", "翻倍|翻番|两倍|加倍|双", "倍"), (r"\bhalv\w+|\bby half\b", "减半|一半", r"\bhalf\b|半")),
    ((r"\btrue\b", "(?<!不)真", ""), (r"\bfalse\b", "是假|为假|假的|虚假|不真", "")),
    ((r"\b(?:buy|buys|bought)\b", "买", r"\bpurchas|购"), (r"\b(?:sell|sells|sold)\b", "卖|售", r"\bsales?\b|销")),
)  # fmt: skip
"""Opposites, each as English and Chinese clearly have it, and what else may stand for it."""
_PAIRS = tuple(
    tuple(
        (re.compile(clear, re.IGNORECASE), re.compile(f"{clear}|{rest}" if rest else clear, re.IGNORECASE))
        for clear, rest in ((f"(?:{english})|(?:{chinese_})", rest) for english, chinese_, rest in pair)
    )
    for pair in _OPPOSITES
)
_TURNS = re.compile(
    r"\b(?:no(?! (?:more|less|fewer) than)|not|never|cannot|nor|neither|without|unless|hardly)\b|n['’]t\b",
    re.IGNORECASE,
)
"""What makes one of two opposites the other one: *not allowed* is forbidden."""
_KNOWN = frozenset(("en", "zh", "de"))
_ASKS_BOTH = re.compile(r"(\w)[不没]\1|有没有|是否|能否|可否")


def opposite_findings(source: View, target: View) -> Iterator[Finding]:
    """A denial that is missing or new, and an opposite in the place of what the source says."""
    languages = {source.primary, target.primary}
    if len(languages) < 2 or not languages <= _KNOWN:
        return
    if place := _denied(source):
        if not _may_deny(target) and source.even[slice(*place)] not in target.even:
            yield at_source(FindingKind.OPPOSITE, source, *place)
    elif (place := _denied(target)) and not _may_deny(source) and target.even[slice(*place)] not in source.even:
        yield at_target(FindingKind.OPPOSITE, target, *place)
    if "de" in languages or _TURNS.search(source.even if source.primary == "en" else target.even):
        return
    for one, other in _PAIRS:
        for (said, like), (turned, like_turned) in ((one, other), (other, one)):
            found = said.search(source.even)
            new = turned.search(target.even)
            if found and new and not like_turned.search(source.even) and not like.search(target.even):
                start, end = target.span(*new.span())
                yield Finding(
                    FindingKind.OPPOSITE, target.plain[slice(*new.span())], start, end, *source.span(*found.span())
                )


def _denied(view: View) -> tuple[int, int] | None:
    """Where something is clearly denied."""
    text = view.even
    if view.primary != "zh":
        idle, denial = (_NOT_IDLE, _NOT) if view.primary == "en" else (_NOT_IDLE_GERMAN, _NOT_GERMAN)
        found = None if idle.search(text) else denial.search(text)
        return found.span() if found else None
    if _ASKS_BOTH.search(text) or text.rstrip()[-1:] in ("？", "?"):
        return None
    for run in HAN_RUN.finditer(text):
        place = run.start()
        for word in chinese().cut(run[0]):
            end = place + len(word)
            if word in _DENIALS and (len(word) > 1 or text[end : end + 1] not in _NO_DENIAL):
                return place, end
            place = end
    return None


def _may_deny(view: View) -> bool:
    """Whether anything in a text may stand for a denial."""
    words = {"en": _MAY_DENY, "zh": _MAY_DENY_CHINESE, "de": _MAY_DENY_GERMAN}[view.primary]
    return bool(words.search(view.even))
