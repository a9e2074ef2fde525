"""The web: `create_app` makes the JSON API, the pages and their guards out of a Router."""

from web.app import create_app
from web.config import Scope, WebConfig
from web.stream import end_streams

__all__ = ["Scope", "WebConfig", "create_app", "end_streams"]
