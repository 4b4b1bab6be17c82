"""One message of each kind, as it might stand in the logs of the exercise `sejil-2009`; the documentation prints them.

The values are plausible, no more: no example is the output of a run.
"""

from __future__ import annotations

from jointwatch.messages.encoding import Message, kind_of
from jointwatch.messages.examples_agreeing import AGREEING
from jointwatch.messages.examples_keeping import KEEPING
from jointwatch.messages.examples_watching import WATCHING

EXAMPLES: dict[str, Message] = {kind_of(message): message for message in (*KEEPING, *WATCHING, *AGREEING)}
"""Kind -> a message of that kind."""
