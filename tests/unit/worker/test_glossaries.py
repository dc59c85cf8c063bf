"""Glossaries as people have them: tables from spreadsheets, and TBX of both editions."""

from __future__ import annotations

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.languages import normalize
from assistant.documents.segments import Term
from assistant.texts.errors import hint, sentence, summary
from assistant.worker.glossaries import read
from assistant.worker.messages import GlossaryRead, ReadGlossary


def glossary(
    data: str | bytes, name: str = "terms.csv", *, source: str = "", target: str = "", others: bool = False
) -> GlossaryRead:
    request = ReadGlossary(id="1", name=name, source=source, target=target, others=others)
    return read(request, data.encode() if isinstance(data, str) else data)


# ---------------------------------------------------------------- tables


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
@pytest.mark.parametrize("header", ["", "source{0}target\n", "Source{0}Translation\n", "原文{0}译文\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_separator_with_and_without_header(separator: str, header: str, end: str) -> None:
    table = (header + "large language model{0}大语言模型\ntoken{0}词元\n").format(separator).replace("\n", end)
    found = glossary(table)
    assert found.terms == (Term("large language model", "大语言模型"), Term("token", "词元"))
    assert found.skipped == 0


_ENGLISH = "computer keyboard screen software network settings file folder language translation"
_SIMPLIFIED = "计算机 键盘 屏幕 软件 网络 设置 文件 文件夹 语言 翻译"
_TRADITIONAL = "電腦 鍵盤 螢幕 軟體 網路 設定 檔案 資料夾 語言 翻譯"


@pytest.mark.parametrize(
    ("encoding", "chinese"),
    [
        *((encoding, _SIMPLIFIED) for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030")),
        *((encoding, _TRADITIONAL) for encoding in ("utf-8", "utf-16-be", "big5")),
    ],
)
def test_any_encoding(encoding: str, chinese: str) -> None:
    pairs = list(zip(_ENGLISH.split(), chinese.split(), strict=True))
    table = "".join(f"{english},{other}\n" for english, other in pairs)
    assert glossary(table.encode(encoding)).terms == tuple(Term(*pair) for pair in pairs)


def test_quoted_cells_hold_separators_and_quotation_marks() -> None:
    found = glossary('"Smith, Jones & Co.","史密斯，琼斯公司"\n"so-called ""AI""",所谓“AI”\n')
    assert found.terms == (Term("Smith, Jones & Co.", "史密斯，琼斯公司"), Term('so-called "AI"', "所谓“AI”"))


def test_all_columns() -> None:
    table = "note,target,source,exact,forbidden\nthe firm,苹果公司,Apple,yes,\n,水果,apple,no,yes\nstays,,Lamplight,,\n"
    assert glossary(table).terms == (
        Term("Apple", "苹果公司", exact=True, note="the firm"),
        Term("apple", "水果", forbidden=True),
        Term("Lamplight", "", note="stays"),
    )


def test_what_the_program_writes_it_reads() -> None:
    table = "source,target,exact,forbidden,note\nmodel,模型,no,no,\nIT,信息技术,yes,no,\nmodel,模特,no,yes,a person\n"
    assert glossary(table).terms == (
        Term("model", "模型"),
        Term("IT", "信息技术", exact=True),
        Term("model", "模特", forbidden=True, note="a person"),
    )


def test_columns_named_by_languages_are_chosen() -> None:
    table = "en,de,zh-CN,note\nnetwork,Netzwerk,网络,\nfile,Datei,文件,on a disk\n"
    found = glossary(table, source="en", target="zh-Hans")
    assert (found.source, found.target) == ("en", "zh-CN")
    assert found.terms == (Term("network", "网络"), Term("file", "文件", note="on a disk"))
    assert glossary(table, source="de", target="en").terms[0] == Term("Netzwerk", "network")
    assert glossary(table).terms[0] == Term("network", "Netzwerk")
    assert glossary("English,中文\nfile,文件\n").source == "en"
    with pytest.raises(AssistantError) as caught:
        glossary(table, source="en", target="fr")
    assert caught.value.kind is ErrorKind.DOCUMENT_EMPTY
    assert summary(caught.value) == "There are no terms in the glossary."
    assert hint(caught.value) == "Write a term and its translation in each line."


@pytest.mark.parametrize(
    ("wanted", "term", "language"),
    [
        ("zh-Hans", "电脑", "zh-CN"), ("zh-Hant", "電腦", "zh-TW"), ("zh", "电脑", "zh-CN"), ("zh-HK", "電腦", "zh-TW"),
        ("pt", "computador", "pt-PT"), ("pt-BR", "micro", "pt-BR"),
    ],
)  # fmt: skip
def test_of_two_ways_to_write_a_language_the_one_that_is_wanted(wanted: str, term: str, language: str) -> None:
    table = "en,zh-TW,zh-CN,pt-PT,pt-BR\ncomputer,電腦,电脑,computador,micro\n"
    found = glossary(table, source="en", target=wanted)
    assert (found.terms[0].target, found.target) == (term, language)
    assert glossary(table, source=wanted, target="en").terms == (Term(term, "computer"),)


def test_a_termbase_in_both_ways_to_write_chinese() -> None:
    sets = "".join(f'<langSet xml:lang="{tag}"><tig><term>{word}</term></tig></langSet>' for tag, word in _LAMPS)
    data = f'<?xml version="1.0"?><martif><text><body><termEntry>{sets}</termEntry></body></text></martif>'
    assert glossary(data, "terms.tbx", source="en", target="zh-Hans").terms == (Term("lamp", "灯"),)
    assert glossary(data, "terms.tbx", source="en", target="zh-Hant").terms == (Term("lamp", "燈"),)


_LAMPS = (("en", "lamp"), ("zh-TW", "燈"), ("zh-CN", "灯"))


def test_where_others_will_do_the_wanted_languages_are_taken_if_they_are_there() -> None:
    table = "en,de,zh-CN\nfile,Datei,文件\n"
    assert glossary(table, source="en", target="zh-Hans", others=True).terms == (Term("file", "文件"),)
    assert glossary(table, source="fr", target="zh-Hans", others=True).terms == (Term("file", "文件"),)
    found = glossary(table, source="en", target="fr", others=True)
    assert found.terms == (Term("file", "Datei"),)
    assert (found.source, found.target) == ("en", "de")
    plain = glossary("file,Datei\n", source="en", target="fr", others=True)
    assert (plain.source, plain.target) == ("", ""), "the file does not say"


@pytest.mark.parametrize(
    ("header", "languages"),
    [
        ("English,Arabic", ("en", "ar")), ("英语,阿拉伯语", ("en", "ar")), ("English,Vietnamese", ("en", "vi")),
        ("עברית,Deutsch", ("he", "de")), ("Term (EN),Term (ZH)", ("EN", "ZH")), ("EN,ZH", ("EN", "ZH")),
        ("English,Chinese (Simplified),Comment", ("en", "zh-Hans")), ("英文,中文（繁體）", ("en", "zh-Hant")),
        ("English (UK),Chinese (Taiwan)", ("en-UK", "zh-TW")), ("English (en),中文 [zh-TW]", ("en", "zh-TW")),
        ("Source: English,Target: German", ("en", "de")), ("term_en,term_zh-CN", ("en", "zh-CN")),
        ("English term,Chinese term", ("en", "zh-Hans")), ("术语（英语）,译文（德语）,备注", ("en", "de")),
        ("Source term (English),Target term (Portuguese (BR))", ("en", "pt-BR")),
        ("Source,Target (ZH),Notes (optional)", ("", "ZH")), ("from,to", ("", "")),
    ],
)  # fmt: skip
def test_columns_named_by_any_language(header: str, languages: tuple[str, str]) -> None:
    found = glossary(f"{header}\nlamp,x\n")
    assert [term.source for term in found.terms] == ["lamp"]
    assert (found.source, found.target) == languages


@pytest.mark.parametrize(
    "line", ["Apple (IT),苹果", "source code,源代码", "name (de),x", "Dr (en),医生", "the English term,那个英语术语"]
)
def test_a_term_is_no_header(line: str) -> None:
    assert len(glossary(f"{line}\nlamp,灯\n").terms) == 2


@pytest.mark.parametrize("languages", [("en", "zh-CN"), ("English", "Chinese (Simplified)"), ("EN", "简体中文")])
def test_languages_among_many_columns_that_say_something_else(languages: tuple[str, str]) -> None:
    head = ["ID", "Domain", "Author", languages[0], "Usage", "Created", languages[1], "By", "Project", "Client"]
    rows = ["7,lighting,Ann,lamp,noun,2024-01-02,灯,Bo,Coast,Hafen AG", "8,sea,Ann,harbour,noun,2024-01-02,港湾,Bo,,"]
    found = glossary("\n".join([",".join(head), *rows]), source="en", target="zh-Hans")
    assert found.terms == (Term("lamp", "灯"), Term("harbour", "港湾"))
    assert (normalize(found.source), normalize(found.target)) == ("en", "zh-Hans")


def test_neither_numbers_of_terms_nor_what_is_said_of_them_are_in_a_language() -> None:
    head = "ID,Definition (EN),Term (EN),Definition (DE),Term (DE)"
    found = glossary(f"{head}\nT-07,gives light,lamp,,Lampe\nT-08,for ships,harbour,,Hafen\n")
    assert [(term.source, term.target) for term in found.terms] == [("lamp", "Lampe"), ("harbour", "Hafen")]
    assert (found.source, found.target) == ("EN", "DE")


@pytest.mark.parametrize(
    ("table", "first"),
    [
        ("English,German\n3D printer,3D-Drucker\n", ("3D printer", "3D-Drucker")),
        ("en,de\nIPv6,IPv6\nWi-Fi 6,WLAN 6\n", ("IPv6", "IPv6")),
        ("English,German,note\n5G network,5G-Netz,\nUSB 3 port,USB-3-Buchse,\n", ("5G network", "5G-Netz")),
    ],
)
def test_terms_with_digits_are_no_numbers_of_terms(table: str, first: tuple[str, str]) -> None:
    found = glossary(table, source="en", target="de")
    assert (found.terms[0].source, found.terms[0].target) == first
    assert (normalize(found.source), normalize(found.target)) == ("en", "de")


def test_languages_in_every_row_are_no_head() -> None:
    rows = ["file,文件,x,y,z,en,zh", "folder,文件夹,x,y,z,en,zh", "lamp,灯,x,y,z,en,"]
    found = glossary("\n".join(rows))
    assert [term.source for term in found.terms] == ["file", "folder", "lamp"]


def test_a_column_of_numbers_is_in_no_language() -> None:
    found = glossary("id,en,zh-CN\n1,lamp,灯\n2,harbour,港湾\n")
    assert found.terms == (Term("lamp", "灯"), Term("harbour", "港湾"))
    assert (found.source, found.target) == ("en", "zh-CN")


def test_a_spreadsheet_says_what_cuts_its_lines() -> None:
    found = glossary("sep=;\nEnglish;Chinese\nlamp, oil;灯\n")
    assert found.terms == (Term("lamp, oil", "灯"),)
    assert found.skipped == 0


def test_languages_in_the_rows() -> None:
    found = glossary("file,文件,en,zh\nfolder,文件夹,en,zh\n")
    assert (found.source, found.target) == ("en", "zh")
    assert found.terms == (Term("file", "文件"), Term("folder", "文件夹"))


def test_bad_lines_are_counted() -> None:
    found = glossary("file,文件\n,空\n\nonly one cell\n# a comment\n" + "x" * 400 + ",y\nfile,文件\nfolder,文件夹\n")
    assert found.terms == (Term("file", "文件"), Term("folder", "文件夹"))
    assert found.skipped == 3


def test_a_line_that_is_taken_for_a_comment_is_counted_if_it_could_be_a_term() -> None:
    found = glossary('# made by hand\n#tag,标签\nfile,文件\n# more below,,\n"#4",四号\n"a\n#b",c\n')
    assert found.terms == (Term("file", "文件"), Term("#4", "四号"), Term("a #b", "c"))
    assert found.skipped == 1
    headed = glossary("#en,zh\nsep=;\nEnglish;Chinese\nlamp, oil;灯\n")
    assert (headed.terms, headed.skipped) == ((Term("lamp, oil", "灯"),), 0)


def test_an_open_quotation_mark_takes_its_own_line_only() -> None:
    found = glossary('a,b\n"c\nd",e\n"f,g\n' + "h,i\n" * 30 + 'j,"k\nl"\n')
    assert found.terms == (Term("a", "b"), Term("c d", "e"), Term("h", "i"), Term("j", "k l"))
    assert found.skipped == 1


@pytest.mark.parametrize("data", [b"", b" \r\n\n", b"\xef\xbb\xbf", b"source,target\n", b"no table at all\nreally\n"])
def test_nothing_at_all(data: bytes) -> None:
    with pytest.raises(AssistantError) as caught:
        glossary(data)
    assert caught.value.kind is ErrorKind.DOCUMENT_EMPTY
    assert summary(caught.value) == "There are no terms in the glossary."


def test_no_text_at_all() -> None:
    with pytest.raises(AssistantError) as caught:
        glossary(bytes(range(256)) * 8)
    assert caught.value.kind is ErrorKind.DOCUMENT_UNKNOWN
    assert "is not a glossary that can be read" in summary(caught.value)
    assert hint(caught.value) == "Save it as CSV, TSV or TBX."


# ---------------------------------------------------------------- TBX

_MARTIF = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE martif SYSTEM "TBXBasiccoreStructV02.dtd">
<martif type="TBX-Basic" xml:lang="en"><martifHeader><fileDesc><sourceDesc><p>terms</p></sourceDesc></fileDesc>
</martifHeader><text><body>
<termEntry id="1"><descrip type="definition">A <hi>program</hi> that
 predicts words.</descrip>
 <langSet xml:lang="en-US"><tig><term>large language model</term></tig><tig><term>LLM</term></tig></langSet>
 <langSet xml:lang="zh-CN"><tig><term>大语言模型</term></tig>
  <tig><term>大型语言模型</term><termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote></tig></langSet>
 <langSet xml:lang="de"><ntig><termGrp><term>großes Sprachmodell</term></termGrp></ntig></langSet></termEntry>
<termEntry id="2"><langSet xml:lang="en-US"><tig><term>token</term></tig></langSet></termEntry>
</body></text></martif>"""

_TBX = """<?xml version='1.0'?>
<tbx type="TBX-Core" style="dca" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2"><tbxHeader/><text><body>
<conceptEntry id="c1"><langSec xml:lang="en"><termSec><term>kernel</term></termSec></langSec>
<langSec xml:lang="zh"><termSec><term>内核</term><termNote type="administrativeStatus">preferredTerm-admn-sts</termNote>
</termSec></langSec></conceptEntry></body></text></tbx>"""


def test_the_second_edition() -> None:
    note = "A program that predicts words."
    found = glossary(_MARTIF, "terms.tbx", source="en", target="zh-Hans")
    assert (found.source, found.target, found.skipped) == ("en-US", "zh-CN", 1)
    assert found.terms == (
        Term("large language model", "大语言模型", note=note),
        Term("large language model", "大型语言模型", forbidden=True, note=note),
        Term("LLM", "大语言模型", note=note),
        Term("LLM", "大型语言模型", forbidden=True, note=note),
    )
    german = glossary(_MARTIF, "terms.tbx", source="zh", target="de")
    assert german.terms[0] == Term("大语言模型", "großes Sprachmodell", note=note)


def test_the_third_edition_with_its_namespace() -> None:
    found = glossary(_TBX, "terms.tbx")
    assert found.terms == (Term("kernel", "内核"),)
    assert (found.source, found.target) == ("en", "zh")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_a_termbase_in_another_encoding(encoding: str) -> None:
    text = _TBX.replace("<?xml version='1.0'?>", f"<?xml version='1.0' encoding='{encoding.removesuffix('-sig')}'?>")
    assert glossary(text.encode(encoding), "terms.tbx").terms == (Term("kernel", "内核"),)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (_TBX[:-40], ErrorKind.DOCUMENT_DAMAGED),
        ('<?xml version="1.0"?><!DOCTYPE tbx [<!ENTITY a "aaaa">]><tbx>&a;</tbx>', ErrorKind.DOCUMENT_DAMAGED),
        ('<?xml version="1.0"?><tbx/>', ErrorKind.DOCUMENT_EMPTY),
        (_TBX.replace("zh", "en"), ErrorKind.DOCUMENT_EMPTY),
    ],
)
def test_a_termbase_that_is_none(text: str, kind: ErrorKind) -> None:
    with pytest.raises(AssistantError) as caught:
        glossary(text, "terms.tbx")
    assert caught.value.kind is kind


def test_that_a_termbase_has_one_language_only_is_said() -> None:
    with pytest.raises(AssistantError) as caught:
        glossary(_TBX.replace("zh", "en"), "terms.tbx")
    assert sentence(caught.value) == "The terms of the glossary are in one language only. Export it in two languages."
