"""The sourced facts: radars, sites, vehicle classes, centres, launches, agreements, statements, boost priors.

Every value carries who claims it, when, where it was read and how sure that reading is (`fact`); where claimants
differ, all claims are kept and one is the default, with the reason. `radars`, `vehicles`, `places`, `boost_priors` and
`agreements` hand on plain values; `events` holds launches and statements; `shelf` lists everything for a reader. The
TOML files beside this text are read when first asked for.
"""
