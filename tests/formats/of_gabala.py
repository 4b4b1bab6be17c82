"""Tracking data messages of one radar, Gabala, as tests write them: what is seen, and what else stands in the head."""

from __future__ import annotations


def tdm(data: str, *, created: str = "2009-02-02T18:40:00", more: str = "", said: str = "") -> str:
    """Return a message in KVN whose data are these lines.

    more: lines at the end of its metadata; said: lines before the date on which it was made.
    """
    return f"""\
CCSDS_TDM_VERS = 2.0
{said}CREATION_DATE = {created}
ORIGINATOR = MOSCOW
META_START
TIME_SYSTEM = UTC
PARTICIPANT_1 = GABALA
PARTICIPANT_2 = UNKNOWN
MODE = SEQUENTIAL
PATH = 1,2,1
RANGE_UNITS = km
ANGLE_TYPE = AZEL
{more}META_STOP
DATA_START
{data}DATA_STOP
"""
