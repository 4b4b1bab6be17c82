"""Let atheris look for bytes that break a target's law: `python -m tests.fuzz NAME [folder] [-libFuzzer=option ...]`.

NAME may be several, with commas: then one after the other, each in a process of its own, without a folder.

Both verifiers are instrumented. Ours decodes messages in C, where atheris sees nothing; the second one's Python shows
it the way.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import atheris

INSTRUMENTED = ["jointwatch.exchange", "jointwatch.messages", "jointwatch.centre", "tests.exchange.second"]


def instrumented() -> Callable[[str, Path, list[str]], NoReturn]:
    """Return what fuzzes one target: its name, a folder of inputs, options of libFuzzer; it ends the process."""
    with atheris.instrument_imports(include=INSTRUMENTED):
        from tests.fuzz.targets import TARGETS

    from tests.fuzz.corpus import laid_out
    from tests.fuzz.damage import damaged

    def fuzz(name: str, folder: Path, options: list[str]) -> NoReturn:
        target = TARGETS[name]

        def mutate(data: bytes, max_size: int, seed: int) -> bytes:
            head = target.packed or 0
            found = damaged(data[head:], seed) if seed % 3 else None
            return atheris.Mutate(data, max_size) if found is None else data[:head] + found[: max_size - head]

        how = {} if target.packed is None else {"custom_mutator": mutate}
        arguments = [sys.argv[0], str(laid_out(name, folder)), *options]
        atheris.Setup(arguments, lambda data: target.law(data) and None, **how)
        atheris.Fuzz()
        raise AssertionError("libFuzzer ends the process")

    return fuzz


def one_after_the_other(names: list[str], options: list[str]) -> int:
    """Return how many of the targets broke their law; each is named when it is done."""
    fuzz, bad = instrumented(), 0
    for name in names:
        child = os.fork()
        if not child:
            fuzz(name, Path(tempfile.mkdtemp()), options)
        _, status = os.waitpid(child, 0)
        bad += status != 0
        print(f"{name}: {'its law is broken' if status else 'held'}", flush=True)
    return bad


def main() -> int:
    """Fuzz what is named; return how many of several targets broke their law."""
    names, options = sys.argv[1].split(","), sys.argv[2:]
    if len(names) > 1:
        return one_after_the_other(names, options)
    folder = options.pop(0) if options and not options[0].startswith("-") else tempfile.mkdtemp()
    instrumented()(names[0], Path(folder), options)


if __name__ == "__main__":
    sys.exit(main())
