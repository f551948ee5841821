"""The `sim` command. Each command is a page in `sim/commands/`, imported when it is called, so that `sim --help` is quick."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from sim.errors import InputError, SimError

BAD_INPUT = 2
"""Exit status for bad usage and bad input, as `contracts/commands.md` has it."""

app = typer.Typer(
    help="Twenty Minutes: practise the informational interview before it counts.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Personas = Annotated[
    list[Path] | None,
    typer.Option("--personas", metavar="DIR", help="A folder of personas, beside the shipped ones. Repeatable."),
]
Minutes = Annotated[float | None, typer.Option(min=1, max=180, help="Agreed minutes; the persona's where left out.")]
Difficulty = Annotated[Literal["gentle", "realistic", "tough"], typer.Option(help="How forgiving the contact is.")]
Version = Annotated[bool, typer.Option("--version", callback=lambda shown: _version(shown), is_eager=True, help="Print the version.")]


def _version(shown: bool) -> None:
    if shown:
        from sim import __version__

        typer.echo(f"twenty-minutes {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Version = False,
) -> None:
    pass


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 lets other machines in.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes any free one.")] = 8000,
    personas: Personas = None,
) -> None:
    """Start the web application."""
    from sim.commands.serve import run

    run(host, port, personas or [])


@app.command()
def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="Files or folders of them; all shipped ones by default.")
    ] = None,
    topics: Annotated[bool, typer.Option("--topics", help="List the topics that answers and private facts can name.")] = False,
    schema: Annotated[
        Literal["persona", "rubric", "transcript", "scorecard", "learner"] | None,
        typer.Option(help="Print the JSON Schema of one kind of file, for editors."),
    ] = None,
) -> None:
    """Validate persona and rubric files.

    Prints one line for each good file; for each mistake the file, the place and the mend.
    """
    from sim.commands import check as command

    if topics:
        command.print_topics()
    elif schema:
        command.print_schema(schema)
    else:
        command.run(paths or [])


@app.command()
def score(
    transcripts: Annotated[list[Path], typer.Argument(metavar="TRANSCRIPT...", help="sim.transcript/1 files.")],
    rubric: Annotated[str | None, typer.Option(metavar="ID", help="A rubric's id or file; the transcript's own by default.")] = None,
    personas: Personas = None,
    engine: Annotated[Literal["detectors", "judge", "both"], typer.Option(help="Who answers the checks.")] = "detectors",
) -> None:
    """Mark transcripts.

    Prints one sim.scorecard/1 object a line, in the order given.
    """
    from sim.commands.score import run

    run(transcripts, rubric, personas or [], engine)


@app.command()
def acts(
    persona: Annotated[str | None, typer.Option(metavar="PERSONA", help="Whom the messages are said to: an id or a file.")] = None,
    personas: Personas = None,
) -> None:
    """Tell what learner messages do.

    Reads one message a line from standard input; prints one JSON object a line.
    """
    from sim.commands.acts import run

    run(persona, personas or [])


@app.command()
def play(
    persona: Annotated[str, typer.Option(metavar="PERSONA", help="The contact: an id or a file.")],
    learner: Annotated[Path, typer.Option(metavar="FILE", help="A sim.learner/1 file.")],
    seed: Annotated[int, typer.Option(help="Chooses among fitting lines; the same seed gives the same meeting.")] = 0,
    minutes: Minutes = None,
    difficulty: Difficulty = "realistic",
    personas: Personas = None,
) -> None:
    """Hold a whole meeting with a scripted learner.

    Prints a sim.transcript/1 with its trace.
    """
    from sim.commands.play import run

    run(persona, learner, seed, minutes, difficulty, personas or [])


@app.command()
def chat(
    persona: Annotated[str, typer.Argument(metavar="PERSONA", help="The contact: an id or a file.")],
    minutes: Minutes = None,
    difficulty: Difficulty = "realistic",
    clock: Annotated[Literal["simulated", "wall", "untimed"], typer.Option(help="What the time is counted by.")] = "simulated",
    rubric: Annotated[str, typer.Option(metavar="ID", help="The school that marks the session.")] = "classic",
    seed: Annotated[int | None, typer.Option(help="Chooses among fitting lines; by chance where left out.")] = None,
    prep: Annotated[bool | None, typer.Option("--prep/--no-prep", help="Fill in a prep sheet first.")] = None,
    personas: Personas = None,
) -> None:
    """Practise in the terminal."""
    from sim.commands.chat import Choices, run

    run(Choices(persona, minutes, difficulty, clock, rubric, seed, prep), personas or [])


@app.command()
def export(
    session: Annotated[str, typer.Argument(metavar="SESSION", help="A session's id.")],
    form: Annotated[Literal["json", "md", "csv", "xapi"], typer.Option("--format", help="What to write.")] = "json",
) -> None:
    """Print a stored session for other programs."""
    from sim.commands.export import run

    run(session, form)


@app.command()
def calibrate(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Labelled sessions: sessions/, labels.json, personas/.")],
    rubric: Annotated[str, typer.Option(metavar="ID", help="The rubric that the labels mark by: an id or a file.")] = "classic",
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a report with pictures.")] = None,
    record: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write every figure as JSON.")] = None,
    seed: Annotated[int, typer.Option(help="For the bootstrap's intervals.")] = 0,
    pairs: Annotated[Path | None, typer.Option(metavar="DIR", help="Base sessions for minimal pairs.")] = None,
    thorough: Annotated[bool, typer.Option("--thorough", help="Try every attack on every session; minutes, not seconds.")] = False,
    personas: Personas = None,
) -> None:
    """Measure how far the marks can be trusted."""
    from sim.commands.calibrate import run

    run(folder, personas or [], rubric, html, record, seed, pairs, thorough)


def complain(error: SimError) -> None:
    """Print one line per problem on standard error: as compilers do where there is a file, so that editors can jump to it."""
    lines = [str(p) for p in error.problems] if isinstance(error, InputError) else [f"sim: {error}"]
    print(*lines, sep="\n", file=sys.stderr)


def main() -> None:
    """Run the command line; a user's mistake ends with a message and status 2, never with a traceback."""
    # Starting makes some hundred thousand objects that stay; looking through them for garbage again and again is a tenth of it.
    gc.set_threshold(100_000, 20, 100)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]  # a pipe under LANG=C is ASCII
    try:
        app()
    except SimError as error:
        complain(error)
        raise SystemExit(BAD_INPUT) from None


if __name__ == "__main__":
    main()
