"""Texts, tables, subtitles and files of strings that are too much of something, to be read and to be translated."""

from __future__ import annotations

from tests.fakes.hostile_amounts import Collection, Much

STRINGS = Collection()


# ---------------------------------------------------------------- plain texts


@STRINGS.add("line.txt")
def text_one_line_of_nine_million_words(much: Much) -> bytes:
    return b"word " * much(3_800_000)


@STRINGS.add("lines.txt")
def text_two_million_lines(much: Much) -> bytes:
    return b"a b\n" * much(2_000_000)


@STRINGS.add("sentences.txt")
def text_sentences_of_one_letter(much: Much) -> bytes:
    return b"A. B! C? " * much(1_000_000)


@STRINGS.add("blank.txt")
def text_fifty_megabytes_of_nothing(much: Much) -> bytes:
    return b" \t\n" * much(17_000_000) + b"word"


@STRINGS.add("surrogates.txt")
def text_in_utf_16_with_broken_surrogates(much: Much) -> bytes:
    return b"\xff\xfe" + ("The lamp was lit.\n".encode("utf-16-le") + b"\x00\xd8" + b"a\x00" + b"\x00\xdc") * much(
        200_000
    )


@STRINGS.add("lookalike.txt")
def text_that_looks_like_gb18030(much: Much) -> bytes:
    return ("灯亮了。\n".encode("gb18030") * 20 + b"\x81\x30\x81" + b"\xff\n") * much(20_000)


@STRINGS.add("addresses.txt")
def text_of_unfinished_addresses(much: Much) -> bytes:
    return (
        b"a.b-c" * much(400_000)
        + b"@"
        + b"\n"
        + b"http://" * much(400_000)
        + b"\n"
        + b"a/b.c" * much(400_000)
        + b" word"
    )


@STRINGS.add("braces.txt")
def text_of_unfinished_placeholders(much: Much) -> bytes:
    return b"word " + b"{{ ${ %( <% {% &x </a " * much(200_000)


@STRINGS.add("codes.txt")
def text_of_our_own_codes(much: Much) -> bytes:
    return "word \ue000\ue200\ue400".encode() * much(500_000)


@STRINGS.add("marks.txt")
def text_of_marks_upon_marks(much: Much) -> bytes:
    return b"word e" + "\u0301".encode() * much(4_000_000) + "\u200b\ufeff".encode() * much(1_000_000)


@STRINGS.add("formulas.txt")
def text_of_unfinished_formulas(much: Much) -> bytes:
    return b"word " + b"\\begin{a}\\( \\[ $$" * much(200_000)


@STRINGS.add("abbreviations.txt")
def text_of_unfinished_sentences(much: Much) -> bytes:
    return b'Mr. Dr. e.g. 1. 2. (a. "b. ' * much(300_000)


# ---------------------------------------------------------------- subtitles


@STRINGS.add("cues.srt")
def srt_a_million_cues(much: Much) -> bytes:
    return b"".join(b"%d\n00:00:01,000 --> 00:00:02,000\ncue\n\n" % number for number in range(much(1_000_000)))


@STRINGS.add("cue.srt")
def srt_a_cue_of_a_million_lines(much: Much) -> bytes:
    return b"1\n00:00:01,000 --> 00:00:02,000\n" + b"a word\n" * much(1_000_000)


@STRINGS.add("line.srt")
def srt_a_line_of_nine_million_letters(much: Much) -> bytes:
    return b"1\n00:00:01,000 --> 00:00:02,000\n" + b"word " * much(1_800_000) + b"\n"


@STRINGS.add("tags.srt")
def srt_tags_in_tags(much: Much) -> bytes:
    return b"1\n00:00:01,000 --> 00:00:02,000\n" + b"<i>{\\an8}word" * much(200_000) + b"<" * much(500_000) + b"\n"


@STRINGS.add("cue.vtt")
def vtt_a_cue_of_entities(much: Much) -> bytes:
    return b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"a &amp; b <c.x>" * much(200_000) + b"&" * much(1_000_000) + b"\n"


# ---------------------------------------------------------------- tables


@STRINGS.add("quote.csv")
def csv_a_quote_of_a_hundred_megabytes(much: Much) -> bytes:
    return b'a,"b\n' + b"one word,2\n" * much(9_000_000)


@STRINGS.add("quotes.csv")
def csv_quotes_that_never_end(much: Much) -> bytes:
    return b"a,b\n" + b'"word "x,\n' * much(800_000) + b'"'


@STRINGS.add("rows.csv")
def csv_two_million_rows(much: Much) -> bytes:
    return b"a,b\n" + b"one word,2\n" * much(2_000_000)


@STRINGS.add("columns.csv")
def csv_a_million_columns(much: Much) -> bytes:
    return b"a word," * much(1_000_000) + b"\n" + b"a word," * much(1_000_000) + b"\n"


@STRINGS.add("cell.csv")
def csv_a_cell_of_nine_million_letters(much: Much) -> bytes:
    return b'a,b\n"' + b"word " * much(1_800_000) + b'",2\n'


# ---------------------------------------------------------------- files of strings


@STRINGS.add("messages.po", read=False)
def po_a_million_messages(much: Much) -> bytes:
    return b'msgid "a word"\nmsgstr ""\n\n' * much(1_000_000)


@STRINGS.add("string.po", read=False)
def po_a_string_of_a_million_lines(much: Much) -> bytes:
    return b'msgid ""\n' + b'"a word "\n' * much(1_000_000) + b'msgstr ""\n'


@STRINGS.add("forms.po", read=False)
def po_a_hundred_thousand_forms(much: Much) -> bytes:
    head = b'msgid ""\nmsgstr "Plural-Forms: nplurals=999999999; plural=n;\\n"\n\n'
    forms = b"".join(b'msgstr[%d] ""\n' % number for number in range(much(100_000)))
    return head + (b'msgid "a word"\nmsgid_plural "words"\n' + forms + b"\n") * 10


@STRINGS.add("comments.po", read=False)
def po_a_million_comments(much: Much) -> bytes:
    return b'#. a comment\n#, fuzzy\n#| msgid "x"\n' * much(1_000_000) + b'msgid "a word"\nmsgstr ""\n'


@STRINGS.add("escapes.po", read=False)
def po_nothing_but_escapes(much: Much) -> bytes:
    return b'msgid "word ' + b'\\n\\"\\\\\\101' * much(1_000_000) + b'"\nmsgstr ""\n'


_XLIFF = b'<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2"><file source-language="en"><body>'
_UNIT = b'<trans-unit id="a"><source>%s</source></trans-unit>'
_END = b"</body></file></xliff>"


@STRINGS.add("units.xlf", read=False)
def xliff_many_units(much: Much) -> bytes:
    return _XLIFF + _UNIT % b"a word" * much(280_000) + _END


@STRINGS.add("pairs.xlf", read=False)
def xliff_a_unit_of_many_codes(much: Much) -> bytes:
    return _XLIFF + _UNIT % (b'<g id="1">word</g> <x id="2"/>' * much(150_000)) + _END


@STRINGS.add("deep.xlf", read=False)
def xliff_codes_in_codes(much: Much) -> bytes:
    one = b'<g id="1">' * 190 + b"word" + b"</g>" * 190
    return _XLIFF + _UNIT % one * much(2000) + _END


@STRINGS.add("inside.xlf", read=False)
def xliff_texts_in_codes_in_texts(much: Much) -> bytes:
    one = b'<ph id="1"><sub>word ' * 90 + b"</sub></ph>" * 90
    return _XLIFF + _UNIT % one * much(500) + _END


@STRINGS.add("groups.xlf", read=False)
def xliff_a_hundred_thousand_groups(much: Much) -> bytes:
    return _XLIFF + b"<group>" * much(100_000) + b"</group>" * much(100_000) + _END


@STRINGS.add("notes.xlf", read=False)
def xliff_notes_without_end(much: Much) -> bytes:
    unit = _UNIT % b"a word"
    return _XLIFF + unit.replace(b"</trans", b"<note>a note</note>" * much(200_000) + b"</trans") + _END


@STRINGS.add("bomb.xlf", read=False)
def xliff_entities_of_entities(much: Much) -> bytes:
    declared = b"".join(b'<!ENTITY l%d "%s">' % (at, b"&l%d;" % (at - 1) * 10) for at in range(1, 10))
    return b"<!DOCTYPE x [<!ENTITY l0 'ha'>%s]>" % declared + _XLIFF + _UNIT % b"&l9;" + _END


@STRINGS.add("attribute.xlf", read=False)
def xliff_an_attribute_of_ten_megabytes(much: Much) -> bytes:
    return _XLIFF + _UNIT.replace(b'"a"', b'"' + b"a word " * much(1_500_000) + b'"') % b"a word" + _END


@STRINGS.add("strings.json", read=False)
def json_a_million_strings(much: Much) -> bytes:
    return b"[" + b",".join([b'"a word"'] * much(1_000_000)) + b"]"


@STRINGS.add("string.json", read=False)
def json_a_string_of_fifty_megabytes(much: Much) -> bytes:
    return b'{"a": "' + b"a word \\n" * much(6_000_000) + b'"}'


@STRINGS.add("keys.json", read=False)
def json_endless_paths(much: Much) -> bytes:
    """Every string has a name of 200,000 letters."""
    return (
        (b'{"' + b"k" * much(1000) + b'": ') * 190 + b"[" + b",".join([b'"a word"'] * much(100_000)) + b"]" + b"}" * 190
    )


@STRINGS.add("deep.json", read=False)
def json_lists_in_lists(much: Much) -> bytes:
    return b"[" * much(1_000_000) + b'"a word"' + b"]" * much(1_000_000)


@STRINGS.add("numbers.json", read=False)
def json_a_number_of_ten_megabytes(much: Much) -> bytes:
    return b'{"a": ' + b"1" * much(10_000_000) + b', "b": "a word"}'


@STRINGS.add("choices.json", read=False)
def json_messages_in_messages(much: Much) -> bytes:
    return b'{"a": "' + b"{n, plural, one {a word} other {" * much(50_000) + b"word" + b"}}" * much(50_000) + b'"}'


@STRINGS.add("quotes.json", read=False)
def json_strings_that_never_end(much: Much) -> bytes:
    return b'{"a": "a word", "b": "' + b'\\"' * much(5_000_000)


@STRINGS.add("comments.json", read=False)
def json_comments_that_never_end(much: Much) -> bytes:
    return b"{" + b"/* " * much(1_000_000) + b'"a": "a word"}'


@STRINGS.add("aliases.yaml", read=False)
def yaml_aliases_of_aliases(much: Much) -> bytes:
    lines = [b"a0: &a0 [a word, a word]"]
    lines += [b"a%d: &a%d [%s]" % (at, at, b", ".join([b"*a%d" % (at - 1)] * 10)) for at in range(1, 30)]
    return b"\n".join(lines) + b"\n"


@STRINGS.add("deep.yaml", read=False)
def yaml_lists_in_lists(much: Much) -> bytes:
    return b"[" * much(1_000_000) + b"a word"


@STRINGS.add("indented.yaml", read=False)
def yaml_maps_in_maps(much: Much) -> bytes:
    return b"".join(b" " * number + b"a:\n" for number in range(much(3000))) + b" " * much(3000) + b"a: a word\n"


@STRINGS.add("keys.yaml", read=False)
def yaml_many_keys(much: Much) -> bytes:
    return b"".join(b"key%d: a word\n" % number for number in range(much(400_000)))


@STRINGS.add("paths.yaml", read=False)
def yaml_endless_paths(much: Much) -> bytes:
    lines = [b" " * number + b"k" * 900 + b":\n" for number in range(190)]
    return b"".join(lines) + b"".join(b" " * 190 + b"- a word\n" for _ in range(much(20_000)))


@STRINGS.add("flow.yaml", read=False)
def yaml_one_line_of_brackets(much: Much) -> bytes:
    return b"a: [" + b"a word, {b: c d}, " * much(300_000) + b"]\n"


@STRINGS.add("text.yaml", read=False)
def yaml_a_text_of_many_lines(much: Much) -> bytes:
    return b"a: |\n" + b"  a word\n" * much(700_000)


@STRINGS.add("plain.yaml", read=False)
def yaml_a_plain_text_of_many_lines(much: Much) -> bytes:
    return b"a: word\n" + b"  a word\n" * much(700_000)


@STRINGS.add("quoted.yaml", read=False)
def yaml_a_quoted_text_without_an_end(much: Much) -> bytes:
    return b'a: "' + b"a word \\x41 \n  " * much(400_000)


@STRINGS.add("anchors.yaml", read=False)
def yaml_anchors_and_tags(much: Much) -> bytes:
    return b"- &a !!str a word\n- *a\n- ? b\n  : c d\n" * much(100_000)
