"""Log names and origin lines: one way to write each, and nothing else is read."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.exchange.logid import LogId, parse_origin
from jointwatch.exchange.refused import Refused

words = st.from_regex(r"[a-z0-9][a-z0-9.-]{0,20}", fullmatch=True)
runs = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,40}", fullmatch=True)


@given(words, words, words, runs)
def test_a_name_and_an_origin_are_read_back(owner: str, audience: str, klass: str, run: str):
    log = LogId(owner, audience, klass)
    assert LogId.parse(str(log)) == log
    assert parse_origin(log.origin(run)) == (run, log)
    assert log.internal == (owner == audience)


@given(words, words, words, runs, st.dates())
def test_a_shard_is_read_back_and_belongs_to_its_log(owner: str, audience: str, klass: str, run: str, day: date):
    log = LogId(owner, audience, klass)
    shard = log.of_month(day.isoformat()[:7])
    assert LogId.parse(str(shard)) == shard != log
    assert parse_origin(shard.origin(run)) == (run, shard)
    assert shard.whole == log == log.whole


@pytest.mark.parametrize(
    "name",
    [
        "a/b/c/",
        "a/b/c/2026-11/",
        "a/b/c/2026-13",
        "a/b/c/2026-1",
        "",
        "a/b",
        "a/b/c/d",
        "A/b/c",
        "a/../c",
        "a/b /c",
        "a//c",
        "a/b/c\n",
        "-a/b/c",
    ],
)
def test_a_name_that_is_none_is_refused(name: str):
    with pytest.raises(Refused):
        LogId.parse(name)


@pytest.mark.parametrize(
    "origin", ["", "jointwatch/r/a/b", "other/r/a/b/c", "jointwatch/r s/a/b/c", "jointwatch//a/b/c"]
)
def test_an_origin_that_is_none_is_refused(origin: str):
    with pytest.raises(Refused):
        parse_origin(origin)
