"""The settings of every environment: TOML files, the schema that validates them, and how they are read."""

from environments.environment import Environment
from environments.expiry import expired
from environments.loading import load, load_all, names
from environments.sources import SettingsError

__all__ = ["Environment", "SettingsError", "expired", "load", "load_all", "names"]
