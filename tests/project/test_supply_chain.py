"""What the tap runs with is said in a form that machines read, and workflows are pinned."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.project.test_lock import ROOT, locked

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.full
def test_the_bill_of_materials_lists_exactly_the_runtime_dependencies(tmp_path: Path) -> None:
    path = tmp_path / "sbom.json"
    words = ["requirements", "requirements/runtime.txt", "--pyproject", "pyproject.toml"]
    subprocess.run(
        [
            ROOT / ".venv-audit" / "bin" / "python",
            "-m",
            "cyclonedx_py",
            *words,
            "--output-file",
            str(path),
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    bill = json.loads(path.read_text(encoding="utf-8"))
    listed = {component["name"]: component["version"] for component in bill["components"]}
    assert listed == locked("runtime")
    assert bill["metadata"]["component"]["name"] == "tap-compleetpersy"
    assert all(
        reference["hashes"]
        for component in bill["components"]
        for reference in component["externalReferences"]
    )


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_names_actions_by_commit_and_may_only_read(workflow: Path) -> None:
    text = workflow.read_text(encoding="utf-8")
    used = re.findall(r"uses: (\S+)", text)
    assert used
    assert [action for action in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action)] == []
    assert re.findall(r"^permissions:\n  (.+)", text, re.MULTILINE) == ["contents: read"]
