#!/usr/bin/env python3
"""A help desk: an API that no contract describes, with what proxies and recordings find difficult. Prints its URL, then serves.

Tokens, ids, numbers and times differ in each run; e-mail addresses are unique. Paths below /wire answer in unusual forms of HTTP.
"""
import datetime
import gzip
import http.server
import json
import secrets
import sys
import uuid

PASSWORD = "correct horse"
tokens, tickets = set(), {}
next_id = 100 + secrets.randbelow(800)


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Desk(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, value=None, headers=(), body=None, content_type="application/json"):
        if value is not None:
            body = json.dumps(value).encode()
        self.send_response(status)
        for name, text in headers:
            self.send_header(name, text)
        if body is not None:
            self.send_header("Content-Type", content_type)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        if body is not None and self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status, code, message):
        self.answer(status, {"error": code, "message": message, "trace": str(uuid.uuid4())})

    def handle_any(self):
        length = int(self.headers.get("Content-Length", 0))
        self.body = self.rfile.read(length)
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline(), 16):
                self.body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        path, _, self.query = self.path.partition("?")
        parts = path.strip("/").split("/")
        if parts[0] == "wire":
            return self.wire(parts[1])
        if parts == ["login"] and self.command == "POST":
            return self.login(json.loads(self.body))
        if self.headers.get("Authorization", "").removeprefix("Bearer ") not in tokens:
            return self.refuse(401, "unauthorized", "a token is needed")
        if parts[0] == "tickets" and len(parts) == 1:
            return self.create(json.loads(self.body)) if self.command == "POST" else self.list()
        ticket = tickets.get(parts[1]) if parts[0] == "tickets" else None
        if ticket is None:
            return self.refuse(404, "not_found", f"{path} does not exist")
        if len(parts) == 3 and parts[2] == "notes" and self.command == "POST":
            note = {"id": str(uuid.uuid4()), "text": json.loads(self.body)["text"], "at": now()}
            ticket["notes"].append(note)
            return self.answer(201, note)
        if self.command == "DELETE":
            del tickets[parts[1]]
            return self.answer(204)
        if self.command == "PATCH":
            ticket.update(json.loads(self.body), updated_at=now())
        self.answer(200, ticket)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_any

    def login(self, given):
        if given.get("password") != PASSWORD:
            return self.refuse(401, "unauthorized", "wrong password")
        tokens.add(token := secrets.token_urlsafe(24))
        self.answer(200, {"access_token": token, "expires_in": 3600, "user": given["user"]})

    def create(self, given):
        global next_id
        missing = [name for name in ("title", "email") if not given.get(name)]
        if missing:
            return self.refuse(422, "invalid", f"{missing[0]} is missing")
        if any(one["email"] == given["email"] for one in tickets.values()):
            return self.refuse(409, "duplicate", f"there is a ticket of {given['email']}")
        next_id += 1 + secrets.randbelow(5)
        ticket = {**given, "id": next_id, "number": f"T-{next_id:06}", "status": "open", "notes": [], "created_at": now(),
                  "self": f"http://{self.headers['Host']}/tickets/{next_id}"}
        tickets[str(next_id)] = ticket
        self.answer(201, ticket, [("Location", f"http://{self.headers['Host']}/tickets/{next_id}")])

    def list(self):
        found = list(tickets.values())
        self.answer(200, {"items": found[-20:], "total": len(found), "served_at": now()})

    def wire(self, what):
        host = self.headers["Host"]
        if what == "echo":
            return self.answer(200, {"method": self.command, "target": self.path, "headers": self.headers.items(),
                                     "size": len(self.body), "text": self.body[:1000].decode("latin-1")})
        if what == "gzip":
            zipped = gzip.compress(json.dumps({"text": "plain " * 100}).encode())
            return self.answer(200, headers=[("Content-Encoding", "gzip"), ("ETag", '"a"')], body=zipped)
        if what == "binary":
            return self.answer(200, body=bytes(range(256)), content_type="application/octet-stream")
        if what == "redirect":
            return self.answer(302, headers=[("Location", f"http://{host}/wire/echo?from=redirect")], body=b"")
        if what == "cookies":
            return self.answer(200, {}, [("Set-Cookie", "first=one-secret-value; Domain=127.0.0.1; Path=/; Secure; HttpOnly"),
                                         ("Set-Cookie", "second=2; Path=/")])
        if what == "nothing":
            return self.answer(204)
        if what == "unchanged":
            return self.answer(304, headers=[("ETag", '"a"')])
        if what == "large":
            return self.answer(200, body=b"x" * int(self.query), content_type="text/plain")
        if what == "hang":
            self.close_connection = True
            return None
        self.send_response(200)  # chunked
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in (b'{"in":', b'"pieces"}', b""):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        return None


if __name__ == "__main__":
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)
