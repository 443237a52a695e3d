"""Whether attachments are where the settings say."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from tap_compleetpersy.check.asking import Asker
from tap_compleetpersy.check.evidence import GONE, Evidence
from tap_compleetpersy.settings import Settings


def ask_attachments(ask: Asker, evidence: Evidence) -> Evidence:
    """Ask for the attachments of the first candidate."""
    first, settings = evidence.first, evidence.settings
    known = [remote_id for remote_id in first.ids if remote_id] if first is not None else []
    if not known:
        return evidence
    reply = ask(settings, _path_of(settings, known[0]))
    if reply.status in GONE and evidence.differs("candidates_path"):
        beside = replace(
            settings, attachments_path=f"{settings.candidates_path}/{{candidate_id}}/attachments"
        )
        other = ask(beside, _path_of(beside, known[0]))
        if other.error is None:
            return replace(evidence, settings=beside, attachments=other)
    return replace(evidence, attachments=reply)


def _path_of(settings: Settings, candidate_id: str) -> str:
    return settings.attachments_path.replace("{candidate_id}", quote(candidate_id, safe=""))
