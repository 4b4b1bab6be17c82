"""Study files: the built-in ones are read, each fault is one sentence with its key, and no bytes make a traceback."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointwatch.studies.joint.file import NEUTRAL, StudyError, built_in, load, parse
from tests.studies.joint.small import small

SECTIONS = """
[parties.one]
title = "One"
radars = ["gabala"]
[architectures.none]
on = "2009-06"
[assumptions.neutral]
title = "defaults"
[assumptions.one]
title = "its own"
"""
SMALL = small(SECTIONS, count=100)


@pytest.mark.parametrize("name", built_in())
def test_a_built_in_study_is_whole_and_called_as_its_file(name: str) -> None:
    study, data = load(name)
    assert study.name == name
    assert set(study.assumptions) == {NEUTRAL, *study.parties}
    assert parse(data, where="again") == study


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("count = 100", "cuont = 100", "cuont: this key is not known; did you mean 'count'?"),
        ('on = "2009-06"', 'onn = "2009-06"', "architectures.none.onn: this key is not known; did you mean 'on'?"),
        ('"gabala"', '"gabalah"', "parties.one.radars.0: the catalogue has no radar 'gabalah'; did you mean 'gabala'?"),
        ('"gabala"', '"gabala", "gabala"', "'gabala' stands there twice"),
        ('from = "iran"', 'from = "turkey"', "no launch of the debate began in 'turkey'"),
        ('["turkey"]', "[]", "launches.0.to: wanted at least 1; there are none"),
        ('on = "2009-06"', 'on = "1971"', "architectures.none.on: a study's days are from 1972 on"),
        ('"mrbm-solid-2stage"', '"slv-solid-3stage"', "no published range"),
        ("count = 100", "count = 0", "count: input should be greater than or equal to 1"),
        ("[assumptions.one]", "[assumptions.two]", "assumptions.one is missing"),
        ("[assumptions.one]", "[parties.two]\ntitle = 'Two'\n[assumptions.one]", "assumptions.two is missing"),
        ("[architectures.none]", "[architectures.nothing]", "architectures.nothing: the catalogue has none"),
        ('on = "2009-06"', 'on = "2009-06"\nradars = []', "the catalogue has one of this name"),
        ('on = "2009-06"', 'on = "2009-13"', "architectures.none.on"),
        ("seed = 1", "seed = 1\nseed = 2", "seed: "),
        ("one]", "together]", "a party cannot be called 'together': that is what all of them see between them"),
        (
            '["turkey"]',
            '["turkey"]\nvehicles = ["mrbm-solid-2stage"]\n[[launches]]\nfrom = "iran"\nto = ["turkey"]',
            "launches: 'iran to turkey, mrbm-solid-2stage' stands there twice",
        ),
        ('"one radar"', '"one \\u001b]0;radar"', "title: there is a control character, U+001B, in it"),
        ('"one radar"', '"one\\nradar"', "title: there is a control character, U+000A, in it"),
        ('summary = ""', 'summary = "\\u0007"', "summary: there is a control character, U+0007, in it"),
    ],
)
def test_a_fault_is_one_sentence_with_its_key(old: str, new: str, told: str) -> None:
    assert old in SMALL
    with pytest.raises(StudyError) as refused:
        parse(SMALL.replace(old, new, 1).encode(), where="mine.toml")
    sentence = str(refused.value)
    assert sentence.startswith("mine.toml: ")
    assert told in sentence
    assert "\n" not in sentence or "seed" in told


def test_what_is_long_is_not_said_at_length() -> None:
    with pytest.raises(StudyError) as refused:
        parse(SMALL.replace('"gabala"', f'"{"a" * 60_000}"').encode(), where="mine.toml")
    assert len(str(refused.value)) < 600


def test_what_is_not_there_is_refused_with_what_is() -> None:
    with pytest.raises(StudyError, match=r"no study 'europe-2008'; did you mean 'europe-2007'\?"):
        load("europe-2008")
    with pytest.raises(StudyError, match="cannot be read"):
        load("/nowhere/mine.toml")
    with pytest.raises(StudyError, match="cannot be read"):
        load("nul\0.toml")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_are_anything_but_a_study_or_a_sentence(data: bytes) -> None:
    with pytest.raises(StudyError):
        parse(data, where="noise")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_study_with_a_value_changed_for_another_is_read_or_refused(data: st.DataObject) -> None:
    lines = SMALL.splitlines()
    number = data.draw(st.sampled_from([i for i, line in enumerate(lines) if " = " in line]))
    value = data.draw(
        st.sampled_from(["1", "-1", "1e400", "nan", '""', "[]", "{}", "true", '"none"', "[[1]]", "1979-05-27"])
    )
    lines[number] = f"{lines[number].split(' = ')[0]} = {value}"
    text = "\n".join(lines)
    tomllib.loads(text)
    try:
        read = parse(text.encode(), where="changed")
    except StudyError as error:
        told = str(error)
    else:
        told = f"changed: {read.name}"
    assert told.startswith("changed: ")
