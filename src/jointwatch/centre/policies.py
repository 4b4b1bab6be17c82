"""The next release policy of a serving centre: drafted from a file, signed by two officers of release, handed in.

[[rules]]
to = "brussels"
class = "track"
form = "source masked"
every_s = 20.0
delay_s = 60.0
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from jointwatch.centre import drafts
from jointwatch.centre.accord.obligations import falls_short
from jointwatch.centre.accord.papers import InForce
from jointwatch.centre.accord.rules_file import RuleTable
from jointwatch.centre.configuration import ConfigurationError, Model, parsed
from jointwatch.centre.saying import Saying
from jointwatch.exchange.refused import Refused
from jointwatch.messages.encoding import MessageRefused, decode
from jointwatch.messages.release_policy import ReleasePolicy, ReleaseRule

RECORD = "record"


class PolicyFile(Model):
    """What a file of release rules says; without a rule, nothing of a class goes to an audience."""

    rules: Annotated[tuple[RuleTable, ...], Field(max_length=256, strict=False)]


def read(path: Path) -> tuple[ReleaseRule, ...]:
    """Return the rules in a file."""
    try:
        return tuple(table.rule() for table in parsed(path, PolicyFile).rules)
    except ConfigurationError:
        raise
    except ValueError as error:
        raise ConfigurationError(f"{path}: {error}") from None


def drafted(
    saying: Saying,
    rules: tuple[ReleaseRule, ...],
    reason: str,
    *,
    in_force: dict[str, Any] | None,
    agreed: Sequence[InForce] = (),
) -> ReleasePolicy:
    """Return the policy that follows the one in force; ValueError where it gives less than was agreed with others.

    in_force: number and leaf hash, as the centre's health has them. agreed: the rules to which the centre is party.
    """
    if in_force is None:
        raise ValueError(
            f"{saying.centre} has no policy in force yet; a table [release] in its centre.toml, also an empty one, has "
            "it open under a first one when it starts"
        )
    short = [sentence for one in agreed for sentence in falls_short(saying.centre, rules, one.rules)]
    if short:
        raise ValueError(f"{'; '.join(short)}; what was agreed changes by rules that all sign (`centre propose`)")
    return ReleasePolicy(
        **saying.header(saying.internal(RECORD), "policy"),
        number=in_force["number"] + 1,
        replaces=bytes.fromhex(in_force["leaf_hash"]),
        rules=rules,
        reason=reason,
    )


def read_draft(path: Path) -> tuple[ReleasePolicy, bytes]:
    """Return the policy in a draft and its entry, with as many signatures as there are; none of them is verified."""
    found = drafts.read(path)
    try:
        (envelope,) = found
        policy = decode(envelope.payload)
        if isinstance(policy, ReleasePolicy):
            return policy, envelope.encode()
    except (ValueError, MessageRefused, Refused):
        pass
    raise ConfigurationError(f"{path}: is no draft of a release policy")
