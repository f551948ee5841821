"""What holds for the repository as a whole: who may import whom, what may not be committed, what is generated is current."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.persona import Intent, Persona
from sim.schemas import MODELS, as_text
from sim.settings import Settings, variable_of

ROOT = Path(__file__).resolve().parent.parent
DATA = {
    "sim.errors",
    "sim.topics",
    "sim.documents",
    "sim.persona",
    "sim.rubric",
    "sim.transcript",
    "sim.scorecard",
    "sim.review",
    "sim.workshops",
    "sim.meeting",
}


def tracked() -> list[Path]:
    """Return every file that is or would be committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return [ROOT / n for n in sorted(set(names)) if n and (ROOT / n).is_file()]


def text_of(path: Path) -> str:
    """Return a file's text; nothing for one that is not text."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    """Yield every module of ours that a file imports, inside functions and for type checking too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        yield from (n for n in names if n.split(".")[0] in {"sim", "web", "bench", "tests"})


def modules(folder: str) -> list[Path]:
    return [p for p in tracked() if p.suffix == ".py" and p.is_relative_to(ROOT / folder)]


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


# -- layers ---------------------------------------------------------------------------------------------------------------

MAY_NOT = {
    "sim": ("web", "bench", "tests"),
    "sim.director": ("sim.practice", "sim.contact", "sim.scoring", "sim.store", "sim.library", "sim.settings", "sim.commands"),
    "sim.understanding": (
        "sim.practice",
        "sim.director",
        "sim.contact",
        "sim.scoring",
        "sim.store",
        "sim.library",
        "sim.commands",
    ),
    "sim.scoring": ("sim.judge", "sim.practice", "sim.director", "sim.contact", "sim.store", "sim.library", "sim.settings", "sim.commands"),
    "sim.contact": ("sim.practice", "sim.scoring", "sim.store", "sim.library", "sim.settings", "sim.commands"),
    "sim.store": (
        "sim.practice",
        "sim.people",
        "sim.workshop",
        "sim.director",
        "sim.contact",
        "sim.scoring",
        "sim.understanding",
        "sim.commands",
    ),
    "sim.judge": ("sim.practice", "sim.director", "sim.contact", "sim.store", "sim.settings", "sim.commands"),
    "sim.drafting": ("sim.practice", "sim.director", "sim.contact", "sim.store", "sim.settings", "sim.commands"),
    "sim.practice": (
        "sim.workshop",
        "sim.judge",
        "sim.drafting",
        "sim.contact",
        "sim.store",
        "sim.library",
        "sim.settings",
        "sim.commands",
        "sim.cli",
    ),
    "sim.workshop": ("sim.contact", "sim.library", "sim.settings", "sim.commands", "sim.cli"),
    "sim.drive": ("sim.practice", "sim.store", "sim.library", "sim.settings", "sim.commands", "sim.cli"),
    "sim.people": (
        "sim.contact",
        "sim.scoring",
        "sim.director",
        "sim.understanding",
        "sim.library",
        "sim.settings",
        "sim.commands",
    ),
    "sim.studio": (
        "sim.practice",
        "sim.contact",
        "sim.scoring",
        "sim.director",
        "sim.understanding",
        "sim.settings",
        "sim.commands",
        "sim.cli",
    ),
    "sim.cards": ("sim.practice", "sim.store", "sim.people", "sim.library", "sim.settings", "sim.commands", "sim.cli"),
    "sim.export": ("sim.practice", "sim.store", "sim.commands"),
    "web": ("sim.commands", "sim.cli", "bench", "tests"),
}
"""What a package may never import, from the arrows of docs/architecture.md."""


@pytest.mark.parametrize("package", MAY_NOT)
def test_nothing_imports_upwards(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(package.split(".")[0])
        if within(module_of(path), package)
        for name in imports(path)
        if any(within(name, other) for other in MAY_NOT[package])
    ]
    assert wrong == []


@pytest.mark.parametrize("module", sorted(DATA))
def test_plain_data_knows_only_plain_data(module: str) -> None:
    path = ROOT / f"{module.replace('.', '/')}.py"
    assert [n for n in imports(path) if n.count(".") == 1 and n not in DATA] == []


# -- what may not be committed --------------------------------------------------------------------------------------------

HOSTS = ["files.python" + "hosted.org", "py" + "pi.org", "registry.np" + "mjs.org", "deb.deb" + "ian.org"]
PATHS = [re.compile(p) for p in (r"/(?:home|Users)/[a-z]+/", r"(?<![\w.])/work" + "/", r"(?<![\w.])/root" + "/")]
KEYS = re.compile(r"sk-[A-Za-z0-9]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY-----")


def test_no_registry_machine_path_or_key_is_committed() -> None:
    wrong = []
    for path in tracked():
        for number, line in enumerate(text_of(path).splitlines(), 1):
            if any(h in line for h in HOSTS) or any(p.search(line) for p in PATHS) or KEYS.search(line):
                wrong.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert wrong == []


def test_nothing_is_left_to_do_in_the_code() -> None:
    marks = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b|NotImplementedError")
    wrong = [
        f"{p.relative_to(ROOT)}:{n}"
        for f in ("sim", "web", "bench")
        for p in modules(f)
        for n, t in enumerate(text_of(p).splitlines(), 1)
        if marks.search(t)
    ]
    assert wrong == []


def test_functions_hold_one_job() -> None:
    """Sixty lines is the house rule; most have ten."""
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in (p for folder in ("sim", "web", "bench") for p in modules(folder))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 60
    ]
    assert long == []


# -- what is generated is current -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_published_schemas_are_current(name: str) -> None:
    """`make schemas` writes them."""
    assert (ROOT / "docs" / "schemas" / f"{name}.schema.json").read_text("utf-8") == as_text(name)


def locked(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text("utf-8")
    return {m[1].lower().replace("_", "-"): m[2] for m in re.finditer(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", text, re.M)}


def test_locks_hold_every_dependency_with_hashes_and_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["postgres"],
        *project["dependency-groups"]["build"],
    ]
    names = {re.split(r"[\[>=<~! ]", w)[0].lower() for w in wanted}
    run, dev = locked("requirements.lock"), locked("requirements-dev.lock")
    assert names <= set(run)
    assert {re.split(r"[\[>=<~! ]", w)[0].lower() for w in project["dependency-groups"]["dev"]} <= set(dev)
    assert {k: v for k, v in run.items() if dev.get(k) != v} == {}
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        assert text.count("--hash=sha256:") > text.count("=="), name


def test_the_training_lock_agrees_with_what_runs() -> None:
    run, train = locked("requirements.lock"), locked("requirements-train.lock")
    assert {"torch", "onnx", "onnxruntime", "tokenizers", "safetensors", "pydantic"} <= set(train)
    assert train["onnxruntime"] == run["onnxruntime"]
    assert train["tokenizers"] == run["tokenizers"]


# -- what is written about it ---------------------------------------------------------------------------------------------


def test_the_changelog_has_a_place_for_what_comes_and_says_what_moves_marks() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    unreleased = text.split("\n## Unreleased\n", 1)[1].split("\n## ", 1)[0]
    assert "### Scores" in unreleased


def test_every_key_and_situation_of_a_persona_is_explained_to_authors() -> None:
    page = (ROOT / "docs" / "personas.md").read_text("utf-8")
    keys = set(Persona.model_fields) - {"schema_"} | {"schema"} | {i.value for i in Intent}
    assert {k for k in keys if f"`{k}`" not in page} == set()


def test_every_setting_is_explained_to_operators() -> None:
    page = (ROOT / "docs" / "operating.md").read_text("utf-8")
    assert {name for name in Settings.model_fields if f"`{variable_of(name)}`" not in page} == set()


def test_links_in_the_documents_lead_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in tracked()
        if page.suffix == ".md"
        for target in re.findall(r"\]\(([^)#\s]+)\)", text_of(page))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_readme_names_the_commands_that_the_makefile_has() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert set(re.findall(r"^    make ([a-z]+)", (ROOT / "README.md").read_text("utf-8"), re.M)) <= targets
    assert {"run", "test", "check", "bench", "lock"} <= targets


def test_the_package_lock_names_no_address() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    assert [name for name, entry in lock["packages"].items() if "resolved" in entry] == []
