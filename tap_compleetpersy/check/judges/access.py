"""Authentication, the path of the list, the envelope, and attachments."""

from __future__ import annotations

from collections.abc import Iterator

from tap_compleetpersy.check.evidence import GONE, REFUSED, Evidence
from tap_compleetpersy.check.findings import Finding, fails, holds, unclear
from tap_compleetpersy.check.frameworks import framework_of


def authentication(evidence: Evidence) -> Iterator[Finding]:
    """The key is sent as `auth_method` says."""
    name, given = "authentication", evidence.given.auth_method
    tries = {attempt.auth_method: attempt.reply.what for attempt in evidence.attempts}
    told = "; ".join(f"{method}: {what}" for method, what in tries.items())
    if evidence.first is None and not any(
        attempt.reply.status in REFUSED for attempt in evidence.attempts
    ):
        yield unclear(name, told, "auth_method")
    elif evidence.first is None and evidence.attempts[-1].reply.status in REFUSED:
        if "basic" not in tries:
            told += "; basic: not tried, since username is not set"
        yield fails(name, told, "auth_method", loses_data=True)
    elif evidence.differs("auth_method"):
        yield fails(name, told, "auth_method", evidence.found("auth_method"), loses_data=True)
    else:
        yield holds(name, f"{given}: {evidence.attempts[-1].reply.what}")


def candidates_path(evidence: Evidence) -> Iterator[Finding]:
    """The list is at `candidates_path`."""
    name, given = "candidates_path", evidence.given.candidates_path
    tries = {attempt.path: attempt.reply.what for attempt in evidence.attempts}
    told = "; ".join(f"{path}: {what}" for path, what in tries.items())
    found = evidence.found("candidates_path")
    if evidence.first is None:
        is_gone = evidence.attempts[-1].reply.status in GONE
        verdict = fails(name, told, name, loses_data=True) if is_gone else unclear(name, told, name)
        yield verdict
    elif found is None:
        yield holds(name, f"{given}: {evidence.attempts[-1].reply.what}")
    elif found == evidence.attempts[-1].path:
        yield fails(name, told, name, found, loses_data=True)
    else:
        what = "redirects, so that each request is two"
        yield Finding(name, "holds", f"{given}: {what}", name, found)


def records_path(evidence: Evidence) -> Iterator[Finding]:
    """The records are in a list, or under one of the usual names, or at `records_path`."""
    name, first = "records_path", evidence.first
    if first is None:
        return
    if not evidence.located:
        told = f"{len(first)} records at {evidence.settings.records_path}"
        yield fails(name, told, name, evidence.settings.records_path, loses_data=True)
    elif not first.is_usable:
        yield fails(name, first.reply.what, name, loses_data=True)
    elif not len(first):
        yield unclear(name, "no records: an empty list, or one that is not found", name)
    else:
        where = evidence.given.records_path or "found automatically"
        framework = framework_of(first.reply.document)
        like = f", as {framework} has them" if framework else ""
        yield holds(name, f"{len(first)} records, {where}{like}")


def attachments_path(evidence: Evidence) -> Iterator[Finding]:
    """The attachments of a candidate are at `attachments_path`."""
    name, reply = "attachments_path", evidence.attachments
    if reply is None:
        yield unclear(name, "not asked: no candidate with an id, or no request left")
    elif reply.status in GONE:
        told = f"{reply.what} for one candidate: none of this candidate's, or another path"
        yield unclear(name, told, name)
    elif reply.error is not None:
        yield fails(name, f"{reply.what} for one candidate", name)
    elif evidence.differs(name):
        yield fails(name, "status 404; found beside the list", name, evidence.found(name))
    else:
        yield holds(name, f"{reply.what} and JSON for one candidate")
