"""The report of a study: `data` is what it says, `document` its order, `page` and `sheets` set it as HTML and as PDF.

    document = documents.document(data)        # blocks: headings, paragraphs, tables, drawings
    page.html(document)                        # one file that holds everything
    sheets.pdf(document)                       # the same blocks through typst, the extra [pdf]

Nothing is computed here; the figures come from the rooms that know how.
"""
