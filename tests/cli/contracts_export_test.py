"""`understudy contracts export` of each bundled API and of the toy: other tools read it, nothing is lost, examples follow their schemas, and
`understudy serve` serves it again."""
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

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


@contextlib.contextmanager
def serving(file):
    """The base URL of `serve FILE`."""
    process = subprocess.Popen([program, "serve", file, "-p", "0", "--print-url"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate(timeout=30)


def send(url, headers, body=None):
    """Status and JSON of the answer."""
    request = urllib.request.Request(url, None if body is None else json.dumps(body).encode(), {"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")


# An API of the vendor's name, made from its exported file alone: what is created can be read.
SERVED_AGAIN = {
    "veeqo": ("/products", {"x-api-key": "demo"},
              {"title": "Lamp", "product_variants_attributes": [{"title": "Small", "price": 150, "cost_price": 100, "sku_code": "L-S"}]},
              lambda created: created["id"], lambda read: read["title"] == "Lamp"),
    "sellercloud": ("/rest/api/Orders/", {"Authorization": "Bearer demo"},
                    {"CustomerDetails": {"Email": "a@example.test", "FirstName": "Ada", "LastName": "Byron"},
                     "OrderDetails": {"CompanyID": 163, "Channel": "Website", "OrderSourceOrderID": "W-1"}},
                    lambda created: created, lambda read: isinstance(read, dict)),
    "sellercenter": ("/", {}, [{"api": 1, "method": "auth", "params": {"username": "demo", "password": "demo"}, "id": 1}], None, None),
}


def check_served_again(api, file):
    path, headers, body, key_of, is_right = SERVED_AGAIN[api]
    with serving(file) as url:
        check(url, f"{api}: serve takes the exported file")
        status, created = send(url + path, headers, body)
        check(status in (200, 201), f"{api}, served again: POST {path} is {status} {created}")
        if status not in (200, 201) or key_of is None:
            return
        status, read = send(f"{url}{path.rstrip('/')}/{key_of(created)}", headers)
        check(status == 200 and is_right(read), f"{api}, served again: the created record is read as {status} {read}")


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
    with tempfile.TemporaryDirectory() as place:
        file = os.path.join(place, api + ".json")
        run("export", api, *folder, "--to", file)
        check(open(file).read() == text, f"{api}: --to writes the same")
        if api in SERVED_AGAIN:
            check_served_again(api, file)

unknown = subprocess.run([program, "contracts", "export", "veeko"], capture_output=True, text=True, timeout=60)
check(unknown.returncode == 2 and "veeqo" in unknown.stderr, f"an unknown API: {unknown.returncode} {unknown.stderr}")
sys.exit(1 if failures else 0)
