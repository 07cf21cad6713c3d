"""Drafter answers customer reviews: it drafts, checks, and lets a person decide.

The story, a word and a module each:

- `Review`        a customer wrote it; `drafter.intake` takes it in
- `Situation`     what it is about; `drafter.readers` read it
- `Draft`         a proposed answer; `drafter.writers` write it
- `Finding`       what is wrong with it; `guardrails` find it
- `ApprovalItem`  a person decides; `drafter.approvals`
- `Reply`         it leaves, exactly once; `drafter.delivery`

`drafter.pipeline` tells it on one page; `drafter.compose` puts the real parts together.
"""
