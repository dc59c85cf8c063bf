"""A model of Ollama, whose file has no ending and a hash for a name: found, taken in, checked, loaded, answering."""

from __future__ import annotations

import json
from pathlib import Path

from assistant.engine.messages import Finished, Sampling
from assistant.library.elsewhere import find
from assistant.library.models import Models
from assistant.library.starter import starter
from tests.fakes.engine_tap import Tap


def test_a_model_of_ollama_answers_from_where_it_lies(starter_path: Path, tmp_path: Path) -> None:
    models = tmp_path / "home" / ".ollama" / "models"
    blob = models / "blobs" / f"sha256-{starter().sha256}"
    blob.parent.mkdir(parents=True)
    blob.symlink_to(starter_path)
    manifest = models / "manifests" / "registry.ollama.ai" / "library" / "smollm2" / "135m"
    manifest.parent.mkdir(parents=True)
    layer = {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{starter().sha256}", "size": 1}
    manifest.write_text(json.dumps({"layers": [layer]}))
    (found,) = find(tmp_path / "home", {}, system="linux")
    library = Models(tmp_path / "models", tmp_path / "models" / "index.json")
    library.adopt(found)
    model = library.find("smollm2:135m")
    assert (model.path, model.usable, model.has_template, model.architecture) == (blob, True, True, "llama")
    with Tap() as engine:
        engine.load(model.path, context=512)
        request = engine.start("What is the capital of France?", sampling=Sampling(temperature=0.0), max_tokens=20)
        assert isinstance(engine.end(request), Finished)
        assert "Paris" in engine.text(request)
