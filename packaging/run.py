"""Set Lamplight up where that is needed, then start it: ``python3 packaging/run.py [--backend NAME] [ARGUMENTS]``.

Arguments pass on to the program: ``python3 packaging/run.py chat "Hello"``. Alone it opens the window.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - an old Python reads this far
import pythons

pythons.require(os.path.abspath(__file__))  # noqa: PTH100

import launch  # noqa: E402 - only a Python that suits understands it

if __name__ == "__main__":
    sys.exit(launch.run(sys.argv[1:]))
