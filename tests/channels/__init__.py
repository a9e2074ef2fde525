"""Tests of the channels that come with the house."""
