"""A child process that speaks typed messages over a private pipe: codec, child, outcome.

Messages are tagged ``msgspec.Struct`` classes in MessagePack frames; nothing is ever unpickled. The parent treats what
a child says as hostile: a frame that does not decode ends that child, and so does a flood.
"""

from assistant.process.child import Child
from assistant.process.codec import MAX_FRAME, CutError, FrameError, Reader, encode
from assistant.process.launch import child_command, child_environment
from assistant.process.outcome import EXIT_NO_LIBRARY, Ending, Outcome
from assistant.process.pauses import overslept
from assistant.process.serve import Pipe, say_where, take_pipe

__all__ = [
    "EXIT_NO_LIBRARY",
    "MAX_FRAME",
    "Child",
    "CutError",
    "Ending",
    "FrameError",
    "Outcome",
    "Pipe",
    "Reader",
    "child_command",
    "child_environment",
    "encode",
    "overslept",
    "say_where",
    "take_pipe",
]
