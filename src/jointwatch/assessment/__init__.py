"""What a track means: where and when a thing was launched, which way, where it comes down, and what it is.

`estimate.assess` bundles everything one track says at one time; `launch_point`, `impact_area` and `classify` hold the
parts, `cutoff` says what burns and what coasts. `knowable.knowable` asks how well some radars could possibly know all
that (`track_path.knowable_of`: about what a track believes); `fisher` is the bound around the end of a burn.
`finding` and `concordance` set two centres' findings side by side, item by item. Priors are values handed in
(`priors.BoostPriors`), tracks anything shaped like `track_history.TrackHistory`. No random numbers anywhere: every
uncertainty goes through an unscented transform.
"""
