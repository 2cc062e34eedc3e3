#!/usr/bin/env python3
"""The two commands: `python3 run.py up` starts everything, `python3 run.py test` proves it.

Makes .venv (with uv where it is installed, else venv and pip), installs the project once, then hands over to it.
Standard library only, and a syntax that any Python 3 reads (even Python 2): one that is too old must get as far
as being told so. What is slow to import is imported where it is needed: a warm start only reads a stamp.
"""

from __future__ import print_function

import os
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, ".stamp")
ON_WINDOWS = os.name == "nt"
MINIMUM = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
COMMANDS = ("up", "serve", "db", "config", "ping")
USAGE = """usage: python3 run.py up [options]       start everything (python3 run.py up --help)
       python3 run.py test [options]     run the suite; options go to pytest; --ci adds the linters, the
                                          browser and the tests that draw millions
       python3 run.py COMMAND [options]  another command of fcsim: serve, db, config, ping"""


def program(name):
    """The path of a program of the environment."""
    return os.path.join(VENV, "Scripts", name + ".exe") if ON_WINDOWS else os.path.join(VENV, "bin", name)


def check_python(version):
    """What to tell the user of a Python that is too old; empty when it will do."""
    if tuple(version[:2]) >= MINIMUM:
        return ""
    found = ".".join(str(part) for part in version[:3])
    return "fcsim needs Python %d.%d or newer; this is Python %s (%s)." % (MINIMUM + (found, sys.executable))


def find_newer_python():
    """The name of a Python on this machine that will do, None when there is none."""
    import subprocess

    for name in NEWER:
        try:
            # Asked to run, not only looked up: version managers leave names on PATH that start nothing.
            asked = subprocess.Popen([name, "-c", ""], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        except OSError:
            continue
        asked.communicate()
        if asked.returncode == 0:
            return name
    return None


def wanted_extras(command, arguments):
    """The optional parts a command needs; a browser is driven only where there is one."""
    if command != "test":
        return []
    extras = ["test"]
    if clicks(arguments) and find_browser():
        extras.append("browser")
    if "--ci" in arguments:
        extras.append("dev")
    return extras


def clicks(arguments):
    """Whether a browser is driven too: it takes minutes, so only where it is asked for."""
    return "--ci" in arguments or any("browser" in one for one in arguments)


def wanted_tests(arguments):
    """What pytest selects by marker: a browser and millions of draws take minutes. Another -m of the user wins."""
    if "--ci" in arguments:
        return ""
    return "not thorough" if clicks(arguments) else "not browser and not thorough"


def find_browser():
    """A Chromium on this machine, None when there is none."""
    from shutil import which

    return os.environ.get("FCSIM_CHROMIUM") or next((found for found in map(which, BROWSERS) if found), None)


def make_digest():
    """Changes with the project's requirements, the version of Python and the place of the checkout."""
    from hashlib import sha256

    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        content = file.read()
    return sha256(content + repr((sys.version_info[:2], ROOT)).encode("utf-8")).hexdigest()


def installed_extras(digest):
    """The extras already there for this digest; None when the project must be installed (again)."""
    try:
        with open(STAMP) as stamp:
            kept, _, extras = stamp.read().strip().partition(" ")
    except OSError:
        return None
    # The stamp says nothing of an interpreter removed since (the link dangles) or of a half-emptied .venv.
    if kept != digest or not os.path.exists(program("python")) or not os.path.exists(program("fcsim")):
        return None
    return set(filter(None, extras.split(",")))


def prepare(extras):
    """The environment, with these extras and those it already has."""
    digest = make_digest()
    have = installed_extras(digest)
    if have is not None and have.issuperset(extras):
        return
    install(sorted((have or set()).union(extras)), digest)


def install(extras, digest):
    """The project, editable, in an environment made for it; stamped once everything is there."""
    from shutil import which

    uv = which("uv")
    print("fcsim: installing into %s, once..." % VENV, file=sys.stderr)
    if not is_usable(uv):
        make_environment(uv)
    python = program("python")
    installer = [uv, "pip", "install", "-q", "--python", python] if uv else [python, "-m", "pip", "install", "-qq"]
    target = "%s[%s]" % (ROOT, ",".join(extras)) if extras else ROOT
    run_or_explain(installer + ["--editable", target], "what fcsim needs could not be installed")
    with open(STAMP, "w") as stamp:
        stamp.write("%s %s\n" % (digest, ",".join(extras)))


def is_usable(uv):
    """Whether .venv works, is of the Python that runs this, and can be installed into."""
    try:
        with open(os.path.join(VENV, "pyvenv.cfg")) as file:
            settings = dict((part.strip() for part in line.split("=", 1)) for line in file if "=" in line)
    except OSError:
        return False
    version = settings.get("version") or settings.get("version_info") or ""
    return (
        version.split(".")[:2] == [str(part) for part in sys.version_info[:2]]
        and os.path.exists(program("python"))
        and bool(uv or os.path.exists(program("pip")))
    )


def make_environment(uv):
    """An empty .venv. What is left of an unfinished one is removed: it would pass for a good one."""
    import importlib.util
    import shutil

    if not uv and importlib.util.find_spec("ensurepip") is None:
        sys.exit("fcsim: this Python cannot make environments. On Debian and Ubuntu: apt install python3-venv")
    shutil.rmtree(VENV, ignore_errors=True)
    maker = [uv, "venv", "--quiet", "--python", sys.executable] if uv else [sys.executable, "-m", "venv"]
    try:
        run_or_explain(maker + [VENV], ".venv could not be made")
    except BaseException:
        shutil.rmtree(VENV, ignore_errors=True)
        raise


def run_or_explain(command, problem):
    """Run; on failure, end with what failed and the last lines it printed."""
    import subprocess

    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
    if done.returncode:
        tail = "\n  ".join(done.stdout.strip().splitlines()[-8:])
        sys.exit("fcsim: %s:\n  %s" % (problem, tail))


def hand_over(command):
    """Become that program; on Windows, which has no such thing, wait for it."""
    sys.stdout.flush()
    if not ON_WINDOWS:
        os.execv(command[0], command)
    import subprocess
    from contextlib import suppress

    child, code = subprocess.Popen(command), None
    while code is None:
        with suppress(KeyboardInterrupt):  # the child received the same Ctrl-C and is stopping: its end is ours
            code = child.wait()
    sys.exit(code)


def main(arguments):
    """Read the command, prepare what it needs, hand over."""
    problem = check_python(sys.version_info)
    if problem:
        newer = find_newer_python()
        sys.exit(problem + ("\nThis machine has one: %s run.py %s" % (newer, " ".join(arguments)) if newer else ""))
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if command in ("-h", "--help", "help"):
        print(USAGE)
        sys.exit(0)
    if command not in COMMANDS + ("test",):
        print(USAGE if not command else "fcsim: there is no command %r\n%s" % (command, USAGE), file=sys.stderr)
        sys.exit(2)
    prepare(wanted_extras(command, rest))
    if command == "test":
        os.chdir(ROOT)
        # The suite starts the program dozens of times: compiled once, whatever this machine does elsewhere.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        options = ["-n", "auto", "--dist", "worksteal", "-m", wanted_tests(rest)]
        options += [one for one in rest if one != "--ci"]
        hand_over([program("python"), "-m", "pytest"] + options)
    hand_over([program("fcsim"), command] + rest)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
