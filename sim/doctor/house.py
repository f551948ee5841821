"""Everything that is there without a model: the database, the files that come with the program and those added, the weights."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from sim.doctor.finding import Finding
from sim.errors import InputError, SimError
from sim.library import Library
from sim.model import load_prices, shipped_prices
from sim.model.prompts import prompt, prompt_files
from sim.settings import Settings
from sim.store.engine import database_file, database_url, make_engine
from sim.store.migrate import revision
from sim.store.migrations import HEAD

SCRIPTS = ("htmx.min.js", "hx-sse.min.js")


def house(settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each part, in the order a start needs them. Changes nothing: no file is made, no table touched."""
    yield database(settings)
    yield library(settings)
    yield prompts()
    yield prices(settings)
    yield weights()
    yield pages()


# -- the database -------------------------------------------------------------------------------------------------------------


def database(settings: Settings) -> Finding:
    """Tell whether the database opens, is up to date and can be written."""
    try:
        file = database_file(database_url(settings.database))
        if file is not None and not file.exists():
            return _to_be_made(file)
        engine = make_engine(settings.database)
    except SimError as error:
        return Finding("database", "wrong", str(error))
    try:
        return _opened(engine, str(file) if file else "the server")
    except SQLAlchemyError:
        where = f"{file} cannot be opened or written" if file else "the server cannot be reached, or does not let this user write"
        return Finding("database", "wrong", where, "check SIM_DATABASE_URL, and that this user may write there")
    finally:
        engine.dispose()


def _to_be_made(file: Path) -> Finding:
    folder = file.absolute().parent
    if folder.is_dir() and os.access(folder, os.W_OK):
        return Finding("database", "ok", f"{file} is not there yet; the first start makes it")
    wrong = "cannot be written" if folder.is_dir() else "is not there"
    return Finding("database", "wrong", f"the folder {folder} {wrong}", "create it, or name another in SIM_DATA_DIR or SIM_DATABASE_URL")


def _opened(engine: Engine, where: str) -> Finding:
    with engine.connect() as connection:
        found = revision(connection)
    if found is None:
        return Finding("database", "ok", f"{where} opens and is empty; the next start makes its tables")
    _write_nothing(engine)
    if found == HEAD:
        return Finding("database", "ok", f"{where} opens, is up to date and can be written")
    known = found < HEAD
    if known:
        return Finding("database", "note", f"{where} opens; its tables are at revision {found!r}, the next start brings them to {HEAD!r}")
    mend = "install the newer version it was used with, or point SIM_DATABASE_URL at another database"
    return Finding("database", "wrong", f"{where} is at revision {found!r}, which this program (newest: {HEAD!r}) does not know", mend)


def _write_nothing(engine: Engine) -> None:
    """Write a row as it is and take it back: raises SQLAlchemyError where the database or the user is read-only."""
    with engine.execution_options(writes=True).connect() as connection, connection.begin() as transaction:
        connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
        transaction.rollback()


# -- files --------------------------------------------------------------------------------------------------------------------


def library(settings: Settings) -> Finding:
    """Tell whether every persona and rubric is in order."""
    found = Library(settings.personas, settings.rubrics)
    problems = found.problems()
    if problems:
        first = str(problems[0]).splitlines()[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        return Finding("personas and rubrics", "wrong", f"{first}{more}", "`sim check FOLDER` lists every mistake")
    return Finding("personas and rubrics", "ok", f"{len(found.personas())} contacts and {len(found.rubrics())} schools of marking")


def prompts() -> Finding:
    """Tell whether every prompt loads."""
    names = prompt_files()
    for name in names:
        try:
            prompt(name)
        except InputError as error:
            return Finding("prompts", "wrong", str(error).splitlines()[0], "correct the file, or install the program anew")
    return Finding("prompts", "ok" if names else "wrong", f"{len(names)} files", "" if names else "install the program anew")


def prices(settings: Settings) -> Finding:
    """Tell whether the price file can be read, and how old it is."""
    try:
        found = load_prices(settings.prices) if settings.prices else shipped_prices()
    except InputError as error:
        return Finding("prices", "wrong", str(error).splitlines()[0], "correct the file, or unset SIM_PRICES")
    return Finding("prices", "ok", f"{len(found.models)} models, in {found.currency}, as of {found.as_of}")


def weights() -> Finding:
    """Tell whether the act reader loads and reads."""
    try:
        from sim.understanding import understand

        understood = understand("Good morning, thank you for your time.")
    except Exception as error:  # whatever a broken installation raises, the operator is to see one line
        return Finding("act reader", "wrong", f"its weights do not load ({type(error).__name__})", "install the program anew")
    if not understood.acts:
        return Finding("act reader", "wrong", "it loads but reads nothing in a greeting", "install the program anew")
    return Finding("act reader", "ok", "its weights load, and it reads a greeting")


def pages() -> Finding:
    """Tell whether the pages' own files are there."""
    spec = find_spec("web")
    folders = [Path(p) for p in (spec.submodule_search_locations or [])] if spec else []
    static = next((f / "static" for f in folders if (f / "static" / "app.css").is_file()), None)
    if static is None:
        return Finding("pages", "wrong", "the style sheet is missing", "install the program anew")
    missing = [name for name in SCRIPTS if not (static / "vendor" / name).is_file()]
    if missing:
        return Finding("pages", "note", f"{' and '.join(missing)} not there; the pages work by plain forms. `make vendor` fetches them")
    return Finding("pages", "ok", "style sheet and script library are there")
