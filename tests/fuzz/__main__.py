"""Let atheris look for bytes that break a target's law: `python -m tests.fuzz NAME [folder] [-libFuzzer=option ...]`.

Both verifiers are instrumented. Ours decodes messages in C, where atheris sees nothing; the second one's Python shows
it the way.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import atheris


def instrumented() -> Callable[[str], None]:
    """Return what fuzzes one target, by name, with the arguments that follow in sys.argv; it does not return."""
    with atheris.instrument_imports(include=["jointwatch.exchange", "jointwatch.messages", "tests.exchange.second"]):
        from tests.fuzz.targets import TARGETS

    from tests.fuzz.damage import damaged

    def fuzz(name: str) -> None:
        target = TARGETS[name]

        def mutate(data: bytes, max_size: int, seed: int) -> bytes:
            head = target.packed or 0
            found = damaged(data[head:], seed) if seed % 3 else None
            return atheris.Mutate(data, max_size) if found is None else data[:head] + found[: max_size - head]

        how = {} if target.packed is None else {"custom_mutator": mutate}
        atheris.Setup([sys.argv[0], *sys.argv[2:]], lambda data: target.law(data) and None, **how)
        atheris.Fuzz()

    return fuzz


if __name__ == "__main__":
    instrumented()(sys.argv[1])
