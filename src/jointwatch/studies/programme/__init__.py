"""A programme of the catalogue, read as a series of tests under each reading of its disagreeing sources.

`chronology` makes the series from the catalogue's launches and says on what each reach rests; `disagreement` lists what
the sources do not agree on and what the flights would have been by each pair of figures; `growth` sets what had been
shown by each year beside it, with rings for a map; `noticed` says, from the flights of a study, how likely a test of
each class was missed; `tables` are the rows to print, `account` all of them in the order in which a reader asks,
`files` the map and the shares as files.
"""
