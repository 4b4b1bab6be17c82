"""Stone Soup's types and ours, both ways: its users can plug our tracker in, and its metrics can judge it.

`axes` says what the components of its state vectors mean; `detections` are plots, `estimates` tracks, `coast` is free
flight as one of its transition models, and `tracker` ours as one of its trackers. Everything here wants the extra
`jointwatch[stonesoup]`; nothing else in the house imports it.
"""
