"""The errands of this repository: python3 dev.py demo | run | shots | test | check | bench | chaos | build | setup.

Needs nothing but a Python: it makes `.venv` from requirements.lock on first use, and is out of the way afterwards.
It parses on Python 3.8 so that an old `python3` can look for a newer one.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "linekeeper.stamp"
WINDOWS = os.name == "nt"
PROGRAMS = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = PROGRAMS / ("python.exe" if WINDOWS else "python")

OURS = ["backend_core", "console", "ui", "resources", "sample_data"]
NEWEST, OLDEST = (3, 13), (3, 11)
DONE, WRONG_USAGE, AWAY = 0, 2, 3

# What Qt's xcb platform loads and no wheel brings; Debian's name for each.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}


class Stop(Exception):
    """Ends the errand with a sentence for the person at the keyboard."""

    def __init__(self, sentence: str, code: int = AWAY) -> None:
        super().__init__(sentence)
        self.code = code


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# --- errands --------------------------------------------------------------------------------------------------------


def setup(rest: list[str]) -> int:
    """Make the environment: .venv from the lock, and the system libraries it needs."""
    prepare(for_tests=True)
    say("Ready. Try: python3 dev.py demo")
    return DONE


def demo(rest: list[str]) -> int:
    """A living grid on this computer, nothing else needed. Options as in `linekeeper demo --help`."""
    if "--shots" in rest:
        return linekeeper(["demo", *rest], without_display=True)
    if not has_display():
        raise Stop("There is no display here; `python3 dev.py shots` draws the ten workspaces into the folder shots.")
    return linekeeper(["demo", *rest])


def shots(rest: list[str]) -> int:
    """Pictures of the demo's workspaces, drawn without a display. Takes a folder, `shots` by default."""
    folder = rest[0] if rest and not rest[0].startswith("-") else None
    options = rest[1:] if folder else rest
    return linekeeper(["demo", "--shots", folder or str(ROOT / "shots"), *options], without_display=True)


def run(rest: list[str]) -> int:
    """The program itself: `dev.py run -- core --config plant.toml`."""
    return linekeeper(rest[1:] if rest[:1] == ["--"] else rest)


def test(rest: list[str]) -> int:
    """All tests, on servers of their own. What follows goes to pytest."""
    prepare(for_tests=True)
    if names_tests(rest):
        return call([PYTHON, "-m", "pytest", *rest], QT_QPA_PLATFORM="offscreen")
    # The two journeys through a real window each get a process of their own: one Qt program holds one console.
    windows = ["tests/journeys/test_second_console.py", "tests/journeys/test_first_shift.py"]
    several = ["-n", str(max(2, min(4, os.cpu_count() or 2))), "--dist", "loadgroup"]
    several += [f"--ignore={window}" for window in windows]
    runs = [[*several, *rest], *([window, *rest] for window in windows)]
    # Every run is made, whatever the one before it said.
    codes = [call([PYTHON, "-m", "pytest", *run], QT_QPA_PLATFORM="offscreen") for run in runs]
    return max(codes)


def check(rest: list[str]) -> int:
    """Format, lint, types, import contracts and the house tests; all of them, then the verdict."""
    prepare()
    failed = []
    for name, command in {
        "format": ["-m", "ruff", "format", "--check", "--quiet", "."],
        "lint": ["-m", "ruff", "check", "--quiet", "."],
        "types": ["-m", "mypy", "--no-error-summary"],
        "import contracts": ["-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"],
        "house tests": ["-m", "pytest", "-q", "tests/architecture"],
    }.items():
        say(f"-- {name}")
        if call([PYTHON, *command], QT_QPA_PLATFORM="offscreen") != 0:
            failed.append(name)
    say(f"Not in order: {', '.join(failed)}." if failed else "All in order.")
    return 1 if failed else DONE


def bench(rest: list[str]) -> int:
    """The benchmark figures of docs/benchmarks.md, each beside its peer. Takes numbers of those wanted, and --large."""
    prepare(for_tests=True)
    return call([PYTHON, "-m", "tests.benchmarks", *rest], QT_QPA_PLATFORM="offscreen")


def chaos(rest: list[str]) -> int:
    """Kill core, broker and database again and again, and compare ledger and record: --kills 200 --seed N --cores 2."""
    prepare(for_tests=True)
    return call([PYTHON, "-m", "tests.chaos", *rest], QT_QPA_PLATFORM="offscreen")


def build(rest: list[str]) -> int:
    """A wheel and a folder with the program in dist, and a demo run out of that folder as the proof."""
    prepare()
    dist, spec = ROOT / "dist", ROOT / "installers" / "linekeeper.spec"
    work = f"--workpath={ROOT / 'build' / 'pyinstaller'}"
    steps: dict[str, list[str | Path]] = {
        "wheel": ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", dist, ROOT],
        "program folder": ["-m", "PyInstaller", "--noconfirm", "--log-level=WARN", f"--distpath={dist}", work, spec],
    }
    for name, command in steps.items():
        say(f"-- {name}")
        if call([PYTHON, *command]) != 0:
            raise Stop(f"The {name} could not be built; its last words stand above.", 1)
    say("-- demo out of the program folder")
    program = dist / "linekeeper" / ("linekeeper.exe" if WINDOWS else "linekeeper")
    outcome = call([program, "demo", "--shots", dist / "shots", *rest], QT_QPA_PLATFORM="offscreen")
    if outcome == 0:
        say(
            f"Built: {', '.join(sorted(wheel.name for wheel in dist.glob('*.whl')))} and {program.parent.name} in dist."
        )
    return outcome


def lock(rest: list[str]) -> int:
    """Resolve pyproject.toml into requirements.lock, for every platform and Python 3.11 to 3.13, without any host."""
    prepare()
    uv = shutil.which("uv", path=str(PROGRAMS) + os.pathsep + os.environ.get("PATH", ""))
    if uv is None:
        raise Stop("The lock is made by uv, which is not here: .venv/bin/python -m pip install uv")
    options = ["--universal", "--generate-hashes", "--no-emit-index-url", "--python-version", "3.11", "--quiet"]
    options += ["--custom-compile-command", "python3 dev.py lock", "--output-file", LOCK.name]
    return call([uv, "pip", "compile", "pyproject.toml", "--group", "dev", *options, *rest])


ERRANDS = {errand.__name__: errand for errand in (demo, run, shots, test, check, bench, chaos, build, setup, lock)}


def main(arguments: list[str]) -> int:
    errand = ERRANDS.get(arguments[0]) if arguments else None
    if errand is None:
        lines = [f"  {name:<6} {(one.__doc__ or '').strip()}" for name, one in ERRANDS.items()]
        say("\n".join(["usage: python3 dev.py errand [options]", "", *lines]))
        return DONE if arguments[:1] in (["-h"], ["--help"]) else WRONG_USAGE
    try:
        return errand(arguments[1:])
    except Stop as stop:
        say(str(stop))
        return stop.code
    except KeyboardInterrupt:
        return 130


# --- running things -------------------------------------------------------------------------------------------------


def call(command: Sequence[str | Path], **environment: str) -> int:
    """Run in the repository, to the end, and return the exit code."""
    return subprocess.call([str(part) for part in command], cwd=str(ROOT), env={**os.environ, **environment})


def linekeeper(arguments: list[str], without_display: bool = False) -> int:
    """Become the program, in the folder the person is in."""
    prepare()
    environment = dict(os.environ)
    if without_display:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    elif environment.get("WAYLAND_DISPLAY") and environment.get("DISPLAY"):
        environment.setdefault("QT_QPA_PLATFORM", "xcb")  # the docks cannot float on Wayland yet
    command = [str(PROGRAMS / ("linekeeper.exe" if WINDOWS else "linekeeper")), *arguments]
    if not WINDOWS:
        os.execve(command[0], command, environment)
    return subprocess.call(command, env=environment)


def has_display() -> bool:
    if platform.system() != "Linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def names_tests(arguments: list[str]) -> bool:
    """Whether someone asks for particular tests: those run in one process, with their output as it comes."""
    return any(not argument.startswith("-") and (ROOT / argument.split("::")[0]).exists() for argument in arguments)


# --- the environment ------------------------------------------------------------------------------------------------


def prepare(for_tests: bool = False) -> None:
    """Whatever is missing of environment, libraries and test servers; costs milliseconds when nothing is."""
    wanted = fingerprint()
    if not is_made_of(wanted):
        if interpreter_of([str(PYTHON)]) is None:
            make_venv(find_python())
        fill_venv()
        STAMP.write_text(wanted)
    missing = missing_libraries() + (missing_servers() if for_tests else [])
    if missing:
        install_system_packages(missing)


def fingerprint() -> str:
    """What the environment is made of; another lock or another place makes another environment."""
    return hashlib.sha256(str(ROOT).encode() + LOCK.read_bytes()).hexdigest()


def is_made_of(wanted: str) -> bool:
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted


def find_python() -> str:
    """The interpreter this runs on if it serves, else the newest that does."""
    names = [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    launchers = [[sys.executable]] + [[name] for name in names] + [["python3"]]
    if WINDOWS:
        launchers += [["py", "-" + name[len("python") :]] for name in names]
    for launcher in launchers:
        found = interpreter_of(launcher)
        if found:
            return found
    return python_from_apt(names)


def interpreter_of(launcher: list[str]) -> str | None:
    """The real path behind a name, or nothing when it is of another age or only pretends to be there."""
    question = f"import sys; print(sys.executable if {OLDEST} <= sys.version_info[:2] <= {NEWEST} else '')"
    try:
        answer = subprocess.run([*launcher, "-c", question], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return None
    return answer.stdout.decode().strip() or None


def python_from_apt(names: list[str]) -> str:
    """The newest that the system offers, installed; Ubuntu 22.04 for one begins with 3.10 and has 3.11 in store."""
    if shutil.which("apt-cache"):
        if may_install():
            apt("update")
        for name in names:
            if subprocess.run(["apt-cache", "show", name], capture_output=True).returncode == 0:
                install_system_packages([name, f"{name}-venv"])
                return interpreter_of([name]) or name
    raise Stop(f"Linekeeper needs Python 3.11, 3.12 or 3.13, and none is here; this is {platform.python_version()}.")


def make_venv(python: str) -> None:
    if subprocess.run([python, "-c", "import ensurepip, venv"], stderr=subprocess.DEVNULL).returncode != 0:
        version = subprocess.check_output([python, "-c", "import sys; print(*sys.version_info[:2], sep='.')"])
        install_system_packages([f"python{version.decode().strip()}-venv"])
    say(f"Making .venv with {python}")
    if call([python, "-m", "venv", "--clear", VENV]) != 0:
        raise Stop("The environment .venv could not be made; the reason stands above.")


def fill_venv() -> None:
    say("Installing the pinned packages, about 1 GB on disk; this happens once and takes some minutes.")
    pip: list[str | Path] = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
    if call([*pip, "--require-hashes", "--prefer-binary", "-r", LOCK]) != 0:
        raise Stop(
            "The packages could not be installed; pip's reason stands above. Without a network, point pip at a folder "
            "of wheels (PIP_FIND_LINKS=folder PIP_NO_INDEX=1) and run this again."
        )
    ourselves = [str(part) for part in (*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT)]
    done = subprocess.run(ourselves, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
    if done.returncode != 0:
        raise Stop(f"{done.stdout}\nThe program itself could not be installed into .venv; pip's reason stands above.")
    # As pip does for packages: where Python keeps no compiled files, every start would compile these anew.
    call([PYTHON, "-m", "compileall", "-q", *(ROOT / package for package in OURS)])


def missing_libraries() -> list[str]:
    """Debian packages of the libraries that Qt would not find."""
    if platform.system() != "Linux":
        return []
    return sorted(package for library, package in QT_LIBRARIES.items() if not loads(library))


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_servers() -> list[str]:
    """The broker of the tests; their PostgreSQL comes with a wheel."""
    places = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"
    return [] if WINDOWS or shutil.which("mosquitto", path=places) else ["mosquitto"]


def install_system_packages(packages: list[str]) -> None:
    """By apt when that needs no password; otherwise say the one line that does it."""
    line = "apt-get install -y --no-install-recommends " + " ".join(packages)
    if not shutil.which("apt-get"):
        raise Stop(f"Missing on this system, under their Debian names: {', '.join(packages)}. Please install them.")
    if not may_install():
        raise Stop("Some system packages are missing. Please run this once:\n  sudo " + line)
    say(f"Installing system packages: {' '.join(packages)}")
    apt("update")
    if apt(*line.split()[1:]) != 0:
        raise Stop("The system packages could not be installed; apt's reason stands above. The line was:\n  " + line)


def may_install() -> bool:
    """Root, or sudo without a password."""
    if os.geteuid() == 0:
        return True
    return bool(shutil.which("sudo")) and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0


def apt(*arguments: str) -> int:
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    command = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", *arguments]
    return subprocess.call(command, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
