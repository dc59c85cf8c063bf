"""A child process that speaks typed messages over a private pipe: codec, child, outcome.

Messages are tagged ``msgspec.Struct`` classes in MessagePack frames; nothing is ever unpickled. The parent treats what
a child says as hostile: a frame that does not decode ends that child.
"""

from assistant.process.child import Child
from assistant.process.codec import MAX_FRAME, FrameError, Reader, encode
from assistant.process.outcome import Ending, Outcome
from assistant.process.serve import Pipe, take_pipe

__all__ = ["MAX_FRAME", "Child", "Ending", "FrameError", "Outcome", "Pipe", "Reader", "encode", "take_pipe"]
