"""One centre in a process of its own: reads orders from standard input, answers on standard output.

Anything that goes wrong is said in the answer and ends the process: a centre that cannot keep its record must not
go on as if it did.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import BinaryIO

import msgspec
import numpy as np

from jointwatch.centre import orders
from jointwatch.centre.national import Centre
from jointwatch.earth.states import Ecef
from jointwatch.flight import coast


def main() -> None:
    """Serve until told to stop, or until nobody gives orders any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the organiser decides when to end
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a stray print must not end up among the answers
    load_kernels()  # now, while the organiser makes its plan, and not at the first track
    serve(sys.stdin.buffer, answers)


def load_kernels() -> None:
    """Have the compiled kernels of free flight loaded from their cache."""
    x = np.array([[7e6, 0.0, 0.0, 0.0, 1e3, 1e3]])
    coast.transition_arrays(x, np.array([1.0]))
    coast.impact(Ecef(x), beta_kg_m2=5e3)


def serve(incoming: BinaryIO, answers: BinaryIO) -> None:
    """Answer each line until the order to stop or the end of the input."""
    decoder = msgspec.json.Decoder(orders.AnyOrder)
    centre: Centre | None = None
    try:
        for line in incoming:
            order = decoder.decode(line)
            if isinstance(order, orders.Stop):
                break
            if isinstance(order, orders.Open):
                centre = Centre(order)
                _answer(answers, centre.introduction())
            elif isinstance(order, orders.Leave) and centre is not None:
                centre.close()
                centre = None
                _answer(answers, orders.Answer())
            elif centre is not None:
                _answer(answers, centre.obey(order))
    except BrokenPipeError:
        return  # nobody asks any more: the organiser was ended at once
    except Exception as error:
        _answer(answers, orders.Answer(error=f"{type(error).__name__}: {error}"))
        raise SystemExit(1) from error
    finally:
        if centre is not None:
            centre.store.close()  # the record is whole; lines and door close with the process


def _answer(answers: BinaryIO, answer: orders.Answer) -> None:
    answers.write(msgspec.json.encode(answer) + b"\n")
    answers.flush()


if __name__ == "__main__":
    main()
