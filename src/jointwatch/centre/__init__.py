"""One national centre: it ingests plots, keeps a picture, releases what policy allows, reports and agrees.

`watch` hears messages in the order of the logs and makes the picture, live and in a replay alike; `reporting`
decides what is said and when; `agreement` makes the statement that both centres sign; `national` joins them with
the record, and `process` runs one centre in a process of its own.
"""
