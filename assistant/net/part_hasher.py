"""The hash of a file while it is being brought: reads behind the writers, up to the first byte that is missing."""

from __future__ import annotations

import hashlib
import threading

from assistant.net.parts import Part

_BLOCK = 1 << 20
_GLANCE = 0.2  # seconds between two looks at whether to give up


class PartHasher:
    """Hashes ``part`` on a thread of its own, from first byte to last. hashlib lets other threads run meanwhile.

    :ivar position: bytes hashed so far.
    :ivar error: what ended it early.
    """

    def __init__(self, part: Part, size: int) -> None:
        self.position = 0
        self.error: Exception | None = None
        self._part = part
        self._size = size
        self._hash = hashlib.sha256()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hash", daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait until every byte is hashed or it ended early. False: not within ``seconds``."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def digest(self) -> str:
        """SHA-256 of the whole file in hexadecimal, once there is no more to ``wait`` for.

        :raises Exception: what ended it early.
        """
        self._thread.join()
        if self.error is not None:
            raise self.error
        return self._hash.hexdigest()

    def end(self) -> None:
        """Give up."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        block = memoryview(bytearray(_BLOCK))
        try:
            with self._part.as_errors(), self._part.writer() as file:
                while self.position < self._size and not self._ended.is_set():
                    reach = self._part.wait_beyond(self.position, _GLANCE)
                    while self.position < reach and not self._ended.is_set():
                        count = file.readinto(block[: min(_BLOCK, reach - self.position)])  # type: ignore[attr-defined]
                        if not count:
                            raise OSError("the file became shorter")
                        self._hash.update(block[:count])
                        self.position += count
        except Exception as error:
            self.error = error
