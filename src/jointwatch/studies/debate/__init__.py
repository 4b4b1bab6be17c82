"""The fifteen questions that the debate left, each with what was published beside what comes out here.

`published.toml` holds the questions and the published answers with tag and source, `published` reads them, `sights`,
`flights`, `rules` and `record` compute ours, each a few of the questions, and `answers` puts the two side by side:

    answer(1)

The questions are asked one by one, with figures, in docs/notebooks/fifteen-questions.ipynb.
"""
