"""Thousands of job lives under a virtual clock: seeded people and faults, the real router."""
