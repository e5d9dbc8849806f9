#!/usr/bin/env python3
"""What `understudy verify --from` says of recordings: right, wrong, unknown. Usage: judge_test.py UNDERSTUDY PROGRAM

UNDERSTUDY judges what is wrong; PROGRAM serves, records and judges the rest."""
import json
import os
import sys
import tempfile
import urllib.request

from programs import HERE, check, entries_of, finish, run, send, started

UNDERSTUDY, PROGRAM = sys.argv[1:3]
STRANGER = os.path.join(HERE, "..", "strangers", "python_server.py")
KEY = {"x-api-key": "demo"}
LAMP = {"title": "Lamp", "product_variants_attributes": [{"title": "Green", "price": 12.5, "sku_code": "L-1"}]}


def judge(file, *more, program=PROGRAM):
    return run(program, "verify", "--from", file, *more)


def write(folder, name, entries):
    file = os.path.join(folder, name)
    with open(file, "w", encoding="utf-8") as har:
        json.dump({"log": {"version": "1.2", "creator": {"name": "test", "version": "1"}, "entries": entries}}, har)
    return file


def a_correct_server(folder):
    """All that the mock answers is right; its journal says the same as the proxy."""
    file = os.path.join(folder, "mock.har")
    with started(PROGRAM, "serve", "-p", "0", "--print-url") as (upstream, _):
        with started(PROGRAM, "record", "--target", upstream, "-p", "0", "--print-url", "-q", "--to", file) as (proxy, _):
            url = proxy + "/veeqo"
            product = json.loads(send(url, "POST", "/products", LAMP, KEY)[2])["id"]
            for method, path, body in (("GET", f"/products/{product}", None), ("PUT", f"/products/{product}", {"product": {"title": "B"}}), ("GET", "/products", None),
                                       ("POST", "/products", {}), ("DELETE", f"/products/{product}", None), ("GET", f"/products/{product}", None), ("GET", "/lamps", None)):
                send(url, method, path, body, KEY)
            send(url, "GET", f"/products/{product}")
            send(url, "GET", "/products/987654321", headers=KEY)
        files = [file]
        for name in ("requests?limit=1000", "requests.ndjson", "requests.har", "tenants/demo/requests"):
            files.append(os.path.join(folder, name.replace("/", "_").replace("?", "_")))
            with urllib.request.urlopen(f"{upstream}/__admin/{name}") as answer, open(files[-1], "wb") as out:
                out.write(answer.read())
    for one in files:
        for level in ("documented", "assumed"):
            done = judge(one, "--level", level)
            counts = done.stdout.strip().splitlines()[-1]
            check(f"{os.path.basename(one)} at level {level}: nothing is wrong", done.returncode == 0 and " 0 failed" in counts and int(counts.split()[0]) >= 8,
                  done.stdout + done.stderr)
            check("what is unknown has its reason", "unknown: 1 exchange: records from before the recording are not known" in done.stderr, done.stderr)
    return entries_of(file)


def wrong_answers(folder, entries):
    """The entries of a correct server, each with one thing changed."""
    def changed(number, **response):
        copy = json.loads(json.dumps(entries))
        copy[number]["response"].update(response)
        return copy

    def without_header(number):
        copy = json.loads(json.dumps(entries))
        copy[number]["request"]["headers"] = [one for one in copy[number]["request"]["headers"] if one["name"] != "x-api-key"]
        return copy

    made, read, refused = entries[0]["response"], entries[1]["response"], entries[4]["response"]
    product = json.loads(made["content"]["text"])
    broken = {**made["content"], "text": json.dumps({**product, "id": "seven"})}
    rows = (
        ("a member of another type", changed(0, content=broken), 0, "/id"),
        ("a status that no answer has", changed(1, status=299), 1, ""),
        ("a request without a mandatory member is accepted", changed(4, **made), 4, "title"),
        ("a valid request is refused", changed(0, **refused), 0, "No rule of the contract refuses this request"),
        ("a record that was removed is read", changed(6, **read), 6, "the record was removed before"),
        ("a record that was made is not found", changed(1, **entries[6]["response"]), 1, "The record was made before"),
        ("a request without a credential is accepted", without_header(1), 1, "carries no credential"),
        ("a body that is no JSON", changed(1, content={**read["content"], "text": "{"}), 1, "JSON"),
    )
    for why, changed_entries, number, words in rows:
        done = judge(write(folder, "wrong.har", changed_entries), "--level", "assumed", program=UNDERSTUDY)
        is_named = f"[entry {number + 1}] step {number + 1}\n" in done.stdout and done.stdout.count("\nfailed: ") == 1
        check(f"wrong: {why}", done.returncode == 1 and is_named and words in done.stdout, (done.stdout, done.stderr))


def bugs_of_strangers(folder):
    user, password = "ada@harbour.example", "tide-table-7"
    product = {"CompanyId": 163, "ProductName": "Lamp", "ProductSKU": "LAMP-1", "ProductTypeName": "General"}
    for bug in (None, "product-status-201", "product-no-login", "product-sku-optional"):
        file = os.path.join(folder, f"{bug}.har")
        with started(sys.executable, "-u", STRANGER, *(["--bug", bug] if bug else [])) as (line, _):
            with started(PROGRAM, "record", "--target", "http://127.0.0.1:" + line.split()[-1], "-p", "0", "--print-url", "-q", "--to", file) as (url, _):
                login = json.loads(send(url, "POST", "/rest/api/token", {"Username": user, "Password": password})[2])
                own = {"Authorization": "Bearer " + login["access_token"]}
                send(url, "POST", "/rest/api/Products", product, own)
                send(url, "POST", "/rest/api/Products", {**product, "ProductSKU": "LAMP-2"})
                send(url, "POST", "/rest/api/Products", {"CompanyId": 163, "ProductName": "Lamp", "ProductTypeName": "General"}, own)
        done = judge(file)
        check(f"the bug {bug} of a stranger", done.returncode == (1 if bug else 0), done.stdout + done.stderr)


def mistakes(folder, entries):
    file = write(folder, "right.har", entries)
    other = os.path.join(folder, "other.json")
    open(other, "w", encoding="utf-8").write('{"openapi": "3.1.0"}')
    for why, arguments, code, word in (("a target", ["--from", file, "--target", "http://127.0.0.1:1"], 2, "contradiction"), ("an unknown API", ["--from", file, "--api", "veqo"], 2, "unknown-api"),
                                       ("no file", ["--from", file + "x"], 2, "file-unreadable"), ("another file", ["--from", other], 3, "no-recording"),
                                       ("only --api", ["--api", "veeqo"], 2, "api-without-from"), ("another API", ["--from", file, "--api", "sellercloud"], 7, "no contract has this path")):
        done = run(PROGRAM, "verify", *arguments)
        check(f"{why} is an error", done.returncode == code and word in done.stderr, done)


with tempfile.TemporaryDirectory() as work:
    recorded = a_correct_server(work)
    wrong_answers(work, recorded)
    bugs_of_strangers(work)
    mistakes(work, recorded)
finish()
