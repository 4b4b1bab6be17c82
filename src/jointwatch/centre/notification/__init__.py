"""Notifications of launches as a centre gives them: the form, the draft and its identifier, and what stands on record.

What the agreements ask is judged in `assessment.notification`; which agreements there are is handed in as values.
"""
