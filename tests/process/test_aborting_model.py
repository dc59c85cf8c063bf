"""A file on which the native library gives up for good: the reason why models live in children."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.fakes import tiny_models

_LOAD = """
import sys, llama_cpp.llama_cpp as low
low.llama_backend_init()
low.llama_model_load_from_file(sys.argv[1].encode(), low.llama_model_default_params())
"""


def test_the_aborting_model_takes_its_process_down(tmp_path: Path) -> None:
    path = tiny_models.write_aborting(tmp_path / "aborting.gguf")
    environ = {**os.environ, "GGML_NO_BACKTRACE": "1"}
    result = subprocess.run(
        [sys.executable, "-c", _LOAD, str(path)], capture_output=True, env=environ, timeout=60, check=False
    )
    assert result.returncode not in (0, 1)
    if os.name != "nt":
        assert result.returncode == -signal.SIGABRT
