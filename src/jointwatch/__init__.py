"""Jointwatch: two or more states watch for missile launches together, and each can prove what was said.

The rooms, in the order the data flows: earth, flight, sensors, tracking, messages, exchange,
assessment, centre, studies, catalogue, display, cli. `docs/house.md` says what each holds and what it may import.
"""

__version__ = "0.1.0"
