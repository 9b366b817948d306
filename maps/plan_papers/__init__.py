"""The documents that a redrawn plan produces: values in, bytes out; what is stored is shown, and nothing more happens.

    register(papers, lang)           网格变更登记表 as an Excel table: a row a changed grid
    notice(papers, lang, form=…)     公示图: one A3 page, PNG or PDF
    sheets(papers, lang)             a page for each grid to hang on the wall, PDF
    report(papers, lang)             a Word report of the change
    walk(papers, lang)               走界表: the border of each changed grid by stretches, with room for notes, PDF

`content` is what all of them are made from, `borders` says what a grid borders on, `plot` draws the maps, `lettering`
what is written on them, `page` what the pages share.
"""

from maps.plan_papers.content import Papers, Remark, Step
from maps.plan_papers.notice import notice
from maps.plan_papers.register import register
from maps.plan_papers.report import report
from maps.plan_papers.sheets import sheets
from maps.plan_papers.walk import walk

__all__ = ["Papers", "Remark", "Step", "notice", "register", "report", "sheets", "walk"]
