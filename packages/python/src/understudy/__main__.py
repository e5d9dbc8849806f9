"""The command `understudy`: runs the program of this package; without one, what $UNDERSTUDY_PROGRAM names, or `understudy` on the path."""
import os
import shutil
import sys

from understudy import bundled_program


def find_other() -> str:
    """A program that is not this script."""
    own = os.path.realpath(sys.argv[0])
    folders = [folder for folder in os.get_exec_path() if os.path.realpath(os.path.join(folder, "understudy")) != own]
    program = os.environ.get("UNDERSTUDY_PROGRAM") or shutil.which("understudy", path=os.pathsep.join(folders))
    if not program or os.path.realpath(program) == own:
        sys.exit("understudy: this package has no program inside; install one, or set UNDERSTUDY_PROGRAM")
    return program


def main() -> None:
    program = bundled_program() or find_other()
    os.execv(program, [program, *sys.argv[1:]])


if __name__ == "__main__":
    main()
