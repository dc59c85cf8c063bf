"""Whether a translation is in its language, in its script, and not the source again."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from assistant.base.scripts import COMMON, EAST_ASIAN, INHERITED, NEVER, OTHER, SYMBOL, Use, script_of, scripts_of, uses
from assistant.documents.detection import detect_languages
from assistant.documents.segments import Finding, FindingKind
from assistant.worker.lexicon import empty_words, english, folded, stem
from assistant.worker.segment_extent import STOPPED
from assistant.worker.segment_pinyin import is_spelled
from assistant.worker.segment_view import View, at_target, blanked

Spans = Sequence[tuple[int, int]]
_LETTERS = re.compile(r"[^\W\d_]")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ]+(?:['’-][A-Za-zÀ-ɏ]+)*")
_WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_QUOTED = re.compile('[“"「『‘\']([A-Za-z][^“”"「」『』‘’\n]{0,60})[”"」』’\']')
_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？\n]*")
_ENOUGH = 24  # letters that tell a language
_SURE, _RATHER, _LIKELY, _HARDLY = 0.75, 0.65, 0.5, 0.1  # shares of what a language is told by
_LOOKING_LATIN = {"Cyrl", "Grek"}  # scripts with letters that look like Latin ones
_READ = 0.8  # of the words of a text in Latin letters that is Chinese
_FEW, _MOSTLY = 4, 0.7  # words, and the share of them that a translation does not have by chance
_USUAL = (
    "app apps email e-mail wifi wi-fi vs km kg cm mm mg ml kb mb gb tb hz khz mhz ghz am pm ok id url tv cd dvd usb ip"
    " pc ai it pdf xml html http https www blog web bug cookie cookies token tokens"
)
_FREE_WORDS = frozenset(_USUAL.split())
_LISTED = frozenset(("de", "fr", "es", "it", "pt", "nl"))  # whose words without content are known
_BRIEFLY_TOLD = frozenset(
    ("de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sv", "da", "nb", "tr", "vi", "id", "ro", "hu", "fi")
)
"""Languages in Latin letters of which three words are enough, as measured."""
_QUOTES = "\"'”’»」』） )"
_AT_ENDS = " .!?。！？…\n" + _QUOTES + "“‘«「『（("
_HAN = re.compile("[\u3400-\u9fff]")
_SYLLABLE = (
    "(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ang|eng|ing|ong|iao|ian|uai|uan|ai|ei|ao|ou|an|en|er|ia|ie|iu"
    "|in|ua|uo|ui|un|ue|a|o|e|i|u|v)"
)
_PINYIN = re.compile(rf"(?:{_SYLLABLE}['’]?)+", re.IGNORECASE)
_RELATED = (
    {"da", "sv", "nb", "nn", "no"}, {"cs", "sk"}, {"ru", "uk", "bg", "sr", "be", "mk"}, {"ar", "fa", "ur"},
    {"es", "pt", "ca", "gl"}, {"id", "ms"}, {"hi", "mr", "ne"}, {"hr", "sr", "bs", "sl"}, {"zh", "yue"},
    {"fil", "tl"}, {"nl", "af"}, {"kk", "ky", "tt"}, {"tr", "az"},
)  # fmt: skip


def echo_findings(source: View, target: View, literals: tuple[Spans, Spans]) -> Iterator[Finding]:
    """The source again. Names, code and words that are the same in both languages have to be the same.

    :param literals: stretches of source and translation that stay as they are.
    """
    if source.primary and source.primary == target.primary:
        return
    if is_spelled(source, target) or (_holds(source, target) and not related(source.primary, target.primary)):
        yield Finding(FindingKind.ECHO, target.plain[:60], *target.span(0, len(target.plain)), 0, len(source.text))
        return
    before = _WORDS.findall(folded(blanked(source.plain, literals[0])))
    now = _WORDS.findall(folded(blanked(target.plain, literals[1])))
    if _is_nearly(before, now, source, target):
        yield Finding(FindingKind.ECHO, target.plain[:60], *target.span(0, len(target.plain)), 0, len(source.text))
    if not before or "".join(before) != "".join(now):
        return
    stays = _may_stay(source, target, literals[0])
    if stays and ("Latn" not in scripts_of(target.language) or len(before) < 2 or not _is_worded(source.plain)):
        return
    # With a number, a word may be the name of something: "Python 3".
    named = len(before) == 1 and not source.plain.isalpha() and any(sign.isdigit() for sign in source.plain)
    start, end = target.span(0, len(target.plain))
    yield Finding(FindingKind.ECHO, target.plain[:60], start, end, 0, len(source.text), minor=stays or named)


def _holds(source: View, target: View) -> bool:
    """Whether all of the source stands in the translation, beside something else."""
    bare = source.plain.strip(_AT_ENDS)
    sentence = source.plain.rstrip(_QUOTES)[-1:] in tuple(".!?。！？")
    shared = not sentence and "Hani" in scripts_of(target.language)  # 大学生 is a word in Japanese, too
    long = len(_WORDS.findall(bare)) >= (_FEW - 1 if sentence else 2 * _FEW) or len(_HAN.findall(bare)) >= _FEW - 1
    worded = _is_worded(bare) or bool(_HAN.search(bare) and not shared)
    return long and worded and bare in target.plain and target.plain.strip(_AT_ENDS) != bare


def _is_nearly(before: Sequence[str], now: Sequence[str], source: View, target: View) -> bool:
    """Whether hardly a word of the source was changed, though the languages are not alike: it is too short a text, or
    too like others, for its language to be told."""
    if len(now) < _FEW or "".join(before) == "".join(now) or related(source.primary, target.primary):
        return False
    small = {folded(word) for word in _WORDS.findall(source.plain) if word[0].islower()}
    shared = Counter(before) & Counter(now)
    if shared.total() < _MOSTLY * max(len(before), len(now)):
        return False
    left = small & shared.keys()
    return len(left) >= _FEW // 2 and (source.primary != "en" or bool(left & empty_words()))


def _is_worded(text: str) -> bool:
    """Whether some word of it begins with a small letter."""
    return any(word[0].islower() for word in _WORDS.findall(text))


def _may_stay(source: View, target: View, literals: Spans) -> bool:
    """Whether a text may be the same in the other language: it is a name, or a word or two that both have."""
    plain = blanked(source.plain, literals)
    own, other = scripts_of(source.language), scripts_of(target.language)
    scripts = {script_of(sign) for sign in plain if sign.isalpha()} - {"Latn"}
    if scripts & (own - other or {"Hani"}):
        return not (own - other) and bool(own & other) and len(_LETTERS.findall(plain)) <= 4
    words = _WORDS.findall(plain)
    lower = [word for word in words if word[0].islower()]
    content = [word for word in words if folded(word) not in empty_words()]
    if content and all(word[0].isupper() for word in content) and len(content) > 1 and words[0] in content:
        return "Latn" in other or not all(map(_is_common, content))
    if "Latn" in other:
        return not lower or (len(words) <= 3 and not {folded(word) for word in words} & empty_words())
    if any(len(word) == 1 for word in lower):
        return True  # "Top p"
    if len(words) == 1:
        return len(words[0]) < 3 or words[0].lower() in _FREE_WORDS or not _is_common(words[0])
    return not lower and not all(_is_common(word) for word in words)


def _is_common(word: str) -> bool:
    """An English word that is not only a name."""
    return folded(word) in english().common and not word.isupper() and not re.search("[a-z][A-Z]", word)


# ---------------------------------------------------------------- language


def language_findings(source: View, target: View, literals: Spans) -> Iterator[Finding]:
    """A translation, or a sentence of it, in another language.

    :param literals: stretches of the translation that stay as they are.
    """
    if not target.primary:
        return
    if source.primary == "zh" and "Latn" in scripts_of(target.language) and _is_romanized(target.plain):
        yield _wrong(target, "zh-Latn", *target.span(0, len(target.plain)))
        return
    text = _without_names(source, target, literals)
    found = _foreign(text, source, target)
    if not found and (_is_left(source, target, literals) or _is_english_still(source, target, literals)):
        found = "en"
    if found:
        start, end = target.span(0, len(target.plain))
        yield _wrong(target, found, start, end)
        return
    sentences = [one for one in _SENTENCE.finditer(text) if len(_LETTERS.findall(one[0])) >= _ENOUGH]
    if len(sentences) < 2:
        return
    for one in sentences:
        if found := _foreign(one[0], source, target):
            yield _wrong(target, found, *target.span(*one.span()))


def _is_romanized(text: str) -> bool:
    """Whether a text is Chinese in Latin letters, and not only a row of names."""
    plain = "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
    words = _WORDS.findall(plain)
    read = [word for word in words if _PINYIN.fullmatch(word)]
    strange = [word for word in read if folded(word) not in english().common]
    small = sum(1 for word in strange if word[0].islower())
    return small >= _FEW // 2 and len(strange) >= _FEW - 1 and len(read) >= _READ * len(words)


def _without_names(source: View, target: View, literals: Spans) -> str:
    """The plain text without what stays as it is in the source's letters: code, names, keys, words in quotation."""
    text = blanked(target.plain, literals)
    if "Latn" in scripts_of(target.language):
        return text
    kept = [one.span() for one in _QUOTED.finditer(text) if one[1] in source.plain]
    names = set(_LATIN_WORD.findall(source.plain))
    kept += [one.span() for one in _LATIN_WORD.finditer(text) if one[0] in names and not _is_plain(one[0])]
    return blanked(text, kept)


def _is_left(source: View, target: View, literals: Spans) -> bool:
    """Whether of ordinary English words some were left as they are, others are gone, and there is nothing in the
    target's own letters: "News" for "News about the bridge".
    """
    own = scripts_of(target.language)
    text = blanked(target.plain, literals)
    if source.primary != "en" or not own or "Latn" in own or any(script_of(sign) in own for sign in text):
        return False
    words, left = _WORDS.findall(source.plain), _WORDS.findall(text)
    if len(left) >= len(words):
        return False
    said = [word for word in words if folded(word) not in empty_words()]
    worded = any(word[0].islower() and _is_common(word) for word in said)
    known = {folded(word) for word in said} if worded or (len(said) > 1 and all(map(_is_common, said))) else set()
    return any(len(word) > 2 and folded(word) in known and _is_common(word) for word in left)


def _is_plain(word: str) -> bool:
    """An ordinary English word in small letters."""
    return word.islower() and _is_common(word)


def _wrong(target: View, found: str, start: int, end: int) -> Finding:
    values: dict[str, str | int] = {"wanted": target.language, "found": found}
    return Finding(FindingKind.LANGUAGE, target.text[start:end][:60], start, end, values=values)


def _foreign(text: str, source: View, target: View) -> str:
    """The language that ``text`` is in instead of the target's; empty: the target's, or it is too short to tell."""
    letters = _LETTERS.findall(text)
    own = scripts_of(target.language)
    written = [sign for sign in letters if script_of(sign) in own]
    if own and len(letters) >= 8 and len(written) * 4 < len(letters) and not _is_named(letters, source):
        words = [word for word in _LATIN_WORD.findall(text) if "Latn" not in own]
        if written and words and set(words) <= set(_LATIN_WORD.findall(source.plain)):
            return ""  # a command with its options; what is left of the source in between, others see
        guesses = detect_languages([text])[0]
        found = guesses[0].language if guesses else "und"
        return "" if related(found.partition("-")[0].lower(), target.primary) else found
    enough = _ENOUGH if "Latn" in own or not own else 10
    if len(letters) < enough and not _is_small_talk(text, source):
        return _no_english(text, source) if target.primary == "en" else _brief(text, source, target)
    guesses = detect_languages([text])[0]
    if not guesses or guesses[0].share < _SURE:
        return ""
    best = guesses[0].language.partition("-")[0].lower()
    share = sum(one.share for one in guesses if related(one.language.partition("-")[0].lower(), target.primary))
    if related(best, target.primary) or share > _HARDLY:
        return ""
    return guesses[0].language


def _is_english_still(source: View, target: View, literals: Spans) -> bool:
    """Whether all that a short sentence became is English: *Thank.* in Chinese, *I love you.* in French.

    It is too short for its language to be told, and may look like a name, as it begins with a capital letter. In Latin
    letters there has to be a word like *you* that the target's language does not have.
    """
    text = blanked(target.plain, literals)
    words, before = _WORDS.findall(text), _WORDS.findall(source.plain)
    if target.primary == "en" or len(_LETTERS.findall(text)) >= _ENOUGH or not _is_sentence(source):
        return False
    if "Latn" in scripts_of(target.language):
        own = empty_words(target.primary) if target.primary in _LISTED else empty_words("en")
        told = len(words) > 1 and any(folded(word) in empty_words("en") - own for word in words)
    else:
        told = len(before) > 1 or source.primary != "en"
    names = {word for word in before[1:] if word[0].isupper()}
    return bool(words) and told and all(_is_plainly_english(word, names) for word in words)


def _is_plainly_english(word: str, names: Collection[str]) -> bool:
    """Whether a word is English, and neither a name nor one that other languages have taken over."""
    lower = word.lower()
    taken = lower in _FREE_WORDS or (len(word) < 3 and lower not in empty_words("en"))
    return not taken and word not in names and _is_english(lower)


def _is_small_talk(text: str, source: View) -> bool:
    """Whether a short text, of an English source, has words in it that tell the language though they say little."""
    words = [folded(word) for word in _WORDS.findall(text) if word[0].islower()]
    return source.primary == "en" and len(words) >= _FEW // 2 and 2 * len(empty_words() & {*words}) > len(words)


def _no_english(text: str, source: View) -> str:
    """The language of a short sentence that has hardly an English word in it; empty: it may well be English."""
    words = [word for at, word in enumerate(_WORDS.findall(text)) if at == 0 or word[0].islower()]
    if len(words) < 2 or not STOPPED.search(source.plain):
        return ""
    strange = [word for word in words if not _is_english(word.lower()) and word not in source.plain]
    guesses = detect_languages([text])[0]
    if not any(word[0].islower() for word in strange) or not guesses or guesses[0].language == "en":
        return ""
    best, own = guesses[0].share, sum(one.share for one in guesses if one.language == "en")
    sure = best >= _RATHER and own == 0
    likely = sure or (best >= _LIKELY and own <= _HARDLY)
    return guesses[0].language if likely and len(strange) * (3 if sure else 2) >= len(words) else ""


def _is_sentence(source: View) -> bool:
    """Whether a source is a sentence, with its stop or without, and not only a name."""
    return bool(STOPPED.search(source.plain)) or (
        len(_WORDS.findall(source.plain)) >= _FEW and _is_worded(source.plain)
    )


def _brief(text: str, source: View, target: View) -> str:
    """The language of a short sentence that nothing speaks for being in the target's; empty: something does.

    Of 3,771 pieces of three to five words out of sentences in the languages of ``_BRIEFLY_TOLD``, three were taken for
    one in another language.
    """
    words = [word for word in _WORDS.findall(text) if word not in source.plain]
    if target.primary not in _BRIEFLY_TOLD or len(words) < _FEW - 1 or not _is_sentence(source):
        return ""
    guesses = detect_languages([" ".join(words)])[0] if any(word[0].islower() for word in words[1:]) else ()
    own = any(related(one.language.partition("-")[0].lower(), target.primary) for one in guesses)
    return guesses[0].language if guesses and not own else ""


def _is_english(word: str) -> bool:
    """Whether an English dictionary has a word in small letters, or its stem."""
    known = english().common | empty_words("en")
    return word in known or (word.isascii() and stem(word) in known)


def _is_named(letters: list[str], source: View) -> bool:
    """Whether the letters are those of the source: names and code that stay in their script."""
    return "".join(letters).casefold() in "".join(_LETTERS.findall(source.plain)).casefold() and not any(
        word[0].islower() and _is_common(word) for word in _WORDS.findall(source.plain)
    )


def related(one: str, other: str) -> bool:
    """Whether two languages (without script and region) are one, or easily taken for each other."""
    return one == other or any({one, other} <= group for group in _RELATED)


# ---------------------------------------------------------------- script


def script_findings(source: View, target: View, literals: Spans, words: frozenset[str]) -> Iterator[Finding]:
    """Characters of another script, and words of another language in a text that is not in Latin letters.

    :param words: what may be there though it is foreign, in lower case: the glossary's.
    """
    own = scripts_of(target.language)
    if not own:
        return
    text = blanked(target.plain, literals)
    table = uses(target.language)
    place = 0
    while place < len(text):
        if table[ord(text[place])] == Use.FREE or text[place].isspace() or text[place] == "\ufffc":
            place += 1
            continue
        end = place + 1
        while end < len(text) and table[ord(text[end])] != Use.FREE and not text[end].isspace():
            end += 1
        yield from _foreign_stretch(source, target, place, end, words)
        place = end


def _foreign_stretch(source: View, target: View, start: int, end: int, words: frozenset[str]) -> Iterator[Finding]:
    piece = target.plain[start:end]
    script = next((one for one in map(script_of, piece) if one not in (COMMON, SYMBOL, INHERITED, EAST_ASIAN)), COMMON)
    if script == "Latn":
        mixed = {script_of(sign) for sign in piece} & _LOOKING_LATIN
        if mixed and piece not in source.plain:
            yield at_target(FindingKind.SCRIPT, target, start, end)
        return
    if script in (COMMON, OTHER):
        return
    if script == NEVER:
        if piece not in source.plain:
            yield at_target(FindingKind.SCRIPT, target, start, end)
        return
    if len(piece) == 1 and script == "Grek":
        return  # of a formula
    if piece.casefold() in words or any(piece.casefold() in word for word in words):
        return
    theirs = scripts_of(source.language)
    if piece in source.plain and script not in theirs:
        return  # the source quotes it too
    quoted = target.plain[:start].rstrip()[-1:] in '(（[「『“"《' and piece in source.plain
    yield at_target(FindingKind.SCRIPT, target, start, end, minor=quoted)


def drift_findings(source: View, target: View, literals: Spans, words: frozenset[str]) -> Iterator[Finding]:
    """Latin words in a text that is written in other letters, unless they are names, code, or the glossary's."""
    own = scripts_of(target.language)
    if not own or "Latn" in own:
        return
    text = blanked(target.plain, literals)
    known = {stem(word) for word in _LATIN_WORD.findall(source.plain)}
    run: list[re.Match[str]] = []
    for match in [*_LATIN_WORD.finditer(text), None]:
        if match and run and not text[run[-1].end() : match.start()].strip(" ,;:'’-"):
            run.append(match)
            continue
        if run:
            yield from _drifted(target, run, known, words)
        run = [match] if match else []


def _drifted(target: View, run: list[re.Match[str]], known: set[str], words: frozenset[str]) -> Iterator[Finding]:
    """A row of Latin words."""
    start, end = run[0].start(), run[-1].end()
    if " ".join(one[0] for one in run).casefold() in words:
        return
    strange = [
        one[0] for one in run
        if one[0][0].islower() and len(one[0]) > 2 and one[0].lower() not in _FREE_WORDS and one[0].lower() not in words
    ]  # fmt: skip
    left = [word for word in strange if stem(word) in known]
    new = [word for word in strange if stem(word) not in known]
    if len(left) >= 2 and len(strange) * 2 >= len(run) and any(folded(word) in empty_words() for word in left):
        quoted = target.plain[start - 1 : start] in tuple('“「『‘"')
        yield at_target(FindingKind.ECHO, target, start, end, minor=quoted)
    elif new:
        minor = len(run) == 1 and len(new[0]) < 5
        yield at_target(FindingKind.SCRIPT, target, start, end, minor=minor)
    elif len(left) == 1 and len(run) == 1 and _is_common(left[0]):
        yield at_target(FindingKind.SCRIPT, target, start, end, minor=True)
