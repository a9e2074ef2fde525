"""Tests of channels/email."""
