"""How a handler reaches what the app was composed of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from quart import Quart, current_app

from core.router import Router
from web.config import WebConfig

_NAME = "dispatch"


@dataclass(frozen=True, slots=True)
class Service:
    """What one app serves."""

    router: Router
    config: WebConfig


def install(app: Quart, service: Service) -> None:
    """Let the handlers of `app` work for this service."""
    app.extensions[_NAME] = service


def service() -> Service:
    """Return the service of the app that handles this request."""
    return cast(Service, current_app.extensions[_NAME])


def the_router() -> Router:
    """Return the use cases."""
    return service().router
