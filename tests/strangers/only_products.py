#!/usr/bin/env python3
"""Veeqo POST /products and nothing else, written from veeqo-create-product.txt alone.

The correct server knows no defects. A defect is a small function that spoils one
thing: the rules at the start ("rules"), the finished product ("product"), the
status line ("line") or the bytes on the wire ("wire").
"""
import argparse, itertools, json, re, signal, socketserver, sys, threading, time, traceback
from http import HTTPStatus

OPERATION, DOCUMENT = "veeqo create product", "veeqo-create-product.txt"
DEFECTS = {}                     # name -> (stage, function, row for --list-bugs)

# ---------------------------------------------------------------- rules of the request

# name -> (type, required); the types and the word "required" are at veeqo-create-product.txt:10-100
RULES = {
    "product": {"title": ("text", True), "description": ("text", False), "estimated_delivery": ("number", False),
                "notes": ("text", False), "product_brand_id": ("ident", False)},
    "variant": {"title": ("text", True), "price": ("number", True), "sku_code": ("text", True),
                "weight_grams": ("number", False), "upc_code": ("text", False),
                "min_reorder_level": ("number", False), "quantity_to_reorder": ("number", False),
                "tax_rate": ("number", False),
                # the next three are only in the example, :113, :119 and :121
                "cost_price": ("number", False), "model_number": ("text", False), "weight_unit": ("text", False)},
    "image": {"src": ("text", False), "display_position": ("number", False)},
    "limits": {"fewest variants": 1},                                                       # :8
}


class Unfit(Exception):
    """What is wrong with the request: (where, why)."""


def read_number(value):
    """A number or, as in the example ("150", :114), a number in quotes."""
    if isinstance(value, bool) or not re.fullmatch(r"-?\d+(\.\d+)?(e[-+]?\d\d?)?", str(value)):
        raise ValueError
    return float(value)


def read(holder, table, where):
    """Checks one object by its rules; gives only known members, numbers as numbers, blanks as None."""
    if not isinstance(holder, dict):
        raise Unfit(where, "an object belongs here")
    result = {}
    for name, (kind, required) in RULES[table].items():
        value = holder.get(name)
        if value is None or value == "":         # "" stands for no number in the example, :106
            if required:
                raise Unfit(f"{where}.{name}", "is mandatory")
            value = None
        elif kind == "number":
            try:
                value = read_number(value)
            except ValueError:
                raise Unfit(f"{where}.{name}", "is not a number")
        elif kind == "ident" and not re.fullmatch(r"[0-9]+", str(value)) or kind == "text" and not isinstance(value, str):
            raise Unfit(f"{where}.{name}", "is not a string as described")
        result[name] = value
    return result


def read_list(holder, name, table, where):
    entries = holder.get(name)
    if entries is None:
        return None
    if not isinstance(entries, list):
        raise Unfit(f"{where}.{name}", "a list belongs here")
    return [read(entry, table, f"{where}.{name}[{n}]") for n, entry in enumerate(entries)]


# ---------------------------------------------------------------- the shop

class Shop:
    OWNER = 7002

    def __init__(self):
        self.lock, self.numbers, self.brands = threading.Lock(), itertools.count(501), {}

    def create(self, request):
        wrapped = request.get("product", request) if isinstance(request, dict) else request   # :102-103
        product = read(wrapped, "product", "product")
        variants = read_list(wrapped, "product_variants_attributes", "variant", "product")
        if variants is not None and len(variants) < RULES["limits"]["fewest variants"]:      # :8
            raise Unfit("product.product_variants_attributes", "needs one entry or more")
        images = read_list(wrapped, "images_attributes", "image", "product") or []
        with self.lock:
            return self.build(product, variants or [], images)

    def build(self, product, variants, images):
        now = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())                        # date-time, :169
        number, title = next(self.numbers), product["title"]
        pictures = [self.picture(image, number, now) for image in images]
        pictures.sort(key=lambda p: float("inf") if p["display_position"] is None else p["display_position"])
        main = pictures[0] if pictures else None                                             # :675-693
        shared = {"id": number, "title": title, "description": product["description"] or "", "weight": 0,
                  "origin_country": None, "hs_tariff_number": None, "tax_rate": 0, "main_image": main,
                  "main_image_src": main and main["src"], "estimated_delivery": product["estimated_delivery"],
                  "deleted_at": None, "deleted_by_id": None}
        sellables = [self.sellable(variant, shared, now) for variant in variants]
        sellables.reverse()                                                                  # :703 and :821
        return {**shared, "created_by_id": self.OWNER, "created_at": now, "updated_at": now,
                "updated_by_id": None, "notes": product["notes"] or "", "product_tax_rate_id": None,
                "hazmat": False, "total_quantity_sold": 0, "brand": self.brand(product["product_brand_id"]),
                "web_meta_description": "", "web_meta_keywords": "", "web_meta_title": "", "web_page_title": "",
                "web_page_url": "", "sellables": sellables, "channel_products": [], "active_channels": [],
                "tags": [], "image": main and main["src"], "on_hand_value": 0, "total_allocated_stock_level": 0,
                "total_available_stock_level": 0, "total_stock_level": 0, "inventory": {"infinite": False}}

    def brand(self, ident):                                                                  # :261-285
        if ident is None:
            return None
        brand = self.brands.setdefault(int(ident), {"id": int(ident), "name": f"House {int(ident)}",
                                                    "display_position": len(self.brands) + 1, "products_count": 0})
        brand["products_count"] += 1
        return dict(brand)

    def picture(self, image, product, now):
        empty = ("binary_data content_type created_by_id updated_by_id deleted_at deleted_by_id "
                 "picture_file_name picture_content_type picture_file_size picture_updated_at")
        return {**dict.fromkeys(empty.split()), **image, "id": next(self.numbers), "product_id": product,
                "created_at": now, "updated_at": now, "picture_order": 9999}

    def sellable(self, variant, product, now):                                               # :698-815
        number, price, cost = next(self.numbers), variant["price"], variant["cost_price"] or 0.0
        grams = variant["weight_grams"] or 0.0
        return {
            "id": number, "type": "ProductVariant", "title": variant["title"], "sku_code": variant["sku_code"],
            "upc_code": variant["upc_code"] or "", "model_number": variant["model_number"] or "",
            "price": price, "cost_price": cost, "profit": round((price or 0) - cost, 4),
            "margin": round((price - cost) / price * 100, 2) if price else 0.0,              # :720
            "min_reorder_level": variant["min_reorder_level"] or 0.0,
            "quantity_to_reorder": variant["quantity_to_reorder"] or 0.0,
            "tax_rate": variant["tax_rate"] or 0.0, "weight_grams": grams, "weight": grams, "weight_unit": "g",
            "created_by_id": self.OWNER, "created_at": now, "updated_at": now,
            "product_title": product["title"], "sellable_title": variant["title"],
            "full_title": f"{product['title']} {variant['title']}", "product": product,      # :717
            "stock_entries": [self.stock(number, now)], "variant_option_specifics": [],
            "variant_property_specifics": [], "images": [], "active_channels": [], "channel_sellables": [],
            "measurement_attributes": {"id": number + 100000, "width": 0, "height": 0, "depth": 0,
                                       "dimensions_unit": "cm"},
            "total_quantity_sold": 0, "on_hand_value": 0, "stock_level_at_all_warehouses": 0,
            "allocated_stock_level_at_all_warehouses": 0, "available_stock_level_at_all_warehouses": 0,
            "inventory": {"infinite": False, "physical_stock_level_at_all_warehouses": 0,
                          "allocated_stock_level_at_all_warehouses": 0,
                          "available_stock_level_at_all_warehouses": 0,
                          "incoming_stock_level_at_all_warehouses": 0}}

    def stock(self, sellable, now):                                                          # :754-791
        house = {"id": 31, "name": "Mezzanine", "address_line_1": "", "address_line_2": "", "city": "",
                 "region": "", "post_code": "", "inventory_type_code": "wavg", "default_min_reorder": 0,
                 "click_and_collect_enabled": False, "created_by_id": self.OWNER,
                 "created_at": "2019-11-01T06:00:00+00:00", "updated_at": "2019-11-01T06:00:00+00:00",
                 **dict.fromkeys("user_id country click_and_collect_days updated_by_id deleted_at "
                                 "deleted_by_id phone requested_carrier_account".split())}
        return {"sellable_id": sellable, "warehouse_id": 31, "warehouse": house, "infinite": False,
                "location": None, "stock_running_low": True, "updated_at": now, "allocated_stock_level": 0,
                "incoming_stock_level": 0, "physical_stock_level": 0, "available_stock_level": 0,
                "sellable_on_hand_value": 0}


# ---------------------------------------------------------------- defects

def defect(name, stage, kind, line, quote, wrong):
    def keep(function):
        DEFECTS[name] = (stage, function, (name, OPERATION, kind, f"{DOCUMENT}:{line}", quote, wrong))
    return keep


def optional(table, member):
    def spoil(_):
        RULES[table][member] = (RULES[table][member][0], False)
    return spoil


for _name, _table, _member, _line in (("title-optional", "product", "title", 12),
                                      ("variant-title-optional", "variant", "title", 43),
                                      ("variant-price-optional", "variant", "price", 49),
                                      ("variant-sku-optional", "variant", "sku_code", 55)):
    defect(_name, "rules", "required field not enforced", _line, "required",
           f"a {_table} without {_member} (line {_line - 1}) is created")(optional(_table, _member))


@defect("no-variants", "rules", "condition not enforced", 8,
        "Create a new product with one or more product variants.", "an empty list of variants is accepted")
def _(_):
    RULES["limits"]["fewest variants"] = 0


@defect("delivery-any-text", "rules", "wrong type", 26, "number", "estimated_delivery (line 22) may be any text")
def _(_):
    RULES["product"]["estimated_delivery"] = ("text", False)


@defect("description-number", "rules", "wrong type", 21, "string",
        "description (line 17) may be a number and is answered as a number")
def _(_):
    RULES["product"]["description"] = ("anything", False)


@defect("quoted-price-refused", "rules", "status", 114, '"price": "150",', "a price in quotes is refused with 400")
def _(_):
    global read_number

    def read_number(value):
        if isinstance(value, (bool, str)):
            raise ValueError
        return float(value)


@defect("null-brand-refused", "rules", "status", 108, '"product_brand_id": null,', "product_brand_id null is refused")
def _(_):
    global read
    plain = read

    def read(holder, table, where):
        if table == "product" and isinstance(holder, dict) and holder.get("product_brand_id", 0) is None:
            raise Unfit("product.product_brand_id", "is not a string as described")
        return plain(holder, table, where)


@defect("status-200", "line", "status", 147, "Created", "success is 200 OK")
def _(line):
    return (200, "OK") if line[0] == 201 else line


@defect("status-202", "line", "status", 147, "Created", "success is 202 Accepted, as of a queue")
def _(line):
    return (202, "Accepted") if line[0] == 201 else line


@defect("reason-ok", "line", "reason phrase", 147, "Created", "success is 201 OK")
def _(line):
    return (201, "OK") if line[0] == 201 else line


@defect("no-id", "product", "missing member", 152, "ID of the product.", "the product has no id")
def _(product):
    del product["id"]


@defect("no-sellables", "product", "missing member", 288,
        "The product variants and/or kits associated with this product.", "sellables is left out")
def _(product):
    del product["sellables"]


@defect("no-sku-in-sellable", "product", "missing member", 308, "required", "sku_code (line 307) is left out")
def _(product):
    for sellable in product["sellables"]:
        del sellable["sku_code"]


@defect("no-measurements", "product", "missing member", 537, "required",
        "measurement_attributes (line 536) is left out")
def _(product):
    for sellable in product["sellables"]:
        del sellable["measurement_attributes"]


@defect("no-inventory", "product", "missing member", 945, '"inventory": {', "inventory of the product is left out")
def _(product):
    del product["inventory"]


@defect("id-text", "product", "wrong type", 154, "number", "id (line 150) is a string")
def _(product):
    product["id"] = str(product["id"])


@defect("price-text", "product", "wrong type", 318, "number", "price (line 316) is a string, as databases give decimals")
def _(product):
    for sellable in product["sellables"]:
        sellable["price"] = f"{sellable['price'] or 0:.2f}"


@defect("created-at-seconds", "product", "wrong type", 169, "string format: date-time",
        "created_at is a number of seconds")
def _(product):
    product["created_at"] = int(time.time())


@defect("delivery-blank", "product", "wrong type", 249, "number",
        "estimated_delivery (line 245, nullable) is answered as \"\" when not known")
def _(product):
    product["estimated_delivery"] = product["estimated_delivery"] or ""


@defect("tags-null", "product", "wrong type", 597, "Array<object>", "tags (line 593) is null when there are none")
def _(product):
    product["tags"] = None


@defect("infinite-number", "product", "wrong type", 653, "boolean", "inventory.infinite (line 649) is 0")
def _(product):
    product["inventory"]["infinite"] = 0


@defect("notes-from-description", "product", "wrong value", 665, '"notes": "Golden Retriever Dog - Notes",',
        "notes holds the description")
def _(product):
    product["notes"] = product["description"]


@defect("margin-by-cost", "product", "wrong value", 720, '"margin": 33.33,', "margin is profit by cost price (50)")
def _(product):
    for sellable in product["sellables"]:
        sellable["margin"] = round(100 * sellable["profit"] / (sellable["cost_price"] or 1), 2)


@defect("short-full-title", "product", "wrong value", 717,
        '"full_title": "Golden Retriever Dog - Title Puppy - ProdVariantTitle",', "full_title lacks the product title")
def _(product):
    for sellable in product["sellables"]:
        sellable["full_title"] = sellable["title"]


@defect("first-variant-only", "product", "wrong value", 8, "Create a new product with one or more product variants.",
        "only the first variant is created")
def _(product):
    product["sellables"] = product["sellables"][-1:]


@defect("wrong-main-image", "product", "wrong value", 941,
        '"main_image_src": "http://pluspng.com/img-png/dog-png-dog-png-image-267.png",',
        "main_image_src has a thumbnail path in it")
def _(product):
    if product["main_image_src"]:
        product["main_image_src"] = product["main_image_src"].replace("http://", "http://thumbs.")


@defect("running-low-false", "product", "wrong value", 784, '"stock_running_low": true,',
        "stock_running_low is false with no stock at all")
def _(product):
    for sellable in product["sellables"]:
        sellable["stock_entries"][0]["stock_running_low"] = False


@defect("stock-of-nobody", "product", "wrong value", 874, '"sellable_id": 14144702,',
        "stock_entries[].sellable_id is the product's id, not the sellable's (line 819)")
def _(product):
    for sellable in product["sellables"]:
        sellable["stock_entries"][0]["sellable_id"] = product["id"]


@defect("cost-lost", "product", "wrong value", 826, '"cost_price": 100,', "cost_price is always 0")
def _(product):
    for sellable in product["sellables"]:
        sellable["cost_price"] = 0.0


@defect("brand-not-counted", "product", "wrong value", 283, "The number of products this brand is attached to.",
        "brand.products_count stays 0")
def _(product):
    if product["brand"]:
        product["brand"]["products_count"] = 0


@defect("chunk-size-short", "wire", "framing", 149, "object",
        "the first chunk size is one smaller than the chunk, so the body breaks")
def _(chunks):
    head, rest = chunks.split(b"\r\n", 1)
    return b"%x\r\n" % (int(head, 16) - 1) + rest


@defect("no-last-chunk", "wire", "framing", 149, "object", "the closing 0 chunk never comes, so the client waits")
def _(chunks):
    return chunks[:chunks.rindex(b"0\r\n\r\n")]


@defect("python-body", "body", "framing", 149, "object", "the body is a dump of the program's own data, not JSON")
def _(product):
    return repr(product)


@defect("warning-before-body", "body", "framing", 149, "object", "a warning line stands before the JSON object")
def _(product):
    return "warning: already initialized constant SKU\n" + to_json(product)


# ---------------------------------------------------------------- HTTP by hand

def to_json(value):
    return json.dumps(value, sort_keys=True, separators=(" , ", " : "))


class Connection(socketserver.StreamRequestHandler):
    disable_nagle_algorithm, active, keys, shop = True, [], set(), None

    def handle(self):
        try:
            while self.one_request():
                pass
        except (ConnectionError, ValueError, IndexError):
            pass                                 # not HTTP, or the client went away: just hang up

    def spoiled(self, stage, value):
        """Lets the defects of this stage at the value; a defect of "product" changes it in place."""
        for its_stage, function in self.active:
            if its_stage == stage:
                try:
                    value = function(value) or value
                except KeyError:
                    pass                         # another defect has already taken that member away
        return value

    def one_request(self):
        line = self.rfile.readline(8000)
        if not line.strip():
            return False
        method, target, version = line.decode("latin-1").split()
        headers = {}
        while (field := self.rfile.readline(8000).decode("latin-1").strip()):
            name, _, value = field.partition(":")
            headers[name.strip().lower()] = value.strip()
        if headers.get("expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = self.read_body(headers)
        keep = headers.get("connection", "").lower() != "close" and version == "HTTP/1.1"
        self.reply(method, version, keep, *self.answer(method, target.split("?")[0], headers, body))
        return keep

    def read_body(self, headers):
        if "chunked" not in headers.get("transfer-encoding", "").lower():
            return self.rfile.read(int(headers.get("content-length", 0)))
        body = b""
        while size := int(self.rfile.readline(200).split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline(10)
        while self.rfile.readline(8000).strip():
            pass
        return body

    def answer(self, method, path, headers, body):
        """(status, media type, text); trouble is told as application/problem+json."""
        if path != "/products":                                                              # :6
            return self.problem(404, "only /products lives here")
        if method != "POST":                                                                 # :5
            return self.problem(405, "/products takes POST")
        if self.keys and headers.get("x-api-key") not in self.keys:
            return self.problem(401, "x-api-key is absent or not ours")
        try:
            product = self.shop.create(json.loads(body))
        except Unfit as unfit:
            return self.problem(400, " ".join(unfit.args))
        except (ValueError, RecursionError):
            return self.problem(400, "the body is not JSON")
        except Exception:
            traceback.print_exc()
            return self.problem(500, "this should not have happened")
        self.spoiled("product", product)
        text = self.spoiled("body", product)
        return 201, "application/json", text if isinstance(text, str) else to_json(product)

    def problem(self, status, detail):
        return status, "application/problem+json", to_json({"title": detail, "status": status})

    def reply(self, method, version, keep, status, kind, text):
        status, reason = self.spoiled("line", (status, HTTPStatus(status).phrase))
        body, head = text.encode(), f"HTTP/1.1 {status} {reason}\r\ncontent-type: {kind}\r\n"
        if status == 405:
            head += "allow: POST\r\n"
        if not keep:
            head += "connection: close\r\n"
        if version == "HTTP/1.1" and method != "HEAD":
            # in two chunks, as servers do that send while they still write
            parts = [part for part in (body[:700], body[700:]) if part] + [b""]
            body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
            head += "transfer-encoding: chunked\r\n"
            body = self.spoiled("wire", body) if status < 300 else body
        else:
            head += f"content-length: {len(body)}\r\n"
        self.wfile.write(head.encode() + b"\r\n" + (b"" if method == "HEAD" else body))


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True


def main():
    parser = argparse.ArgumentParser(description="Veeqo POST /products only",
                                     formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1, 0 = any free one")
    parser.add_argument("--key", action="append", help="x-api-key, repeatable, '' = do not check; without: shop-key-9")
    parser.add_argument("--bug", action="append", default=[], choices=list(DEFECTS), metavar="NAME",
                        help="switch on one defect, repeatable")
    parser.add_argument("--list-bugs", action="store_true", help="print the defects and end")
    options = parser.parse_args()
    if options.list_bugs:
        for _, _, row in DEFECTS.values():
            print("\t".join(row))
        return
    Connection.active = [DEFECTS[name][:2] for name in options.bug]
    for stage, spoil in Connection.active:
        if stage == "rules":
            spoil(RULES)
    keys = options.key or ["shop-key-9"]
    Connection.keys, Connection.shop = set() if "" in keys else set(keys), Shop()
    server = Server(("127.0.0.1", options.port), Connection)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"listening on {server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
