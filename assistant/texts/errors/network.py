"""What can go wrong on the way to the Hub, and with downloads."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.base.errors import ErrorKind
from assistant.texts import lists, units
from assistant.texts.catalogue import tr
from assistant.texts.errors.values import Values, Words


def _host(v: Values) -> str:
    return v.text("host") or tr("The server")


def _net_stalled(v: Values) -> str:
    if v.has("seconds"):
        seconds = units.duration(v.number("seconds"))
        return tr("Nothing has come from {host} for {seconds}.", host=_host(v), seconds=seconds)
    return tr("{host} has stopped sending.", host=_host(v))


def _certificate_file(v: Values) -> str:
    if v.all.get("missing"):
        return tr("{name}, where certificates should be, is not there.", name=v.file)
    return tr("{name} holds no certificates that can be read.", name=v.file)


def _certificate_file_hint(v: Values) -> str:
    if v.text("variable"):
        return tr("The environment variable {variable} names it: correct or remove that.", variable=v.text("variable"))
    return tr("Choose another certificate file in the settings, or none.")


def _net_proxy(v: Values) -> str:
    proxy, scheme = v.text("proxy"), v.text("scheme")
    if scheme:
        return tr(
            "The proxy {proxy} is of the kind {scheme}; only http proxies can be used.", proxy=proxy, scheme=scheme
        )
    if proxy and v.all.get("unreachable"):
        return tr("The proxy {proxy} cannot be reached.", proxy=proxy)
    return (
        tr("The proxy {proxy} does not let this through.", proxy=proxy) if proxy else tr("The proxy does not answer.")
    )


def _net_server(v: Values) -> str:
    if v.has("status"):
        return tr("{host} has trouble of its own (error {status}).", host=_host(v), status=v.number("status"))
    return tr("{host} has trouble of its own.", host=_host(v))


def _net_busy_hint(v: Values) -> str:
    if v.has("seconds"):
        return tr("It can be tried again in {seconds}.", seconds=units.duration(v.number("seconds")))
    return tr("Try again later.")


def _hub_not_found(v: Values) -> str:
    name = v.text("name")
    return tr("“{name}” is not there.", name=name) if name else tr("There is no such file.")


def _hub_token(v: Values) -> str:
    if not v.text("host"):  # nobody was asked
        return tr("This cannot be an access token.")
    return tr("{host} does not accept the access token.", host=_host(v))


def _hub_token_hint(v: Values) -> str:
    if not v.text("host"):
        return tr("It is one word, and begins with “hf_”: copy it again.")
    return tr("Enter it again, or make a new one at huggingface.co.")


def _hub_gated_hint(v: Values) -> str:
    if v.text("mirror"):
        return tr(
            "{host} is a mirror, which never gets your access token: choose the Hub as the source in the settings.",
            host=v.text("mirror"),
        )
    return tr("Agree on its page at huggingface.co, then enter your access token here.")


def _download_size(v: Values) -> str:
    if v.has("expected", "actual"):
        expected, actual = v.size("expected"), v.size("actual")
        return tr(
            "{name} has a different size than announced: {actual} instead of {expected}.",
            name=v.file,
            actual=actual,
            expected=expected,
        )
    return tr("{name} has a different size than announced.", name=v.file)


WORDS: Mapping[ErrorKind, Words] = {
    ErrorKind.NET_UNREACHABLE: (
        lambda v: tr("{host} cannot be reached.", host=lists.relisted(_host(v))),
        lambda _: tr("Check the connection, or choose another source in the settings."),
    ),
    ErrorKind.NET_STALLED: (_net_stalled, lambda _: tr("It resumes as soon as the connection is back.")),
    ErrorKind.NET_CERTIFICATE: (
        lambda v: tr("{host} cannot prove its identity.", host=_host(v)),
        lambda _: tr(
            "Behind a company's proxy, name its certificate file in the settings; otherwise do not trust this network."
        ),
    ),
    ErrorKind.CERTIFICATE_FILE: (_certificate_file, _certificate_file_hint),
    ErrorKind.NET_PROXY: (_net_proxy, lambda _: tr("Check the proxy in the settings.")),
    ErrorKind.NET_PORTAL: (
        lambda _: tr("This network wants you to sign in on a web page first."),
        lambda _: tr("Open a web page in the browser, sign in, and try again."),
    ),
    ErrorKind.NET_SERVER: (_net_server, lambda _: tr("Try again later, or choose another source in the settings.")),
    ErrorKind.NET_BUSY: (lambda v: tr("{host} asks to wait: too many requests.", host=_host(v)), _net_busy_hint),
    ErrorKind.NET_NONSENSE: (
        lambda v: tr("{host} sent an unexpected answer.", host=_host(v)),
        lambda _: tr("Choose another source in the settings."),
    ),
    ErrorKind.HUB_NOT_FOUND: (_hub_not_found, lambda _: tr("It may have been renamed or removed; search for it.")),
    ErrorKind.HUB_DAMAGED: (
        lambda v: tr("The file on the Hub is damaged, or is no model: {name}.", name=v.model),
        lambda _: tr("Choose another file, or another repository."),
    ),
    ErrorKind.HUB_GATED: (
        lambda v: tr("The makers of {name} want you to agree to their terms first.", name=v.model),
        _hub_gated_hint,
    ),
    ErrorKind.HUB_TOKEN: (_hub_token, _hub_token_hint),
    ErrorKind.DOWNLOAD_CHANGED: (
        lambda v: tr("{name} was replaced by another version in the meantime.", name=v.file),
        lambda _: tr("Download it again to have the new version."),
    ),
    ErrorKind.DOWNLOAD_DAMAGED: (
        lambda v: tr("{name} arrived damaged: its checksum is wrong.", name=v.file),
        lambda _: tr("It was deleted; download it again, perhaps from another source."),
    ),
    ErrorKind.DOWNLOAD_SIZE: (
        _download_size,
        lambda _: tr("It was deleted; download it again, perhaps from another source."),
    ),
    ErrorKind.DOWNLOAD_EXISTS: (lambda v: tr("{name} is already among the downloads.", name=v.model), None),
    ErrorKind.DOWNLOADS_ELSEWHERE: (
        lambda _: tr("Another Lamplight is downloading into the same folder."),
        lambda _: tr("Use that one, or wait until it has finished."),
    ),
    ErrorKind.MODEL_HASH: (
        lambda v: tr("{name} is no longer what it was when it came here: its checksum is wrong.", name=v.model),
        lambda _: tr("Remove it, then download or copy it again."),
    ),
    ErrorKind.OFFLINE: (
        lambda _: tr("Lamplight is offline: it opens no connection."),
        lambda _: tr("Allow connections in the settings."),
    ),
}
