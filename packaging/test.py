"""Set Lamplight up with what its tests need, then run all of them: ``python3 packaging/test.py [PYTEST ARGUMENTS]``.

The last line is pytest's, and so is the exit code.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - an old Python reads this far
import pythons

pythons.require(os.path.abspath(__file__))  # noqa: PTH100

import launch  # noqa: E402 - only a Python that suits understands it

if __name__ == "__main__":
    sys.exit(launch.test(sys.argv[1:]))
