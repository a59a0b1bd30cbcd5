"""Logs for the tests, and what became of their lines."""

HEADER = "patient_id,performed_at,exercise,side,sets,reps,pain_before,pain_during,pain_after,stopped_early,notes"


def counts(result):
    return result.new, result.changed, result.duplicate, result.rejected


def log(*lines):
    """A log with the contract's columns."""
    return "\n".join([HEADER, *lines, ""])
