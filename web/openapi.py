"""The description of the API, read from what the routes declare; quart-schema does the models."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast

from pydantic import TypeAdapter
from quart import Quart
from quart_schema import QuartSchema, document
from quart_schema.openapi import HttpSecurityScheme, Info, OpenAPIProvider
from werkzeug.routing import BaseConverter, Rule

from web.answers import ProblemAnswer
from web.body import MULTIPART, URLENCODED
from web.config import Scope
from web.ids import LARGEST_ID_IN_PATH, IdConverter
from web.operation import Operation, operation_of
from web.render import HTML, JSON, PROBLEM

TITLE = "Dispatch offer router"
ABOUT = (
    "Jobs come in, a coordinator approves them, drivers are asked one after another until one "
    "says yes. Times are UTC, ISO 8601 with offset. Errors are problem+json (RFC 9457)."
)
_NAME = "dispatch_openapi"
ALWAYS = (403, 421, 429, 503)
OF_BODIES = (400, 408, 413, 415, 422)
PROBLEMS = (*ALWAYS, *OF_BODIES, 401, 404, 409, 412)
_ID_SCHEMA = {"type": "integer", "format": "int64", "minimum": 1, "maximum": LARGEST_ID_IN_PATH}
_PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}
_TEXT_HEADER = {"schema": {"type": "string"}}
_REQUEST_ID = {"X-Request-Id": {"description": "Finds this request in the log."} | _TEXT_HEADER}


def description_of(app: Quart, version: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 description of every route of `app`; made when first asked for."""
    if _NAME not in app.extensions:
        app.extensions[_NAME] = _describe(app, version)
    return cast(dict[str, Any], app.extensions[_NAME])


def _describe(app: Quart, version: str) -> dict[str, Any]:
    app.config.setdefault("QUART_SCHEMA_CONVERT_CASING", False)
    app.config.setdefault("QUART_SCHEMA_CONVERSION_PREFERENCE", "pydantic")
    extension = QuartSchema(
        info=Info(title=TITLE, version=version, description=ABOUT),
        security_schemes={"token": HttpSecurityScheme(scheme="bearer")},
    )
    description = _Description(app, extension).schema()
    components = description["components"]
    components["schemas"]["Problem"] = TypeAdapter(ProblemAnswer).json_schema()
    components["responses"] = {
        _problem_name(status, for_people): _problem(status, for_people=for_people)
        for status in PROBLEMS
        for for_people in (False, True)
    }
    return description


class _Description(OpenAPIProvider):
    """quart-schema's provider, with what it leaves out: errors, forms, pages, headers, scopes."""

    def generate_rules(self) -> list[Rule]:
        """Return the rules of our own routes."""
        return [rule for rule in self._app.url_map.iter_rules() if rule.endpoint != "static"]

    def build_path_parameter(self, name: str, converter: BaseConverter) -> dict[str, Any]:
        """Return the parameter; ids are numbers of 63 bits."""
        parameter = super().build_path_parameter(name, converter)
        if isinstance(converter, IdConverter):
            parameter["schema"] = dict(_ID_SCHEMA)
        return parameter

    def build_paths(self, rule: Rule) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the paths of a rule, completed from its declaration."""
        declared = operation_of(self._app.view_functions, rule.endpoint)
        if declared is not None:
            _document(self._app.view_functions[rule.endpoint], declared)
        paths, components = super().build_paths(rule)
        if declared is not None:
            area, _, name = rule.endpoint.partition(".")
            for methods in paths.values():
                for described in methods.values():
                    described |= {"operationId": name, "tags": [area]}
                    _complete(described, declared, by_id=bool(rule.arguments))
        return paths, components


def _document(view: Any, declared: Operation) -> None:
    """Tell quart-schema of a route's models."""
    models: Any = {
        status: (model, None) for status, model in declared.answers.items() if model is not None
    }
    document(
        querystring=declared.query,
        request=declared.body,
        headers=declared.headers,
        responses=models,
    )(view)


def _complete(described: dict[str, Any], declared: Operation, *, by_id: bool) -> None:
    described["security"] = [] if declared.scope is Scope.OPEN else [{"token": []}]
    if declared.scope is not Scope.OPEN:
        scopes = " or ".join(dict.fromkeys((declared.scope, Scope.FULL)))
        described["description"] = f"Needs a token of scope {scopes}, once any token exists."
    for parameter in described["parameters"]:
        parameter["schema"] = _without_null(parameter["schema"])
    if "requestBody" in described:
        schema = described["requestBody"]["content"][JSON]["schema"]
        kinds = (JSON, URLENCODED, MULTIPART)
        described["requestBody"]["content"] = {kind: {"schema": schema} for kind in kinds}
    responses = {
        str(status): _answer(status, response.get("content", {}))
        for status, response in described["responses"].items()
    }
    for status, model in declared.answers.items():
        if model is None:
            media = declared.media
            content = {media: {"schema": _media_schema(declared)}} if media else {}
            responses[str(status)] = _answer(status, content)
    for status in _problems(declared, by_id=by_id):
        name = _problem_name(status, declared.for_people)
        responses[str(status)] = {"$ref": f"#/components/responses/{name}"}
    described["responses"] = dict(sorted(responses.items()))


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter that is left out rather than null."""
    given = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    kept = {key: value for key, value in schema.items() if key not in ("anyOf", "title")}
    if kept.get("default", ...) is None:
        del kept["default"]
    return kept | (given[0] if given else {})


def _problems(declared: Operation, *, by_id: bool) -> set[int]:
    problems = {*ALWAYS, *declared.problems}
    if declared.scope is not Scope.OPEN:
        problems.add(401)
    if declared.body is not None:
        problems |= {*OF_BODIES}
    if declared.query is not None:
        problems.add(422)
    if by_id:
        problems.add(404)
    return problems


def _answer(status: int, content: dict[str, Any]) -> dict[str, Any]:
    headers = dict(_REQUEST_ID)
    if status in (201, 303):
        headers["Location"] = dict(_TEXT_HEADER)
    answer = {"description": HTTPStatus(status).phrase, "headers": headers}
    return answer | ({"content": content} if content else {})


def _problem_name(status: int, for_people: bool) -> str:
    name = HTTPStatus(status).phrase.replace(" ", "")
    return f"{name}OrPage" if for_people else name


def _problem(status: int, *, for_people: bool) -> dict[str, Any]:
    content: dict[str, Any] = {PROBLEM: {"schema": _PROBLEM_REF}}
    if for_people:
        content[HTML] = {"schema": {"type": "string"}}
    problem = _answer(status, content)
    if status in (429, 503):
        problem["headers"] |= {"Retry-After": {"schema": {"type": "integer"}}}
    return problem


def _media_schema(declared: Operation) -> dict[str, Any]:
    return {"type": "object"} if declared.media == JSON else {"type": "string"}
