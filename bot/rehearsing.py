"""Open this for what `dispatch simulate` compares: which jobs, which policies, in which order."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches

from bot.composition import site_of
from bot.configuration import Configuration, read_configuration
from bot.logs import configure_logs
from core.clock import SystemClock
from core.domain import Policy
from core.errors import ConfigurationError
from core.policy import policy_from_table
from core.rehearsal import (
    Account,
    Past,
    People,
    Stage,
    account_of,
    differing,
    lives_of,
    open_stage,
    read_past,
    sample_day,
)
from core.runner import Limits, open_runner, pending_migrations
from core.site import Site

HAPPENED, UNCHANGED = "as it happened", "replayed unchanged"
LAST = 200
PATIENT = Limits(readers=1, statement_seconds=60.0)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be compared."""

    jobs: int | None
    since: datetime | None  # a local day
    policies: tuple[str, ...]
    changes: tuple[str, ...]  # KEY=VALUE, of the default policy
    sample: bool
    seed: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What happened, what the same policies lead to again, and what others would."""

    begins: datetime
    ends: datetime
    accounts: Sequence[Account]
    differing: Sequence[str]  # jobs that the unchanged replay did not repeat exactly

    @property
    def jobs(self) -> int:
        """How many jobs are compared."""
        return len(self.accounts[0].lives)


async def compare(wish: Wish, told: Callable[[float], None]) -> Comparison | None:
    """Read the jobs, then rehearse them under each policy; None when there are no such jobs."""
    configuration = read_configuration()
    configure_logs(configuration.settings, configuration.plugins.secrets, quiet=True)
    site = site_of(configuration)
    variants = variants_of(site, wish.policies, wish.changes)
    async with open_stage() as stage:
        past = await _jobs(wish, configuration, site, stage)
        if past is None:
            return None
        people = People(past, wish.seed)
        accounts = [Account(HAPPENED, None, lives_of(past))]
        steps = [(UNCHANGED, None), *variants]
        for done, (name, policy) in enumerate(steps):

            def so_far(share: float, done: int = done) -> None:
                told((done + share) / len(steps))

            accounts.append(await account_of(stage, past, site, people, name, policy, so_far))
    unlike = differing(accounts[0].lives, accounts[1].lives)
    return Comparison(past.begins, past.ends, accounts, unlike)


def variants_of(
    site: Site, names: Sequence[str], changes: Sequence[str]
) -> list[tuple[str, Policy | None]]:
    """Return the policies to try; ConfigurationError for one that is not there or not possible.

    Without names, all of them; but only the default one beside a change of it.
    """
    for name in names:
        if name not in site.policies:
            near = get_close_matches(name, site.policies, n=1, cutoff=0)[0]
            raise ConfigurationError(f"--policy: there is no {name!r}; did you mean {near!r}?")
    chosen = names or (["default"] if changes else list(site.policies))
    variants: list[tuple[str, Policy | None]] = [(name, site.policies[name]) for name in chosen]
    if changes:
        variants.append((" ".join(changes), changed(site.policies["default"], changes)))
    return variants


def changed(policy: Policy, changes: Sequence[str]) -> Policy:
    """Return the policy with some keys set as in plugins.toml; quotes may be left out."""
    for change in changes:
        key, equals, text = change.partition("=")
        if not equals:
            raise ConfigurationError(f"--set {change}: write it like --set width=2")
        try:
            table = {key.strip(): _value(text.strip())}
            read = policy_from_table("default", table, default_timeout=policy.timeout)
        except ValueError as problem:
            raise ConfigurationError(f"--set {change}: {problem}") from problem
        policy = replace(policy, **{key.strip(): getattr(read, key.strip())})
    return policy


def _value(text: str) -> object:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


async def _jobs(wish: Wish, configuration: Configuration, site: Site, stage: Stage) -> Past | None:
    if wish.sample:
        return await sample_day(stage, site, wish.seed)
    return await _read(wish, configuration)


async def _read(wish: Wish, configuration: Configuration) -> Past | None:
    """Read the record on one snapshot; nothing is created, migrated or written."""
    settings = configuration.settings
    url = settings.database_url.get_secret_value()
    if settings.database.dialect == "sqlite" and not settings.database.path.exists():
        return None
    if await pending_migrations(url):
        raise ConfigurationError("the database is of an earlier version: `dispatch db migrate`")
    since = wish.since
    if since is not None:
        since = since.replace(tzinfo=settings.zone).astimezone(UTC)
    last = wish.jobs or (LAST if since is None else None)
    runner = await open_runner(url, limits=PATIENT)
    try:
        return await runner.read(read_past, SystemClock().now(), last=last, since=since)
    finally:
        await runner.close()
