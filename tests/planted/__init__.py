"""Faults to plant: proof that the tests would notice. `python -m tests.planted` plants them all."""
