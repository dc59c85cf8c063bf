"""The arguments, as the contract has them."""

from __future__ import annotations

import argparse
import math

from assistant import __version__
from assistant.cli.arguments import ArgumentParser
from assistant.texts import tr

_HOTTEST = 5
_TRANSLATED = (
    "text", "markdown", "html", "docx", "pptx", "epub", "srt", "vtt", "po", "xliff", "json", "yaml", "csv",
)  # fmt: skip


def build() -> argparse.ArgumentParser:
    """The whole parser, in the current language."""
    parser: argparse.ArgumentParser = ArgumentParser(
        prog="lamplight",
        description=tr("Lamplight: chat and write with models that run on this computer."),
        epilog=tr("Without a command, the window opens. Text goes to standard output, the rest to standard error.")
        + "\n\n"
        + tr(
            "Exit codes: 0 done, 1 failed, 2 wrong usage or nothing to work on, 3 no such model, "
            "4 the model cannot be loaded, 5 the input cannot be read, 130 stopped."
        ),
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"Lamplight {__version__}",
        help=tr("show program's version number and exit"),
    )
    commands = parser.add_subparsers(dest="command", metavar=tr("COMMAND"), required=True)
    _chat(commands)
    _summarize(commands)
    _ask(commands)
    _translate(commands)
    _models(commands)
    _network(commands)
    _bench(commands)
    _doctor(commands)
    return parser


def _chat(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "chat",
        help=tr("one answer, or a conversation"),
        description=tr(
            "Answer TEXT. Without it, standard input is the text; at a terminal, a conversation begins. "
            "Nothing is kept."
        ),
    )
    parser.add_argument("text", nargs="?", metavar="TEXT", help=tr("what to answer; “-” is standard input"))
    _model(parser)
    parser.add_argument("--system", metavar="TEXT", help=tr("how the model should behave"))
    parser.add_argument(
        "--temperature", type=_temperature, metavar="N", help=tr("0: always the likeliest word; higher: more varied")
    )
    parser.add_argument("--max-tokens", type=_positive, metavar="N", help=tr("the longest answer, in tokens"))
    parser.add_argument("--seed", type=_seed, metavar="N", help=tr("the same number gives the same answer"))
    parser.add_argument("--raw", action="store_true", help=tr("no chat: continue TEXT (works with base models too)"))
    parser.add_argument(
        "--show-reasoning", action="store_true", help=tr("show what the model thinks first, on standard error")
    )
    _json(parser)


def _summarize(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "summarize",
        help=tr("what a document says, whatever its length"),
        description=tr(
            "Summarize FILE: text, Markdown, HTML, PDF, DOCX, ODT, EPUB, RTF, PPTX, XLSX, CSV, SRT, VTT or EML. "
            "What will be done and how long it takes is shown first. What is finished is kept until all of it is: "
            "after Ctrl+C or a failure the same command resumes."
        ),
    )
    parser.add_argument("file", metavar="FILE", help=tr("the document; “-” is standard input"))
    _password(parser)
    _model(parser)
    parser.add_argument(
        "--depth",
        choices=("thorough", "quick"),
        default="thorough",
        help=tr("read everything, or only the most telling sentences (default: thorough)"),
    )
    parser.add_argument(
        "--length",
        choices=("short", "medium", "long"),
        default="medium",
        help=tr("the length of the summary (default: medium)"),
    )
    parser.add_argument(
        "--format",
        choices=("paragraph", "bullets", "abstract", "minutes", "qa", "table"),
        default="paragraph",
        help=tr("the form of the summary (default: paragraph)"),
    )
    parser.add_argument(
        "--to", metavar="LANG", help=tr("the language of the summary: de, zh, “German”… (default: the text's)")
    )
    parser.add_argument("--audience", metavar="TEXT", help=tr("who it is for"))
    parser.add_argument("--focus", metavar="TEXT", help=tr("what to focus on"))
    parser.add_argument(
        "-o", "--output", metavar="OUT", help=tr("write a file instead: .md, .txt, .docx or .html, with links")
    )
    parser.add_argument("--restart", action="store_true", help=tr("start over instead of resuming what was stopped"))
    _json(parser)


def _ask(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "ask",
        help=tr("questions about a document, with sources"),
        description=tr(
            "Answer TEXT from what FILE says. Without it, standard input is the question; at a terminal, one question "
            "follows the other. Nothing is kept."
        ),
    )
    parser.add_argument("file", metavar="FILE", help=tr("the document; “-” is standard input"))
    parser.add_argument("text", nargs="?", metavar="TEXT", help=tr("the question"))
    _password(parser)
    _model(parser)
    parser.add_argument(
        "-o", "--output", metavar="OUT", help=tr("write a file too: .md, .txt, .docx or .html, with links")
    )
    _json(parser)


def _translate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "translate",
        help=tr("a document in another language, in its own format"),
        description=tr(
            "Translate FILE: text, Markdown, HTML, DOCX, PPTX, EPUB, SRT, VTT, PO, XLIFF, JSON, YAML or CSV. What "
            "will be done and how long it takes is shown first. What is finished is kept until all of it is: after "
            "Ctrl+C or a failure the same command resumes."
        ),
    )
    parser.add_argument("file", metavar="FILE", help=tr("the document; “-” is standard input"))
    parser.add_argument(
        "--format",
        choices=_TRANSLATED,
        help=tr("the format of FILE and of the output (default: detected from content and name)"),
    )
    _model(parser)
    parser.add_argument("--to", metavar="LANG", required=True, help=tr("the target language: de, zh, “German”…"))
    parser.add_argument("--from", dest="source", metavar="LANG", help=tr("the source language (default: detected)"))
    parser.add_argument(
        "--glossary",
        metavar="FILE",
        help=tr(
            "terms to use: a .csv, .tsv or .tbx file with source and target; those of the window are exported under "
            "“Glossaries” there"
        ),
    )
    parser.add_argument(
        "--memory",
        metavar="FILE",
        help=tr(
            "earlier translations to reuse: a .tmx file, as other programs write it; those of the window are exported "
            "under “Translation memory” there"
        ),
    )
    parser.add_argument(
        "--formality",
        choices=("auto", "formal", "informal"),
        default="auto",
        help=tr("how to address the reader (default: auto, as in the text)"),
    )
    parser.add_argument("--audience", metavar="TEXT", help=tr("who it is for"))
    parser.add_argument("--domain", metavar="TEXT", help=tr("what the text is about: medicine, law…"))
    parser.add_argument(
        "--column", metavar="NAME", action="append", help=tr("translate this column of a table; may be repeated")
    )
    parser.add_argument("-o", "--output", metavar="OUT", help=tr("write to this file, in the format of FILE"))
    parser.add_argument("--restart", action="store_true", help=tr("start over instead of resuming what was stopped"))
    parser.add_argument(
        "--report", action="store_true", help=tr("list what was translated again and what should be checked")
    )
    _json(parser)


def _models(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("models", help=tr("which models there are; find, download, check and remove them"))
    actions = parser.add_subparsers(dest="action", metavar=tr("ACTION"), required=True)
    _json(actions.add_parser("list", help=tr("the models on this computer")))
    catalogue = actions.add_parser("catalogue", help=tr("good models, and how well they fit this computer"))
    _context(catalogue)
    _json(catalogue)
    searching = actions.add_parser("search", help=tr("search the Hub for models"))
    searching.add_argument("text", nargs="+", metavar="TEXT", help=tr("words in the name"))
    searching.add_argument(
        "--sort",
        choices=("downloads", "likes", "modified"),
        default="downloads",
        help=tr("what to sort by (default: downloads)"),
    )
    searching.add_argument(
        "--limit", type=_positive, default=20, metavar="N", help=tr("how many to show (default: 20)")
    )
    _json(searching)
    looking = actions.add_parser("look", help=tr("what a repository of the Hub holds"))
    looking.add_argument("repo", metavar="REPO", help=tr("owner and name, for example Qwen/Qwen3-4B-GGUF"))
    _context(looking)
    _json(looking)
    _models_get(actions)
    _models_import(actions)
    _json(actions.add_parser("elsewhere", help=tr("models that other programs have on this computer")))
    checking = actions.add_parser("verify", help=tr("read every byte of a model and compare its checksum"))
    checking.add_argument("name", nargs="?", default="all", metavar="NAME|all", help=tr("which one (default: all)"))
    _json(checking)
    removing = actions.add_parser("remove", help=tr("remove a model; there is no undo"))
    removing.add_argument("name", metavar="NAME", help=tr("which one"))
    removing.add_argument("--yes", action="store_true", help=tr("do not ask"))
    _json(removing)
    using = actions.add_parser("use", help=tr("use a model wherever none is named"))
    using.add_argument("name", metavar="NAME", help=tr("which one"))
    using.add_argument(
        "--for",
        dest="task",
        choices=("chat", "summarize", "translate", "embed"),
        default="chat",
        help=tr(
            "only for this task (default: chat and every task without a model of its own; embed: search by meaning)"
        ),
    )
    _json(using)
    measuring = actions.add_parser("measure", help=tr("measure once how fast a model is here (10 to 20 seconds)"))
    measuring.add_argument("name", nargs="?", metavar="NAME", help=tr("which one (default: the one that answers)"))
    _json(measuring)
    _json(actions.add_parser("where", help=tr("the folder where models are kept")))


def _context(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--context",
        type=_positive,
        default=0,
        metavar="N",
        help=tr("say how well models fit with a context of this many tokens (default: what Lamplight would choose)"),
    )


def _models_get(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    getting = actions.add_parser(
        "get",
        help=tr("download a model"),
        description=tr(
            "Download a model. Its licence, its size and whether it fits this computer are shown first. Ctrl+C "
            "pauses; the same command resumes."
        ),
    )
    getting.add_argument(
        "name",
        metavar="NAME|REPO[:QUANT]",
        help=tr("a name of the catalogue, “starter”, or a repository, for example Qwen/Qwen3-4B-GGUF:Q4_K_M"),
    )
    _json(getting)


def _models_import(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    adding = actions.add_parser("import", help=tr("add a model file (GGUF) that is here already"))
    which = adding.add_mutually_exclusive_group(required=True)
    which.add_argument("path", nargs="?", metavar="PATH", help=tr("the file, any part of a model, or a folder"))
    which.add_argument(
        "--found", metavar="NAME", help=tr("one of those in “lamplight models elsewhere”, used where it is")
    )
    ways = adding.add_mutually_exclusive_group()
    ways.add_argument("--link", action="store_true", help=tr("leave it where it is (the default)"))
    ways.add_argument("--copy", action="store_true", help=tr("copy it into the models folder"))
    _json(adding)


def _network(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "network",
        help=tr("every connection that was opened: when, where to, why"),
        description=tr("List every connection that Lamplight opened or refused. There are no others."),
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--clear", action="store_true", help=tr("forget the list"))
    what.add_argument(
        "--token",
        action="store_true",
        help=tr("set the access token of the Hub, from the terminal or standard input; an empty one removes it"),
    )
    _json(parser)


def _bench(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "bench",
        help=tr("how fast this machine runs a model"),
        description=tr("Measure how fast a model reads and writes here, and how near that is to the memory's limit."),
    )
    _model(parser)
    _json(parser)


def _doctor(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "doctor",
        help=tr("versions, devices, paths and a self-test: what to paste into a bug report"),
        description=tr(
            "Look for what is missing or wrong. Nothing personal is shown: no conversations, no account name."
        ),
    )
    _json(parser)


def _model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", metavar="NAME|PATH", help=tr("which model; the beginning of its name is enough"))


def _password(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--password-file",
        metavar="FILE",
        help=tr("the password of a protected PDF is the first line of FILE (default: it is asked for at a terminal)"),
    )


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=tr("one JSON object at the end instead of text"))


def _positive(text: str) -> int:
    return _whole(text, 1, 1 << 31)


def _seed(text: str) -> int:
    return _whole(text, 0, 1 << 32)


def _whole(text: str, least: int, end: int) -> int:
    """:raises argparse.ArgumentTypeError: it is no whole number of these."""
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if not least <= number < end:
        words = tr("“{value}” is not a whole number from {least} to {most}", value=text, least=least, most=end - 1)
        raise argparse.ArgumentTypeError(words)
    return number


def _temperature(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= _HOTTEST:
        words = tr("“{value}” is not a number from {least} to {most}", value=text, least=0, most=_HOTTEST)
        raise argparse.ArgumentTypeError(words)
    return number
