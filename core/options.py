"""Open this for how a plugin's table becomes its frozen options. Errors never show a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from datetime import timedelta
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from core.errors import ConfigurationError
from core.policy_forms import parse_duration

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

OptionsT = TypeVar("OptionsT", bound="DataclassInstance")

_NAMES: Mapping[Any, str] = {
    str: "text in quotes",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    timedelta: "a duration such as '30m'",
}


def read_options(options: Mapping[str, Any], known: type[OptionsT]) -> OptionsT:
    """Return `known` filled from the table; ConfigurationError names the key and the fix.

    `known` is a frozen dataclass. Its fields may be str, bool, int, float, timedelta, Literal,
    `tuple[…, ...]` of these (a list in the file) and unions of them; one without a default must
    be in the table. A field named with a final underscore (`from_`) is the key without it. Rules
    of its own belong into `__post_init__`, as ValueError. The loader adds file and table.
    """
    by_key = {field.name.removesuffix("_"): field for field in fields(known)}
    for key in options:
        if key not in by_key:
            raise ConfigurationError(_unknown(key, by_key))
    hints = get_type_hints(known)
    values: dict[str, object] = {}
    for key, field in by_key.items():
        kind = hints[field.name]
        if key in options:
            values[field.name] = _read_key(key, options[key], kind)
        elif _is_required(field):
            raise ConfigurationError(f"key {key!r} is missing: it must be {_named(kind)}")
    try:
        return known(**values)
    except ValueError as problem:
        raise ConfigurationError(str(problem)) from problem


def _unknown(key: str, known: Mapping[str, Any]) -> str:
    near = get_close_matches(key, known, n=1, cutoff=0)
    fix = f"did you mean {near[0]!r}?" if near else "this plugin takes no options"
    return f"unknown key {key[:40]!r}: {fix}"


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _read_key(key: str, value: object, kind: Any) -> object:
    try:
        return _read(value, kind)
    except ValueError:
        raise ConfigurationError(f"{key}: must be {_named(kind)}") from None


def _read(value: object, kind: Any) -> object:
    """Return the value as the annotation wants it; ValueError when it does not fit."""
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _first_fit(value, args)
    if origin is Literal:
        return _same(value, value in args and type(value) in map(type, args))
    if origin is tuple:
        _same(value, isinstance(value, list | tuple))
        return tuple(_read(item, args[0]) for item in value)  # type: ignore[attr-defined] # a tuple by now
    if kind is NoneType:
        return _same(value, value is None)
    if kind is timedelta:
        return parse_duration(str(_read(value, str)))
    if kind is float:
        return float(_same(value, type(value) in (int, float)))  # type: ignore[arg-type] # a number by now
    if kind not in _NAMES:
        raise TypeError(f"read_options cannot read {kind!r}")
    return _same(value, type(value) is kind)


def _same(value: object, fits: bool) -> object:
    if not fits:
        raise ValueError
    return value


def _first_fit(value: object, kinds: tuple[Any, ...]) -> object:
    for kind in kinds:
        try:
            return _read(value, kind)
        except ValueError:
            continue
    raise ValueError


def _named(kind: Any) -> str:
    """Return what to write in the file for this annotation."""
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return " or ".join(_named(one) for one in args if one is not NoneType)
    if origin is Literal:
        return " or ".join(map(repr, args))
    if origin is tuple:
        return f"a list of {_named(args[0])}"
    return _NAMES[kind]
