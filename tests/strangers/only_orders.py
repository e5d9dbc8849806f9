#!/usr/bin/env python3
"""Sellercloud token and create order only, on asyncio, driven by a table of members.

Written from sellercloud-create-order.txt and sellercloud-token-facts.txt alone.
"""
import argparse, asyncio, base64, datetime, email.utils, json, os, signal, time, traceback
from collections import defaultdict, deque
from urllib.parse import parse_qs, urlsplit

ORDER, TOKEN = "sellercloud-create-order.txt", "sellercloud-token-facts.txt"

# What the order may hold: path, type, mandatory. sellercloud-create-order.txt:38-160
MEMBERS = {
    "CustomerDetails": (dict, True),                       # :38-64
    "CustomerDetails.FirstName": (str, True),              # :58
    "CustomerDetails.LastName": (str, True),
    "CustomerDetails.Email": (str, True),
    "CustomerDetails.ID": (int, False),
    "CustomerDetails.Business": (str, False),
    "CustomerDetails.IsWholesale": (bool, False),
    "OrderDetails": (dict, True),                          # :66-96
    "OrderDetails.CompanyID": (int, True),                 # :88
    "OrderDetails.Channel": ("channel", True),             # :90
    "OrderDetails.MarketingSource": (int, False),
    "OrderDetails.SalesRepresentative": (int, False),
    "OrderDetails.TaxExempt": (bool, False),
    "OrderDetails.GiftOrder": (bool, False),
    "OrderDetails.OrderSourceOrderID": (str, False),
    "ShippingAddress": (dict, False),                      # :98-142
    "BillingAddress": (dict, False),
    "ShippingMethodDetails": (dict, False),
    "PaymentDetails": (dict, False),
    "Notes": (dict, False),
    "Products": ("objects", False),                        # :144-150
    "GiftDetails": (dict, False),                          # :152-160
}
CHANNELS = {"Local_Store": 0, "Website": 6}                # :92-94

METADATA = "then response will be Status Code 200 => OK and order metadata in JSON format"
NOT_VALID = "If user is not authenticated, then response will be Status Code 401 => Not Valid Token"
SAME_401 = "Missing header, garbage token, expired token: one and the same answer in every source."
NAMES = "FirstName, LastName and Email are mandatory fields."
STATUS, WORDS, GONE, TYPE, VALUE = "status", "reason phrase", "missing member", "wrong type", "wrong value"
NEED, RULE, LOGIN, HEAD, FRAME = ("required field not enforced", "condition not enforced", "credential",
                                  "header", "framing")
BUGS = {}                        # name -> row
ON = set()


def _list(operation, document, *rows):
    for name, kind, line, quote, wrong in rows:
        BUGS[name] = (name, operation, kind, f"{document}:{line}", quote, wrong)


_list("token", TOKEN,
      ("token-created", STATUS, 14, "Response 200 `CreateTokenResponse", "a good login answers 201"),
      ("token-form-refused", STATUS, 12, "Form-encoded bodies really are used", "a form login answers 415"),
      ("token-case", STATUS, 11, "Keys are matched case-insensitively", "lower case keys are not known: 400"),
      ("token-missing-401", STATUS, 20, "Missing Username/Password: both `required` [P:swagger] -> 400",
       "a login without Password answers 401, not 400"),
      ("token-no-issued", GONE, 14, '".issued": date-time', ".issued is left out"),
      ("token-no-username", GONE, 14, "username: string", "username is left out"),
      ("token-expires-text", TYPE, 14, "expires_in: number(double)", "expires_in is a string"),
      ("token-issued-number", TYPE, 14, '".issued": date-time', ".issued is a number of seconds"),
      ("token-no-type", VALUE, 14, 'token_type: string ("Bearer")', "token_type is Basic"),
      ("token-milliseconds", VALUE, 15, "`.expires = .issued + expires_in`", "expires_in is in milliseconds"),
      ("token-two-parts", VALUE, 17, "Token is a JWT (three dot-separated parts", "the signature part is missing"),
      ("token-blank-password", NEED, 20, "Missing Username/Password: both `required`",
       "a login without Password gets a token"),
      ("token-wrong-password", LOGIN, 19, "Wrong credentials: non-200",
       "a password that only starts like the right one is accepted"),
      ("token-wrong-is-200", LOGIN, 19, "Wrong credentials: non-200", "a wrong login answers 200 with the message"),
      ("token-other-message", VALUE, 19, '`{"Message": "Sorry, invalid username or password"}`',
       "the message of a wrong login is under the member error"),
      ("token-checks-header", HEAD, 13, "An `Authorization` header on the token call must be ignored",
       "any Authorization header makes the login a 400"),
      ("token-plain-type", HEAD, 9, "produces `application/json`, `text/json`", "the Content-Type is text/plain"))
_list("create order", ORDER,
      ("order-201", STATUS, 164, METADATA, "success is 201"),
      ("order-slash", STATUS, 21, "https://{your_server_id}.api.sellercloud.com/rest/api/Orders/",
       "the path with its final slash is redirected with 301"),
      ("order-local-store-refused", STATUS, 92, "Local_Store = 0,", "Channel 0 is taken for a missing Channel: 400"),
      ("order-reason-unauthorized", WORDS, 165, NOT_VALID, "the reason phrase is Unauthorized"),
      ("order-reason-200", WORDS, 164, METADATA, "the reason phrase is Success"),
      ("order-no-login-500", LOGIN, 165, NOT_VALID, "a request without Authorization header answers 500"),
      ("order-any-bearer", LOGIN, 165, NOT_VALID, "every Bearer token is good"),
      ("order-bare-token", LOGIN, 26, "Authorization: Use Bearer Token + token received from token authentication",
       "the token is served without the word Bearer"),
      ("order-email-optional", NEED, 58, NAMES, "Email may be missing"),
      ("order-first-name-optional", NEED, 58, NAMES, "FirstName may be missing"),
      ("order-company-optional", NEED, 88, "ID of the company is mandatory.", "CompanyID may be missing"),
      ("order-channel-optional", NEED, 90, "Channel is mandatory:", "Channel may be missing"),
      ("order-any-channel", RULE, 94, "Website = 6", "Channel takes any word or number"),
      ("order-wholesale-text", TYPE, 52, '"IsWholesale": true', "IsWholesale may be a string"),
      ("order-products-object", TYPE, 146, "List<object>", "Products may be one object"),
      ("order-company-text", TYPE, 70, '"CompanyID": 0,', "CompanyID may be a string"),
      ("order-no-id", GONE, 164, "provides a valid ID of an order", "the metadata has no ID"),
      ("order-xml", FRAME, 164, METADATA, "the body is XML"),
      ("order-length", FRAME, 164, METADATA, "Content-Length counts one byte less than the body"),
      ("order-bad-chunk", FRAME, 164, METADATA, "the body is sent chunked, with sizes that are not hexadecimal"),
      ("order-text-type", HEAD, 164, METADATA, "the Content-Type is text/html"),
      ("order-demands-charset", HEAD, 27, "Header info: Content-Type: application/json",
       "only application/json; charset=utf-8 is taken, else 415"))
_list("create order", TOKEN,
      ("order-expired-good", LOGIN, 28, SAME_401, "an expired token still works (seen with a short --token-lifetime)"),
      ("order-expired-403", LOGIN, 28, SAME_401,
       "an expired token answers 403 (seen with a short --token-lifetime)"),
      ("order-twice", RULE, 50, 'The only device is the duplicate check on `OrderSourceOrderID`',
       "the same OrderSourceOrderID makes a second order"),
      ("order-twice-message", VALUE, 50, '(500 "already exists")', "the refusal of a duplicate says only Conflict"))

# ---------------------------------------------------------------- state

OPTIONS = ACCOUNTS = None
tokens, source_ids, calls = {}, set(), defaultdict(deque)
last_order = 610000


class Stop(Exception):
    """Ends the work with this answer: status, body value, headers."""

    def __init__(self, status, value, reason=None):
        self.answer = (status, value, {}, reason)


def bad_model(path, text):
    """The 400 of the framework, sellercloud-token-facts.txt:34."""
    return Stop(400, {"Message": "The request is invalid.", "ModelState": {f"model.{path}": [text]}})


def parse(body):
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise bad_model("", "The text is no JSON.")


def count_call(user, address):
    """10,800 requests per hour per user from one IP; 409 with the time to wait for. token-facts:43"""
    now, recent = time.time(), calls[user, address]
    while recent and recent[0] <= now - 3600:
        recent.popleft()
    if OPTIONS.rate_limit and len(recent) >= OPTIONS.rate_limit:
        end = datetime.datetime.fromtimestamp(recent[0] + 3600, datetime.timezone.utc)
        raise Stop(409, {"RateLimitResetTime": end.strftime("%Y-%m-%dT%H:%M:%S.%f0Z")})
    recent.append(now)


# ---------------------------------------------------------------- POST /rest/api/token, token-facts:8-20

def create_token(headers, body, address):
    if "token-checks-header" in ON and "authorization" in headers:
        raise bad_model("Authorization", "Not welcome here.")
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded" and "token-form-refused" not in ON:
        login = {name: values[0] for name, values in parse_qs(body.decode("latin-1")).items()}
    elif kind in ("application/json", "text/json"):
        login = parse(body)
    else:
        raise Stop(415, "This media type can not be read.")
    if not isinstance(login, dict):
        raise bad_model("", "A login is an object.")
    if "token-case" not in ON:
        login = {name.title(): value for name, value in login.items()}                       # :11
    for name in ("Username", "Password"):
        if not isinstance(login.get(name), str) or not login[name]:                          # :20
            if name == "Password" and "token-blank-password" in ON and "Password" not in login:
                login[name] = ACCOUNTS.get(login["Username"])
                continue
            if "token-missing-401" in ON:
                raise Stop(401, "", "Unauthorized")
            raise bad_model(name, f"Where is the {name}?")
    user, password = login["Username"], login["Password"]
    expected = ACCOUNTS.get(user)
    if "token-wrong-password" in ON and expected and password.startswith(expected):
        password = expected
    if expected is None or password != expected:                                             # :19
        name = "error" if "token-other-message" in ON else "Message"
        raise Stop(200 if "token-wrong-is-200" in ON else 401, {name: "Sorry, invalid username or password"},
                   "OK" if "token-wrong-is-200" in ON else "Unauthorized")
    count_call(user, address)
    return token_answer(user)


def token_answer(user):
    life, issued = OPTIONS.token_lifetime, datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    parts = [b'{"typ":"JWT","alg":"HS256"}', json.dumps({"sub": user, "jti": os.urandom(6).hex()}).encode(),
             os.urandom(24)]                     # nobody checks the signature, the token is looked up
    if "token-two-parts" in ON:
        parts.pop()
    token = ".".join(base64.urlsafe_b64encode(part).decode().strip("=") for part in parts)   # :17
    tokens[token] = (user, time.time() + life)
    whole = int(life) if life == int(life) else life
    answer = {"access_token": token, "expires_in": whole, "token_type": "Bearer", "username": user,
              ".issued": issued.isoformat(), ".expires": (issued + datetime.timedelta(seconds=life)).isoformat()}
    changes = {"token-expires-text": ("expires_in", str(whole)), "token-no-type": ("token_type", "Basic"),
               "token-milliseconds": ("expires_in", whole * 1000),
               "token-issued-number": (".issued", int(issued.timestamp()))}
    for name, (member, value) in changes.items():
        if name in ON:
            answer[member] = value
    for name, member in (("token-no-issued", ".issued"), ("token-no-username", "username")):
        if name in ON:
            del answer[member]
    kind = "text/plain" if "token-plain-type" in ON else "text/json; charset=utf-8"          # :9
    return 201 if "token-created" in ON else 200, answer, {"content-type": kind}, None


# ---------------------------------------------------------------- POST /rest/api/Orders/

def signed_in(headers):
    """The user, or the one 401 for a missing, unknown or expired token: create-order:165, token-facts:28."""
    no = Stop(401, "Not Valid Token", "Unauthorized" if "order-reason-unauthorized" in ON else "Not Valid Token")
    words = headers.get("authorization", "").split()
    if not words and "order-no-login-500" in ON:
        raise Stop(500, {"Message": "An error has occurred."})
    if "order-bare-token" in ON and len(words) == 1:
        words.insert(0, "Bearer")
    if len(words) != 2 or words[0].lower() != "bearer":                                      # :26
        raise no
    if "order-any-bearer" in ON:
        return OPTIONS.user
    user, end = tokens.get(words[1], (None, 0))
    if user and end <= time.time() and "order-expired-good" not in ON:
        raise Stop(403, "Session is over") if "order-expired-403" in ON else no
    if not user:
        raise no
    return user


def find(data, path):
    """The value at a path like OrderDetails.Channel, None when a part is missing."""
    for name in path.split("."):
        data = data.get(name) if isinstance(data, dict) else None
    return data


def fits(kind, value):
    if kind == "channel":
        numbers = [number for number in CHANNELS.values() if not isinstance(value, (bool, float))]
        return "order-any-channel" in ON or value in list(CHANNELS) + numbers
    if kind == "objects":
        return isinstance(value, list) and all(isinstance(entry, dict) for entry in value)
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def check(order):
    looser = {"order-wholesale-text": "CustomerDetails.IsWholesale", "order-company-text": "OrderDetails.CompanyID"}
    optional = {"order-email-optional": "CustomerDetails.Email",
                "order-first-name-optional": "CustomerDetails.FirstName",
                "order-company-optional": "OrderDetails.CompanyID", "order-channel-optional": "OrderDetails.Channel"}
    looser, optional = ({path for name, path in table.items() if name in ON} for table in (looser, optional))
    for path, (kind, mandatory) in MEMBERS.items():
        value = find(order, path)
        zero = path == "OrderDetails.Channel" and value == 0 and "order-local-store-refused" in ON
        if value is None or zero or (mandatory and value == ""):
            if mandatory and path not in optional:
                raise bad_model(path, f"{path.split('.')[-1]} is needed.")
        elif path in looser and isinstance(value, str):
            continue
        elif kind == "objects" and isinstance(value, dict) and "order-products-object" in ON:
            continue
        elif not fits(kind, value):
            raise bad_model(path, "The value does not fit.")


def create_order(headers, body, address):
    global last_order
    user = signed_in(headers)
    count_call(user, address)
    kind, _, parameters = headers.get("content-type", "").partition(";")
    if kind.strip().lower() not in ("application/json", "text/json") or (
            "order-demands-charset" in ON and "utf-8" not in parameters.lower()):
        raise Stop(415, "This media type can not be read.")                                  # :27
    order = parse(body)
    if not isinstance(order, dict):
        raise bad_model("", "An order is an object.")
    check(order)
    source = find(order, "OrderDetails.OrderSourceOrderID")
    if source and source in source_ids and "order-twice" not in ON:                          # token-facts:50
        raise Stop(500, "Conflict" if "order-twice-message" in ON else f"Order {source} already exists in this company")
    source_ids.add(source)
    last_order += 1
    answer = {"Customer": order["CustomerDetails"], "Details": order["OrderDetails"],
              "ItemCount": len(order.get("Products") or []), "ID": last_order, "CreatedBy": user}
    if "order-no-id" in ON:
        del answer["ID"]
    if "order-xml" in ON:
        answer = f"<?xml version='1.0'?><Order><ID>{last_order}</ID></Order>".encode()
    head = {"content-type": "text/html"} if "order-text-type" in ON else {}
    return 201 if "order-201" in ON else 200, answer, head, "Success" if "order-reason-200" in ON else None


# ---------------------------------------------------------------- HTTP

PHRASES = {200: "OK", 201: "Created", 301: "Moved Permanently", 400: "Bad Request", 401: "Unauthorized",
           403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 409: "Conflict",
           415: "Unsupported Media Type", 500: "Internal Server Error"}
ROUTES = {"/rest/api/token": create_token, "/rest/api/orders": create_order}


def answer_to(method, path, headers, body, address):
    work = ROUTES.get(path.lower().rstrip("/"))          # case and final slash do not matter, token-facts:4
    if not work:
        return 404, b"<!doctype html><p>There is no such page.", {"content-type": "text/html"}, None
    if method != "POST":
        return 405, "Use POST.", {"allow": "POST"}, None
    if "order-slash" in ON and path.lower() == "/rest/api/orders/":
        return 301, "", {"location": path.rstrip("/")}, None
    try:
        return work(headers, body, address)
    except Stop as stop:
        return stop.answer
    except Exception:
        traceback.print_exc()
        return 500, {"Message": "An error has occurred."}, {}, None                          # token-facts:35


async def read_request(reader):
    """(method, path, headers, body, version), or None at the end of the connection."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, version = head[0].split()
    headers = {name.strip().lower(): value.strip()
               for name, _, value in (line.partition(":") for line in head[1:] if line)}
    return method, urlsplit(target).path, headers, version


async def read_body(reader, headers):
    if "chunked" not in headers.get("transfer-encoding", "").lower():
        return await reader.readexactly(int(headers.get("content-length", 0)))
    body = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readline()
    while (await reader.readline()).strip():
        pass
    return body


def wire(answer, method, path, keep):
    status, value, extra, reason = answer
    body = value if isinstance(value, bytes) else json.dumps(value, indent="\t").encode()
    length, order_made = len(body), status in (200, 201) and "orders" in path.lower()
    headers = {"date": email.utils.formatdate(usegmt=True), "content-type": "application/json", **extra}
    if order_made and "order-bad-chunk" in ON:
        headers["transfer-encoding"] = "chunked"
        body = b"size=%d\r\n%s\r\n0\r\n\r\n" % (length, body)
    else:
        headers["content-length"] = length - 1 if order_made and "order-length" in ON else length
    if not keep:
        headers["connection"] = "close"
    lines = [f"HTTP/1.1 {status} {reason or PHRASES[status]}"] + [f"{n}: {v}" for n, v in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (b"" if method == "HEAD" else body)


async def serve(reader, writer):
    address = writer.get_extra_info("peername")[0]
    try:
        keep = True
        while keep:
            method, path, headers, version = await read_request(reader)
            if headers.get("expect", "").lower() == "100-continue":
                writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            body = await read_body(reader, headers)
            keep = version == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
            writer.write(wire(answer_to(method, path, headers, body, address), method, path, keep))
            await writer.drain()
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError,
            asyncio.CancelledError):
        pass                                     # the client left, does not speak HTTP, or SIGTERM came
    finally:
        writer.close()


async def run():
    server = await asyncio.start_server(serve, "127.0.0.1", OPTIONS.port)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    print(f"listening on {server.sockets[0].getsockname()[1]}", flush=True)
    await stop.wait()


def main():
    global OPTIONS, ACCOUNTS
    parser = argparse.ArgumentParser(description="Sellercloud token and create order only",
                                     formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1, 0 = any free one")
    parser.add_argument("--user", default="orders@quay.example", help="user name")
    parser.add_argument("--password", default="lantern 55", help="password")
    parser.add_argument("--tenant", action="append", default=[], metavar="USER:PASSWORD", help="one more account")
    parser.add_argument("--token-lifetime", type=float, default=3600, metavar="SECONDS", help="life of a token")
    parser.add_argument("--rate-limit", type=int, default=10800, help="requests per hour and user, 0 = no limit")
    parser.add_argument("--bug", action="append", default=[], choices=list(BUGS), metavar="NAME",
                        help="switch on one defect, repeatable")
    parser.add_argument("--list-bugs", action="store_true", help="print the defects and end")
    OPTIONS = parser.parse_args()
    if OPTIONS.list_bugs:
        for row in BUGS.values():
            print("\t".join(row))
        return
    ON.update(OPTIONS.bug)
    ACCOUNTS = {OPTIONS.user: OPTIONS.password, **dict(entry.split(":", 1) for entry in OPTIONS.tenant)}
    asyncio.run(run())


if __name__ == "__main__":
    main()
