"""Mean-elements messages in four ways of writing: the same records, strictly read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jointwatch.formats.mean_elements import MeanElements, Reading
from jointwatch.formats.omm import read_omm
from jointwatch.formats.tle import read_tle

DATA = Path(__file__).parents[2].parent / "shared" / "data"
TLE = """VANGUARD 1
1 00005U 58002B   20287.20333880 -.00000016  00000-0 -22483-4 0  9998
2 00005  34.2443 225.5254 1845686 162.2516 205.2356 10.84869164218149
"""
(VANGUARD,) = read_tle(TLE).elements
SAID: dict[str, object] = {
    "OBJECT_NAME": "VANGUARD 1",
    "OBJECT_ID": "1958-002B",
    "EPOCH": "2020-10-13T04:52:48.472320",
    "MEAN_MOTION": 10.84869164,
    "ECCENTRICITY": ".1845686",
    "INCLINATION": 34.2443,
    "RA_OF_ASC_NODE": 225.5254,
    "ARG_OF_PERICENTER": 162.2516,
    "MEAN_ANOMALY": 205.2356,
    "EPHEMERIS_TYPE": 0,
    "CLASSIFICATION_TYPE": "U",
    "NORAD_CAT_ID": 5,
    "ELEMENT_SET_NO": 999,
    "REV_AT_EPOCH": 21814,
    "BSTAR": "-.22483E-4",
    "MEAN_MOTION_DOT": -1.6e-7,
    "MEAN_MOTION_DDOT": 0,
}


def as_json(messages: list[dict[str, object]]) -> str:
    return json.dumps(messages)


def as_csv(messages: list[dict[str, object]]) -> str:
    out = io.StringIO()
    table = csv.DictWriter(out, list(messages[0]))
    table.writeheader()
    table.writerows(messages)
    return out.getvalue()


def as_kvn(messages: list[dict[str, object]]) -> str:
    return "".join(
        "CCSDS_OMM_VERS = 2.0\n" + "".join(f"{keyword} = {value}\n" for keyword, value in message.items())
        for message in messages
    )


def as_xml(messages: list[dict[str, object]]) -> str:
    def omm(message: dict[str, object]) -> str:
        leaves = "".join(f"<{keyword}>{value}</{keyword}>" for keyword, value in message.items())
        data = f"<header/><body><segment><data><meanElements>{leaves}</meanElements></data></segment></body>"
        return f'<omm id="CCSDS_OMM_VERS" version="2.0">{data}</omm>\n'

    return "<ndm>" + "".join(map(omm, messages)) + "</ndm>"


Writer = Callable[[list[dict[str, object]]], str]
WAYS: list[Writer] = [as_json, as_csv, as_kvn, as_xml]
every_way = pytest.mark.parametrize("write", WAYS)


def without(*keywords: str, **instead: object) -> dict[str, object]:
    return {keyword: value for keyword, value in SAID.items() if keyword not in keywords} | instead


def read_or_sentence(data: bytes | str) -> Reading | str:
    try:
        return read_omm(data)
    except ValueError as error:
        return str(error)


def shared(*parts: str) -> bytes:
    path = DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return path.read_bytes()


@every_way
def test_a_message_says_what_the_two_lines_say(write: Writer) -> None:
    assert read_omm(write([SAID, SAID])) == Reading((VANGUARD, VANGUARD), ())


@pytest.mark.parametrize("kind", ["csv", "xml"])
def test_the_public_samples_equal_the_two_lines(kind: str) -> None:
    assert read_omm(shared("oracles", "sgp4", f"sample_omm.{kind}")) == Reading((VANGUARD,), ())


def test_the_public_json_sample_is_read() -> None:
    (read,) = read_omm(shared("oracles", "sgp4", "sample_omm.json")).elements
    assert (read.epoch, read.bstar) == ("2025-02-14T14:36:48.662784Z", 0.00035436)


@pytest.mark.parametrize("name", ["omm", "omm_bluebook", "omm_cov", "omm_user_defined"])
def test_two_ways_of_writing_one_sample_are_the_same(name: str) -> None:
    kvn, xml = (read_omm(shared("ccsds", "beyond", f"{name}.{kind}")) for kind in ("kvn", "xml"))
    assert kvn.elements == xml.elements
    assert len(kvn.elements) == 1


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("OMMExample3.txt", "line 1: REF_FRAME is 'TOD', read is only TEME or TEMEOFDATE"),
        ("OMMExample5.txt", "line 1: MEAN_ELEMENT_THEORY is 'SGP4-XP', read is only SGP4 or SGP/SGP4"),
    ],
)
def test_samples_of_other_theories_are_refused_and_listed(name: str, reason: str) -> None:
    read = read_omm(shared("ccsds", "orekit", "odm", "omm", name))
    assert ([str(each) for each in read.refused], read.elements) == ([reason], ())


@pytest.mark.parametrize(
    "name", ["OMMExample1.txt", "OMMExample2.xml", "OMM-with-units.xml", "OMM-empty-object-id.txt"]
)
def test_samples_with_days_of_the_year_units_and_covariances_are_read(name: str) -> None:
    (read,) = read_omm(shared("ccsds", "orekit", "odm", "omm", name)).elements
    assert (read.epoch, read.mean_motion, read.element_set_no) == ("2007-03-05T10:34:41.426400Z", 1.00273272, 925)


@every_way
@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (without("NORAD_CAT_ID", NORAD_CAT_ID=""), "no NORAD_CAT_ID is given"),
        (without(BSTAR="x"), "BSTAR is 'x', wanted a decimal number"),
        (without(MEAN_MOTION="1_0"), "MEAN_MOTION is '1_0', wanted a decimal number"),
        (without(MEAN_MOTION="1e999"), "MEAN_MOTION is '1e999', wanted a decimal number"),
        (without(MEAN_MOTION=0), "a mean motion of 0.0 revolutions a day is none (above 0, below 100)"),
        (without(ECCENTRICITY=1), "an eccentricity of 1.0 is no orbit round the Earth (0 to below 1)"),
        (without(MEAN_ANOMALY=361), "an angle is outside one turn (-360 to 360 degrees)"),
        (without(NORAD_CAT_ID=-5), "NORAD_CAT_ID is '-5', wanted a whole number of at most nine digits"),
        (without(OBJECT_ID="58002B"), "OBJECT_ID is '58002B', wanted a designator such as 1998-067A"),
        (without(EPOCH="2021-02-29T00:00:00"), "2021-02-29 is no day of the calendar"),
        (without(EPOCH="2021-02-28T24:00:00"), "the epoch '2021-02-28T24:00:00' is no time of day"),
        (without(TIME_SYSTEM="TAI"), "TIME_SYSTEM is 'TAI', read is only UTC"),
        (without(CENTER_NAME="MARS"), "CENTER_NAME is 'MARS', read is only EARTH"),
    ],
)
def test_a_bad_message_is_skipped_and_listed_with_its_place(
    write: Writer, message: dict[str, object], reason: str
) -> None:
    read = read_omm(write([message, message | SAID]))
    first = {as_json: "record 1", as_csv: "line 2"}.get(write, "line 1")
    assert len(read.elements) == (1 if "TIME_SYSTEM" not in message and "CENTER_NAME" not in message else 0)
    assert str(read.refused[0]) == f"{first}: {reason}"


@every_way
def test_nine_digits_of_a_number_and_a_leap_second_are_read(write: Writer) -> None:
    (read,) = read_omm(write([without(NORAD_CAT_ID=799_500_766, EPOCH="2016-12-31T23:59:60.5Z")])).elements
    assert (read.norad_cat_id, read.epoch) == (799_500_766, "2016-12-31T23:59:60.500000Z")


def test_a_json_file_may_hold_numbers_as_texts_nulls_and_other_keywords() -> None:
    message = {keyword: str(value) for keyword, value in SAID.items()} | {"DECAY_DATE": None, "PERIOD": "132.7"}
    assert read_omm(json.dumps(message)).elements == (VANGUARD,)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[{"NORAD_CAT_ID": 5, "NORAD_CAT_ID": 6}]', "record 1: NORAD_CAT_ID is said twice"),
        ('[{"NORAD_CAT_ID": true}]', "record 1: NORAD_CAT_ID is neither a number nor a text"),
        ('[{"NORAD_CAT_ID": {"a": 1}}]', "record 1: NORAD_CAT_ID is neither a number nor a text"),
        ("[5]", "record 1: wanted an object of keywords, got something else"),
        ("CCSDS_OMM_VERS = 9.0", "line 1: version '9.0' is none of those read (1.0, 2.0, 3.0)"),
        ("CCSDS_OMM_VERS = 2.0\n\nhello", "line 1: line 3 is no KEYWORD = value: 'hello'"),
        ("CCSDS_OMM_VERS = 2.0\nEPOCH = 1\nEPOCH = 2", "line 1: EPOCH is said twice"),
        ("\nNORAD_CAT_ID,EPOCH\n5", "line 3: 1 cells under 2 keywords"),
        ("<ndm>\n<oem/></ndm>", "line 2: wanted an omm, got a message of the kind 'oem'"),
        ("<omm/>", "line 1: the omm names no version that is read (1.0, 2.0, 3.0)"),
    ],
)
def test_a_message_that_is_not_whole_is_listed(text: str, reason: str) -> None:
    assert [str(each) for each in read_omm(text).refused] == [reason]


def test_a_unit_must_be_the_one_of_the_standard() -> None:
    text = as_kvn([SAID]).replace("34.2443", "34.2443 [rad]").replace("205.2356", "205.2356 [deg]")
    assert str(read_omm(text).refused[0]) == "line 1: INCLINATION is in 'rad', wanted 'deg'"
    assert read_omm(text.replace("rad", "deg")).elements == (VANGUARD,)


def test_a_name_may_hold_brackets() -> None:
    assert read_omm(as_kvn([without(OBJECT_NAME="BREEZE-M R/B [+]")])).elements[0].object_name == "BREEZE-M R/B [+]"


BOMB = '<!DOCTYPE omm [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><omm version="2.0">&b;</omm>'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (BOMB, "wanted messages in XML without a document type, got one that declares 'omm'"),
        ('<!DOCTYPE omm SYSTEM "file:///etc/passwd"><omm/>', "without a document type"),
        ("<ndm>\n<omm>", "not well formed: no element found, line 2"),
        ("<omm>&nbsp;</omm>", "not well formed: undefined entity, line 1"),
        ("<html/>", "wanted an XML document of omm or ndm, got one of 'html'"),
        ("<omm>" * 20, "nested deeper than 12"),
        ('[{"A": 1},\n', "what is no JSON: .* line 2"),
        ("[" * 100_000, "nested too deep"),
        ("[NaN]", "got NaN, which JSON does not know"),
        ("[]", "got a file without any message"),
        ("NORAD_CAT_ID,NORAD_CAT_ID\n", "a keyword twice in its first line"),
        ('NORAD_CAT_ID,EPOCH\n5,"x', "no CSV"),
        ("hello", "got a file that begins with 'hello'"),
        (TLE, "got a file that begins with 'VANGUARD 1"),
        ("", "got a file that begins with ''"),
    ],
)
def test_a_file_that_is_damaged_as_a_whole_is_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_omm(text)


BEGINNINGS = ["", "[", '[{"', "<", "<omm>", "CCSDS_OMM_VERS = 2.0\n", "NORAD_CAT_ID,EPOCH\n"]


@given(st.sampled_from(BEGINNINGS), st.binary(max_size=200) | st.text(max_size=200))
@example("[", "]")
@example("<", "\ud800")
def test_any_file_gives_records_and_refusals_or_one_value_error(beginning: str, rest: bytes | str) -> None:
    data = beginning + rest if isinstance(rest, str) else beginning.encode() + rest
    read = read_or_sentence(data)
    assert isinstance(read, Reading) or read.startswith("wanted")


@every_way
@given(st.data())
def test_damage_harms_no_other_message(write: Writer, data: st.DataObject) -> None:
    """The message after a damaged one is read, unless the whole document is no more what it was."""
    one, both = write([SAID]), write([SAID, SAID])
    begin = both.index("VANGUARD")
    at = data.draw(st.integers(begin, begin + 60 if write is as_csv else len(one) - 40))
    damage = data.draw(st.text(alphabet="0aZ <>\"'{}[],=&\n\x00\ufffd", min_size=1, max_size=2))
    read = read_or_sentence(both[:at] + damage + both[at + len(damage) :])
    if isinstance(read, str):
        assert write is not as_kvn, "its lines do not depend on each other"
        assert read.startswith("wanted")
        return
    assert read.elements[-1:] == (VANGUARD,) or len(read.refused) > 0
    assert all(isinstance(each, MeanElements) for each in read.elements)


def test_the_record_holds_every_keyword_that_sgp4_asks_for() -> None:
    assert {keyword.lower() for keyword in SAID} == set(asdict(VANGUARD))


def test_a_line_without_end_is_its_message_s_fault_and_costs_no_time() -> None:
    """A value is parted from its unit by a search that would take the square of the blanks in it."""
    endless = "CCSDS_OMM_VERS = 2.0\nMEAN_MOTION = 1" + " " * 2_000_000 + "x\n"
    read = read_omm(endless + as_kvn([SAID]))
    assert read.elements == (VANGUARD,)
    assert "line 2 has 2000016 characters; a line has at most 254" in str(read.refused[0])
