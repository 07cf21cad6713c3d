"""What reviews report, found by the words of prompts/points, for readers and writers alike."""
