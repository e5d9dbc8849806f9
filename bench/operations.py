"""The measured operations: what is sent, and to which path. `@@` in a body is a number that no other request has."""
import dataclasses
import json
import urllib.error
import urllib.request

JSON_TYPE = {"Content-Type": "application/json"}
ORDER = json.dumps({
    "CustomerDetails": {"Email": "a@example.test", "FirstName": "Ada", "LastName": "Byron"},
    "OrderDetails": {"CompanyID": 163, "Channel": "Local_Store"},
    "Products": [{"ProductID": "SKU-1", "Qty": 2, "SitePrice": 9.5}],
})
PRODUCT = json.dumps({
    "CompanyId": 163, "ProductName": "Cup", "ProductSKU": "SKU-@@", "ProductTypeName": "General", "PurchaserId": 1, "SiteCost": 1.5,
    "DefaultPrice": 9.5,
})
VEEQO_PRODUCT = json.dumps({"product": {"title": "Cup", "product_variants_attributes": [{"title": "Red", "sku_code": "SKU-@@", "price": 9.5}]}})
BATCH = json.dumps([
    {"api": 1, "method": "auth", "params": {"username": "demo", "password": "demo"}, "id": 1},
    {"api": 1, "method": "Product.createProducts", "id": 2,
     "params": {"productsInfo": [{"attribute_set": "1", "seller": "624", "seller_sku": "SKU-@@", "title": "Cup", "price": "10.00"}]}},
])


@dataclasses.dataclass
class Load:
    """A request that wrk repeats, and an answer to it. `template` is that answer as WireMock renders it from a request."""
    method: str
    path: str
    headers: dict
    body: str
    status: int
    answer: str
    template: str


def send(url, method="GET", headers={}, body=None):
    """The status and text of a response."""
    request = urllib.request.Request(url, method=method, headers=headers, data=None if body is None else body.encode())
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{method} {url}: {error.code} {error.read().decode()[:500]}") from error


def seller_token(url):
    _, answer = send(url + "/sellercloud/rest/api/token", "POST", JSON_TYPE, '{"Username":"demo","Password":"demo"}')
    return {"Authorization": "Bearer " + json.loads(answer)["access_token"]}


def created_order(url, headers):
    """The path of a new order."""
    _, answer = send(url + "/sellercloud/rest/api/Orders", "POST", {**headers, **JSON_TYPE}, ORDER)
    order = json.loads(answer)
    return f"/sellercloud/rest/api/Orders/{order['ID'] if isinstance(order, dict) else order}"


def make_load(url, method, path, headers, body="", templated=None):
    """Sends the request once to the mock at `url`. `templated` is a pair: a text of the answer, and the words that render it."""
    if body:
        headers = {**headers, **JSON_TYPE}
    status, answer = send(url + path, method, headers, body.replace("@@", "first") if body else None)
    text, words = templated or ("", "")
    if text and text not in answer:
        raise RuntimeError(f"{path}: no '{text}' in {answer}")
    return Load(method, path, headers, body, status, answer, answer.replace(text, words, 1) if text else answer)


def create_order(url):
    email = ("a@example.test", "{{jsonPath request.body '$.CustomerDetails.Email'}}")
    return make_load(url, "POST", "/sellercloud/rest/api/Orders", seller_token(url), ORDER, email)


def create_product(url):
    sku = ("SKU-first", "{{jsonPath request.body '$.ProductSKU'}}")
    return make_load(url, "POST", "/sellercloud/rest/api/Products", seller_token(url), PRODUCT, sku)


def create_veeqo_product(url):
    sku = ("SKU-first", "{{jsonPath request.body '$.product.product_variants_attributes[0].sku_code'}}")
    return make_load(url, "POST", "/veeqo/products", {"x-api-key": "demo"}, VEEQO_PRODUCT, sku)


def create_batch(url):
    sku = ("SKU-first", "{{jsonPath request.body '$[1].params.productsInfo[0].seller_sku'}}")
    return make_load(url, "POST", "/sellercenter", {}, BATCH, sku)


def get_order(url):
    headers = seller_token(url)
    path = created_order(url, headers)
    return make_load(url, "GET", path, headers, templated=(path.rsplit("/", 1)[1], "{{request.pathSegments.[4]}}"))


def update_order(url):
    headers = seller_token(url)
    return make_load(url, "PUT", created_order(url, headers), headers, '{"CustomerDetails":{"FirstName":"Ada @@"}}')


# name: a function from the URL of a mock to a Load
OPERATIONS = {
    "sellercloud.createOrder": create_order,
    "sellercloud.createProduct": create_product,
    "veeqo.createProduct": create_veeqo_product,
    "sellercenter.createProducts": create_batch,
    "sellercloud.getOrder": get_order,
}
