"""Notifications of launches, judged: which are owed to whom (`owed`), how what was told stands now (`standing`), and
what a notification lacks (`faults`).

Agreements come in as values; nothing here knows which there are.
"""
