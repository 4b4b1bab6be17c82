"""What must hold of every reader of files, whatever bytes it is given; and the target that lets atheris look for bytes.

    python tests/fuzz/formats.py tdm_kvn [corpus folder] [-max_total_time=600]

A reader refuses with one sentence or gives a value that, written, reads back as an equal one and writes the same bytes.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, BinaryIO

from jointwatch.formats import (
    cap_xml,
    measurement_csv,
    measurement_parquet,
    oem_kvn,
    oem_xml,
    scans_json,
    tdm_kvn,
    tdm_xml,
)
from jointwatch.formats.refusal import Refusal

LONGEST_SENTENCE = 400


def holds(data: bytes, read: Callable[[BinaryIO], Any], write: Callable[[Any, BinaryIO], None]) -> str | None:
    """The sentence of a refusal, or None where the bytes were read, written and read back alike."""
    try:
        value = read(io.BytesIO(data))
    except Refusal as refusal:
        sentence = str(refusal)
        assert sentence
        assert "\n" not in sentence
        assert len(sentence) < LONGEST_SENTENCE, sentence
        return sentence
    first, second = io.BytesIO(), io.BytesIO()
    write(value, first)
    again = read(io.BytesIO(first.getvalue()))
    write(again, second)
    assert first.getvalue() == second.getvalue()
    return None


FORMS: dict[str, ModuleType] = {
    "tdm_kvn": tdm_kvn,
    "tdm_xml": tdm_xml,
    "oem_kvn": oem_kvn,
    "oem_xml": oem_xml,
    "cap_xml": cap_xml,
    "measurement_csv": measurement_csv,
    "measurement_parquet": measurement_parquet,
    "scans_json": scans_json,
}


def main() -> None:
    """Hand a form to atheris."""
    import atheris

    form = FORMS[sys.argv.pop(1)]

    def one_input(data: bytes) -> None:
        holds(data, form.read, form.write)

    atheris.instrument_all()
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
