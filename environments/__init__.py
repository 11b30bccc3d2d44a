"""The settings of every environment: TOML files, the schema that validates them, and how they are read."""

from environments.environment import Environment
from environments.expiry import write_expired
from environments.loading import load, load_all, names
from environments.notices import write_notices
from environments.sources import SettingsError

__all__ = ["Environment", "SettingsError", "load", "load_all", "names", "write_expired", "write_notices"]
