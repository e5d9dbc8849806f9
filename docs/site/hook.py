"""MkDocs hook: links to files outside docs/ become links to the repository; words such as `sh run` and
`python file client.py` leave the fences, because only the tests of the pages read them."""
import posixpath
import re
from pathlib import Path

FENCE = re.compile(r"^```(\w+) (?:run|file (\S+))$", re.MULTILINE)
LINK = re.compile(r"(\]\()([^)\s#]+)(#[^)\s]*)?\)")


def on_files(files, config):
    for file in list(files):
        if file.src_path.startswith("site/"):
            files.remove(file)
    return files


def on_page_markdown(markdown, page, config, files):
    def link(match):
        target = match.group(2)
        path = posixpath.normpath(posixpath.join("docs", posixpath.dirname(page.file.src_path), target))
        if "://" in target or path.startswith("docs/"):
            return match.group(0)
        root = Path(config["config_file_path"]).parent
        if not (root / path).exists():
            raise FileNotFoundError(f"{page.file.src_path} links to {target}, which does not exist")
        kind = "tree" if (root / path).is_dir() else "blob"
        return f"{match.group(1)}{config['repo_url'].rstrip('/')}/{kind}/main/{path}{match.group(3) or ''})"

    def fence(match):
        return f'```{match.group(1)} title="{match.group(2)}"' if match.group(2) else f"```{match.group(1)}"

    return FENCE.sub(fence, LINK.sub(link, markdown))
