"""The storm: workers are killed at random while reviews are drafted, approved and handed over."""
