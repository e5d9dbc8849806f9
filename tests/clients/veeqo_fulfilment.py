#!/usr/bin/env python3
"""What a fulfilment program does with Veeqo, from the key to the label: veeqo_fulfilment.py PROGRAM. Run by CTest.

It tests its key with /current_company, pages until an empty page, repeats a call that fails with 5xx, allocates, ships, buys labels and tags.
"""
import json
import subprocess
import sys
import urllib.error
import urllib.request

SKU, OTHER = "L-1", "S-1"


class Veeqo:
    """Calls with a key; a 5xx is repeated, an empty body is None."""

    def __init__(self, base, key="demo"):
        self.base, self.key, self.repeated = base, key, 0

    def call(self, method, path, body=None, attempts=3):
        data = None if body is None else json.dumps(body).encode()
        headers = {"x-api-key": self.key, "Content-Type": "application/json"}
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            text = error.read()
            if error.code >= 500 and attempts > 1:
                self.repeated += 1
                return self.call(method, path, body, attempts - 1)
            return error.code, json.loads(text) if text else None

    def pages(self, path, size=2):
        """All records, page by page until an empty one."""
        found, number = [], 1
        while True:
            status, page = self.call("GET", f"{path}{'&' if '?' in path else '?'}page={number}&page_size={size}")
            assert status == 200, (path, status, page)
            if not page:
                return found
            found += page
            number += 1


def post(address, body):
    request = urllib.request.Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=10).read()


def check_key(base):
    assert Veeqo(base, "wrong key").call("GET", "/current_company")[0] == 401
    status, company = Veeqo(base).call("GET", "/current_company")
    assert status == 200 and company["name"], company


def make_catalogue(veeqo):
    body = {"product": {"title": "Lamp", "product_variants_attributes": [
        {"title": "Large", "price": "10", "cost_price": "4", "sku_code": SKU}, {"title": "Small", "price": 2.5, "sku_code": OTHER}]}}
    status, product = veeqo.call("POST", "/products", body)
    assert status == 201, product
    warehouse = veeqo.call("GET", "/warehouses")[1][0]["id"]
    ids = {one["sku_code"]: one["id"] for one in product["sellables"]}
    for sellable in ids.values():
        entry = {"stock_entry": {"physical_stock_level": 5, "infinite": False}}
        assert veeqo.call("PUT", f"/sellables/{sellable}/warehouses/{warehouse}/stock_entry", entry)[0] == 200
    return ids, warehouse


def make_orders(veeqo, ids):
    store = veeqo.call("GET", "/channels?type_code=direct")[1][0]["id"]
    method = veeqo.call("GET", "/delivery_methods")[1][0]["id"]
    orders = []
    for number in ("W-1", "W-2", "W-3"):
        status, order = veeqo.call("POST", "/orders", {"order": {
            "channel_id": store, "delivery_method_id": method, "number": number,
            "customer_attributes": {"email": "ada@shop.example"},
            "deliver_to_attributes": {"first_name": "Ada", "address1": "1 High Street", "city": "Leeds", "country": "GB", "zip": "LS1"},
            "line_items_attributes": [{"sellable_id": ids[SKU], "quantity": 1}],
            "payment_attributes": {"payment_type": "cash"}}})
        assert status == 201 and order["number"] == number, order
        orders.append(order)
    return orders


def stock_of(veeqo, sellable, warehouse):
    entry = veeqo.call("GET", f"/sellables/{sellable}/warehouses/{warehouse}/stock_entry")[1]
    return entry["physical_stock_level"], entry["allocated_stock_level"]


def ship(veeqo, order, ids, warehouse):
    assert stock_of(veeqo, ids[SKU], warehouse) == (5, 3)
    shipment = {"shipment": {"carrier_id": 3, "notify_customer": False, "update_remote_order": True,
                             "tracking_number_attributes": {"tracking_number": "1Z999"}},
                "allocation_id": order["allocations"][0]["id"], "order_id": order["id"]}
    status, made = veeqo.call("POST", "/shipments", shipment)
    assert status == 201 and made["tracking_number"]["tracking_number"] == "1Z999", made
    assert veeqo.call("GET", f"/orders/{order['id']}")[1]["status"] == "shipped"
    assert stock_of(veeqo, ids[SKU], warehouse) == (4, 2)


def buy_label(veeqo, order):
    allocation = order["allocations"][0]["id"]
    rates = veeqo.call("GET", f"/shipping/rates/{allocation}?from_allocation_package=true")[1]["available"]
    rate = min(rates, key=lambda one: float(one["total_net_charge"]))
    wanted = {"allocation_id": allocation, "remote_shipment_id": rate["remote_shipment_id"], "service_type": rate["service_id"],
              "sub_carrier_id": rate["sub_carrier_id"], "total_net_charge": rate["total_net_charge"]}
    status, refused = veeqo.call("POST", "/shipping/shipments", {"carrier": rate["carrier"], "shipment": wanted})
    assert status == 400 and "INVALID_VALUE_ADDED_SERVICES" in refused["error_messages"][0], refused
    for option in rate["shipping_service_options"]:
        wanted[option["key"]] = option["values"][0]["value"]
    status, label = veeqo.call("POST", "/shipping/shipments", {"carrier": rate["carrier"], "shipment": wanted})
    assert status == 201 and label["tracking_number"], label
    assert veeqo.call("POST", "/shipping/shipments", {"carrier": rate["carrier"], "shipment": wanted})[0] == 400


def tag(veeqo, order):
    _, made = veeqo.call("POST", "/tags", {"name": "urgent", "colour": "#ff0000"})
    veeqo.call("PUT", f"/orders/{order['id']}", {"order": {"tags_attributes": [{"name": "urgent"}]}})
    assert veeqo.call("GET", f"/orders/{order['id']}")[1]["tags"] == []
    assert veeqo.call("POST", "/bulk_tagging", {"order_ids": [order["id"]], "tag_ids": [made["id"]]}) == (204, None)
    assert [one["id"] for one in veeqo.call("GET", "/orders?tags=urgent")[1]] == [order["id"]]


def main():
    server = subprocess.Popen([sys.argv[1], "serve", "-p", "0", "--print-url", "--profile", "observed"], stdout=subprocess.PIPE, text=True)
    try:
        root = server.stdout.readline().strip()
        base = root + "/veeqo"
        check_key(base)
        veeqo = Veeqo(base)
        ids, warehouse = make_catalogue(veeqo)
        orders = make_orders(veeqo, ids)
        post(root + "/__admin/faults", {"on": "veeqo.listOrders", "kind": "status", "status": 503, "body": "", "times": 1})
        found = [one["number"] for one in veeqo.pages("/orders?status=awaiting_fulfillment")]
        assert found == ["W-3", "W-2", "W-1"] and veeqo.repeated == 1, (found, veeqo.repeated)
        ship(veeqo, orders[0], ids, warehouse)
        buy_label(veeqo, orders[1])
        tag(veeqo, orders[2])
        assert [one["number"] for one in veeqo.pages("/orders?status=awaiting_fulfillment")] == ["W-3"]
        print(f"shipped 2 of 3 orders, repeated {veeqo.repeated} calls")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
