"""Open this for plugins: `load_plugins` brings in what plugins.toml names, whatever it does.

A plugin that fails is isolated and named in `Plugins.broken`; the others go on.
"""

from core.plugins.loading import PluginEntry, load_plugins
from core.plugins.running import Plugins

__all__ = ["PluginEntry", "Plugins", "load_plugins"]
