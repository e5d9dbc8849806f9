#!/usr/bin/env python3
"""Completes a relocatable tree: tree.py TREE

TREE/bin/understudy is there already. Every library that it needs, except those of glibc, is copied into TREE/lib/understudy, with the
licence of its Debian package and a list (LIBRARIES.txt). The program finds them by a path relative to itself, so the tree may be moved."""
import re
import shutil
import subprocess
import sys
from pathlib import Path

# glibc must match the kernel's loader and the system's name services: it comes from the system.
GLIBC = re.compile(r"^(ld-linux.*|lib(c|m|dl|rt|pthread|resolv|util|anl|nsl|nss_.*))\.so\.\d+$")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def libraries_of(program):
    """{soname: file} of all libraries, found as the loader finds them."""
    found = {}
    for line in run("ldd", str(program)).splitlines():
        match = re.match(r"\s*(\S+) => (\S+) \(", line)
        if match:
            found[match[1]] = Path(match[2])
        elif "not found" in line:
            raise SystemExit(f"tree.py: {line.strip()}")
    return found


def package_of(file):
    """(name, version) of the Debian package that a library belongs to."""
    for path in (file, file.resolve(), Path("/usr") / file.relative_to("/")):
        found = subprocess.run(["dpkg-query", "-S", str(path)], capture_output=True, text=True)
        if found.returncode == 0:
            name = found.stdout.split(": ")[0].split(",")[0]
            return name.split(":")[0], run("dpkg-query", "-W", "-f=${Version}", name)
    return file.name, "unknown"


def newest_glibc(files):
    versions = {tuple(map(int, v.split("."))) for file in files for v in re.findall(r"GLIBC_(\d+\.\d+)", run("objdump", "-T", str(file)))}
    return ".".join(map(str, max(versions)))


def main(tree):
    program, folder = tree / "bin/understudy", tree / "lib/understudy"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "licences").mkdir(parents=True)
    bundled = {name: file for name, file in libraries_of(program).items() if not GLIBC.match(name)}
    lines = []
    for name, file in sorted(bundled.items()):
        shutil.copyfile(file, folder / name)
        package, version = package_of(file)
        lines.append(f"{name:28} {package} {version}")
        licence = Path("/usr/share/doc") / package / "copyright"
        if licence.exists():
            shutil.copyfile(licence, folder / "licences" / package)
    needs = newest_glibc([program, *bundled.values()])
    head = f"Libraries of understudy, with the Debian packages that they come from. Only glibc ({needs} or later) comes from the system.\n"
    (folder / "LIBRARIES.txt").write_text(head + "\n" + "\n".join(lines) + "\n")
    # RPATH, not RUNPATH: it also holds for the libraries that a library needs, so these stay byte for byte those of Debian.
    run("patchelf", "--force-rpath", "--set-rpath", "$ORIGIN/../lib/understudy", str(program))


main(Path(sys.argv[1]).resolve())
