"""Named random streams from a team's secret, and keyed tokens for ids.

Every draw of the generator comes from a `Stream`. A stream's key is HMAC-SHA256 of its parent's key and its name, so the public
source and everything in a take-home give no way back to the secret, and a stream's draws depend on its name alone: not on the
order of calls, the number of workers or the size of other parts.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_TOKEN_BITS = 40


@dataclass(frozen=True)
class Stream:
    """A named source of randomness: `child` makes a new one, `rng` a fresh generator that always starts at the same place."""

    key: bytes

    @classmethod
    def root(cls, secret: bytes, *names: str) -> Stream:
        """The stream of a secret (at least 16 bytes) and names such as candidate and round."""
        if len(secret) < 16:
            raise ValueError(f"a team secret has at least 16 bytes; got {len(secret)}. Make one with `secrets.token_bytes(32)`.")
        return cls(hmac.new(secret, b"takehome-kit/1", hashlib.sha256).digest()).child(*names)

    def child(self, *names: str | int) -> Stream:
        """The stream called `names` below this one. Names are length-prefixed, so ("a", "b") and ("ab",) differ."""
        key = self.key
        for name in names:
            data = str(name).encode()
            key = hmac.new(key, len(data).to_bytes(4, "big") + data, hashlib.sha256).digest()
        return Stream(key)

    def rng(self) -> np.random.Generator:
        """A fresh generator at the start of this stream."""
        return np.random.Generator(np.random.SFC64(np.random.SeedSequence(int.from_bytes(self.key, "big"))))

    def choice_seed(self) -> int:
        """A 32-bit number for a library that wants an integer seed."""
        return int.from_bytes(self.key[:4], "big")

    def token(self, prefix: str, length: int = 12) -> str:
        """One opaque name, e.g. the id of a take-home."""
        digest = hashlib.blake2b(self.key, digest_size=length).digest()
        return prefix + "".join(chr(_SAFE[b % len(_SAFE)]) for b in digest)


_SAFE = b"23456789abcdefghjkmnpqrstuvwxyz"


def tokens(stream: Stream, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.bytes_]:
    """Keyed ids of whole numbers, without collisions: `S8` array of shape (n,).

    A Feistel network of eight rounds over 40 bits, keyed by the stream, maps numbers below 2**40 one to one onto 40 bits, which are
    written as eight letters of five bits each. The same number under another stream gives another id. Raises ValueError for a
    number outside [0, 2**40).
    """
    if numbers.size and (int(numbers.min()) < 0 or int(numbers.max()) >= 1 << _TOKEN_BITS):
        raise ValueError(f"ids number from 0 to 2**40 - 1; got {int(numbers.min())} to {int(numbers.max())}")
    half, mask = np.uint64(20), np.uint64((1 << 20) - 1)
    left, right = (numbers.astype(np.uint64) >> half), (numbers.astype(np.uint64) & mask)
    keys = np.frombuffer(hashlib.shake_256(stream.child("tokens").key).digest(8 * 16), dtype="<u8").reshape(8, 2)
    for first, second in keys:
        mixed = (right ^ (first & mask)) * np.uint64(0x9E3779B97F4A7C15) + second
        mixed ^= mixed >> np.uint64(29)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(32)
        left, right = right, left ^ (mixed & mask)
    value = (left << half) | right
    shifts = np.arange(35, -1, -5, dtype=np.uint64)
    letters = _LETTERS[((value[:, None] >> shifts) & np.uint64(31)).astype(np.intp)]
    return np.ascontiguousarray(letters).view("S8").ravel()


_LETTERS = np.frombuffer(b"0123456789abcdefghjkmnpqrstvwxyz", dtype=np.uint8)
