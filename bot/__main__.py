"""The entry of `dispatch` and `python -m bot`: errors become one line and an exit code."""

from __future__ import annotations

import sys

from core.errors import ConfigurationError, DispatchError


def main() -> None:
    """Run the command line."""
    from bot.cli import command_line

    try:
        command_line(sys.argv[1:])(prog_name="dispatch")
    except ConfigurationError as error:
        _end(error, 3)
    except DispatchError as error:
        _end(error, 1)


def _end(error: DispatchError, code: int) -> None:
    line = " ".join(str(error).split())
    sys.stderr.write(f"dispatch: {line}\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
