"""How commands read their arguments and end: in the order of the work, with one clear sentence when something fails."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from sankofa.cli.streams import say
from sankofa.errors import SankofaError, UnknownName


class Command(click.Command):
    """A command whose texts are text: what a terminal of another encoding sends is refused before anything is done."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; names of files may be any bytes."""
        rest = super().parse_args(ctx, args)
        for parameter in self.params:
            value = ctx.params.get(parameter.name or "") if parameter.type is click.STRING else None
            for text in value if isinstance(value, tuple) else (value,):
                if isinstance(text, str) and any("\ud800" <= sign <= "\udfff" for sign in text):
                    raise click.BadParameter("this is not UTF-8 text", ctx, parameter)
        return rest


class Judging(Command):
    """The command that judges: behind the data, every name that follows ``--shapes`` is of a file of shapes."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; a pattern of the shell (``--shapes rules/*.ttl``) stands for many."""
        valued = {name for one in self.params if isinstance(one, click.Option) and not one.is_flag for name in one.opts}
        option, data, spread = "", False, False
        read: list[str] = []
        for word in args:
            if option:
                option, spread = "", data and option == "--shapes"
            elif word.startswith("-"):
                option, spread = word if word in valued else "", False
            elif spread:
                read.append("--shapes")
            else:
                data = True
            read.append(word)
        return super().parse_args(ctx, read)


class Commands(click.Group):
    """Commands in the order of the work, whose failures end in one clear sentence and the contract's exit code."""

    command_class = Command

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands as they are defined: from making a graph to serving it."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, or name the nearest."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            near = UnknownName.among("command", args[0], list(self.commands))
            raise click.UsageError(f"{near.what}: {near.hint}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Turn every error of ours into its message and exit code; no stack trace reaches a steward."""
        try:
            return super().invoke(ctx)
        except SankofaError as error:
            say(f"sankofa: {error}")
            ctx.exit(error.exit_code)
        except BrokenPipeError:  # the reader (head, less) has seen enough
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - silences the flush at exit
            ctx.exit(0)
        except OSError as error:
            what = error.strerror or str(error)
            say(f"sankofa: {error.filename or 'the output'}: {what}: check the name, the rights and the free space")
            ctx.exit(3)
        except MemoryError:
            say("sankofa: the memory of this machine is used up: ask for less, or use a larger one")
            ctx.exit(3)
        except KeyboardInterrupt:
            say("sankofa: stopped")
            ctx.exit(3)
