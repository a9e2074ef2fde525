"""The fire suite: whole services killed, crowded, cut off and starved, and their history judged."""
