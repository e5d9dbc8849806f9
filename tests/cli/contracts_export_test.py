"""`understudy contracts export` of each bundled API and of the toy: other tools read it, nothing is lost, and examples follow their schemas."""
import json
import re
import subprocess
import sys
import tempfile

program, source = sys.argv[1:]
failures = 0


def check(holds, what):
    global failures
    if not holds:
        failures += 1
        print("failed:", what)


def run(*words):
    done = subprocess.run([program, "contracts", *words], capture_output=True, text=True, timeout=60)
    check(done.returncode == 0, f"{words}: {done.stderr}")
    return done.stdout


def operations_of(document):
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            if isinstance(one, dict) and "operationId" in one:
                yield one


def names_in(document):
    names = {one["operationId"] for one in operations_of(document)}
    return names | {title for title in re.findall(r'"title": ?"(\w+)"', json.dumps(document))}


def medias_of(document):
    for one in operations_of(document):
        messages = [("request", one.get("requestBody", {}))] + list(one["responses"].items())
        for name, message in messages:
            for media in message.get("content", {}).values():
                yield f"{one['operationId']} {name}", media


def check_with_validator(api, document):
    try:
        from openapi_spec_validator import validate
    except ImportError:
        print("skipped: openapi-spec-validator is not installed")
        return
    try:
        validate(document)
    except Exception as error:  # of several classes
        check(False, f"{api}: no OpenAPI 3.1: {str(error)[:500]}")


def check_examples(api, document):
    try:
        import jsonschema
    except ImportError:
        print("skipped: jsonschema is not installed")
        return 0
    count = 0
    for name, media in medias_of(document):
        for example, given in media.get("examples", {}).items():
            count += 1
            schema = {**media["schema"], "components": document["components"]}
            errors = [error.message[:200] for error in jsonschema.Draft7Validator(schema).iter_errors(given["value"])]
            check(not errors, f"{api} {name}, example {example}: {errors}")
    return count


listed = {}
for folder in ([], ["--contracts", source + "/tests/data/toy/contracts"]):
    for name in re.findall(r"^  (\w+\.\w+) ", run("list", *folder), re.M):
        api, operation = name.split(".")
        listed.setdefault(api, (folder, set()))[1].add(operation)
check({"sellercloud", "veeqo", "sellercenter", "shelf"} <= set(listed), f"APIs: {sorted(listed)}")
for api, (folder, operations) in listed.items():
    text = run("export", api, *folder)
    document = json.loads(text)
    check(operations <= names_in(document), f"{api}: missing {sorted(operations - names_in(document))}")
    check_with_validator(api, document)
    check(check_examples(api, document) > 0, f"{api}: no examples")
    if api in ("sellercloud", "veeqo", "shelf"):
        check(document["components"]["securitySchemes"], f"{api}: credentials are described")
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        run("export", api, *folder, "--to", file.name)
        check(open(file.name).read() == text, f"{api}: --to writes the same")

unknown = subprocess.run([program, "contracts", "export", "veeko"], capture_output=True, text=True, timeout=60)
check(unknown.returncode == 2 and "veeqo" in unknown.stderr, f"an unknown API: {unknown.returncode} {unknown.stderr}")
sys.exit(1 if failures else 0)
