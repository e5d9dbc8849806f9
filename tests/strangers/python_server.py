#!/usr/bin/env python3
"""A stand-in for three commerce APIs, written from the vendor documents alone.

Operations:  POST /rest/api/token, /rest/api/Products/, /rest/api/Orders/,
             /rest/api/PurchaseOrders (Sellercloud), POST /products (Veeqo),
             POST / or /sellercenter (Seller Center Product.createProducts).
Where the documents are silent, see CHOICES.md. Comments cite document lines.
"""
import argparse, base64, collections, datetime, hashlib, hmac, itertools, json, re, secrets
import signal, sys, threading, time, traceback, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOK, PRO, ORD = (f"sellercloud-{n}.txt" for n in ("token-facts", "create-product", "create-order"))
PUR, VEE, SEC = ("sellercloud-create-purchase-order.txt", "veeqo-create-product.txt",
                 "sellercenter-create-products.txt")
REQUIRED, CONDITION = "required field not enforced", "condition not enforced"
TOLERATED = "tolerated"  # the documents do not forbid it: a correct server may do it
AUTH_401 = "If user is not authenticated, then response will be Status Code 401 => Not Valid Token"
METADATA = "response will be Status Code 200 => OK and order metadata in JSON format"

# name, operation, class, document line, quoted sentence, what is wrong
BUGS = [
 ("token-status-201", "token", "status", f"{TOK}:14", "Response 200 `CreateTokenResponse",
  "a good login answers 201 Created"),
 ("token-no-expires-in", "token", "missing member", f"{TOK}:14", "expires_in: number(double)",
  "expires_in is left out"),
 ("token-expires-in-text", "token", "wrong type", f"{TOK}:14", "expires_in: number(double)",
  "expires_in is a string of digits"),
 ("token-type-jwt", "token", "wrong value", f"{TOK}:14", 'token_type: string ("Bearer")',
  "token_type says JWT"),
 ("token-expires-before-issued", "token", "wrong value", f"{TOK}:15", "`.expires = .issued + expires_in`",
  ".issued and .expires are swapped"),
 ("token-opaque", "token", "wrong value", f"{TOK}:17", "Token is a JWT (three dot-separated parts",
  "the token is one hexadecimal word without dots"),
 ("token-single", "token", "credential", f"{TOK}:17", "Several tokens may be alive at once",
  "a new login ends the earlier token of the same user"),
 ("token-any-password", "token", "credential", f"{TOK}:19", "Wrong credentials: non-200",
  "only the user name is checked, so any password logs in"),
 ("token-no-password-needed", "token", REQUIRED, f"{TOK}:20", "Missing Username/Password: both `required`",
  "a login without Password gets a token"),
 ("token-exact-keys", "token", "status", f"{TOK}:11", "Keys are matched case-insensitively",
  "username/password in lower case are not found: 400"),
 ("token-no-form", "token", "status", f"{TOK}:12", "Form-encoded bodies really are used",
  "a form-encoded login is refused with 400"),
 ("token-reads-authorization", "token", "header", f"{TOK}:13",
  "An `Authorization` header on the token call must be ignored",
  "a stale Authorization header makes the login a 401"),
 ("token-html-type", "token", "header", f"{TOK}:9", "produces `application/json`, `text/json`",
  "the Content-Type is text/html"),
 ("token-password-prefix", "token", "credential", f"{TOK}:19", "Wrong credentials: non-200",
  "only the first eight characters of the password count"),
 ("token-password-any-case", "token", "credential", f"{TOK}:19", "Wrong credentials: non-200",
  "the letter case of the password does not count"),
 ("token-empty-password", "token", REQUIRED, f"{TOK}:20", "Missing Username/Password: both `required`",
  "an empty Password skips the check and gets a token"),
 ("token-wrong-password-200", "token", "status", f"{TOK}:19", "Wrong credentials: non-200",
  "a wrong password answers 200 with an error text"),
 ("token-form-201", "token", "status", f"{TOK}:14", "Response 200 `CreateTokenResponse",
  "a good login answers 201 Created when it is form-encoded"),

 ("product-status-201", "create product", "status", f"{PRO}:29", METADATA, "success is 201 Created"),
 ("product-401-unauthorized", "create product", "reason phrase", f"{PRO}:30", AUTH_401,
  "the reason phrase is Unauthorized"),
 ("product-500-reason", "create product", "reason phrase", f"{PRO}:31",
  "Status Code 500 => Internal Server Error", "the reason phrase is Error"),
 ("product-no-login", "create product", "credential", f"{PRO}:30", AUTH_401,
  "a request without Authorization header is served"),
 ("product-sku-optional", "create product", REQUIRED, f"{PRO}:19",
  "ProductSKU | string | The SKU of the new product | Yes", "ProductSKU may be missing"),
 ("product-company-text", "create product", "wrong type", f"{PRO}:17",
  "CompanyId | int | Information about the company. | Yes", "CompanyId may be a string"),
 ("product-purchaser-unchecked", "create product", CONDITION, f"{PRO}:21",
  "Only if client setting ‘Require SiteCost and Buyer/Purchaser while creating product’ is enabled",
  "PurchaserId may be missing although the setting is on (seen with --require-site-cost)"),
 ("product-manufacturer-always", "create product", CONDITION, f"{PRO}:24",
  "Only if client setting ‘Require Manufacturer when creating Product’ is enabled",
  "ManufacturerId is demanded although the setting is off"),
 ("product-upc-demanded", "create product", "status", f"{PRO}:27", "UPC | string | Product UPC | No",
  "a product without UPC is refused"),
 ("product-not-json", "create product", "framing", f"{PRO}:29", METADATA,
  "the body is key=value text, not JSON"),
 ("product-type-name-empty", "create product", TOLERATED, f"{PRO}:20",
  "ProductTypeName | string | The Type Name of the new product | Yes", "an empty ProductTypeName counts as GENERAL"),
 ("product-sku-unless-upc", "create product", REQUIRED, f"{PRO}:19",
  "ProductSKU | string | The SKU of the new product | Yes", "ProductSKU may be missing when there is a UPC"),
 ("product-auto-upc-number", "create product", TOLERATED, f"{PRO}:25",
  "AutoAssignUPC | bool | Whether the new product should have Auto Assign UPC | No", "AutoAssignUPC may be 0 or 1"),
 ("product-notes-201", "create product", "status", f"{PRO}:29", METADATA,
  "success is 201 Created when ProductNotes is sent"),
 ("product-long-name-crash", "create product", "status", f"{PRO}:18",
  "ProductName | string | The name of the new product | Yes", "a ProductName of more than 255 characters is a crash"),
 ("product-query-token", "create product", "credential", f"{PRO}:13",
  "Authorization: Use Bearer Token + token received from token authentication",
  "a token in the query string (access_token or token) is served without the header"),
 ("product-no-token-400", "create product", "credential", f"{PRO}:30", AUTH_401,
  "a request without Authorization header answers 400 Bad Request"),

 ("order-401-as-403", "create order", "status", f"{ORD}:165", AUTH_401, "a bad token answers 403 Forbidden"),
 ("order-any-token", "create order", "credential", f"{ORD}:165", AUTH_401, "any Bearer value is served"),
 ("order-expired-token", "create order", "credential", f"{TOK}:28",
  "Missing header, garbage token, expired token: one and the same answer in every source",
  "a token still works after it expired (seen with a short --token-lifetime)"),
 ("order-no-bearer-word", "create order", "credential", f"{ORD}:26",
  "Authorization: Use Bearer Token + token received from token authentication",
  "the token without the word Bearer is served"),
 ("order-slash-404", "create order", "status", f"{ORD}:21",
  "https://{your_server_id}.api.sellercloud.com/rest/api/Orders/", "the path with the final slash is 404"),
 ("order-email-optional", "create order", REQUIRED, f"{ORD}:58",
  "FirstName, LastName and Email are mandatory fields.", "Email may be missing"),
 ("order-channel-optional", "create order", REQUIRED, f"{ORD}:90", "Channel is mandatory:",
  "Channel may be missing"),
 ("order-website-refused", "create order", "status", f"{ORD}:94", "Website = 6",
  "Channel Website (and 6) is refused"),
 ("order-duplicate", "create order", CONDITION, f"{TOK}:50",
  'The only device is the duplicate check on `OrderSourceOrderID` (500 "already exists")',
  "a second order with the same OrderSourceOrderID is created"),
 ("order-no-id", "create order", "missing member", f"{ORD}:164",
  "provides a valid ID of an order, then response will be Status Code 200 => OK and order metadata",
  "the metadata has no ID"),
 ("order-html-type", "create order", "header", f"{ORD}:164", METADATA, "the Content-Type is text/html"),
 ("order-short-length", "create order", "framing", f"{ORD}:164", METADATA,
  "Content-Length is one too small, so the JSON is cut"),
 ("order-company-null", "create order", REQUIRED, f"{ORD}:88", "ID of the company is mandatory.",
  "OrderDetails.CompanyID null counts as 0"),
 ("order-known-customer", "create order", REQUIRED, f"{ORD}:58",
  "FirstName, LastName and Email are mandatory fields.", "the three may be missing when CustomerDetails.ID is sent"),
 ("order-wholesale-text", "create order", TOLERATED, f"{ORD}:52", '"IsWholesale": true',
  "IsWholesale may be the string \"true\" or \"false\""),
 ("order-channel-range", "create order", CONDITION, f"{ORD}:94", "Website = 6",
  "every Channel from 0 to 6 is accepted, not only 0 and 6"),
 ("order-channel-zero-refused", "create order", "status", f"{ORD}:92", "Local_Store = 0,",
  "Channel 0 counts as missing and is refused"),
 ("order-duplicate-neighbour", "create order", TOLERATED, f"{TOK}:50",
  'The only device is the duplicate check on `OrderSourceOrderID` (500 "already exists")',
  "an OrderSourceOrderID is compared with the one of the latest order only"),
 ("order-any-scheme", "create order", "credential", f"{ORD}:26",
  "Authorization: Use Bearer Token + token received from token authentication",
  "another scheme word, like Basic or Token, before the token is served"),

 ("po-error-400", "create purchase order", "status", f"{PUR}:87",
  "In case of error, response will be Status Code 500 => Internal Server Error",
  "an invalid purchase order answers 400 Bad Request"),
 ("po-bad-token-500", "create purchase order", "credential", f"{PUR}:86", AUTH_401,
  "a garbage token answers 500"),
 ("po-vendor-as-id", "create purchase order", "wrong value", f"{PUR}:85",
  "ID of the created purchase order is returned", "the VendorID is returned in place of the new ID"),
 ("po-empty-answer", "create purchase order", "missing member", f"{PUR}:85",
  "ID of the created purchase order is returned", "200 without any body"),
 ("po-long-length", "create purchase order", "framing", f"{PUR}:85",
  "ID of the created purchase order is returned", "Content-Length is one too large, so the client waits"),
 ("po-vendor-optional", "create purchase order", REQUIRED, f"{PUR}:21",
  "VendorID | integer | PO vendor ID | true", "VendorID may be missing"),
 ("po-case-mode-text", "create purchase order", "wrong type", f"{PUR}:25",
  "CaseQtyMode | bool | PO case quantity mode. | true", "CaseQtyMode may be the string \"true\""),
 ("po-units-in-case-mode", "create purchase order", CONDITION, f"{PUR}:44",
  "Should only be set if case quantity mode is set to false.",
  "QtyUnitsOrdered is accepted while CaseQtyMode is true"),
 ("po-zero-cases", "create purchase order", CONDITION, f"{PUR}:50", "Should be greater than 0.",
  "QtyCasesOrdered 0 is accepted"),
 ("po-negative-price", "create purchase order", CONDITION, f"{PUR}:47", "Cannot be negative.",
  "a negative UnitPrice is accepted"),
 ("po-date-always", "create purchase order", CONDITION, f"{PUR}:38",
  "Should only be provided if client setting ‘Force user to enter Expected Delivery Date’ is enabled.",
  "ExpectedDeliveryDate is accepted although the setting is off"),
 ("po-billing-always", "create purchase order", CONDITION, f"{PUR}:66",
  "Can only be provided if client setting ‘Enable BillTo address for Purchase Orders’ is enabled.",
  "BillingAddress is accepted although the setting is off"),
 ("po-discount-always", "create purchase order", CONDITION, f"{PUR}:59",
  "Can only be provided if client setting ‘Enable Multi Discount for Purchase Order’ is disabled.",
  "DiscountType is accepted although the setting is on (seen with --multi-discount)"),
 ("po-long-country", "create purchase order", CONDITION, f"{PUR}:76",
  "Address.Country | string | Two letter country code | true", "Country USA is accepted"),
 ("po-null-refused", "create purchase order", "status", f"{PUR}:30",
  "Set to null or omit in the request if not needed.", "Description null is refused"),
 ("po-second-product-id", "create purchase order", TOLERATED, f"{PUR}:42",
  "Product.ProductID | string | Product ID | true", "ProductID is checked in the first product only"),
 ("po-no-products", "create purchase order", TOLERATED, f"{PUR}:41",
  "Products | List | List with PO product items | true", "an empty list of Products is accepted"),
 ("po-shipping-country-optional", "create purchase order", REQUIRED, f"{PUR}:76",
  "Address.Country | string | Two letter country code | true", "Country may be missing in a ShippingAddress"),
 ("po-zero-per-case", "create purchase order", CONDITION, f"{PUR}:53", "Should be greater than 0.",
  "QtyUnitsPerCase 0 is accepted"),
 ("po-case-price-inverted", "create purchase order", CONDITION, f"{PUR}:56",
  "Should only be set if case quantity mode is set to true.",
  "CasePrice is accepted when CaseQtyMode is false and refused when it is true"),
 ("po-item-notes-number", "create purchase order", TOLERATED, f"{PUR}:64",
  "Product.ItemNotes | string | Add item notes on PO Item level", "ItemNotes may be a number"),
 ("po-one-unit-refused", "create purchase order", "status", f"{PUR}:44", "Should be greater than 0.",
  "QtyUnitsOrdered 1 is refused"),
 ("po-large-quantity-crash", "create purchase order", "status", f"{PUR}:43",
  "Product.QtyUnitsOrdered | integer | Quantity of ordered units of this product.",
  "QtyUnitsOrdered above 32767 is a crash"),
 ("po-unsigned-token", "create purchase order", "credential", f"{PUR}:86", AUTH_401,
  "the third part of the token, its signature, is not checked"),
 ("po-error-200", "create purchase order", "status", f"{PUR}:87",
  "In case of error, response will be Status Code 500 => Internal Server Error",
  "an invalid purchase order answers 200 with the error text"),

 ("veeqo-status-200", "veeqo create product", "status", f"{VEE}:147", "Created", "success is 200 OK"),
 ("veeqo-reason-ok", "veeqo create product", "reason phrase", f"{VEE}:147", "Created", "success is 201 OK"),
 ("veeqo-title-optional", "veeqo create product", REQUIRED, f"{VEE}:12", "required",
  "the product title (line 11) may be missing"),
 ("veeqo-price-optional", "veeqo create product", REQUIRED, f"{VEE}:49", "required",
  "the variant price (line 48) may be missing"),
 ("veeqo-price-text", "veeqo create product", "wrong type", f"{VEE}:318", "number",
  "sellables[].price (line 316) is a string"),
 ("veeqo-time-format", "veeqo create product", "wrong type", f"{VEE}:169", "string format: date-time",
  "created_at is like '2017-10-13 09:08:13 UTC'"),
 ("veeqo-no-stock-entries", "veeqo create product", "missing member", f"{VEE}:432", "required",
  "sellables[].stock_entries (line 431) is left out"),
 ("veeqo-margin", "veeqo create product", "wrong value", f"{VEE}:720", '"margin": 33.33,',
  "margin is profit by cost price (50), not by price"),
 ("veeqo-weight-unit", "veeqo create product", "wrong value", f"{VEE}:832", '"weight_grams": 10,',
  "weight_grams is multiplied by 1000 because weight_unit is kg"),
 ("veeqo-sku-empty", "veeqo create product", TOLERATED, f"{VEE}:55", "required",
  "an empty sku_code (line 54) gets a made-up one"),
 ("veeqo-second-title", "veeqo create product", REQUIRED, f"{VEE}:43", "required",
  "the title (line 42) of the second and later variants may be missing"),
 ("veeqo-weight-word", "veeqo create product", CONDITION, f"{VEE}:64", "number",
  "a weight_grams (line 60) that is a word counts as 0"),
 ("veeqo-free-refused", "veeqo create product", "status", f"{VEE}:53", "number",
  "the variant price (line 48) 0 counts as missing and is refused"),
 ("veeqo-text-position-refused", "veeqo create product", "status", f"{VEE}:137", '"display_position": "1"',
  "a display_position in quotes is refused"),
 ("veeqo-images-200", "veeqo create product", "status", f"{VEE}:147", "Created",
  "success is 200 OK when there are images_attributes"),

 ("sc-id-number", "sellercenter createProducts", "wrong type", f"{SEC}:330", '"id":"468012",',
  "the product id is a number"),
 ("sc-code-text", "sellercenter createProducts", "wrong type", f"{SEC}:434", "int",
  "error code is the string \"0\""),
 ("sc-no-config-id", "sellercenter createProducts", "missing member", f"{SEC}:331", '"config_id":"453593",',
  "config_id is left out"),
 ("sc-status-ok", "sellercenter createProducts", "wrong value", f"{SEC}:326", '"status":"success",',
  "status is ok"),
 ("sc-updated-iso", "sellercenter createProducts", "wrong value", f"{SEC}:332",
  '"updated_at":"2015-08-20 14:25:42"', "updated_at has T and Z as in ISO 8601"),
 ("sc-call-id", "sellercenter createProducts", "wrong value", f"{SEC}:336", '"id":1',
  "the call id is not given back (null)"),
 ("sc-no-attribute-set", "sellercenter createProducts", REQUIRED, f"{SEC}:407",
  '"message": "No attribute set specified",', "a product without attribute_set is created"),
 ("sc-ungrouped", "sellercenter createProducts", CONDITION, f"{SEC}:442",
  "All the variations having same productset needs to be grouped as a single product.",
  "each variation of a product_set gets a config_id of its own"),
 ("sc-config-ignored", "sellercenter createProducts", CONDITION, f"{SEC}:446",
  "Both of the values can be used to determine to which existing product the new variation shall be added.",
  "a config_id in the request is not used, a new one is answered"),
 ("sc-approval-any", "sellercenter createProducts", CONDITION, f"{SEC}:105", "2 - product is rejected.",
  "approval_status 7 is accepted"),
 ("sc-status-any", "sellercenter createProducts", CONDITION, f"{SEC}:243",
  '"active" - product is active; "inactive" - product is inactive "deleted" - product is deleted',
  "status archived is accepted"),
 ("sc-php-notice", "sellercenter createProducts", "framing", f"{SEC}:319", "JSON example:",
  "a PHP notice stands before the JSON"),
 ("sc-second-attribute-set", "sellercenter createProducts", REQUIRED, f"{SEC}:407",
  '"message": "No attribute set specified",', "attribute_set is demanded of the first product of a call only"),
 ("sc-second-category-number", "sellercenter createProducts", TOLERATED, f"{SEC}:143", '["10", "20", …]',
  "the second and later entries of categories may be numbers"),
 ("sc-number-set-refused", "sellercenter createProducts", "status", f"{SEC}:109", "integer",
  "attribute_set (line 107) is only taken as a string, 23 without quotes is a failure"),
 ("sc-pending-refused", "sellercenter createProducts", "status", f"{SEC}:103", "0 - product is pending;",
  "approval_status 0 counts as missing and is a failure"),
 ("sc-emoji-crash", "sellercenter createProducts", "status", f"{SEC}:263", "string",
  "a title (line 261) with an emoji is a crash"),
]
ON = set()                      # bugs switched on


def bug(name):
    return name in ON


# ---------------------------------------------------------------- requests and answers

class Refused(Exception):
    """The request breaks a documented rule; the text says which."""


class Answer:
    def __init__(self, status, body=b"", kind="application/json;charset=UTF-8", reason=None,
                 headers=(), length_error=0):
        self.status, self.body, self.kind, self.headers = status, body, kind, list(headers)
        self.reason = reason or BaseHTTPRequestHandler.responses[status][0]
        self.length_error = length_error        # only for the framing bugs


class Request:
    def __init__(self, method, path, headers, body, ip, query=""):
        self.method, self.path, self.headers, self.body, self.ip = method, path, headers, body, ip
        self.query = query

    def media_type(self):
        return self.headers.get("Content-Type", "").split(";")[0].strip().lower()

    def json(self):
        def no_constants(word):                  # NaN and Infinity are not JSON
            raise ValueError(word)
        try:
            return json.loads(self.body, parse_constant=no_constants)
        except (ValueError, RecursionError):
            raise Refused("The body could not be read as JSON")


def compact(value):              # Sellercloud style: no spaces, one final newline
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace") + b"\n"


KINDS = {
    "int": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "decimal": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "bool": lambda v: isinstance(v, bool),
    "string": lambda v: isinstance(v, str),
    "object": lambda v: isinstance(v, dict),
    "list": lambda v: isinstance(v, list),
}


def member(holder, name, kind, required=False):
    """The member's value, None when it is null or absent; Refused when it breaks the table."""
    value = holder.get(name)
    if value is None or (required and isinstance(value, str) and not value.strip()):
        if required:
            raise Refused(f"A value for {name} has to be supplied")
        return None
    if not KINDS[kind](value):
        raise Refused(f"{name} has to be of type {kind}")
    return value


def refuse(value):
    raise Refused(f"{value} is not possible here")


def crash(value):
    raise ValueError(value)


# Bugs about one member: path, the values in question, what becomes of them before the checks see them.
# In a path * is each item of a list, + each item but the first.
TWISTS = {
    "product-type-name-empty": ("ProductTypeName", lambda v: v == "", lambda v: "GENERAL"),
    "product-auto-upc-number": ("AutoAssignUPC", lambda v: KINDS["int"](v) and v in (0, 1), bool),
    "product-long-name-crash": ("ProductName", lambda v: isinstance(v, str) and len(v) > 255, crash),
    "order-company-null": ("OrderDetails CompanyID", lambda v: v is None, lambda v: 0),
    "order-wholesale-text": ("CustomerDetails IsWholesale", lambda v: v in ("true", "false"), lambda v: v == "true"),
    "order-channel-zero-refused": ("OrderDetails Channel", lambda v: KINDS["int"](v) and v == 0, refuse),
    "po-second-product-id": ("Products + ProductID", lambda v: not v, lambda v: "-"),
    "po-zero-per-case": ("Products * QtyUnitsPerCase", lambda v: v == 0, lambda v: 1),
    "po-item-notes-number": ("Products * ItemNotes", KINDS["decimal"], str),
    "po-one-unit-refused": ("Products * QtyUnitsOrdered", lambda v: v == 1, refuse),
    "po-large-quantity-crash": ("Products * QtyUnitsOrdered", lambda v: KINDS["int"](v) and v > 32767, crash),
    "veeqo-sku-empty": ("product_variants_attributes * sku_code", lambda v: v == "",
                        lambda v: "SKU-" + secrets.token_hex(4)),
    "veeqo-second-title": ("product_variants_attributes + title", lambda v: not v, lambda v: "Default"),
    "veeqo-weight-word": ("product_variants_attributes * weight_grams",
                          lambda v: isinstance(v, str) and not re.fullmatch(r"-?\d+(\.\d+)?", v), lambda v: 0),
    "veeqo-free-refused": ("product_variants_attributes * price", lambda v: v in (0, "0"), refuse),
    "veeqo-text-position-refused": ("images_attributes * display_position", KINDS["string"], refuse),
    "sc-second-category-number": ("categories +", KINDS["int"], str),
    "sc-number-set-refused": ("attribute_set", KINDS["int"], refuse),
    "sc-pending-refused": ("approval_status", lambda v: KINDS["int"](v) and v == 0, refuse),
    "sc-emoji-crash": ("title", lambda v: isinstance(v, str) and max(v, default="") > "\uffff", crash),
}


def twist(operation, data):
    """Applies the switched-on TWISTS of one operation, named by the first word of its bugs."""
    for name in ON & TWISTS.keys():
        path, concerned, change = TWISTS[name]
        for holder, key in places(data, path.split()) if name.startswith(operation + "-") else ():
            value = holder[key] if isinstance(holder, list) else holder.get(key)
            if concerned(value):
                holder[key] = change(value)


def places(holder, steps):
    """Each holder and key that a path leads to; the last key may be absent."""
    if isinstance(holder, list):
        keys = range(steps[0] == "+", len(holder)) if steps[0] in "*+" else ()
    else:
        keys = steps[:1] if isinstance(holder, dict) and steps[0] not in "*+" else ()
    for key in keys:
        if len(steps) == 1:
            yield holder, key
        elif isinstance(holder, list) or key in holder:
            yield from places(holder[key], steps[1:])


def utc_now():
    return datetime.datetime.now(datetime.timezone.utc)


# ---------------------------------------------------------------- Sellercloud

class Sellercloud:
    def __init__(self, options):
        self.options, self.lock = options, threading.Lock()
        self.accounts = dict([(options.user, options.password)] + [t.split(":", 1) for t in options.tenant])
        self.tokens = {}                         # token -> (user, end of life)
        self.calls = collections.defaultdict(collections.deque)
        self.secret = secrets.token_bytes(16)
        self.source_ids, self.latest_source = set(), None       # OrderSourceOrderIDs seen, token-facts:50
        self.order_ids = itertools.count(3000017)
        self.purchase_ids = itertools.count(90041, 7)
        self.products = {}

    # -- token, sellercloud-token-facts.txt:8-20

    def token(self, request):
        if bug("token-reads-authorization") and "Authorization" in request.headers and not self.user_of(request):
            return self.not_valid_token()
        try:
            user, password = self.read_login(request)
        except Refused as why:                   # token-facts:20 and :34
            return Answer(400, compact({"ModelState": {"model": [str(why)]}, "Message": "The request is invalid."}))
        if user not in self.accounts or not self.fits(password, self.accounts[user]):       # token-facts:19
            return Answer(200 if bug("token-wrong-password-200") else 400,
                          compact({"Message": "Sorry, invalid username or password"}))
        form = request.media_type() == "application/x-www-form-urlencoded"
        limited = self.over_limit(user, request.ip)
        return limited or self.new_token(user, 201 if bug("token-status-201") or form and bug("token-form-201") else 200)

    def fits(self, password, right):
        if bug("token-password-prefix"):
            password, right = password[:8], right[:8]
        if bug("token-password-any-case"):
            password, right = password.lower(), right.lower()
        return password == right or bug("token-any-password")

    def read_login(self, request):
        kind = request.media_type()
        if kind == "application/x-www-form-urlencoded" and not bug("token-no-form"):
            data = dict(urllib.parse.parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
        elif kind in ("application/json", "text/json"):                       # token-facts:9
            data = request.json()
        else:
            raise Refused("Send the login as JSON or as a form")
        if not isinstance(data, dict):
            raise Refused("The login has to be an object")
        if bug("token-exact-keys"):
            data = {"username": data.get("Username"), "password": data.get("Password")}
        else:
            data = {key.lower(): value for key, value in data.items()}        # token-facts:11
        user = member(data, "username", "string", required=True)
        if bug("token-no-password-needed") and "password" not in data \
                or bug("token-empty-password") and data.get("password") == "":
            return user, self.accounts.get(user)
        return user, member(data, "password", "string", required=True)

    def new_token(self, user, status):
        life, issued = self.options.token_lifetime, utc_now()

        def part(data):
            return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
        token = part(b'{"alg":"HS256"}') + "." + part(json.dumps({"u": user, "n": secrets.token_hex(6)}).encode())
        token += "." + part(hmac.new(self.secret, token.encode(), hashlib.sha256).digest())
        if bug("token-opaque"):
            token = secrets.token_hex(32)
        with self.lock:
            if bug("token-single"):
                self.tokens = {t: entry for t, entry in self.tokens.items() if entry[0] != user}
            self.tokens[token] = (user, time.monotonic() + life)
        start, end = (moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
                      for moment in (issued, issued + datetime.timedelta(seconds=life)))
        if bug("token-expires-before-issued"):
            start, end = end, start
        answer = {".expires": end, ".issued": start, "username": user, "expires_in": float(life),
                  "token_type": "Bearer", "access_token": token}
        if bug("token-no-expires-in"):
            del answer["expires_in"]
        if bug("token-expires-in-text"):
            answer["expires_in"] = str(int(life))
        if bug("token-type-jwt"):
            answer["token_type"] = "JWT"
        return Answer(status, compact(answer),
                      "text/html" if bug("token-html-type") else "application/json;charset=UTF-8")

    # -- who asks, token-facts:23-28

    def user_of(self, request, any_token=False, keep_expired=False, bare=False, any_scheme=False, in_query=False,
                unsigned=False):
        header = request.headers.get("Authorization", "").strip()
        if in_query and not header:
            query = dict(urllib.parse.parse_qsl(request.query))
            header = "Bearer " + (query.get("access_token") or query.get("token") or "")
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" and not any_scheme:
            if not bare:
                return None
            token = header
        token = token.strip()
        if any_token and token:
            return self.options.user
        if unsigned:
            token = next((t for t in list(self.tokens) if t.rpartition(".")[0] == token.rpartition(".")[0]), token)
        user, end = self.tokens.get(token, (None, 0))
        return user if time.monotonic() < end or keep_expired else None

    def not_valid_token(self, status=401, reason="Not Valid Token"):
        return Answer(status, compact({"Message": "Not Valid Token"}), reason=reason)

    def over_limit(self, user, ip):
        """token-facts:43: 10,800 requests per hour per user from one IP, every endpoint counts; 409."""
        with self.lock:
            calls, now = self.calls[user, ip], time.monotonic()
            while calls and calls[0] <= now - 3600:
                calls.popleft()
            if not self.options.rate_limit or len(calls) < self.options.rate_limit:
                calls.append(now)
                return None
            reset = utc_now() + datetime.timedelta(seconds=calls[0] + 3600 - now)
        return Answer(409, compact({"Message": "Hourly request quota is used up",
                                    "RateLimitResetTime": reset.strftime("%Y-%m-%dT%H:%M:%S.%f0Z")}))

    def guarded(self, request, user, work, error_status=500, error_reason=None):
        """Common way of the three create operations: limit, headers, work, refusal."""
        limited = self.over_limit(user, request.ip)
        if limited:
            return limited
        try:
            if request.media_type() not in ("application/json", "text/json"):
                raise Refused("The Content-Type has to be application/json")
            data = request.json()
            if not isinstance(data, dict):
                raise Refused("The body has to be one JSON object")
            return work(data)
        except Refused as why:                   # a bare sentence as JSON string, token-facts:33
            return Answer(error_status, compact(str(why)), reason=error_reason)

    # -- create product, sellercloud-create-product.txt

    def create_product(self, request):
        user = self.user_of(request, in_query=bug("product-query-token"))
        if bug("product-no-login") and "Authorization" not in request.headers:
            user = self.options.user
        if not user:
            if bug("product-no-token-400") and "Authorization" not in request.headers:
                return self.not_valid_token(400, "Bad Request")
            return self.not_valid_token(
                reason="Unauthorized" if bug("product-401-unauthorized") else "Not Valid Token")
        reason = "Error" if bug("product-500-reason") else None
        return self.guarded(request, user, self.save_product, error_reason=reason)

    def save_product(self, data):
        twist("product", data)
        if bug("product-company-text") and isinstance(data.get("CompanyId"), str):
            data["CompanyId"] = int("0" + re.sub(r"\D", "", data["CompanyId"]))
        company = member(data, "CompanyId", "int", required=True)                          # :17
        name = member(data, "ProductName", "string", required=True)                        # :18
        needs_sku = not (bug("product-sku-optional") or data.get("UPC") and bug("product-sku-unless-upc"))
        sku = member(data, "ProductSKU", "string", required=needs_sku)                     # :19
        kind = member(data, "ProductTypeName", "string", required=True)                    # :20
        costs = self.options.require_site_cost                                             # :21-23
        member(data, "PurchaserId", "int", required=costs and not bug("product-purchaser-unchecked"))
        member(data, "SiteCost", "decimal", required=costs)
        member(data, "DefaultPrice", "decimal", required=costs)
        member(data, "ManufacturerId", "int",                                              # :24
               required=self.options.require_manufacturer or bug("product-manufacturer-always"))
        member(data, "AutoAssignUPC", "bool")                                              # :25-27
        member(data, "ProductNotes", "string")
        member(data, "UPC", "string", required=bug("product-upc-demanded"))
        with self.lock:
            self.products[company, sku] = data
        made = {"ProductTypeName": kind, "ProductName": name, "CompanyId": company, "ID": sku}
        if bug("product-not-json"):
            return Answer(200, "".join(f"{k}={v}\n" for k, v in made.items()).encode())
        created = bug("product-status-201") or data.get("ProductNotes") and bug("product-notes-201")
        return Answer(201 if created else 200, compact(made))

    # -- create order, sellercloud-create-order.txt

    def create_order(self, request):
        user = self.user_of(request, any_token=bug("order-any-token"), any_scheme=bug("order-any-scheme"),
                            keep_expired=bug("order-expired-token"), bare=bug("order-no-bearer-word"))
        if not user:
            return self.not_valid_token(403, "Forbidden") if bug("order-401-as-403") else self.not_valid_token()
        return self.guarded(request, user, self.save_order)

    def save_order(self, data):
        twist("order", data)
        customer = member(data, "CustomerDetails", "object", required=True)                # :38-64
        for name in ("FirstName", "LastName", "Email"):                                    # :58
            member(customer, name, "string", required=not (name == "Email" and bug("order-email-optional")
                                                           or customer.get("ID") and bug("order-known-customer")))
        member(customer, "ID", "int")
        member(customer, "Business", "string")
        member(customer, "IsWholesale", "bool")
        details = member(data, "OrderDetails", "object", required=True)                    # :66-96
        company = member(details, "CompanyID", "int", required=True)                       # :88
        for name in ("MarketingSource", "SalesRepresentative"):
            member(details, name, "int")
        for name in ("TaxExempt", "GiftOrder"):
            member(details, name, "bool")
        channel = details.get("Channel")                                                   # :90-94
        allowed = {"Local_Store": 0, "Website": 6}
        if bug("order-website-refused"):
            del allowed["Website"]
        by_name = isinstance(channel, str) and channel in allowed
        by_number = KINDS["int"](channel) and channel in (range(7) if bug("order-channel-range") else allowed.values())
        if not (by_name or by_number or (channel is None and bug("order-channel-optional"))):
            raise Refused("Channel has to be Local_Store (0) or Website (6)")
        for name in ("ShippingAddress", "BillingAddress", "ShippingMethodDetails",         # :98-160
                     "PaymentDetails", "Notes", "GiftDetails"):
            member(data, name, "object")
        category = (data.get("Notes") or {}).get("Category")                               # :170-172
        if category not in (None, 0, 1, 2, "General", "Customer_Instructions", "Customer_Service_Note") \
                or isinstance(category, bool):
            raise Refused("Notes.Category is not one of the order note categories")
        if not all(isinstance(item, dict) for item in member(data, "Products", "list") or []):
            raise Refused("Products has to be a list of objects")                          # :146
        source = member(details, "OrderSourceOrderID", "string")
        with self.lock:
            if bug("order-duplicate-neighbour"):
                self.source_ids &= {self.latest_source}
            if source and source in self.source_ids and not bug("order-duplicate"):        # token-facts:50
                raise Refused(f"Order with OrderSourceOrderID {source} already exists")
            self.source_ids.add(source)
            self.latest_source = source
            made = {"OrderSourceOrderID": source, "CompanyID": company, "Channel": channel,
                    "CustomerEmail": customer.get("Email"), "ID": next(self.order_ids)}
        if bug("order-no-id"):
            del made["ID"]
        return Answer(200, compact(made).rstrip(), length_error=-1 if bug("order-short-length") else 0,
                      kind="text/html" if bug("order-html-type") else "application/json;charset=UTF-8")

    # -- create purchase order, sellercloud-create-purchase-order.txt

    def create_purchase_order(self, request):
        user = self.user_of(request, unsigned=bug("po-unsigned-token"))
        if not user:
            if bug("po-bad-token-500") and "Authorization" in request.headers:
                return Answer(500, compact({"Message": "An error has occurred."}))
            return self.not_valid_token()                                                  # :86
        error_status = 400 if bug("po-error-400") else 200 if bug("po-error-200") else 500  # :87
        return self.guarded(request, user, self.save_purchase_order, error_status)

    def save_purchase_order(self, data):
        twist("po", data)
        options = self.options
        member(data, "CompanyID", "int", required=True)                                    # :20
        vendor = member(data, "VendorID", "int", required=not bug("po-vendor-optional"))   # :21
        self.enum(data, "POType", required=True)                                           # :22
        if bug("po-case-mode-text") and data.get("CaseQtyMode") in ("true", "false"):
            data["CaseQtyMode"] = data["CaseQtyMode"] == "true"
        cases = member(data, "CaseQtyMode", "bool", required=True)                         # :25
        if bug("po-null-refused") and "Description" in data and data["Description"] is None:
            raise Refused("Description has to be of type string")
        for name, kind in (("DefaultWarehouseID", "int"), ("Description", "string"),       # :26-37
                           ("VendorNote", "string"), ("PaymentTermID", "int")):
            member(data, name, kind)
        date = member(data, "ExpectedDeliveryDate", "string")                              # :38-40
        if date is not None:
            if not options.force_delivery_date and not bug("po-date-always"):
                raise Refused("ExpectedDeliveryDate is not in use for this client")
            self.check_date(date)
        self.addresses(data)
        products = member(data, "Products", "list", required=True)                         # :41
        if not products and not bug("po-no-products"):
            raise Refused("A purchase order needs a product")
        for item in products:
            if not isinstance(item, dict):
                raise Refused("Products has to be a list of objects")
            self.check_item(item, cases)
        with self.lock:
            number = next(self.purchase_ids)
        if bug("po-empty-answer"):
            return Answer(200)
        return Answer(200, compact(vendor if bug("po-vendor-as-id") else number).rstrip(),  # :85
                      length_error=1 if bug("po-long-length") else 0)

    def check_item(self, item, cases):
        member(item, "ProductID", "string", required=True)                                 # :42
        # name, type, the CaseQtyMode it belongs to, whether 0 is allowed
        for name, kind, mode, zero in (("QtyUnitsOrdered", "int", False, False),           # :43-45
                                       ("UnitPrice", "decimal", False, True),              # :46-48
                                       ("QtyCasesOrdered", "int", True, False),            # :49-51
                                       ("QtyUnitsPerCase", "int", True, False),            # :52-54
                                       ("CasePrice", "decimal", True, True)):              # :55-57
            value = member(item, name, kind)
            if value is None:
                continue
            if name == "CasePrice" and bug("po-case-price-inverted"):
                mode = not mode
            if mode != cases and not (name == "QtyUnitsOrdered" and bug("po-units-in-case-mode")):
                raise Refused(f"{name} does not go with CaseQtyMode {str(cases).lower()}")
            if name == "QtyCasesOrdered" and value == 0 and bug("po-zero-cases"):
                continue
            if name == "UnitPrice" and bug("po-negative-price"):
                continue
            if value < 0 or (value == 0 and not zero):
                raise Refused(f"{name} is too small")
        kind, value = self.enum(item, "DiscountType"), member(item, "DiscountValue", "decimal")  # :58-63
        if kind is not None and bug("po-discount-always"):
            kind = None
        if self.options.multi_discount and (kind is not None or value is not None):
            raise Refused("A discount of one kind is not in use for this client")
        member(item, "WarehouseID", "int")                                                 # :18
        member(item, "ItemNotes", "string")                                                # :64
        self.addresses(item)                     # the table puts the addresses here, :65 and :68

    def addresses(self, holder):
        for place in ("BillingAddress", "ShippingAddress"):                                # :65-70
            address = member(holder, place, "object")
            if address is None:
                continue
            if place == "BillingAddress" and not self.options.enable_bill_to and not bug("po-billing-always"):
                raise Refused("BillingAddress is not in use for this client")
            for name in ("FirstName LastName MiddleName ZipCode City Business AddressLine1 "
                         "AddressLine2 Fax Region State Phone").split():                   # :71-83
                member(address, name, "string")
            country = member(address, "Country", "string", required=place == "BillingAddress"     # :76
                             or not bug("po-shipping-country-optional"))
            if country is not None and not re.fullmatch("[A-Za-z]{2}", country) and not bug("po-long-country"):
                raise Refused("Country has to be a two letter code")

    def enum(self, holder, name, required=False):
        """The value lists are not in the document ("can be found here"), so any word or number passes."""
        value = holder.get(name)
        if value is None and not required:
            return None
        if not (KINDS["int"](value) or (isinstance(value, str) and re.fullmatch("[A-Za-z_]+", value))):
            raise Refused(f"{name} has to be one of its listed values")
        return value

    def check_date(self, text):                  # forms in use: token-facts:49
        try:
            datetime.datetime.fromisoformat(text)
        except ValueError:
            raise Refused("ExpectedDeliveryDate is not a date")


# ---------------------------------------------------------------- Veeqo, veeqo-create-product.txt

class Veeqo:
    USER, WAREHOUSE = 41, 612

    def __init__(self, options):
        self.keys, self.lock = set(options.key or ["veeqo-key-1"]), threading.Lock()
        self.numbers = itertools.count(70500, 3)
        self.brand_uses = collections.Counter()

    def create_product(self, request):
        key = request.headers.get("x-api-key", "")
        if "" not in self.keys and key not in self.keys:
            return self.answer(401, {"problem": "This x-api-key is not known"})
        try:
            data = request.json()
            if isinstance(data, dict) and "product" in data:      # example :102-145 wraps, the table :10 does not
                data = data["product"]
            if not isinstance(data, dict):
                raise Refused("product has to be an object")
            made = self.build(data)
        except Refused as why:
            return self.answer(422, {"problem": str(why)})
        with_images = data.get("images_attributes") and bug("veeqo-images-200")
        status = 200 if bug("veeqo-status-200") or with_images else 201               # :147
        return self.answer(status, made, "OK" if bug("veeqo-reason-ok") else None)

    def answer(self, status, value, reason=None):
        return Answer(status, json.dumps(value, indent=1).encode(), "application/json; version=1; charset=utf-8", reason)

    def number(self, holder, name, required=False, default=0):
        """Typed number, but the example sends "150" and "": :106, :113-117, :137."""
        value = holder.get(name)
        if value is None or value == "":
            if required:
                raise Refused(f"{name} can not be left out")
            return default
        if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
            value = float(value)
        if not KINDS["decimal"](value):
            raise Refused(f"{name} has to be a number")
        return int(value) if value == int(value) else value

    def build(self, data):
        twist("veeqo", data)
        title = member(data, "title", "string", required=not bug("veeqo-title-optional"))   # :11-12
        description = member(data, "description", "string") or ""
        notes = member(data, "notes", "string") or ""
        days = self.number(data, "estimated_delivery", default=None)                        # :22-26
        variants = member(data, "product_variants_attributes", "list")                      # :37-39
        if variants == []:
            raise Refused("product_variants_attributes has to hold one or more variants")   # :8
        images = member(data, "images_attributes", "list") or []                            # :85-100
        for entry in (variants or []) + images:
            if not isinstance(entry, dict):
                raise Refused("variants and images have to be objects")
        for variant in variants or []:
            self.check_variant(variant)
        images = [(self.number(i, "display_position", default=None), member(i, "src", "string")) for i in images]
        brand_id = member(data, "product_brand_id", "string")                               # :32-36
        if brand_id and not brand_id.isdecimal():
            raise Refused("product_brand_id is not the ID of a brand")
        with self.lock:
            return self.assemble(title, description, notes, days, variants or [], images, brand_id)

    def check_variant(self, variant):
        member(variant, "title", "string", required=True)                                   # :42-43
        member(variant, "sku_code", "string", required=True)                                # :54-55
        self.number(variant, "price", required=not bug("veeqo-price-optional"))             # :48-49
        for name in ("upc_code", "model_number", "weight_unit"):
            member(variant, name, "string")
        for name in ("weight_grams", "min_reorder_level", "quantity_to_reorder", "tax_rate", "cost_price"):
            self.number(variant, name)

    def assemble(self, title, description, notes, days, variants, images, brand_id):
        now = utc_now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        ident = next(self.numbers)
        brand = None
        if brand_id:                                                                        # :261-285
            self.brand_uses[brand_id] += 1
            brand = {"products_count": self.brand_uses[brand_id], "display_position": 1,
                     "name": f"Brand no. {int(brand_id)}", "id": int(brand_id)}
        # The image with the lowest position is the main one (:136-137 became :675-693).
        images = [self.image(place, src, ident, now) for place, src in images]
        main = min(images, key=lambda i: (i["display_position"] is None, i["display_position"] or 0), default=None)
        source = main["src"] if main else None
        inner = {"id": ident, "title": title, "weight": 0, "origin_country": None, "hs_tariff_number": None,
                 "tax_rate": 0, "main_image": main, "estimated_delivery": days, "deleted_at": None,
                 "deleted_by_id": None, "description": description, "main_image_src": source}
        sellables = [self.sellable(v, inner, now) for v in variants][::-1]     # last first, as in :697-934
        made = {"id": ident, "title": title, "description": description, "notes": notes, "brand": brand,
                "created_by_id": self.USER, "created_at": now, "updated_by_id": self.USER, "updated_at": now,
                "deleted_at": None, "deleted_by_id": None, "weight": 0, "origin_country": None,
                "hs_tariff_number": None, "product_tax_rate_id": None, "tax_rate": 0,
                "web_meta_description": "", "web_meta_keywords": "", "web_meta_title": "", "web_page_title": "",
                "web_page_url": "", "estimated_delivery": days, "total_quantity_sold": 0,
                "main_image": main, "main_image_src": source, "image": source,
                "sellables": sellables, "channel_products": [], "active_channels": [], "tags": [],
                "on_hand_value": 0, "total_allocated_stock_level": 0, "total_available_stock_level": 0,
                "total_stock_level": 0, "inventory": {"infinite": False}}
        if not main:                 # not nullable in the tables (:203, :377, :627), so leave them out
            del made["main_image"], made["main_image_src"], inner["main_image"]
        if bug("veeqo-time-format"):
            made["created_at"] = utc_now().strftime("%Y-%m-%d %H:%M:%S UTC")
        return made

    def image(self, place, src, product, now):                                              # :675-693
        return {"id": next(self.numbers), "product_id": product, "src": src, "display_position": place,
                "created_at": now, "updated_at": now, "picture_order": 9999,
                **dict.fromkeys(("binary_data", "content_type", "created_by_id", "updated_by_id", "deleted_at",
                                 "deleted_by_id", "picture_file_name", "picture_content_type",
                                 "picture_file_size", "picture_updated_at"))}

    def sellable(self, variant, product, now):                                              # :698-815
        price, cost = self.number(variant, "price"), self.number(variant, "cost_price")
        profit = round(price - cost, 4)
        base = cost if bug("veeqo-margin") else price
        grams = self.number(variant, "weight_grams")
        if bug("veeqo-weight-unit") and variant.get("weight_unit") == "kg":
            grams *= 1000
        ident = next(self.numbers)
        stock = {"sellable_id": ident, "warehouse_id": self.WAREHOUSE, "warehouse": self.warehouse(),
                 "infinite": False, "location": None, "stock_running_low": True, "updated_at": now,
                 "allocated_stock_level": 0, "incoming_stock_level": 0, "physical_stock_level": 0,
                 "available_stock_level": 0, "sellable_on_hand_value": 0}
        levels = dict.fromkeys((f"{kind}_stock_level_at_all_warehouses" for kind in
                                ("physical", "allocated", "available", "incoming")), 0)
        made = {"id": ident, "type": "ProductVariant", "title": variant["title"], "sku_code": variant["sku_code"],
                "upc_code": variant.get("upc_code") or "", "model_number": variant.get("model_number") or "",
                "price": str(price) if bug("veeqo-price-text") else price, "cost_price": cost, "profit": profit,
                "margin": round(100 * profit / base, 2) if base else 0,                     # :720
                "min_reorder_level": self.number(variant, "min_reorder_level"),
                "quantity_to_reorder": self.number(variant, "quantity_to_reorder"),
                "tax_rate": self.number(variant, "tax_rate"), "created_by_id": self.USER,
                "created_at": now, "updated_at": now, "weight_grams": grams,
                "weight_unit": "g", "weight": grams,     # g even when the request says kg: :121 became :833
                "product_title": product["title"], "full_title": f"{product['title']} {variant['title']}",
                "sellable_title": variant["title"], "product": product, "stock_entries": [stock],
                "variant_option_specifics": [], "variant_property_specifics": [],
                "measurement_attributes": {"id": next(self.numbers), "width": 0, "height": 0, "depth": 0,
                                           "dimensions_unit": "cm"},
                "images": [], "active_channels": [], "channel_sellables": [], "total_quantity_sold": 0,
                "allocated_stock_level_at_all_warehouses": 0, "available_stock_level_at_all_warehouses": 0,
                "stock_level_at_all_warehouses": 0, "on_hand_value": 0,
                "inventory": {"infinite": False, **levels}}
        if bug("veeqo-no-stock-entries"):
            del made["stock_entries"]
        return made

    def warehouse(self):                                                                    # :760-782
        return {"id": self.WAREHOUSE, "name": "Back Room", "inventory_type_code": "wavg", "default_min_reorder": 0,
                "click_and_collect_enabled": False, "created_by_id": self.USER,
                "created_at": "2016-02-29T23:59:58.001Z", "updated_at": "2016-02-29T23:59:58.001Z",
                **dict.fromkeys(("address_line_1", "address_line_2", "city", "region", "post_code"), ""),
                **dict.fromkeys(("user_id", "country", "click_and_collect_days", "updated_by_id", "deleted_at",
                                 "deleted_by_id", "phone", "requested_carrier_account"))}


# ---------------------------------------------------------------- Seller Center

class SellerCenter:
    # sellercenter-create-products.txt:89-313; the table lost underscores of three names, the example has them
    STRINGS = ("brand primary_category config_id description platform_identifier price product_set seller "
               "tax_class special_from_date special_price special_to_date specialfromdate specialtodate title "
               "country_city group_name listing_type product_identifier rsin id_catalog_product").split()

    def __init__(self, options):
        self.login = (options.sellercenter_user or options.user, options.sellercenter_password or options.password)
        self.lock = threading.Lock()
        self.product_ids, self.config_ids = itertools.count(815001), itertools.count(22001)
        self.groups = {}                         # product_set -> config_id, :442

    def batch(self, request):
        try:
            calls = request.json()
            if not isinstance(calls, list) or not calls or not all(isinstance(c, dict) for c in calls):
                raise Refused("Post a list of calls")
        except Refused as why:
            return self.answer({"message": str(why)}, 400)
        signed_in, answers = False, []
        for call in calls:
            params = call.get("params")
            params = params if isinstance(params, dict) else {}
            if call.get("method") == "auth":     # :10-18; a good auth call has no answer of its own, :321-338
                signed_in = (params.get("username"), params.get("password")) == self.login
                continue
            result = self.run(call.get("method"), params, signed_in)
            answers.append({"id": None if bug("sc-call-id") else call.get("id"), "result": result, "api": 1})
        return self.answer(answers)

    def answer(self, value, status=200):
        text = json.dumps(value, indent=4).replace("/", "\\/")       # as PHP writes JSON
        if bug("sc-php-notice"):
            text = "Notice: Undefined index: stock in Product.php on line 88\n" + text
        return Answer(status, text.encode(), 'application/json; charset="utf-8"')

    def run(self, method, params, signed_in):
        infos = params.get("productsInfo")
        if not signed_in:
            return [self.failure("Log in first: user name or password is not right", 3)]
        if method != "Product.createProducts":                       # :89-95
            return [self.failure("There is no such method", 4)]
        if not isinstance(infos, list):
            return [self.failure("productsInfo is not a list", 5)]
        return [self.create(info, position) for position, info in enumerate(infos)]

    def failure(self, message, code):                                # :398-414, code int :432-436
        return {"status": "failure", "error": {"code": str(code) if bug("sc-code-text") else code, "message": message}}

    def create(self, info, position):
        try:
            if not isinstance(info, dict):
                raise Refused("The product is not an object")
            self.check(info, position)
        except Refused as why:
            return self.failure(str(why), 0)
        with self.lock:
            config, group = info.get("config_id") or None, info.get("product_set") or None
            if config is None or bug("sc-config-ignored"):
                # Variations with the same product_set are one product (:442), else continue it (:446).
                config = self.groups.get(group) if group and not bug("sc-ungrouped") else None
                config = config or str(next(self.config_ids))
            if group:
                self.groups[group] = config
            ident = next(self.product_ids)
        now = utc_now()
        product = {"updated_at": now.strftime("%Y-%m-%dT%H:%M:%SZ" if bug("sc-updated-iso") else "%Y-%m-%d %H:%M:%S"),
                   "config_id": config, "id": ident if bug("sc-id-number") else str(ident),
                   "sku": f"QX204NORTHWINDGLB-{ident}", "seller_sku": info["seller_sku"]}
        if bug("sc-no-config-id"):
            del product["config_id"]
        return {"product": product, "status": "ok" if bug("sc-status-ok") else "success"}

    def check(self, info, position):
        twist("sc", info)
        attribute_set = info.get("attribute_set")                    # integer by :109, "1" by :26
        needs_set = not (bug("sc-no-attribute-set") or position and bug("sc-second-attribute-set"))
        if attribute_set in (None, "") and needs_set:
            raise Refused("No attribute set specified")              # :406
        if attribute_set not in (None, "") and not (KINDS["int"](attribute_set) or str(attribute_set).isdecimal()):
            raise Refused("attribute_set has to be of type int")
        member(info, "seller_sku", "string", required=True)          # the answer needs it, :328
        for name in self.STRINGS:
            member(info, name, "string")
        member(info, "stock", "int")                                 # :245-249
        if member(info, "approval_status", "int") not in (None, 0, 1, 2) and not bug("sc-approval-any"):
            raise Refused("approval_status has to be 0, 1 or 2")     # :103-105
        if member(info, "shipment_type", "string") not in (None, "1", "2", "3"):
            raise Refused("shipment_type has to be 1, 2 or 3")       # :209-211
        if member(info, "status", "string") not in (None, "active", "inactive", "deleted") and not bug("sc-status-any"):
            raise Refused("status has to be active, inactive or deleted")          # :243
        if not isinstance(info.get("attributes") or [], (list, dict)):             # :115-121, object in :27
            raise Refused("attributes has to be an array")
        for name in ("categories", "shipment_matrix_template", "shipmentmatrixtemplate"):      # :139-145, :269
            if not all(isinstance(entry, str) for entry in member(info, name, "list") or []):
                raise Refused(f"{name} has to be a list of ids")
        for name in ("price", "special_price"):
            if info.get(name) and not re.fullmatch(r"\d+(\.\d+)?", info[name]):
                raise Refused(f"{name} has to be an amount like 179.00")
        for name in ("special_from_date", "special_to_date", "specialfromdate", "specialtodate"):     # :217
            if info.get(name):
                try:
                    datetime.datetime.strptime(info[name], "%Y-%m-%d %H:%M:%S")
                except ValueError:
                    raise Refused(f"{name} has to be a date like 2013-12-23 00:00:00")


# ---------------------------------------------------------------- HTTP

class Handler(BaseHTTPRequestHandler):
    protocol_version, disable_nagle_algorithm = "HTTP/1.1", True
    routes = {}

    def do_POST(self):
        try:
            body = self.read_body()
        except ValueError:
            self.close_connection = True
            return self.send(Answer(400, b"The length of the body is not clear\n", "text/plain"))
        url = urllib.parse.urlsplit(self.path)
        answer = self.dispatch(Request(self.command, url.path, self.headers, body, self.client_address[0], url.query))
        self.send(answer)

    do_GET = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_POST

    def dispatch(self, request):
        # Letter case and the final slash do not matter: token-facts:4.
        work = self.routes.get(request.path.lower().rstrip("/"))
        if bug("order-slash-404") and request.path.lower() == "/rest/api/orders/":
            work = None
        if not work:                             # an HTML page, token-facts:5
            return Answer(404, b"<html><title>Nothing here</title></html>", "text/html")
        if request.method != "POST":
            return Answer(405, b"Only POST works here\n", "text/plain", headers=[("Allow", "POST")])
        try:
            return work(request)
        except Exception:                        # token-facts:35
            traceback.print_exc()
            return Answer(500, compact({"Message": "An error has occurred."}))

    def read_body(self):
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            body = b""
            while size := int(self.rfile.readline(200).split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline(10)
            while self.rfile.readline(2000).strip():
                pass                             # trailers
            return body
        length = int(self.headers.get("Content-Length") or 0)
        if length < 0:
            raise ValueError("negative length")
        return self.rfile.read(length)

    def send(self, answer):
        lines = [f"HTTP/1.1 {answer.status} {answer.reason}",
                 f"Content-Length: {len(answer.body) + answer.length_error}"]
        if answer.body:
            lines.append(f"Content-Type: {answer.kind}")
        lines += [f"{name}: {value}" for name, value in answer.headers]
        lines += [f"Date: {self.date_time_string()}", "Server: harbour/7"]
        if self.close_connection:
            lines.append("Connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        self.wfile.write(head if self.command == "HEAD" else head + answer.body)

    def log_message(self, *_):
        pass


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0],
                                      formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add = options.add_argument
    add("--port", type=int, default=0, help="port on 127.0.0.1, 0 = any free one")
    add("--user", default="ada@harbour.example", help="Sellercloud user name")
    add("--password", default="tide-table-7", help="Sellercloud password")
    add("--tenant", action="append", default=[], metavar="USER:PASSWORD", help="one more Sellercloud account")
    add("--key", action="append", help="Veeqo x-api-key, repeatable, '' = do not check; without: veeqo-key-1")
    add("--sellercenter-user", help="Seller Center user name; without: the --user")
    add("--sellercenter-password", help="Seller Center password; without: the --password")
    add("--token-lifetime", type=float, default=3600, metavar="SECONDS", help="life of a Sellercloud token")
    add("--rate-limit", type=int, default=10800, help="Sellercloud requests per hour and user, 0 = no limit")
    switch = dict(action="store_true")
    add("--require-site-cost", **switch, help="'Require SiteCost and Buyer/Purchaser while creating product' is on")
    add("--require-manufacturer", **switch, help="'Require Manufacturer when creating Product' is on")
    add("--force-delivery-date", **switch, help="'Force user to enter Expected Delivery Date' is on")
    add("--multi-discount", **switch, help="'Enable Multi Discount for Purchase Order' is on")
    add("--enable-bill-to", **switch, help="'Enable BillTo address for Purchase Orders' is on")
    add("--bug", action="append", default=[], metavar="NAME", choices=[b[0] for b in BUGS],
        help="switch on one defect, repeatable")
    add("--list-bugs", **switch, help="print the defects and end")
    options = options.parse_args()
    if options.list_bugs:
        for row in BUGS:
            print("\t".join(row))
        return
    ON.update(options.bug)
    sellercloud, center = Sellercloud(options), SellerCenter(options)
    Handler.routes = {"/rest/api/token": sellercloud.token, "/rest/api/products": sellercloud.create_product,
                      "/rest/api/orders": sellercloud.create_order,
                      "/rest/api/purchaseorders": sellercloud.create_purchase_order,
                      "/products": Veeqo(options).create_product, "": center.batch, "/sellercenter": center.batch}
    server = ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"listening on {server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
