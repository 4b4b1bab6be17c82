"""Files of other houses: strict readers that hand on plain records and say what they could not read, and writers.

Nothing of ours is imported here. Bad records are skipped and listed (`refusal`); a file of another kind is one
ValueError. Memory is bounded whatever a file says of itself.

Element sets: `tle` and `omm`, which give `mean_elements`. Tracking data messages: `tdm`, and `tdm_measurements` for the
radar rows in them. Ephemerides: `oem`. Alerts for people and their machines: `cap`. Tables of `measurements`:
`measurement_csv`, `measurement_parquet`, and `measurement_files`, which tells all kinds apart by how they begin.
Coverage on a grid: `coverage_netcdf`.
"""
