#!/usr/bin/env python3
"""Record, import, verify: against a mock, a correct server of a bundled API, and a foreign API. Also files of browsers and of other proxies.

Usage: import_test.py UNDERSTUDY PROGRAM: the program under test, and one that serves, records, verifies and refuses.
"""
import base64
import json
import os
import sys
import tempfile
import urllib.request

from programs import HERE, check, desk, finish, run, send, started

UNDERSTUDY, PROGRAM = sys.argv[1:3]
STRANGER = os.path.join(HERE, "..", "strangers", "python_server.py")


def record(target, file, *more):
    return started(PROGRAM, "record", "--target", target, "-p", "0", "--print-url", "-q", "--to", file, *more)


def json_of(answer):
    return json.loads(answer[2])


def use_desk(url):
    """What a client of the help desk does; every answer is the expected one."""
    check("login", (login := send(url, "POST", "/login", {"user": "ann", "password": "correct horse"}))[0] == 200, login)
    own = {"Authorization": "Bearer " + json_of(login)["access_token"]}
    check("wrong login", send(url, "POST", "/login", {"user": "ann", "password": "wrong horse"})[0] == 401)
    check("no token", send(url, "GET", "/tickets")[0] == 401)
    check("wrong token", send(url, "GET", "/tickets", headers={"Authorization": "Bearer none-such-token"})[0] == 401)
    given = {"title": "Printer", "email": "ann@example.test", "priority": 1, "due": "2026-12-24"}
    ticket = json_of(made := send(url, "POST", "/tickets", given, own))
    check("created", made[0] == 201, made)
    check("duplicate", send(url, "POST", "/tickets", given, own)[0] == 409)
    check("invalid", send(url, "POST", "/tickets", {"title": "x"}, own)[0] == 422)
    path = f"/tickets/{ticket['id']}"
    check("read", send(url, "GET", path, headers=own)[0] == 200)
    check("changed", send(url, "PATCH", path, {"status": "closed", "priority": 2}, own)[0] == 200)
    check("note", send(url, "POST", path + "/notes", {"text": "It prints {{again}}."}, own)[0] == 201)
    check("read again", send(url, "GET", path, headers=own)[0] == 200)
    check("list", send(url, "GET", "/tickets?page=1", headers=own)[0] == 200)
    check("unknown", send(url, "GET", "/tickets/999999", headers=own)[0] == 404)
    check("deleted", send(url, "DELETE", path, headers=own)[0] == 204)
    check("gone", send(url, "GET", path, headers=own)[0] == 404)


def use_shop(url, key):
    """What a client of veeqo does."""
    own = {"x-api-key": key}
    given = {"title": "Lamp", "product_variants_attributes": [{"title": "Green", "price": 12.5, "sku_code": "L-1"}]}
    product = json_of(made := send(url, "POST", "/products", given, own))
    check("created", made[0] == 201, made)
    path = f"/products/{product['id']}"
    check("read", send(url, "GET", path, headers=own)[0] == 200)
    check("no key", send(url, "GET", path)[0] == 401)
    check("wrong key", send(url, "GET", path, headers={"x-api-key": "none-such"})[0] == 401)
    check("list", send(url, "GET", "/products?page=1&page_size=5", headers=own)[0] == 200)
    check("changed", send(url, "PUT", path, {"product": {"title": "Lamp, green"}}, own)[0] < 300)
    check("unknown", send(url, "GET", "/products/999999999", headers=own)[0] == 404)
    check("no such path", send(url, "GET", "/lamps", headers=own)[0] == 404)
    check("invalid", send(url, "POST", "/products", {"title": ""}, own)[0] >= 400)
    check("deleted", send(url, "DELETE", path, headers=own)[0] < 300)


def import_and_verify(file, api, folder, target, *more):
    done = run(UNDERSTUDY, "import", file, "--api", api, "--to", folder)
    check(f"import of {api}", done.returncode == 0, done)
    contracts = os.path.join(folder, "contracts")
    own = ["--contracts", contracts] if os.path.isdir(contracts) else []
    command = [PROGRAM, "verify", os.path.join(folder, "scenarios", api), *own]
    for turn in (1, 2):
        verified = run(*command, *(["--target", target] if target else []), *more)
        check(f"{api} verifies, turn {turn}", verified.returncode == 0, verified.stdout + verified.stderr)
    return done


def foreign_api(folder):
    file = os.path.join(folder, "desk.har")
    with desk() as (upstream, _):
        with record(upstream, file) as (proxy, _):
            use_desk(proxy)
        done = import_and_verify(file, "desk", os.path.join(folder, "masked"), upstream, "--password", "correct horse")
        check("all exchanges are steps", "desk: 15 steps" in done.stdout and "15 of them plain requests" in done.stdout, done)
        kept = os.path.join(folder, "kept.har")
        with record(upstream, kept, "--keep-secrets") as (proxy, _):
            use_desk(proxy)
        import_and_verify(kept, "desk", os.path.join(folder, "kept"), upstream, "--password", "correct horse")
        for name in ("masked/scenarios/desk/desk.yaml", "kept/scenarios/desk/kept.yaml"):
            text = open(os.path.join(folder, name), encoding="utf-8").read()
            check(f"{name} has no secret", "correct horse" not in text and "***" not in text, text)
            check(f"{name} captures the id", "ticket_id: \"/id\"" in text and "/tickets/{{ticket_id}}" in text, text)


def imported_again(folder):
    """An edited scenario stays; what a new recording would change in it is shown."""
    file = os.path.join(folder, "desk.har")
    own = os.path.join(folder, "again")
    arguments = [UNDERSTUDY, "import", file, "--api", "desk", "--to", own]
    run(*arguments)
    again = run(*arguments)
    check("nothing changes", "0 written, 1 unchanged, 0 edited" in again.stdout, again)
    path = os.path.join(own, "scenarios", "desk", "desk.yaml")
    with open(path, encoding="utf-8") as scenario:
        edited = scenario.read().replace("What desk.har recorded", "A day at the desk")
    with open(path, "w", encoding="utf-8") as scenario:
        scenario.write(edited)
    again = run(*arguments)
    check("the difference is shown", "1 edited and left alone" in again.stdout and '"A day at the desk" -> string "What desk.har recorded"' in again.stdout, again)
    check("the edited file stays", open(path, encoding="utf-8").read() == edited)


def mock(folder):
    with started(PROGRAM, "serve", "-p", "0", "--print-url") as (upstream, _):
        file = os.path.join(folder, "shop.har")
        with record(upstream + "/veeqo", file) as (proxy, _):
            use_shop(proxy, "demo")
        import_and_verify(file, "veeqo", os.path.join(folder, "mock"), upstream)
        journal = os.path.join(folder, "journal")
        for name, query in (("journal.json", "/__admin/requests?limit=1000"), ("journal.ndjson", "/__admin/requests.ndjson"), ("journal.har", "/__admin/requests.har"),
                            ("own.json", "/__admin/tenants/demo/requests")):
            path = os.path.join(folder, name)
            with urllib.request.urlopen(upstream + query) as answer, open(path, "wb") as out:
                out.write(answer.read())
            import_and_verify(path, "veeqo", os.path.join(journal, name), None)
    import_and_verify(file, "veeqo", os.path.join(folder, "in_process"), None)


def use_stock(url, user, password):
    """What a client of sellercloud does."""
    check("login", (login := send(url, "POST", "/rest/api/token", {"Username": user, "Password": password}))[0] == 200, login)
    own = {"Authorization": "Bearer " + json_of(login)["access_token"]}
    given = {"CompanyId": 163, "ProductName": "Lamp", "ProductSKU": "LAMP-1", "ProductTypeName": "General"}
    check("product", send(url, "POST", "/rest/api/Products", given, own)[0] == 200)
    check("no SKU", send(url, "POST", "/rest/api/Products", {**given, "ProductSKU": None}, own)[0] >= 400)
    check("no token", send(url, "POST", "/rest/api/Products", given)[0] == 401)
    check("wrong token", send(url, "POST", "/rest/api/Products", given, {"Authorization": "Bearer a.b.c"})[0] == 401)
    order = {"CustomerDetails": {"Email": "a@example.test", "FirstName": "A", "LastName": "B"},
             "OrderDetails": {"CompanyID": 163, "Channel": "Local_Store", "OrderSourceOrderID": "W-1"}}
    check("order", send(url, "POST", "/rest/api/Orders", order, own)[0] == 200)
    check("order again", send(url, "POST", "/rest/api/Orders", order, own)[0] >= 400)


def stranger(folder):
    with started(sys.executable, "-u", STRANGER) as (line, _):
        upstream = "http://127.0.0.1:" + line.split()[-1]
        file = os.path.join(folder, "stranger.har")
        user, password = "ada@harbour.example", "tide-table-7"
        with record(upstream, file) as (proxy, _):
            use_stock(proxy, user, password)
        import_and_verify(file, "sellercloud", os.path.join(folder, "stranger"), upstream, "--username", user, "--password", password)
    import_and_verify(file, "sellercloud", os.path.join(folder, "stranger_mock"), None)


def entry(url, method="GET", status=200, text=None, request=None, response=None, **more):
    """An entry as browsers write it, with what they add and leave out."""
    return {"_initiator": {"type": "script"}, "pageref": "page_1", "startedDateTime": "2026-03-02T10:00:00.123+01:00", "time": 12.5,
            "request": {"method": method, "url": url, "httpVersion": "h2", "cookies": [], "queryString": [], "headersSize": -1,
                        "headers": [{"name": ":authority", "value": "shop.example"}, {"name": "accept", "value": "*/*"}],
                        "bodySize": 0, **(request or {})},
            "response": {"status": status, "statusText": "", "httpVersion": "h2", "cookies": [], "redirectURL": "", "headersSize": -1, "bodySize": -1,
                         "headers": [{"name": "content-type", "value": "application/json"}, {"name": "x-empty", "value": None}],
                         "content": {"size": len(text or ""), "mimeType": "application/json", **({} if text is None else {"text": text})},
                         **(response or {})},
            "cache": {}, "timings": {"send": 0, "wait": 1, "receive": 0}, **more}


def files_of_others(folder):
    base = "https://shop.example/api/v1"
    entries = [
        entry("https://shop.example/", response={"content": {"size": 10, "mimeType": "text/html", "text": "<html/>"},
                                                 "headers": [{"name": "content-type", "value": "text/html; charset=utf-8"}]}),
        entry("data:image/png;base64,AAAA"),
        entry("https://ads.example/track?id=1", text="{}"),
        entry(base + "/lamps", "OPTIONS", 204, request={"headers": [{"name": "access-control-request-method", "value": "POST"}]}),
        entry(base + "/login", "POST", 200, '{"token": "abcdefgh12345678", "ok": true}',
              {"postData": {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "user", "value": "a b"}, {"name": "password", "value": "s3cret-pass"}]}}),
        entry(base + "/lamps", "POST", 201, '{"id": 7, "sku": "L-1", "made": "2026-03-02T09:00:00Z"}',
              {"postData": {"mimeType": "application/json", "text": '{"sku": "L-1", "watts": 7}'}, "headers": [{"name": "authorization", "value": "Bearer abcdefgh12345678"}]}),
        entry(base + "/lamps/7", text=base64.b64encode(b'{"id": 7, "sku": "L-1"}').decode(), response={
            "content": {"size": 23, "mimeType": "application/json", "encoding": "base64", "text": base64.b64encode(b'{"id": 7, "sku": "L-1"}').decode()}},
            request={"headers": [{"name": "authorization", "value": "Bearer abcdefgh12345678"}]}),
        entry(base + "/lamps/7/picture", "PUT", 204, request={"bodySize": 4000, "postData": {"mimeType": "multipart/form-data; boundary=x", "params": [{"name": "file", "fileName": "a.png"}]}}),
        entry(base + "/lamps?size=%37", status=200, response={"content": {"size": 500, "mimeType": "application/json"}}),
        entry(base + "/failed", status=0, response={"content": {}, "_error": "net::ERR_CONNECTION_RESET"}),
        {"request": {"method": "GET", "url": base + "/bare"}, "response": {"status": 200, "headers": None, "content": None}, "startedDateTime": None},
    ]
    file = os.path.join(folder, "browser.har")
    with open(file, "w", encoding="utf-8-sig") as har:
        json.dump({"log": {"version": "1.2", "creator": {"name": "WebInspector"}, "pages": [{"id": "page_1", "entries": [1]}], "entries": entries}}, har)
    done = run(UNDERSTUDY, "import", file, "--api", "lamps", "--base", base, "--to", folder)
    check("a browser's file is read", done.returncode == 0 and "5 steps" in done.stdout, done)
    text = open(os.path.join(folder, "scenarios", "lamps", "browser.yaml"), encoding="utf-8").read()
    for part in ('path: "/lamps/{{lamp_id}}"', 'Authorization: "Bearer {{recorded_token}}"', 'password: "{{password}}"', 'user: "a b"', 'sku: "{{sku}}"', 'size: "7"'):
        check(f"the scenario has {part}", part in text, text)
    check("no password is in it", "s3cret-pass" not in text and "abcdefgh" not in text, text)
    for reason in ("1 exchange: only browsers", "1 exchange: no response", "1 exchange: the request is not complete", "1 entries that are no HTTP"):
        check(f"stderr names: {reason}", reason in done.stderr, done.stderr)
    for name, content, code in (("list.har", "[1]", "no-recording"), ("cut.har", json.dumps({"log": {"entries": entries}})[:-40], "not-json"), ("empty.har", "", "not-json"),
                                ("none.har", '{"log": {"entries": []}}', "nothing-recorded"), ("postman.har", '{"info": {"_postman_id": "x"}, "item": []}', "no-recording")):
        path = os.path.join(folder, name)
        open(path, "w", encoding="utf-8").write(content)
        done = run(PROGRAM, "import", path, "--api", "other", "--to", os.path.join(folder, "no"))
        check(f"{name} gets one message", done.returncode == 3 and f"[{code}]" in done.stderr and done.stderr.count("error:") == 1, done)


def batch(folder):
    with started(PROGRAM, "serve", "-p", "0", "--print-url") as (upstream, _):
        file = os.path.join(folder, "batch.har")
        with record(upstream + "/sellercenter", file) as (proxy, _):
            calls = [{"jsonrpc": "2.0", "method": "auth", "params": {"username": "demo", "password": "demo"}, "id": 1},
                     {"jsonrpc": "2.0", "method": "Product.createProducts", "params": {"productsInfo": []}, "id": 2}]
            check("batch", send(proxy, "POST", "", calls)[0] == 200)
        import_and_verify(file, "sellercenter", os.path.join(folder, "batch"), None)


with tempfile.TemporaryDirectory() as work:
    for test in (foreign_api, imported_again, mock, stranger, batch, files_of_others):
        test(work)
finish()
