"""The pieces of words, under the name by which the reader's heads know them."""

from drafter.ngrams import pieces, weighted

__all__ = ["pieces", "weighted"]
