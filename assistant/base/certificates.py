"""Certificates to trust beside the system's, or in their place: who names them, and whether they are there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind

VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
"""What the environment names in place of the system's own; the first that is set counts."""


def named(environ: Mapping[str, str]) -> tuple[str, str]:
    """The variable that names certificates, and its value; both empty: none does."""
    return next(((name, environ[name]) for name in VARIABLES if environ.get(name)), ("", ""))


def missing(setting: str, environ: Mapping[str, str]) -> AssistantError | None:
    """CERTIFICATE_FILE where what the setting or the environment names is not there; without it no server is believed.

    What lies in a folder that this user may not enter counts as not there.

    :param setting: a path, empty: none.
    """
    variable, value = named(environ)
    places = value.split(os.pathsep) if variable == "SSL_CERT_DIR" else [value]  # several folders, as in PATH
    if variable and not any(place and os.path.exists(place) for place in places):  # noqa: PTH110 - Path's may raise
        return AssistantError(ErrorKind.CERTIFICATE_FILE, name=Path(value).name, missing=True, variable=variable)
    if setting and not os.path.isfile(setting):  # noqa: PTH113 - as above
        return AssistantError(ErrorKind.CERTIFICATE_FILE, name=Path(setting).name, missing=True)
    return None
