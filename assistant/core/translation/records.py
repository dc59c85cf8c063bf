"""How a translation is kept: its row in the history, and as JSON its options and what is known of a segment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, replace

from assistant.core.job_history import JobHistory
from assistant.core.translation.views import ENDED, OpenTranslation, SegmentState, SegmentView
from assistant.documents.segments import ALONE, CODES, OPEN, findings_of_values, findings_to_values
from assistant.engine.messages import Counts
from assistant.library.models import InstalledModel
from assistant.storage.rows import Job, JobStep, StepState
from assistant.tasks.translation import Formality, TranslateOptions

_CODES = re.compile(f"[{chr(OPEN)}-{chr(ALONE + CODES - 1)}]")


KIND = "translation"


def new_row(history: JobHistory, document: OpenTranslation, options: TranslateOptions, model: InstalledModel) -> Job:
    """A row of the history for a translation that begins now; not kept yet."""
    return history.new(
        KIND,
        document.digest,
        document.title,
        text=plain(one.text for one in document.segments[:20]),
        model=model.name,
        model_key=model.key,
        options=options_to_json(options, document.format, options.source or document.language),
    )


def options_to_json(options: TranslateOptions, form: str, language: str) -> str:
    """The options as they are kept, with the document's format, and the language that is translated from."""
    return json.dumps({**asdict(options), "format": form, "language": language})


def options_from_json(text: str) -> tuple[TranslateOptions, str, str]:
    """What ``options_to_json`` wrote: options, format, language; what was damaged is empty."""
    try:
        values = json.loads(text)
        options = TranslateOptions(
            target=str(values["target"]),
            source=str(values["source"]),
            formality=Formality(values["formality"]),
            audience=str(values["audience"]),
            domain=str(values["domain"]),
            glossary=int(values["glossary"]),
            context=bool(values["context"]),
        )
        return options, str(values["format"]), str(values["language"])
    except (ValueError, KeyError, TypeError):
        return TranslateOptions(target=""), "", ""


def step_of(job: int, view: SegmentView, *, tokens: Counts, seconds: float) -> JobStep:
    """A segment as it is kept."""
    return JobStep(
        job,
        0,
        view.index,
        StepState.FLAWED if view.state is SegmentState.MARKED else StepState.DONE,
        view.target,
        problems=_facts_to_json(view),
        prompt_tokens=tokens.prompt,
        cached_tokens=tokens.cached,
        generated_tokens=tokens.generated,
        seconds=seconds,
    )


def with_step(view: SegmentView, step: JobStep) -> SegmentView:
    """A segment with what ``step_of`` made of it."""
    state = SegmentState.MARKED if step.state is StepState.FLAWED else SegmentState.DONE
    view = replace(view, target=step.text, state=state)
    try:
        facts = json.loads(step.problems)
        found = SegmentState(facts["state"])
        return replace(
            view,
            state=found if found in ENDED else state,
            findings=findings_of_values(facts.get("findings", [])),
            confidence=float(facts.get("confidence", 0.0)),
            unsure=tuple((int(start), int(end), float(chance)) for start, end, chance in facts.get("unsure", ())),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return view


def _facts_to_json(view: SegmentView) -> str:
    facts: dict[str, object] = {"state": view.state.value}
    if view.findings:
        facts["findings"] = findings_to_values(view.findings)
    if view.confidence:
        facts["confidence"] = view.confidence
    if view.unsure:
        facts["unsure"] = view.unsure
    return json.dumps(facts)


def plain(texts: Iterable[str]) -> str:
    """Texts without codes, one a line."""
    return _CODES.sub("", "\n".join(texts))
