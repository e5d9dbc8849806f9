"""usage: hardening_test.py PROGRAM: checks that the release binary is hardened, by what readelf (binutils) says of it."""
import subprocess
import sys


def readelf(option, program):
    return subprocess.run(["readelf", "--wide", option, program], check=True, capture_output=True, text=True).stdout


def find_missing(header, segments, dynamic, symbols):
    """The names of the protections that the binary does not have."""
    checks = {
        "position-independent executable": "DYN (Position-Independent Executable file)" in header,
        "read-only relocations (RELRO)": "GNU_RELRO" in segments,
        "all symbols bound at start (BIND_NOW)": "BIND_NOW" in dynamic or "NOW" in dynamic.split("FLAGS_1", 1)[-1].split("\n", 1)[0],
        "a stack that is not executable": any("GNU_STACK" in line and " RW " in line for line in segments.splitlines()),
        "stack protector": "__stack_chk_fail" in symbols,
        "checked libc calls (_FORTIFY_SOURCE)": any(name + "_chk" in symbols for name in ("__memcpy", "__memmove", "__snprintf", "__read", "__recv")),
        "assertions of the standard library (_GLIBCXX_ASSERTIONS)": "__glibcxx_assert_fail" in symbols,
    }
    return [name for name, is_there in checks.items() if not is_there]


def main():
    bare = find_missing("EXEC (Executable file)", "LOAD\nGNU_STACK RWE", "", "")
    assert len(bare) == 7, f"a binary without protection must fail each check: {bare}"
    program = sys.argv[1]
    missing = find_missing(readelf("-h", program), readelf("-l", program), readelf("-d", program), readelf("--dyn-syms", program))
    if missing:
        sys.exit(f"{program} is built without: " + "; ".join(missing))
    print(f"{program}: all protections are there")


main()
