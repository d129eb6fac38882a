"""Ends the process when its standard input does, so that it never outlives who started it."""

import os
import sys
import threading


def end_with_parent() -> None:
    """Watch standard input in a thread of its own."""

    def watch() -> None:
        sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
