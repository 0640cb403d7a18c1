"""The structure of the package: its imports, and the documentation and proof of every public function."""

import ast
import graphlib
import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import jaxfun
from jaxfun.ops import records

ROOT = Path(jaxfun.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))

# A file may import from its own layer and from those before it.
FLOORS = [
    ["core"],
    ["ops"],
    ["fft", "linalg", "nn", "special"],
    ["autograd"],
    ["optim"],
    ["train"],
    ["regression", "table"],
    ["cli"],
    ["__main__"],
]
RANK = {name: rank for rank, names in enumerate(FLOORS) for name in names}
# Only these commands import the parity engine and the conversion: they run them and print their results.
MAY_ALSO = {
    "cli/parity.py": {"parity"},
    "cli/differences.py": {"porting"},
    "cli/port.py": {"convert", "parity"},
    "cli/check.py": {"convert"},
}
JUDGES = {
    "parity": {"core", "parity"},
    "porting": {"core", "ops", "parity", "porting"},
    "convert": {"core", "ops", "parity", "convert"},
}
# Inside of these packages, a folder may import from those before it; `None` stands for the files outside of folders.
ROOMS = {
    "parity": ["compare", "report", "known", "run", "draw", "script", "search", None],
    "ops": ["creation", "pointwise", "reduce", "shape", "index", "linalg", "nn", "fft", None],
}
HEAVY = ("torch", "hypothesis", "matplotlib", "optax", "pyarrow", "rich", "pytest")
OPTIONAL = {"torch", "matplotlib", "pyarrow", "rich", "safetensors"}  # of the extras: a function may import them
TORCH_IN = {
    *("parity/run/torch_side.py", "parity/run/noise.py", "parity/run/torch_modules.py", "parity/run/torch_optim.py"),
    *("convert/export.py", "convert/proof/reference.py", "cli/tour.py"),
}


def room(file: Path) -> str:
    return file.relative_to(ROOT).with_suffix("").parts[0]


def imported_paths(file: Path) -> Iterator[list[str]]:
    """The modules of jaxfun imported anywhere in a file, each as its path inside of the package."""
    package = ["jaxfun", *file.relative_to(ROOT).parent.parts]
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[1 : len(package) - node.level + 1] + [
                part for part in (node.module or "").split(".") if part
            ]
            yield from [base] if node.module else [[*base, alias.name] for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("jaxfun."):
            yield (node.module or "").split(".")[1:]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1:] for alias in node.names if alias.name.startswith("jaxfun."))


def imported_rooms(file: Path) -> Iterator[str]:
    """The top-level modules of jaxfun imported anywhere in a file."""
    yield from (path[0] for path in imported_paths(file))


@pytest.mark.parametrize("file", [file for file in FILES if room(file) != "__init__"], ids=str)
def test_imports_run_one_way(file: Path) -> None:
    own = room(file)
    allowed = JUDGES[own] if own in JUDGES else {name for name, rank in RANK.items() if rank <= RANK[own]}
    assert set(imported_rooms(file)) <= allowed | MAY_ALSO.get(str(file.relative_to(ROOT)), set())


IN_ROOMS = [(house, file) for house in ROOMS for file in sorted((ROOT / house).rglob("*.py"))]


@pytest.mark.parametrize(("house", "file"), IN_ROOMS, ids=[str(file) for _, file in IN_ROOMS])
def test_imports_between_folders_run_one_way(house: str, file: Path) -> None:
    inside, rooms = file.relative_to(ROOT / house).parts[:-1], ROOMS[house]
    own = rooms.index(inside[0] if inside else None)
    imported = {path[1] for path in imported_paths(file) if path[0] == house and len(path) > 1}
    later = {name for name in rooms[own + 1 :] if name is not None}
    assert not imported & later
    assert own == len(rooms) - 1 or imported <= {*rooms}, "a folder imports a file outside of folders"


def test_imports_have_no_cycle() -> None:
    known = {".".join(file.relative_to(ROOT).with_suffix("").parts): file for file in FILES}
    arrows = {
        name: {target for path in imported_paths(file) if (target := ".".join(path)) in known}
        for name, file in known.items()
    }
    assert tuple(graphlib.TopologicalSorter(arrows).static_order())


def test_functions_import_only_optional_packages() -> None:
    inside = {
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in FILES
        for function in ast.walk(ast.parse(file.read_text()))
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom)) and not imported_packages(node) <= OPTIONAL
    }
    assert not inside


def imported_packages(node: ast.Import | ast.ImportFrom) -> set[str]:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    return {"jaxfun"} if getattr(node, "level", 0) else {name.partition(".")[0] for name in names}


def test_every_top_level_module_has_a_rank() -> None:
    present = {room(file) for file in FILES} - {"__init__", *JUDGES}
    assert present == set(RANK)


@pytest.mark.parametrize("file", FILES, ids=str)
def test_only_listed_files_import_torch(file: Path) -> None:
    imports = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""])
        if not getattr(node, "level", 0)
    }
    assert "torch" not in imports or str(file.relative_to(ROOT)) in TORCH_IN


def test_import_loads_no_heavy_package_and_changes_no_setting() -> None:
    program = f"""
import sys, jax
before = dict(jax.config.values)
import jaxfun
assert dict(jax.config.values) == before, "a JAX setting changed"
loaded = [name for name in {HEAVY!r} if name in sys.modules]
assert not loaded, loaded
assert jaxfun.train and "optax" in sys.modules, "optax is loaded on first use"
"""
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)


SPACES = {
    "": jaxfun,
    "autograd.": jaxfun.autograd,
    "autograd.functional.": jaxfun.autograd.functional,
    "fft.": jaxfun.fft,
    "linalg.": jaxfun.linalg,
    "nn.functional.": jaxfun.nn.functional,
    "nn.init.": jaxfun.nn.init,
    "special.": jaxfun.special,
    "optim.": jaxfun.optim,
    "optim.lr_scheduler.": jaxfun.optim.lr_scheduler,
    "table.": jaxfun.table,
    "train.": jaxfun.train,
    "regression.": jaxfun.regression,
}


def public_names(module: ModuleType) -> list[str]:
    """The callables of the package and of its namespaces; of other modules, only those that they define."""
    spaces = ("autograd", "fft", "functional", "init", "linalg", "optim", "special")
    owned = module is jaxfun or module.__name__.endswith(spaces)
    return [
        name
        for name in dir(module)
        if _is_public(name, value := getattr(module, name))
        and (owned or f"{value.__module__}.".startswith(f"{module.__name__}."))
    ]


def _is_public(name: str, value: object) -> bool:
    return not name.startswith("_") and callable(value) and str(getattr(value, "__module__", "")).startswith("jaxfun")


PUBLIC = {prefix + name: getattr(module, name) for prefix, module in SPACES.items() for name in public_names(module)}
FUNCTIONS = {name: value for name, value in PUBLIC.items() if inspect.isfunction(value)}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_public_function_has_an_example(name: str) -> None:
    text = inspect.getdoc(FUNCTIONS[name]) or ""
    assert ">>>" in text


@pytest.mark.parametrize("name", FUNCTIONS)
def test_public_function_is_annotated(name: str) -> None:
    signature = inspect.signature(FUNCTIONS[name])
    bare = [name for name, parameter in signature.parameters.items() if parameter.annotation is parameter.empty]
    assert not bare
    assert signature.return_annotation is not signature.empty


def proven() -> set[str]:
    """The public names of the records, which the generic suite proves, and the names in `proves` markers."""
    names = {record.public for record in records().values()}
    names |= {alias for record in records().values() for alias in record.aliases}
    root = ROOT.parent
    for file in [*root.glob("parity_tests/test_*.py"), *root.glob("tests/test_*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "proves":
                names |= {argument.value for argument in node.args if isinstance(argument, ast.Constant)}
    return names


def test_every_public_function_has_a_proof() -> None:
    known = proven()
    names: dict[int, set[str]] = {}  # one proven name is enough for a function with several
    for name, function in FUNCTIONS.items():
        names.setdefault(id(function), set()).add(name)
    unproven = [name for name, function in FUNCTIONS.items() if not names[id(function)] & known]
    assert not unproven


def test_every_proven_name_exists() -> None:
    known = set(FUNCTIONS) | {name.rpartition(".")[2] for name in PUBLIC} | set(PUBLIC)
    assert not proven() - known - {record.public for record in records().values()}
