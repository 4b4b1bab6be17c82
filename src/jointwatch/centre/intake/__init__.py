"""How measurements come in from radars: rows in the formats of the field become scans, and scans signed reports.

`declared` is what centre.toml says of a sensor, `batch` reads what was posted, `scans` makes scans of it, `reports` the
messages, `posted` signs them for a sensor that cannot; `feed` and `folder` are the end at a radar that can.
"""
