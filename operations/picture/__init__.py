"""Draws an environment from its synthesized JSON."""
