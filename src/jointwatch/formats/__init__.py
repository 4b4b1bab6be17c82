"""Files of other houses: strict readers that hand on plain records and say what they could not read, and writers.

Nothing of ours is imported here. Bad records are skipped and listed; a file of another kind is one ValueError.

`tle`, `omm` (both give `mean_elements`), `tdm`.
"""
