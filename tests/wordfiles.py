"""Word documents of the tests' own, made of the few parts that hold text."""

import io
import zipfile
from xml.sax.saxutils import escape

_SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_TYPES = f"""<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="xml" ContentType="application/xml"/></Types>"""
_RELATIONS = f"""<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1"
Type="{_OFFICE}/relationships/officeDocument" Target="word/document.xml"/></Relationships>"""
_STYLES = f"""<w:styles xmlns:w="{_SPACE}">
<w:style w:type="paragraph" w:styleId="a1"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="a2"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="a3"><w:name w:val="toc 1"/></w:style></w:styles>"""
_PICTURES = f"""<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="p1"
Type="{_OFFICE}/relationships/image" Target="media/a.png"/></Relationships>"""
_NUMBERING = f"""<w:numbering xmlns:w="{_SPACE}"><w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"""
_NAMES = f"""xmlns:w="{_SPACE}" xmlns:r="{_OFFICE}/relationships"
xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"
"""
_IDS = {"Title": "a1", "heading 1": "a2", "toc 1": "a3"}

PICTURE = """<w:p><w:r><w:drawing><wp:inline><a:graphic><a:graphicData><pic:pic>
<pic:blipFill><a:blip r:embed="p1"/></pic:blipFill></pic:pic></a:graphicData></a:graphic>
</wp:inline></w:drawing></w:r></w:p>"""


def paragraph(text, style=None, *, numbered=False):
    """Lines of a text that has several are parted by breaks."""
    properties = f'<w:pStyle w:val="{_IDS[style]}"/>' if style else ""
    if numbered:
        properties += '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    runs = "<w:r><w:br/></w:r>".join(
        f"<w:r><w:t>{escape(line)}</w:t></w:r>" for line in text.split("\n")
    )
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def table(*rows):
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def docx(*elements, head="", **parts):
    """A document of paragraphs (plain strings are made some), ``head`` before its root element."""
    body = "".join(e if e.startswith("<") else paragraph(e) for e in elements)
    files = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS,
        "word/styles.xml": _STYLES,
        "word/numbering.xml": _NUMBERING,
        "word/_rels/document.xml.rels": _PICTURES,
        "word/document.xml": f"{head}<w:document {_NAMES}><w:body>{body}</w:body></w:document>",
    } | parts
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in files.items():
            package.writestr(name, text)
    return kept.getvalue()
