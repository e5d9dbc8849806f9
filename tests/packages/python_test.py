"""The Python helper and its pytest fixtures, against the program that UNDERSTUDY_PROGRAM names or the one inside the installed package.
The plugin is loaded by its entry point, or by -p understudy.pytest_plugin where the package is not installed."""
import datetime
import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

import understudy

SCENARIO = Path(__file__).parents[2] / "packages/examples/product-retry.yaml"
UTC = datetime.timezone.utc


@pytest.fixture(scope="module")
def mock():
    with understudy.start(scenarios=SCENARIO) as started:
        yield started


def call(url, body=None, **headers):
    """The status of the response."""
    request = urllib.request.Request(url, None if body is None else json.dumps(body).encode())
    for name, value in {"Content-Type": "application/json", **headers}.items():
        request.add_header(name.replace("_", "-"), value)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, json.loads(response.read() or "null")
    except urllib.error.HTTPError as error:
        return error.code, None


def create(tenant, sku="L-1"):
    product = {"title": "Lamp", "product_variants_attributes": [{"title": "", "price": 10, "sku_code": sku}]}
    return call(tenant.api_url("veeqo") + "/products", product, x_api_key=tenant.key)[0]


def test_a_scenario_file_is_a_tenant_with_its_faults(mock):
    tenant = mock.tenant("product-retry")
    with pytest.raises(OSError):
        create(tenant)
    assert len(tenant.records("veeqo.products")) == 1
    exchange, = tenant.requests()
    assert exchange["fault"]["kind"] == "close"


def test_a_tenant_is_created_counted_reset_and_removed(mock):
    odd = mock.stage_tenant("t 1/ä", {"api": "veeqo"})
    assert (odd.username, odd.password, odd.key) == ("t 1/ä", "demo", "t 1/ä")
    plain = mock.stage_tenant("plain", {"api": "veeqo", "credentials": {"key": "k-1"}})
    assert plain.key == "k-1" and create(plain) == 201
    assert plain.count("veeqo.createProduct", "product_created") == 1
    assert (odd.count("veeqo.createProduct"), plain.count("veeqo.listProducts")) == (0, 0)
    assert mock.count("veeqo.createProduct") >= 1
    plain.clear_requests()
    assert plain.requests() == []
    plain.reset()
    assert plain.records("veeqo/products") == []
    plain.remove()
    assert "plain" not in [tenant.name for tenant in mock.tenants()]
    with pytest.raises(understudy.UnderstudyError) as raised:
        plain.requests()
    assert raised.value.status == 404


def test_records_are_seeded_and_a_snapshot_restores_them(mock):
    tenant = mock.stage_tenant("seeded", {"api": "veeqo"})
    tenant.seed("veeqo.products", [{"title": "Mug"}, {"title": "Cup"}])
    tenant.snapshot("two")
    mock.admin("DELETE", "/tenants/seeded/records/veeqo/products")
    assert tenant.records("veeqo.products") == []
    tenant.restore("two")
    assert [record["title"] for record in tenant.records("veeqo.products")] == ["Mug", "Cup"]


def test_a_commit_is_restored_and_forked():
    with understudy.start(args=["--history", "100"]) as mock:
        tenant = mock.stage_tenant("kept", {"api": "veeqo"})
        tenant.seed("veeqo.products", [{"title": "Mug"}])
        number = next(commit["number"] for commit in tenant.commits() if commit["made_by"] == "admin.seedRecords")
        tenant.admin("DELETE", "/records/veeqo/products")
        copy = tenant.fork(number, "copy")
        assert [record["title"] for record in copy.records("veeqo.products")] == ["Mug"]
        assert tenant.records("veeqo.products") == []
        tenant.restore_commit(number)
        assert [record["title"] for record in tenant.records("veeqo.products")] == ["Mug"]


def test_faults_are_armed_listed_and_cleared(mock):
    tenant = mock.stage_tenant("faulty", {"api": "veeqo"})
    assert len(tenant.arm_fault({"on": "createProduct", "call": 1, "kind": "status", "status": 503})) == 1
    assert create(tenant) == 503
    assert tenant.faults()[0]["seen"] == 1
    tenant.arm_fault([{"on": "createProduct", "kind": "reset"}])
    tenant.clear_faults()
    assert create(tenant) == 201
    with pytest.raises(understudy.UnderstudyError) as raised:
        tenant.arm_fault({"on": "createProdukt", "kind": "reset"})
    assert (raised.value.code, raised.value.status) == ("unknown-operation", 400)


def test_the_clock_stands_where_it_is_set_and_a_token_expires(mock):
    tenant = mock.stage_tenant("timed", {"api": "sellercloud", "clock": "2026-03-02T09:00:00Z"})
    tenant.advance("61m")
    tenant.advance(datetime.timedelta(seconds=1.5))
    assert tenant.now() == datetime.datetime(2026, 3, 2, 10, 1, 1, 500000, UTC)
    tenant.set_clock(datetime.datetime(2027, 1, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=1))))
    assert tenant.now() == datetime.datetime(2027, 1, 1, tzinfo=UTC)
    base = tenant.api_url("sellercloud") + "/rest/api"
    token = call(base + "/token", {"Username": tenant.username, "Password": tenant.password})[1]["access_token"]
    assert call(base + "/Orders", Authorization=f"Bearer {token}")[0] == 200
    tenant.expire_tokens()
    assert call(base + "/Orders", Authorization=f"Bearer {token}")[0] == 401


def test_limits_are_set(mock):
    tenant = mock.stage_tenant("limited", {"api": "veeqo"})
    tenant.set_limits({"requests": 1, "per": "1h"})
    assert (create(tenant), create(tenant, "L-2")) == (201, 429)


def test_the_mock_has_no_findings_about_itself(mock):
    assert mock.findings() == []


def test_a_mistake_in_a_scenario_is_the_error_of_start(tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("understudy: 1\nscenario: x\napi: veeqo\nsteps: [{ send: nothing }]\n")
    with pytest.raises(understudy.UnderstudyError, match=r"wrong\.yaml:4:") as raised:
        understudy.start(scenarios=[wrong])
    assert raised.value.code == "start-failed"
    with pytest.raises(understudy.UnderstudyError) as raised:
        understudy.start(program="/nowhere/understudy")
    assert raised.value.code == "no-program"


def test_the_options_of_start_reach_the_program():
    own = understudy.start(api="veeqo", profile="observed", args=["--no-demo"], env={"UNDERSTUDY_ADMIN_TOKEN": "secret"})
    assert "demo" not in [tenant.name for tenant in own.tenants()]
    assert call(own.url + "/products")[0] == 401
    assert call(own.url + "/__admin/tenants")[0] == 401
    own.stop()
    own.stop()
    with pytest.raises(OSError):
        call(own.url)


def test_a_mock_that_is_not_stopped_ends_with_its_process():
    url = subprocess.check_output([sys.executable, "-c", "import understudy; print(understudy.start().url)"], text=True, timeout=20).strip()
    with pytest.raises(OSError):
        call(url)


def test_the_command_never_runs_itself(tmp_path, monkeypatch):
    script = tmp_path / "understudy"
    script.write_text(f"#!{sys.executable}\nfrom understudy.__main__ import main\nmain()\n")
    script.chmod(0o755)
    program = understudy.find_program()
    if not understudy.bundled_program():
        monkeypatch.setenv("UNDERSTUDY_PROGRAM", str(script))
        ended = subprocess.run([script, "version"], capture_output=True, text=True, timeout=20)
        assert (ended.returncode, "no program inside" in ended.stderr) == (1, True)
    monkeypatch.setenv("UNDERSTUDY_PROGRAM", program)
    assert subprocess.check_output([script, "version"], text=True, timeout=20).startswith("understudy ")


@pytest.mark.understudy(api="veeqo", clock="2026-03-02T09:00:00Z", records={"products": [{"title": "Mug"}]})
class TestFixtures:
    def test_a_tenant_has_the_document_of_the_marks(self, understudy_tenant, understudy_mock):
        assert understudy_tenant.now().year == 2026
        assert [record["title"] for record in understudy_tenant.records("veeqo.products")] == ["Mug"]
        assert understudy_tenant.name in [tenant.name for tenant in understudy_mock.tenants()]

    @pytest.mark.understudy(clock="2027-03-02T09:00:00Z")
    def test_a_mark_of_the_function_is_stronger(self, understudy_tenant, understudy_mock):
        assert understudy_tenant.now().year == 2027
        assert not [tenant for tenant in understudy_mock.tenants() if tenant.name.endswith("marks")]  # the test before removed its own
