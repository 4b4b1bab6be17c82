"""What a centre refuses, as a sentence for whoever typed the command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from jointwatch.cli.errors import UserError


@contextmanager
def explained() -> Iterator[None]:
    """Turn refusals, a line that is cut and files that cannot be used into a `UserError`."""
    from jointwatch.centre.configuration import ConfigurationError
    from jointwatch.exchange.carrier import LineCut
    from jointwatch.exchange.refused import Refused

    try:
        yield
    except (ConfigurationError, Refused) as refusal:
        raise UserError(str(refusal)) from None
    except LineCut as cut:
        raise UserError(cut.reason) from None
    except OSError as error:
        why = error.strerror or str(error)
        raise UserError(f"{error.filename}: {why}" if error.filename else why) from None
