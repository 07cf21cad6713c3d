"""Training of the embedded heads, offline: our own texts, scikit-learn, and measuring on labelled files."""
