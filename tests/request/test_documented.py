"""The commands of docs/requests.md do what the page says."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

from tests.project.test_readme import ROOT, run

PAGE = (ROOT / "docs/requests.md").read_text(encoding="utf-8")


def test_the_examples(tmp_path: Path) -> None:
    found = re.search(r"<!-- run: request -->\n```sh\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    run(found[1], tmp_path)

    assert len(json.loads((tmp_path / "page.json").read_bytes())["data"]) == 1
    sent = (tmp_path / "sent.txt").read_text(encoding="utf-8").splitlines()
    assert sent[0] == "> HEAD /persy/api/v1/candidates"
    assert "> Authorization: ***" in sent
    kept = tmp_path / "candidates.json"
    assert len(json.loads(kept.read_bytes())["data"]) == 100
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    lines = (tmp_path / "candidates.jsonl").read_bytes().splitlines()
    assert len({json.loads(line)["CandidateRecordInfo"]["Id"]["IdValue"] for line in lines}) == 250
    assert json.loads((tmp_path / "error.json").read_bytes())["error"]["status"] == 404
