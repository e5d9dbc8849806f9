"""A client of Sellercloud with the habits of integrators, against `understudy serve`. Run by CTest.

It renews its token by the reason phrase of a 401, retries a 5xx, reads pages until one is empty, synchronizes by time windows,
polls a job until it has ended, receives goods and ships an order.
    python3 tests/clients/sellercloud_client.py build/release/understudy
"""
import http.client
import json
import subprocess
import sys
import urllib.parse


class Client:
    def __init__(self, url, tenant):
        self.address = urllib.parse.urlsplit(url)
        self.tenant = tenant
        self.token = None
        self.logins = 0
        self.retries = 0

    def send(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=20)
        text = None if body is None else json.dumps(body)
        connection.request(method, path, text, {"Content-Type": "application/json", **(headers or {})})
        response = connection.getresponse()
        data = response.read().decode()
        connection.close()
        return response.status, response.reason, json.loads(data) if data else None

    def log_in(self):
        status, _, token = self.send("POST", "/sellercloud/rest/api/token", {"Username": self.tenant, "Password": "demo"})
        assert status == 200, status
        self.token = token["access_token"]
        self.logins += 1

    def call(self, method, path, body=None, query=None):
        target = "/sellercloud/rest/api/" + path + ("?" + urllib.parse.urlencode(query, doseq=True) if query else "")
        for _ in range(4):
            if self.token is None:
                self.log_in()
            status, reason, answer = self.send(method, target, body, {"Authorization": "Bearer " + self.token})
            if status == 401 and reason in ("Invalid token", "Not Valid Token"):
                self.token = None
                continue
            if status >= 500 and method == "GET":
                self.retries += 1
                continue
            return status, answer
        raise AssertionError(f"{method} {path}: no answer after four tries")

    def ok(self, method, path, body=None, query=None):
        status, answer = self.call(method, path, body, query)
        assert status == 200, (method, path, status, answer)
        return answer

    def all_pages(self, path, query):
        page, found = 1, []
        while True:
            items = self.ok("GET", path, query={**query, "model.pageNumber": page, "model.pageSize": 2})["Items"]
            if not items:
                return found
            found += items
            page += 1

    def admin(self, method, path, body=None):
        status, _, answer = self.send(method, "/__admin/" + path, body)
        assert status < 300, (method, path, status, answer)
        return answer


def order_body(number, sku):
    return {
        "CustomerDetails": {"Email": "a@example.test", "FirstName": "A", "LastName": "B"},
        "OrderDetails": {"CompanyID": 163, "Channel": 6, "OrderSourceOrderID": number},
        "Products": [{"ProductID": sku, "Qty": 2, "SitePrice": 12.5}],
    }


def number_of(created):
    return created if isinstance(created, int) else created["ID"]


def stock_of(client, sku):
    return client.ok("GET", "Inventory", query={"model.inventoryID": sku})["Items"][0]["PhysicalQty"]


def purchase_and_receive(client, sku):
    purchase = client.ok("POST", "PurchaseOrders", {"CompanyID": 163, "VendorID": 1, "POType": "PurchaseOrder", "CaseQtyMode": False,
                                                   "Products": [{"ProductID": sku, "QtyUnitsOrdered": 10, "UnitPrice": 4}]})
    purchase = purchase["Id"]
    client.ok("POST", f"PurchaseOrders/{purchase}/items", [{"ProductID": sku, "QtyUnitsOrdered": 1, "UnitPrice": 4}])
    for line in client.ok("GET", f"PurchaseOrders/{purchase}/Items")["Items"]:
        client.ok("POST", f"PurchaseOrders/{purchase}/receive", {"Items": [{"ID": line["ID"], "QtyToReceive": line["QtyUnitsOrdered"]}]})
    listed = client.ok("GET", "PurchaseOrders", query={"model.pOIds": purchase})["Items"][0]
    assert (listed["ReceivingStatus"], listed["PurchaseOrderStatus"]) == (2, 3), listed
    assert stock_of(client, sku) == 11


def synchronize(client, sku):
    numbers = []
    for day in range(3):
        numbers.append(number_of(client.ok("POST", "Orders", order_body(f"W-{day}", sku))))
        client.admin("POST", f"tenants/{client.tenant}/clock/advance", {"by": "1d"})  # the token expires, too
    assert client.logins >= 3, client.logins
    assert sorted(one["ID"] for one in client.all_pages("Orders", {"model.companyID": 163})) == numbers
    window = {"model.createdOnFrom": "03/03/2026 00:00", "model.createdOnTo": "03/03/2026 23:59"}
    assert [one["ID"] for one in client.all_pages("Orders", window)] == [numbers[1]]
    status, _ = client.call("POST", "Orders", order_body("W-1", sku))
    assert status == 500, status  # exists already: a create is not repeated
    return numbers


def ship(client, sku, order):
    view = next(one["ID"] for one in client.ok("GET", "Orders/Views") if one["Name"] == "Unshipped orders")
    by_view = {"viewID": view, "pageNumber": 1, "pageSize": 50}
    assert order in [one["ID"] for one in client.ok("GET", "Orders/GetAllByView", query=by_view)["Items"]]
    client.ok("PUT", "Orders/ShippingStatus/SinglePackage", {"OrderID": order, "CarrierName": "UPS", "TrackingNumber": "T-1"})
    assert order not in [one["ID"] for one in client.ok("GET", "Orders/GetAllByView", query=by_view)["Items"]]
    read = client.ok("GET", f"Orders/{order}")
    assert (read["Statuses"]["ShippingStatus"], read["OrderPackages"][0]["TrackingNumber"]) == (3, "T-1"), read
    assert client.ok("PUT", "Orders/SetExported", {"Orders": [order], "Exported": True}) == [order]
    assert stock_of(client, sku) == 9


def export(client, sku):
    link = client.ok("POST", "Catalog/Exports/Basic", {"StandardExportKind": 5, "ProductIds": [sku]})["QueuedJobLink"]
    job = int(link.rsplit("/", 1)[1])
    for _ in range(20):
        read = client.ok("GET", f"QueuedJobs/{job}")
        if read["Basic"]["Status"] == 3 or read["OutputFile"]:
            break
        client.admin("POST", f"tenants/{client.tenant}/clock/advance", {"by": "5s"})
    assert read["Basic"]["Status"] == 3, read
    assert client.ok("GET", "QueuedJobs/OutputFile", query={"id": job})["FileName"] == read["OutputFile"]
    status, words = client.call("POST", "Catalog/Exports/Basic", {"ProductIds": []})
    assert status == 500 and "please select" in json.dumps(words).lower(), (status, words)


def run(url, profile):
    client = Client(url, "shop-" + profile)
    client.admin("PUT", "tenants/" + client.tenant, {
        "api": "sellercloud", "profile": profile, "clock": "2026-03-02T09:00:00Z",
        "faults": [{"on": "listOrders", "call": 1, "kind": "answer", "answer": "server_error"}]})
    sku = "LAMP-1"
    client.ok("POST", "Products", {"CompanyId": 163, "ProductName": "Lamp", "ProductSKU": sku, "ProductTypeName": "General"})
    client.ok("PUT", "Catalog/BasicInfo", {"ProductID": sku, "SitePrice": 15})
    assert client.ok("GET", "Catalog", query={"model.sKU": sku})["Items"][0]["SitePrice"] == 15
    purchase_and_receive(client, sku)
    orders = synchronize(client, sku)
    assert client.retries == 1, client.retries
    ship(client, sku, orders[0])
    export(client, sku)


def main():
    server = subprocess.Popen([sys.argv[1], "serve", "-p", "0", "--print-url", *sys.argv[2:]], stdout=subprocess.PIPE, text=True)
    try:
        url = server.stdout.readline().strip()
        for profile in ("observed", "documented"):
            run(url, profile)
            print(profile, "passed")
    finally:
        server.terminate()
        server.wait(timeout=20)


if __name__ == "__main__":
    main()
