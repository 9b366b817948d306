"""Reports that an office prints, edits and stamps: values in, bytes out.

    one_pager(report, lang, form=…)     一页纸 as PNG or PDF: map, figures, main findings
    document(report, lang)              a Word report
    workbook(report, lang)              an Excel list of findings

`content` is what all three are made from, `sheet` the page (`picture` its map, `furniture` scale and legend, `fonts`
the faces), `words` texts that neither break a file nor run.
"""

from maps.registers import RegisterAge
from maps.reports.content import Covered, Report
from maps.reports.document import document
from maps.reports.sheet import one_pager
from maps.reports.workbook import workbook

__all__ = ["Covered", "RegisterAge", "Report", "document", "one_pager", "workbook"]
