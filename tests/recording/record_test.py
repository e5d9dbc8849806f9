#!/usr/bin/env python3
"""What `understudy record` forwards, rewrites and writes. Usage: record_test.py UNDERSTUDY"""
import base64
import concurrent.futures
import json
import os
import signal
import socket
import sys
import tempfile
import urllib.parse

from programs import check, desk, entries_of, finish, run, send, started

UNDERSTUDY = sys.argv[1]


def record(target, file, *more, end=signal.SIGTERM):
    return started(UNDERSTUDY, "record", "--target", target, "-p", "0", "--print-url", "-q", "--to", file, *more, end=end)


def headers_of(entry, name, side="response"):
    return [one["value"] for one in entry[side]["headers"] if one["name"].lower() == name.lower()]


def forms_of_http(folder):
    file = os.path.join(folder, "forms.har")
    with desk() as (upstream, _), record(upstream, file) as (proxy, _):
        status, _, body = send(proxy, "GET", "/wire/echo?a=1&b=%20x", headers={"Origin": proxy, "X-Own": "1", "Connection": "X-Own"})
        seen = json.loads(body)
        seen_headers = {name.lower(): value for name, value in seen["headers"]}
        check("the target gets its own Host", seen_headers["host"] == urllib.parse.urlsplit(upstream).netloc, seen)
        check("Origin is rewritten", seen_headers["origin"] == upstream, seen)
        check("a header that Connection names is not forwarded", "x-own" not in seen_headers, seen)
        check("the target stays byte for byte", seen["target"] == "/wire/echo?a=1&b=%20x", seen)

        status, headers, body = send(proxy, "GET", "/wire/gzip", headers={"Accept-Encoding": "gzip"})
        check("a body in gzip arrives decoded", status == 200 and json.loads(body)["text"].startswith("plain"), body)
        check("without Content-Encoding", "content-encoding" not in [name.lower() for name, _ in headers], headers)
        check("a binary body arrives", send(proxy, "GET", "/wire/binary")[2] == bytes(range(256)))
        check("a chunked body arrives", json.loads(send(proxy, "GET", "/wire/chunked")[2]) == {"in": "pieces"})
        status, headers, _ = send(proxy, "GET", "/wire/redirect")
        check("a redirect is forwarded to the proxy", (status, dict(headers)["Location"]) == (302, proxy + "/wire/echo?from=redirect"), headers)
        _, headers, _ = send(proxy, "GET", "/wire/cookies")
        cookies = [value for name, value in headers if name == "Set-Cookie"]
        check("both cookies arrive, without Domain and Secure", cookies == ["first=one-secret-value; Path=/; HttpOnly", "second=2; Path=/"], cookies)
        check("204", send(proxy, "GET", "/wire/nothing")[::2] == (204, b""))
        check("304", send(proxy, "GET", "/wire/unchanged")[::2] == (304, b""))
        status, headers, body = send(proxy, "HEAD", "/wire/large?1234")
        check("HEAD has the length of the body", (status, dict(headers)["Content-Length"], body) == (200, "1234", b""), headers)
        big = 20 << 20
        check("a large answer", len(send(proxy, "GET", f"/wire/large?{big}")[2]) == big)
        check("a large request", json.loads(send(proxy, "POST", "/wire/echo", b"y" * big)[2])["size"] == big)
        check("a chunked request", json.loads(send(proxy, "POST", "/wire/echo", iter([b"ab", b"cd"]))[2])["text"] == "abcd")
        status, _, body = send(proxy, "GET", "/wire/hang")
        check("no answer becomes 502", status == 502 and json.loads(body)["error"]["code"] == "upstream-close", body)
        send(proxy, "POST", "/login", {"user": "ann", "password": "correct horse"})
    entries = entries_of(file)
    by_path = {urllib.parse.urlsplit(one["request"]["url"]).path: one for one in entries}
    check("URLs are those of the target", all(one["request"]["url"].startswith(upstream) for one in entries))
    check("content is decoded", by_path["/wire/gzip"]["response"]["content"]["text"].startswith('{"text": "plain'))
    binary = by_path["/wire/binary"]["response"]["content"]
    check("binary content is in base64", binary["encoding"] == "base64" and base64.b64decode(binary["text"]) == bytes(range(256)), binary)
    check("both cookies are recorded, masked", headers_of(by_path["/wire/cookies"], "Set-Cookie")[1] == "second=***; Path=/", by_path["/wire/cookies"])
    check("the reason of a missing answer is recorded", by_path["/wire/hang"]["response"]["status"] == 0 and "close" in by_path["/wire/hang"]["response"]["comment"],
          by_path["/wire/hang"]["response"])
    text = open(file, encoding="utf-8").read()
    check("secrets are masked", "correct horse" not in text and "one-secret-value" not in text)


def secrets_are_kept_on_request(folder):
    file = os.path.join(folder, "kept.har")
    with desk() as (upstream, _), record(upstream, file, "--keep-secrets") as (proxy, _):
        send(proxy, "POST", "/login", {"user": "ann", "password": "correct horse"})
    check("--keep-secrets keeps them", "correct horse" in open(file, encoding="utf-8").read())


def base_paths(folder):
    file = os.path.join(folder, "base.har")
    with desk() as (upstream, _), record(upstream + "/wire/", file) as (proxy, _):
        check("the base path is added", json.loads(send(proxy, "GET", "/echo")[2])["target"] == "/wire/echo")
        check("and removed from Location", dict(send(proxy, "GET", "/redirect")[1])["Location"] == proxy + "/echo?from=redirect")


def many_clients_and_a_sudden_end(folder):
    file = os.path.join(folder, "many.har")
    with desk() as (upstream, _), record(upstream, file, end=signal.SIGKILL) as (proxy, _):
        with concurrent.futures.ThreadPoolExecutor(40) as pool:
            done = list(pool.map(lambda n: send(proxy, "GET", f"/wire/echo?n={n}")[0], range(300)))
        check("all are answered", done == [200] * 300, done)
        place = urllib.parse.urlsplit(proxy)
        with socket.create_connection((place.hostname, place.port)) as leaving:
            leaving.sendall(b"GET /wire/large?5000000 HTTP/1.1\r\nHost: x\r\n\r\n")
        check("it serves after a client hung up", send(proxy, "GET", "/wire/echo?last")[0] == 200)
        recorded = entries_of(file)  # while it runs
    check("every exchange is recorded", {f"/wire/echo?n={n}" for n in range(300)} <= {one["request"]["url"].removeprefix(upstream) for one in recorded})
    check("the file of a killed recorder is whole", len(entries_of(file)) >= 301)


def mistakes(folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}"
    file = os.path.join(folder, "unreachable.har")
    with record(closed, file) as (proxy, _):
        status, _, body = send(proxy, "GET", "/")
        check("an unreachable target becomes 502", status == 502 and json.loads(body)["error"]["code"] == "upstream-unreachable", body)
    check("and is recorded with the reason", "refused" in entries_of(file)[0]["response"]["comment"], entries_of(file))
    with record("http://192.0.2.1:9", os.path.join(folder, "foreign.har"), "--connect-timeout", "100ms") as (proxy, _):
        status, _, body = send(proxy, "POST", "/orders", {})
        check("a write to a foreign host is refused", status == 403 and json.loads(body)["error"]["code"] == "writes-not-allowed", body)
        check("a read is forwarded", send(proxy, "GET", "/orders")[0] in (502, 504))
    check("a refused write is not recorded", [one["request"]["method"] for one in entries_of(os.path.join(folder, "foreign.har"))] == ["GET"])
    with desk() as (upstream, _), record(upstream, os.path.join(folder, "few.har"), "--max-writes", "1") as (proxy, _):
        statuses = [send(proxy, "POST", "/wire/echo", {})[0] for _ in range(2)]
        check("--max-writes counts", statuses == [200, 403], statuses)
    done = run(UNDERSTUDY, "record", "--target", closed, "-p", "0", "--to", os.path.join(folder, "no", "folder.har"))
    check("a file that cannot be written is a usage error", done.returncode == 2 and "report-unwritable" in done.stderr, done)


with tempfile.TemporaryDirectory() as work:
    for test in (forms_of_http, secrets_are_kept_on_request, base_paths, many_clients_and_a_sudden_end, mistakes):
        test(work)
finish()
