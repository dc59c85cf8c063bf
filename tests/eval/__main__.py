"""What a model makes of fixed documents, and how well its sentences are linked: ``python -m tests.eval``.

Goes the program's own way (as the command line does: nothing is kept) and prints a table. Summaries, answers and
translations (``--translate MODEL``) need a model that follows instructions and writes both languages; the starter does
not, and scores poorly. Linking and checking (``--links``) and telling languages (``--languages``) need no model.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from assistant.base.errors import AssistantError
from assistant.base.paths import default_paths
from assistant.cli.session import Session
from assistant.cli.terminal import Terminal
from assistant.texts.errors import sentence
from tests.eval import cases, detecting, linking, links, report, running, translating


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 0; 1: what was scored does not reach what it must; 2: it could not be tried, or only a part."""
    options = _options(arguments)
    if options.languages:
        told = detecting.tell(detecting.sentences())
        _say(detecting.table(told))
        return 0 if detecting.share(told) >= detecting.LEAST else 1
    results: list[running.Result] = []
    scores: list[linking.LinkScore] = []
    translations: list[translating.SetResult] = []
    with Session(default_paths(), Terminal()) as session:
        try:
            if options.translate is not None:
                translations = _translations(session, options)
            elif options.links:
                scores = _links(session, options)
            else:
                results = _summaries(session, options)
        except AssistantError as error:
            _say(sentence(error))
            return 2
        except KeyboardInterrupt:
            return 130
    if options.json:
        report.write(options.json, results, scores, translations)
    if any(one.error for one in (*results, *translations)):
        return 2
    return 0 if all(map(report.reached, scores)) else 1


def _summaries(session: Session, options: argparse.Namespace) -> list[running.Result]:
    model = session.model(options.model)
    _say(f"{model.name}\n")
    results = []
    for name in options.only or cases.names():
        result = running.run_case(session, cases.load(name), model)
        results.append(result)
        end = f" ({result.error})" if result.error else ""
        _say(f"{name}: {result.score.facts} of {result.score.of} facts, {result.seconds:.0f} s{end}")
        if options.show:
            _say(_shown(result))
    _say("\n" + report.summary_table(results))
    return results


def _links(session: Session, options: argparse.Namespace) -> list[linking.LinkScore]:
    scores = []
    with tempfile.TemporaryDirectory() as folder:
        for name in options.only or links.FIRST:
            outcomes = list(running.run_links(session, links.load(name), Path(folder), alone=options.alone))
            scores.append(linking.total(name, outcomes))
            if options.show:
                _say(report.faults(outcomes))
    _say(report.link_table(scores))
    return scores


def _translations(session: Session, options: argparse.Namespace) -> list[translating.SetResult]:
    model = session.model(options.translate or options.model)
    _say(f"{model.name}\n")
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for name in options.only or translating.NAMES:
            results.append(translating.run(session, translating.load(name), model, Path(folder), _say))
            if options.show:
                _say(translating.shown(results[-1]) + "\n")
    _say("\n" + report.table(translating.HEAD, [row for result in results for row in translating.rows(result)]))
    return results


def _shown(result: running.Result) -> str:
    lines = ["", result.summary, ""]
    lines += [f"    missing: {fact}" for fact in result.score.missing]
    lines += [f"    trap: {trap}" for trap in result.score.traps]
    for answer in result.answers:
        lines += [f"    {'right' if answer.right else 'WRONG'}: {answer.question} {answer.text or answer.error}"]
    return "\n".join([*lines, ""])


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    assert __doc__ is not None
    parser = argparse.ArgumentParser(prog="python -m tests.eval", description=__doc__.splitlines()[0])
    parser.add_argument("--model", metavar="PATH|NAME", help="otherwise the one that the program uses")
    parser.add_argument("--links", action="store_true", help="score linking and checking instead; needs no model")
    parser.add_argument("--alone", action="store_true", help="with --links: each item against its own document only")
    parser.add_argument("--translate", nargs="?", const="", metavar="MODEL", help="score translations instead")
    parser.add_argument("--languages", action="store_true", help="score telling languages instead; needs no model")
    parser.add_argument(
        "--only",
        nargs="+",
        metavar="NAME",
        help="these documents, or with --links these sets (otherwise the three that count)",
    )
    parser.add_argument("--show", action="store_true", help="print the texts, or with --links what went wrong")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything, with the texts")
    options = parser.parse_args(arguments)
    known = links.NAMES if options.links else translating.NAMES if options.translate is not None else cases.names()
    for name in options.only or ():
        if name not in known:
            parser.error(f"{name} is none of {', '.join(known)}")
    return options


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
