"""The prompts of a translation.

For a chat model every prompt is a system turn with the instructions, the same for all segments of a job so that the
engine reads it once, and a turn of the user: background and terms, the text between two lines that do not occur in it,
and what is to be done with it; a small model does what it read last. A translation model gets the form it was trained
on and nothing else. All of it is rendered as text of a person (see ``chat.prompt_pieces``), so nothing in a document
can become a mark of the template.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.base import languages
from assistant.base.languages import primary
from assistant.documents.segments import Finding, FindingKind, Term
from assistant.tasks.chat import ChatTurn
from assistant.tasks.presets import (
    TranslateForm,
    TranslateSampling,
    TranslateWords,
    translate_preset,
)
from assistant.tasks.summary_prompts import fence_for, filled, one_line
from assistant.tasks.translation import PromptStyle, TranslateOptions

_CHINESE = ("zh", "yue", "wuu")


@dataclass(frozen=True)
class Around:
    """What stands around a segment, to be understood and not translated. Texts are shown without codes.

    :ivar heading: above it; ``before``: sentences before it, the nearest last; ``targets``: their translations, where
        all of them are there; ``note``: what a developer says about it.
    """

    heading: str = ""
    before: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.heading or self.before or self.note)


NOTHING_AROUND = Around()


@dataclass(frozen=True)
class Asked:
    """What one prompt is about.

    :ivar text: with tags; ``tags``: those in it.
    :ivar findings: what was wrong with the last answer.
    :ivar present: a translation that shall not come again.
    """

    text: str
    tags: tuple[str, ...] = ()
    around: Around = NOTHING_AROUND
    terms: tuple[Term, ...] = ()
    findings: tuple[Finding, ...] = ()
    present: str = ""


class Prompts:
    """The prompts of one job.

    :param texts: everything that will stand between the lines, as far as it is known: they are chosen by it.
    :param architecture: of the model: one of a family may want other sampling.
    """

    def __init__(
        self,
        options: TranslateOptions,
        *,
        style: PromptStyle = PromptStyle.CHAT,
        texts: Iterable[str] = (),
        architecture: str = "",
    ) -> None:
        self._options = options
        self._style = style
        self._architecture = architecture
        self.fence = fence_for(texts)

    @property
    def form(self) -> TranslateForm | None:
        """That of a translation model; None: it is a chat model."""
        return translate_preset().forms.get(self._style.value)

    @property
    def template(self) -> str:
        """The chat template to use, empty: the model's own."""
        return self.form.template if self.form else ""

    @property
    def sampling(self) -> TranslateSampling:
        if self.form is None:
            return translate_preset().sampling
        return self.form.samplings.get(self._architecture) or self.form.samplings[""]

    def turns(self, asked: Asked) -> tuple[ChatTurn, ...]:
        """The prompt for a segment."""
        if self.form is not None:
            return (ChatTurn("user", self._formed(self.form, asked)),)
        words = self._words(self._options.target)
        return (ChatTurn("system", self._head(words)), ChatTurn("user", self._body(words, asked)))

    @property
    def wishes(self) -> tuple[str, ...]:
        """What the user has said about the result, as it stands in prompts."""
        said = (self._options.audience, self._options.domain)
        return tuple(one_line(wish, translate_preset().sizes.wish) for wish in said if wish.strip())

    @property
    def said(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What prompts of chat models say beside what every one of them says: in this job, and in any other."""
        preset = translate_preset()
        english, chinese = (
            (
                *(one.background, one.before_target, one.version, one.text, one.closing, one.closing_after),
                *one.repairs.values(),
            )
            for one in (preset.en, preset.zh)
        )
        own = () if self.form else chinese if self._words(self._options.target) is preset.zh else english
        return own, (*english, *chinese, preset.en.head, preset.zh.head, preset.en.pair, preset.zh.pair)

    def swapped(self) -> Prompts:
        """Prompts for the way back, without the wishes about the result."""
        other = TranslateOptions(target=self._options.source, source=self._options.target, context=False)
        back = Prompts(other, style=self._style, architecture=self._architecture)
        back.fence = self.fence
        return back

    # ------------------------------------------------------------ chat models

    @staticmethod
    def _words(target: str) -> TranslateWords:
        """Chinese prompts for what becomes Chinese; English ones, which every model knows best, for all others."""
        preset = translate_preset()
        return preset.zh if primary(target) in _CHINESE else preset.en

    def _name(self, words: TranslateWords, tag: str) -> str:
        """The name of a language for a prompt, empty: unknown; its own name with it, where that tells a model more."""
        chinese = words is translate_preset().zh
        name = _language_name(tag, chinese=chinese)
        known = languages.language_name(tag) if tag else None
        if chinese or known is None or tag != self._options.target or known.own.casefold() == name.casefold():
            return name
        return f"{name} ({known.own})" if known.own else name

    def _head(self, words: TranslateWords) -> str:
        """The same for every segment of a job."""
        sizes = translate_preset().sizes
        source, target = self._name(words, self._options.source), self._name(words, self._options.target)
        pair = filled(words.pair if source else words.pair_unknown, source=source, target=target)
        wishes = words.formality[self._options.formality]
        for wish, asked in ((words.audience, self._options.audience), (words.domain, self._options.domain)):
            if asked.strip():
                wishes += filled(wish, words=one_line(asked, sizes.wish))
        return filled(words.head, pair=pair, fence=self.fence, wishes=wishes)

    def _body(self, words: TranslateWords, asked: Asked) -> str:
        fence, target = self.fence, self._name(words, self._options.target)
        before = self._background(words, asked.around)
        if asked.present:
            before += filled(words.version, fence=fence, text=self._safe(asked.present))
        if asked.terms:
            before += filled(words.terms, lines=self._term_lines(words, asked.terms))
        closing = filled(words.closing_after if fence in before else words.closing, fence=fence, target=target)
        before += words.text if before else ""
        spelled = " ".join(asked.tags)
        if asked.tags:
            closing += filled(words.tags, tags=spelled)
        closing += "".join(self._repairs(words, asked, spelled, target))
        return f"{before}{fence}\n{self._safe(asked.text)}\n{fence}\n{closing}"

    def _background(self, words: TranslateWords, around: Around) -> str:
        if not around:
            return ""
        note = translate_preset().sizes.note
        lines = [filled(words.heading, text=one_line(around.heading, note))] if around.heading else []
        lines += [one_line(text, note) for text in around.before]
        lines += [filled(words.note, text=one_line(around.note, note))] if around.note else []
        text = filled(words.background, fence=self.fence, text=self._safe("\n".join(lines)))
        if around.targets:
            targets = "\n".join(one_line(target, note) for target in around.targets)
            text += filled(words.before_target, fence=self.fence, text=self._safe(targets))
        return text

    @staticmethod
    def _term_lines(words: TranslateWords, terms: Sequence[Term]) -> str:
        most = translate_preset().sizes.term
        lines = []
        for term in terms:
            source, target = one_line(term.source, most), one_line(term.target, most)
            kind = words.term_forbidden if term.forbidden else words.term if target else words.term_kept
            lines.append("- " + filled(kind, source=source, target=target))
        return "\n".join(lines)

    @staticmethod
    def _repairs(words: TranslateWords, asked: Asked, tags: str, target: str) -> Iterable[str]:
        """A word about each of what was wrong, what is to be kept by name."""
        sizes = translate_preset().sizes
        items: dict[FindingKind, dict[str, None]] = {}
        for finding in asked.findings:
            quoted = items.setdefault(finding.kind, {})
            # What the model made up must not be named as something to keep.
            if finding.text and (finding.source_start >= 0 or finding.start < 0):
                quoted[one_line(finding.text, sizes.item)] = None
        for kind, quoted in items.items():
            repair = words.repairs.get(kind, "")
            if ("{items}" in repair and not quoted) or ("{tags}" in repair and not tags):
                continue
            listed = words.per_item.join(list(quoted)[: sizes.items])
            yield filled(repair, items=listed, tags=tags, target=target)

    def _safe(self, text: str) -> str:
        """A text that cannot pretend to end; the line was chosen by the sources, not by what models write."""
        return text.replace(self.fence, "")

    # ------------------------------------------------------------ translation models

    def _formed(self, form: TranslateForm, asked: Asked) -> str:
        """The form that a translation model was trained on: plain, or with a glossary, a style or a context.

        They were trained one at a time. A required term comes before a style, which somebody asked for, and that
        before a context, which is shown only where the text is too short to be clear by itself: a model that was made
        for one task is more often led astray by what stands around than it is helped.
        """
        options = self._options
        eastern = {primary(options.source), primary(options.target)} & set(_CHINESE)
        language = "zh" if eastern and "zh" in form.plain else "en"
        values = self._values(form, language, asked)
        terms = [term for term in asked.terms if not term.forbidden]
        if terms and language in form.glossary:
            lines = "\n".join(
                filled(form.pair[language], source=one_line(t.source, 80), target=one_line(t.target or t.source, 80))
                for t in terms
            )
            return filled(form.glossary[language], pairs=lines) + filled(form.plain[language], **values)
        if asked.findings:
            return filled(form.plain[language], **values)
        for given, words in ((values["style"], form.style), (values["context"], form.context)):
            if given and language in words:
                return filled(words[language], **values)
        return filled(form.plain[language], **values)

    def _values(self, form: TranslateForm, language: str, asked: Asked) -> dict[str, str]:
        options, sizes = self._options, translate_preset().sizes
        tags = (options.source, options.target)
        names = [self._form_name(form, tag, language) for tag in tags]
        codes = [form.codes.get(tag, tag) for tag in tags]
        styles = [form.styles.get(language, {}).get(options.formality, "")]
        if options.audience.strip() and language in form.audience:
            styles.append(filled(form.audience[language], words=one_line(options.audience, sizes.wish)))
        if options.domain.strip():
            styles.append(one_line(options.domain, sizes.wish))
        around = asked.around
        context = [around.heading, *around.before, around.note] if _is_unclear(asked) else []
        return {
            "source": names[0],
            "target": names[1],
            "source_code": codes[0],
            "target_code": codes[1],
            "style": "，".join(filter(None, styles)),
            "context": "\n".join(one_line(line, sizes.note) for line in context if line),
            "text": asked.text,
        }

    @staticmethod
    def _form_name(form: TranslateForm, tag: str, language: str) -> str:
        if tag in form.names:
            return form.names[tag][language == "zh"]
        return _language_name(tag, chinese=language == "zh")


def _language_name(tag: str, *, chinese: bool) -> str:
    """What a language is called; a tag that nobody knows stands for itself."""
    known = languages.language_name(tag) if tag else None
    if known is None:
        return one_line(tag, 40)
    return (known.chinese if chinese else "") or known.english


def _is_unclear(asked: Asked) -> bool:
    """A text is so short that it can mean several things."""
    eastern = sum(1 for sign in asked.text if "\u3041" <= sign <= "\u9fff")
    return len(asked.text) + 2 * eastern < 40 or bool(asked.around.note)
