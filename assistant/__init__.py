"""Lamplight (灯下): a chat and writing assistant that runs on its user's own computer.

Copyright 2026 the Lamplight authors. Licensed under the Apache License, Version 2.0.
"""

__version__ = "0.1.0"
