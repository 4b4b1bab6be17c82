"""Section 3: MessagePack in its one form, by hand. Binary is bytes, an array a list, a real number a float."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import Any

from .wrong import Wrong, need

DEEPEST = 32


def load(data: bytes, *, section: int = 3) -> Any:
    """The one value that these bytes hold; anything but its shortest form is refused."""
    cursor = Cursor(data, section)
    value = cursor.value(0)
    need(cursor.at == len(data), section, "bytes follow the value")
    return value


def dump(value: Any) -> bytes:
    """The one form of a value."""
    if value is None or isinstance(value, bool):
        return {None: b"\xc0", False: b"\xc2", True: b"\xc3"}[value]
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return b"\xcb" + struct.pack(">d", value)
    if isinstance(value, str):
        return _headed(len(value.encode()), (0xA0, 31), (0xD9, 0xDA, 0xDB)) + value.encode()
    if isinstance(value, bytes):
        return _headed(len(value), (0, -1), (0xC4, 0xC5, 0xC6)) + value
    if isinstance(value, list):
        return _headed(len(value), (0x90, 15), (None, 0xDC, 0xDD)) + b"".join(map(dump, value))
    body = b"".join(dump(part) for pair in value.items() for part in pair)
    return _headed(len(value), (0x80, 15), (None, 0xDE, 0xDF)) + body


def _integer(value: int) -> bytes:
    if -32 <= value < 128:
        return bytes([value & 0xFF])
    for width, (unsigned, signed) in {1: (0xCC, 0xD0), 2: (0xCD, 0xD1), 4: (0xCE, 0xD2), 8: (0xCF, 0xD3)}.items():
        if 0 <= value < 1 << 8 * width:
            return bytes([unsigned]) + value.to_bytes(width, "big")
        if -(1 << 8 * width - 1) <= value < 0:
            return bytes([signed]) + value.to_bytes(width, "big", signed=True)
    raise Wrong(3, "an integer of more than 64 bits")


def _headed(length: int, fixed: tuple[int, int], codes: tuple[int | None, int, int]) -> bytes:
    if length <= fixed[1]:
        return bytes([fixed[0] | length])
    for code, width in zip(codes, (1, 2, 4), strict=True):
        if code is not None and length < 1 << 8 * width:
            return bytes([code]) + length.to_bytes(width, "big")
    raise Wrong(3, "longer than 32 bits can say")


class Cursor:
    """Reads values from the front of the bytes."""

    def __init__(self, data: bytes, section: int):
        self.data, self.at, self.section = data, 0, section

    def take(self, count: int) -> bytes:
        need(self.at + count <= len(self.data), self.section, "the bytes end within a value")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "big")

    def value(self, depth: int) -> Any:
        """The next value; written again it must give the same bytes."""
        need(depth < DEEPEST, self.section, "nested too deep")
        start = self.at
        found = self._value(self.number(1), depth)
        if not isinstance(found, list | dict):
            need(dump(found) == self.data[start : self.at], self.section, "a value is not in its shortest form")
        return found

    def _value(self, code: int, depth: int) -> Any:
        if code < 0x80 or code >= 0xE0:
            return code if code < 0x80 else code - 256
        if code in (0xC0, 0xC2, 0xC3):
            return {0xC0: None, 0xC2: False, 0xC3: True}[code]
        if 0xCC <= code <= 0xD3:
            width = 1 << (code - 0xCC) % 4
            return int.from_bytes(self.take(width), "big", signed=code >= 0xD0)
        if code == 0xCB:
            (real,) = struct.unpack(">d", self.take(8))
            need(math.isfinite(real), self.section, "a real number is not finite")
            return real
        if code in (0xC4, 0xC5, 0xC6):
            return self.take(self.number(1 << code - 0xC4))
        return self._counted(code, depth)

    def _counted(self, code: int, depth: int) -> Any:
        if 0xA0 <= code <= 0xBF or code in (0xD9, 0xDA, 0xDB):
            return self._text(code & 31 if code <= 0xBF else self.number(1 << code - 0xD9))
        if 0x90 <= code <= 0x9F or code in (0xDC, 0xDD):
            return list(self._items(self._count(code, 0x90, 0xDC), depth))
        need(0x80 <= code <= 0x8F or code in (0xDE, 0xDF), self.section, f"the code {code:#x} has no place here")
        count, found = self._count(code, 0x80, 0xDE), {}
        for _ in range(count):
            key = self.value(depth + 1)
            need(isinstance(key, str) and key not in found, self.section, "a key is no string, or stands twice")
            found[key] = self.value(depth + 1)
        return found

    def _count(self, code: int, fixed: int, wide: int) -> int:
        if code < 0xC0:
            return code - fixed
        width = 2 << code - wide
        count = self.number(width)
        need(count > (15 if width == 2 else 0xFFFF), self.section, "a count is not in its shortest form")
        return count

    def _items(self, count: int, depth: int) -> Iterator[Any]:
        for _ in range(count):
            yield self.value(depth + 1)

    def _text(self, length: int) -> str:
        try:
            return self.take(length).decode()
        except UnicodeDecodeError:
            raise Wrong(self.section, "a string is not UTF-8") from None
