"""The command `understudy`: runs the program of this package, or the one that $UNDERSTUDY_PROGRAM names."""
import os
import shutil
import sys

from understudy import find_program


def main() -> None:
    program = find_program()
    if os.sep not in program:
        own = os.path.realpath(sys.argv[0])  # never this script again
        folders = [folder for folder in os.get_exec_path() if os.path.realpath(os.path.join(folder, program)) != own]
        program = shutil.which(program, path=os.pathsep.join(folders)) or sys.exit("understudy: this package has no program inside; "
                                                                                   "install one, or set UNDERSTUDY_PROGRAM")
    os.execv(program, [program, *sys.argv[1:]])


if __name__ == "__main__":
    main()
