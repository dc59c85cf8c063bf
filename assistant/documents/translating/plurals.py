"""How many plural forms a language has, as gettext's catalogues say it."""

from __future__ import annotations

_ONE = "plural=0;"
_NOT_ONE = "plural=(n != 1);"
_MORE_THAN_ONE = "plural=(n > 1);"
_SLAVIC = "plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
_POLISH = "plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
_CZECH = "plural=((n==1) ? 0 : (n>=2 && n<=4) ? 1 : 2);"
_ROMANIAN = "plural=(n==1 ? 0 : (n==0 || (n%100 > 0 && n%100 < 20)) ? 1 : 2);"
_LITHUANIAN = "plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && (n%100<10 || n%100>=20) ? 1 : 2);"
_LATVIAN = "plural=(n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2);"
_SLOVENIAN = "plural=(n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3);"
_ARABIC = "plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
_IRISH = "plural=(n==1 ? 0 : n==2 ? 1 : n<7 ? 2 : n<11 ? 3 : 4);"
_WELSH = "plural=(n==1 ? 0 : n==2 ? 1 : n != 8 && n != 11 ? 2 : 3);"
_MACEDONIAN = "plural=(n%10==1 && n%100!=11 ? 0 : 1);"

_FORMS = {
    **dict.fromkeys(("zh", "yue", "ja", "ko", "th", "vi", "id", "ms", "lo", "km", "my", "bo"), (1, _ONE)),
    **dict.fromkeys(
        (
            *("en", "de", "nl", "sv", "da", "nb", "nn", "no", "is", "fi", "et", "hu", "el", "es", "it", "pt", "ca"),
            *("gl", "eu", "bg", "he", "sq", "af", "sw", "hi", "bn", "ta", "te", "mr", "ur", "kk", "uz", "az", "mn"),
            *("eo", "ka", "hy", "gu", "pa", "kn", "ml", "si", "ne", "ug", "la"),
        ),
        (2, _NOT_ONE),
    ),
    **dict.fromkeys(("fr", "fa", "tr", "fil", "tl", "pt-BR", "am", "zu"), (2, _MORE_THAN_ONE)),
    **dict.fromkeys(("ru", "uk", "be", "sr", "hr", "bs"), (3, _SLAVIC)),
    "pl": (3, _POLISH),
    **dict.fromkeys(("cs", "sk"), (3, _CZECH)),
    "ro": (3, _ROMANIAN),
    "lt": (3, _LITHUANIAN),
    "lv": (3, _LATVIAN),
    "sl": (4, _SLOVENIAN),
    "ar": (6, _ARABIC),
    "ga": (5, _IRISH),
    "cy": (4, _WELSH),
    "mk": (2, _MACEDONIAN),
}


def plural_forms(language: str) -> tuple[int, str]:
    """How many forms ``language`` (BCP 47) has, and the value of a catalogue's Plural-Forms; 0 and nothing: unknown."""
    tag = language.replace("_", "-")
    count, rule = _FORMS.get(tag) or _FORMS.get(tag.split("-", maxsplit=1)[0].lower()) or (0, "")
    return count, f"nplurals={count}; {rule}" if count else ""
