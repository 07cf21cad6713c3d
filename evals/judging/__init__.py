"""The judge: a model that scores replies, or says which of two is better, by a written rubric; off by default."""
