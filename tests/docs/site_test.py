#!/usr/bin/env python3
"""The documentation site builds without warnings, loads nothing from other hosts, and shows no words that only tests read.
usage: site_test.py REPOSITORY SITE_FOLDER; skipped (77) without mkdocs and its theme."""
import re
import subprocess
import sys
from pathlib import Path

repository, site = Path(sys.argv[1]), Path(sys.argv[2])
build = ["mkdocs", "build", "--quiet", "--strict", "--clean", "--config-file", str(repository / "mkdocs.yml"), "--site-dir", str(site)]
result = subprocess.run(build, capture_output=True, text=True)
if "Unrecognised theme name" in result.stderr + result.stdout:
    sys.exit(77)
problems = [result.stdout + result.stderr] if result.returncode else []

LOADED = re.compile(r'<(?:script|img|iframe|link)\b[^>]*?(?:src|href)="(?:https?:)?//[^"]*"')
for page in sorted(site.rglob("*.html")):
    html = page.read_text(encoding="utf-8")
    loaded = [tag for tag in LOADED.findall(html) if 'rel="canonical"' not in tag]
    problems += [f"{page.name} loads from another host: {tag}" for tag in loaded]
    problems += [f"{page.name} shows a fence word: {word}" for word in re.findall(r"```\w+|language-\w+ (?:run|file)", html)]
    problems += [f"{page.name} has a link to a source file on this site: {href}" for href in re.findall(r'href="((?:\.\./)+(?:mock|cli)/[^"]*)"', html)]
if not (site / "search" / "search_index.json").exists():
    problems.append("there is no search index")
print("\n".join(problems))
sys.exit(1 if problems else 0)
