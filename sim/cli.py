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
    workers: Annotated[int, typer.Option(min=1, max=64, help="Server processes on one database.")] = 1,
    personas: Personas = None,
) -> None:
    """Start the web application.

    As long as nobody owns it, a link is printed that makes its opener the owner.
    """
    from sim.commands.serve import run

    run(host, port, personas or [], workers)


@app.command("owner-link")
def owner_link(
    address: Annotated[
        str, typer.Option(metavar="URL", help="Where people open it; SIM_PUBLIC_ORIGIN counts first.")
    ] = "http://127.0.0.1:8000",
    reset: Annotated[bool, typer.Option("--reset", help="A link to a new password for the owner there is.")] = False,
) -> None:
    """Print a link that makes its opener the owner.

    It works once, for a day, and makes every earlier one useless.
    """
    from sim.commands.registry import run

    run(address, reset)


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
    judge: Annotated[bool, typer.Option("--judge", help="Have a model give a second opinion: the same as --engine both.")] = False,
) -> None:
    """Mark transcripts.

    Prints one sim.scorecard/1 object a line, in the order given.
    """
    from sim.commands.score import run

    run(transcripts, rubric, personas or [], "both" if judge and engine == "detectors" else engine)


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
    engine: Annotated[Literal["scripted", "model"], typer.Option(help="Who speaks for the contact.")] = "scripted",
) -> None:
    """Hold a whole meeting with a scripted learner.

    Prints a sim.transcript/1 with its trace.
    """
    from sim.commands.play import run

    run(persona, learner, seed, minutes, difficulty, personas or [], engine)


@app.command()
def bench(
    persona: Annotated[str, typer.Argument(metavar="PERSONA", help="The contact: an id or a file.")],
    seed: Annotated[int, typer.Option(help="Chooses among what learners and contact say; the same seed gives the same drive.")] = 0,
    rubric: Annotated[str, typer.Option(metavar="ID", help="The school that marks the meetings: an id or a file.")] = "classic",
    minutes: Minutes = None,
    difficulty: Difficulty = "realistic",
    as_json: Annotated[bool, typer.Option("--json", help="Print everything, transcripts included, as one JSON object.")] = False,
    personas: Personas = None,
) -> None:
    """Test-drive a contact.

    Six scripted learners of known skill meet it; prints what each got, and on standard error what to mend.
    """
    from sim.commands.bench import run

    run(persona, seed, rubric, minutes, difficulty, personas or [], as_json=as_json)


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


drafts = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
app.add_typer(drafts, name="draft", help="Have a language model draft a file for you to review.")


@drafts.callback()
def _drafts() -> None:
    pass


@drafts.command("persona")
def draft_persona(
    source: Annotated[Path, typer.Option("--from", metavar="FILE", help="Notes or a biography, as text; - reads standard input.")],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write the file; standard output where left out.")] = None,
) -> None:
    """Draft a contact from notes.

    Prints a sim.persona/1 file, checked and marked as a draft; status 1 where something in it is to be mended first.
    """
    from sim.commands.draft import run

    run(source, out)


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


card = typer.Typer(help="Make a persona of a character card, or a card of a persona.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(card, name="card")


@card.command("import")
def card_import(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A card: PNG or JSON, version 1, 2 or 3.")],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where the persona goes; standard output where left out.")] = None,
    keep_instructions: Annotated[
        bool, typer.Option("--keep-instructions", help="Keep the card's texts to a model in the file; nothing here follows them.")
    ] = False,
) -> None:
    """Make a persona of a character card.

    Says on standard error what was taken over, what was left, and what is still to be written.
    """
    from sim.commands.card import import_card

    import_card(file, out, keep_instructions)


@card.command("export")
def card_export(
    persona: Annotated[str, typer.Argument(metavar="PERSONA", help="The contact: an id or a file.")],
    form: Annotated[Literal["v2", "v3", "png"], typer.Option("--format", help="The card's version, or a picture with both.")] = "v2",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where the card goes; standard output where left out.")] = None,
    personas: Personas = None,
) -> None:
    """Write a persona as a character card that other programs can play; the persona file travels along."""
    from sim.commands.card import export_card

    export_card(persona, form, out, personas or [])


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of lines.")] = False,
) -> None:
    """Look at everything, try the model's endpoint for real, and say how to mend what fails.

    Prints one line for each finding; exit status 1 where something is wrong.
    """
    from sim.commands.doctor import run

    run(as_json)


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
