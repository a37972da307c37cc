"""RDF/XML never grows: a document type declaration is refused before anything is read, wherever it stands."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import sankofa
from sankofa.errors import UnreadableInput
from sankofa.store.formats import read

ROOT = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/"'
TEXT = '<rdf:Description rdf:about="http://a"><e:p>{}</e:p></rdf:Description>'
WHOLE = f"<rdf:RDF {ROOT}>{TEXT}</rdf:RDF>"
#: 431 bytes that would be a million letters, and the next sizes of the same.
GROWTH = [
    "<!DOCTYPE r [<!ENTITY e0 '0123456789'>"
    + "".join(f"<!ENTITY e{n + 1} '{f'&e{n};' * 10}'>" for n in range(levels))
    + f"]>{WHOLE.format(f'&e{levels};')}"
    for levels in (5, 6, 9)
]
ONE = '<!DOCTYPE r [<!ENTITY e "grown">]>'
LONG = f'<!DOCTYPE r [<!ENTITY e "{"x" * 100_000}">]>{WHOLE.format("&e;" * 10_000)}'
NODE = '<rdf:Description rdf:about="http://a">{}</rdf:Description>'
BEHIND = f'<rdf:RDF {ROOT} e:x="{{}}">{ONE}{TEXT.format("&e;")}<e:y e:x="{{}}"/></rdf:RDF>'
DECLARED = {
    "growing": GROWTH[0],
    "growing more": GROWTH[1],
    "growing without end": GROWTH[2],
    "long and often": LONG,
    "of itself": f'<!DOCTYPE r [<!ENTITY e "&e;">]>{WHOLE.format("&e;")}',
    "a parameter": f'<!DOCTYPE r [<!ENTITY % e "x"> %e;]>{WHOLE.format("")}',
    "in small letters": ONE.lower() + WHOLE.format("&e;"),
    "without entities": "<!DOCTYPE rdf:RDF>" + WHOLE.format(""),
    "that never ends": "<!DOCTYPE r [",
    "after a mark": "\ufeff" + ONE + WHOLE.format("&e;"),
    "after a declaration, comments and instructions": f'<?xml version="1.0"?>\n<!-- > --><?a <b> ?>\n{ONE}{WHOLE}',
    "within the root": f"<rdf:RDF {ROOT}>{ONE}{TEXT.format('&e;')}</rdf:RDF>",
    "within a node": f"<rdf:RDF {ROOT}>{NODE.format(f'{ONE}<e:p>&e;</e:p>')}</rdf:RDF>",
    "after a root": f"<rdf:RDF {ROOT}/>{ONE}{WHOLE.format('&e;')}",
    "behind what looks like a comment": BEHIND.format("<!--", "-->"),
    "behind what looks like CDATA": BEHIND.format("<![CDATA[", "]]>"),
    "behind an empty comment": f"<!-->{ONE}{WHOLE.format('&e;')}<!-- -->",
    "behind a comment that is hardly one": f"<!--->{ONE}{WHOLE.format('&e;')}<!-- -->",
    "behind a comment with two dashes": f"<!-- -- -->{ONE}{WHOLE.format('&e;')}",
    "behind an empty instruction": f"<?>{ONE}{WHOLE.format('&e;')}<??>",
    "behind an open quotation": f"<rdf:RDF {ROOT} e:x=\"'\" e:z='\"'>{ONE}{TEXT.format('&e;')}</rdf:RDF>",
}  # fmt: skip
SPOKEN_OF = {
    "in an entity": "&lt;!DOCTYPE x>",
    "in a comment": "<!-- <!DOCTYPE x> --><!-- a > b --><!DOCTYPE",
    "in CDATA": "<![CDATA[<!DOCTYPE]]>",
    "in an instruction": "<?a <!DOCTYPE x> ?><!DOCTYPE",
}


@pytest.mark.parametrize("document", DECLARED.values(), ids=DECLARED)
def test_a_declaration_is_refused_at_once(tmp_path: Path, document: str) -> None:
    file = tmp_path / "a.rdf"
    file.write_text(document, encoding="utf-8")
    line = document[: document.upper().index("<!DOCTYPE")].count("\n") + 1
    begun = time.process_time()
    with pytest.raises(UnreadableInput, match=rf"a\.rdf, line {line}: it has a document type declaration"):
        read(file)
    assert time.process_time() - begun < 0.1
    with pytest.raises(UnreadableInput, match="document type declaration"):
        sankofa.validate(file)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_no_other_encoding_hides_it(encoding: str) -> None:
    """Nothing but UTF-8 is read, whatever the document says of itself."""
    document = f'<?xml version="1.0" encoding="{encoding}"?>{ONE}{WHOLE.format("&e;")}'
    with pytest.raises(UnreadableInput):
        read(document.encode(encoding), format="rdfxml")


@pytest.mark.parametrize("text", SPOKEN_OF.values(), ids=SPOKEN_OF)
def test_a_document_may_speak_of_declarations(text: str) -> None:
    text = text.removesuffix("<!DOCTYPE")
    (quad,) = read(WHOLE.format(text).encode(), format="rdfxml")
    assert quad.subject.value == "http://a"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "part", ["<!-- ", "<![CDATA[", "<?a ", "<a ", '<a b="', "<", "<!doctype", "</", "<!---", "'\"<"]
)
def test_no_document_keeps_us_busy_looking(part: str) -> None:
    document = (f"<rdf:RDF {ROOT}>" + part * 100_000 + "<!DOCTYPE").encode()
    begun = time.process_time()
    with pytest.raises(UnreadableInput):
        read(document, format="rdfxml")
    assert time.process_time() - begun < 1
