"""Models that are not here yet: the catalogue for this machine, the search on the Hub, a look into a file before it
is downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.library.advice import Verdict
    from assistant.library.catalogue import CatalogueModel
    from assistant.library.hub import Variant
    from assistant.net.messages import RepoFacts


@dataclass(frozen=True)
class Offer:
    """One row of the catalogue, as it looks from this machine.

    :ivar installed: key of the installed model that is this one; empty: it is not here.
    :ivar download: id of the download that brings it; empty: none does.
    :ivar recommended_for: tasks for which this is the one to take here (``chat``, ``summarize``...).
    """

    model: CatalogueModel
    verdict: Verdict
    installed: str = ""
    download: str = ""
    recommended_for: frozenset[str] = frozenset()


@dataclass(frozen=True)
class VariantView:
    """One way to have a repository's model.

    :ivar exact: the verdict comes from the file's header; otherwise from its size alone.
    """

    variant: Variant
    verdict: Verdict
    installed: str = ""
    download: str = ""
    exact: bool = False


@dataclass(frozen=True)
class RepoView:
    """A repository of the Hub: what it says of itself, and which files of it can be had as a model."""

    facts: RepoFacts
    variants: tuple[VariantView, ...]


@dataclass(frozen=True)
class HeaderView:
    """What a file's header told before the file was downloaded. Numbers are tokens and parameters; 0: not known."""

    verdict: Verdict
    architecture: str = ""
    context_trained: int = 0
    parameters: int = 0
    has_template: bool = False
