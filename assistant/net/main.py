"""The net child: the one process of the program that may use the network."""

from __future__ import annotations

import threading

from assistant.net import audit_hook
from assistant.net.messages import ToChild
from assistant.process import take_pipe


def main() -> None:
    """Serve until the pipe is closed, which ends the process whatever it is doing."""
    pipe = take_pipe(ToChild)
    audit_hook.install()
    # What reads the environment when it is imported comes after the environment has been set right.
    from assistant.net.hub_client import quiet_library  # noqa: PLC0415

    quiet_library()
    from assistant.net.dispatcher import Dispatcher  # noqa: PLC0415

    pipe.listen(Dispatcher(pipe.send).handle)
    threading.Event().wait()


if __name__ == "__main__":
    main()
