"""Coordinators: made known before a job or a setting names them by mail address."""

from __future__ import annotations

from core.models import Coordinator
from core.outcomes import CoordinatorNamed
from core.reach import coordinator_of_email
from core.showing import coordinator_views
from core.work import Work


async def add_coordinator(
    work: Work, name: str, email: str, is_default: bool | None, language: str | None = None
) -> CoordinatorNamed:
    """Make a coordinator, or give the one of that mail address this name.

    `is_default`: whether jobs that name nobody are theirs; None leaves that as it is, and the
    language too.
    """
    is_new = not await Coordinator.exists(email=email.casefold())
    row = await coordinator_of_email(work, email)
    await Coordinator.filter(id=row.id).update(
        name=name,
        active=True,
        is_default=row.is_default if is_default is None else is_default,
        language=language or row.language,
        updated_at=work.now,
    )
    (shown,) = await coordinator_views(work.unit, [await Coordinator.get(id=row.id)])
    return CoordinatorNamed(shown, is_new)
