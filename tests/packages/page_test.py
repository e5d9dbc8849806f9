"""The tests that docs/in-your-tests.md shows, run as a reader would: page_test.py PAGE node NODE PACKAGE, or page_test.py PAGE python PYTHON.
PACKAGE: the folder of the npm package. UNDERSTUDY_PROGRAM names the program if the package has none inside."""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

page, language, interpreter, *package = sys.argv[1:]
name = {"node": "first.test.mjs", "python": "test_first.py"}[language]
text = re.search(r"^```\w+ file %s\n(.*?)^```$" % re.escape(name), Path(page).read_text(), re.MULTILINE | re.DOTALL)[1]
with tempfile.TemporaryDirectory() as folder:
    (Path(folder) / name).write_text(text)
    if language == "node":
        (Path(folder) / "node_modules").mkdir()
        (Path(folder) / "node_modules/understudy").symlink_to(Path(package[0]).resolve())
        command = [interpreter, "--test", name]
        expected = r"pass 1\n(.*\n)*.*fail 0"
    else:
        plugin = [] if os.environ.get("UNDERSTUDY_INSTALLED") else ["-p", "understudy.pytest_plugin"]
        command = [interpreter, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugin, name]
        expected = "1 passed"
    ended = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    print(ended.stdout)
    if ended.returncode != 0 or not re.search(expected, ended.stdout):
        sys.exit(f"{command} ended with {ended.returncode}")
