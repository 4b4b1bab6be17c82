"""Parquet decoded in a process of its own: from standard input to Arrow IPC on standard output.

    python -m jointwatch.formats.parquet_decode < table.parquet > table.arrow

The decoder of polars ends its whole process when a damaged file makes it ask for more memory than there is (found by
fuzzing, polars 2.1.0). Here that is the end of a child, which `decoded` reports as a refusal; a centre lives on.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from jointwatch.formats.lines import opened
from jointwatch.formats.refusal import Refusal

if TYPE_CHECKING:
    import polars as pl

MOST_ROWS = 50_000_000
"""A compressed file can claim any number of rows; more than this are refused before they are unpacked (5 GB)."""
MOST_MEMORY_BYTES = 16 << 30
LONGEST_S = 300
REFUSED = 3


def decoded(source: Path | BinaryIO) -> pl.DataFrame:
    """The table in a Parquet file; raises Refusal where it cannot be decoded."""
    import polars as pl

    with opened(source) as stream:
        data = stream.read()
    command = [sys.executable, "-m", "jointwatch.formats.parquet_decode"]
    environment = {**os.environ, "POLARS_MAX_THREADS": "2", "RUST_BACKTRACE": "0"}
    try:
        child = subprocess.run(
            command, input=data, capture_output=True, env=environment, timeout=LONGEST_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise Refusal("", f"not a Parquet file that can be read: still not decoded after {LONGEST_S} s") from None
    if child.returncode == 0:
        return pl.read_ipc(io.BytesIO(child.stdout))
    said = child.stderr.decode("utf-8", "replace").strip().splitlines() if child.returncode == REFUSED else []
    reason = said[-1][:200] if said else "its decoder broke down over it"
    raise Refusal("", f"not a Parquet file that can be read: {reason}")


def main() -> int:
    """Decode standard input; the exit code is 3 where it is refused, with the reason on standard error."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    import polars as pl

    stream = io.BytesIO(sys.stdin.buffer.read())
    try:
        rows = pl.scan_parquet(stream).select(pl.len()).collect().item()
        if rows > MOST_ROWS:
            raise ValueError(f"it claims {rows} rows, and may have {MOST_ROWS}")
        stream.seek(0)
        pl.read_parquet(stream).write_ipc(sys.stdout.buffer)
    except Exception as error:
        print(str(error).splitlines()[0] if str(error) else type(error).__name__, file=sys.stderr)
        return REFUSED
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
