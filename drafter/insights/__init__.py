"""Insights: how good the drafts were, what models mend, told from what is kept of decisions and tries."""
