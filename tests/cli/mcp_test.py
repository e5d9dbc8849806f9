"""`understudy mcp` as a plain client of its protocol sees it: handshake, errors of JSON-RPC, and each tool."""
import json
import subprocess
import sys
import urllib.error
import urllib.request

program = sys.argv[1]
failures = 0
SCENARIO = """understudy: 1
scenario: A shop with one tag
api: veeqo
given:
  clock: "2026-03-02T09:00:00Z"
  records: { tags: [{ id: 7, name: red, colour: "#f00" }] }
steps:
  - send: listTags
    expect: { answer: tag_list }
"""


def check(holds, what):
    global failures
    if not holds:
        failures += 1
        print("failed:", what)


class Client:
    def __init__(self):
        self.process = subprocess.Popen([program, "mcp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.count = 0

    def send(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def read(self):
        return json.loads(self.process.stdout.readline())

    def ask(self, text):
        self.send(text)
        return self.read()

    def request(self, method, params=None):
        self.count += 1
        answer = self.ask(json.dumps({"jsonrpc": "2.0", "id": self.count, "method": method, "params": params or {}}))
        check(answer["jsonrpc"] == "2.0" and answer["id"] == self.count, f"{method}: {answer}")
        return answer.get("result", answer.get("error"))

    def call(self, tool, **arguments):
        """The text of the result, and whether it is an error."""
        result = self.request("tools/call", {"name": tool, "arguments": arguments})
        return result["content"][0]["text"], result["isError"]


client = Client()
for asked, given in (("2024-11-05", "2024-11-05"), ("2025-03-26", "2025-03-26"), ("2025-06-18", "2025-06-18"), ("1999-01-01", "2025-06-18")):
    hello = client.request("initialize", {"protocolVersion": asked, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}})
    check(hello["protocolVersion"] == given and hello["serverInfo"]["name"] == "understudy" and "tools" in hello["capabilities"], f"initialize {asked}: {hello}")
client.send('{"jsonrpc": "2.0", "method": "notifications/initialized"}')
client.send('{"jsonrpc": "2.0", "method": "no/such/notification"}')
client.send("")
check(client.request("ping") == {}, "ping, and no answer to notifications")

for line, code in (("{", -32700), ("nonsense", -32700), ("[]", -32600), ("5", -32600), ('{"id": 1, "method": "ping"}', -32600),
                   ('{"jsonrpc": "2.0", "id": 1}', -32600), ('{"jsonrpc": "2.0", "id": {}, "method": "ping"}', -32600),
                   ('{"jsonrpc": "2.0", "id": 1, "method": 5}', -32600), ('{"jsonrpc": "2.0", "id": 1, "method": "resources/list"}', -32601),
                   ('{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": [1]}', -32602),
                   ('{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "fly"}}', -32602),
                   ('{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {}}', -32602)):
    answer = client.ask(line)
    check(answer.get("error", {}).get("code") == code, f"{line}: {answer}")
batch = client.ask('[{"jsonrpc": "2.0", "id": "a", "method": "ping"}, {"jsonrpc": "2.0", "method": "x"}, {"jsonrpc": "2.0", "id": "b", "method": "ping"}]')
check([one["id"] for one in batch] == ["a", "b"], f"a batch: {batch}")

tools = {tool["name"]: tool for tool in client.request("tools/list")["tools"]}
check(len(tools) == 10 and all(tool["inputSchema"]["type"] == "object" and tool["description"] for tool in tools.values()), f"tools: {list(tools)}")

mock, is_error = client.call("get_mock")
url = json.loads(mock)["apis"]["veeqo"]
check(not is_error and url.startswith("http://127.0.0.1:"), mock)


def ask_mock(path, key):
    request = urllib.request.Request(url + path, headers={"x-api-key": key})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


text, is_error = client.call("list_operations", api="veeqo", contains="tag")
check("veeqo.listTags: GET /veeqo/tags" in text and "sellercloud" not in text, text)
check(client.call("list_operations", api="veeko")[1], "an unknown API")
text, is_error = client.call("list_scenarios", run=["veeqo/*created-product"])
check(not is_error and "veeqo/veeqo-created-product" in text, text)
for name in ("veeqo.listTags", "veeqo.not_authorized"):
    text, is_error = client.call("explain", name=name)
    check(not is_error and name in text, text)
text, is_error = client.call("explain", name="--help")
check(is_error and "Usage" not in text, f"a name is no option: {text}")
text, is_error = client.call("lint", scenario=SCENARIO)
check(not is_error and text.endswith("1 scenarios, 0 problems"), text)
text, is_error = client.call("lint", scenario=SCENARIO.replace("listTags", "listTag"))
check(":8:" in text and "listTags" in text, text)
text, is_error = client.call("stage_scenario", scenario=SCENARIO, name="shop")
staged = json.loads(text)["staged"][0]
check(not is_error and staged["key"] == "shop", text)
check('"name":"red"' in ask_mock("/tags", "shop")[1], f"a staged record: {ask_mock('/tags', 'shop')}")
check(client.call("stage_scenario", scenario=SCENARIO.replace("tags:", "togs:"))[1], "a wrong scenario is not staged")
text, is_error = client.call("arm_fault", tenant="shop", fault={"kind": "status", "status": 503, "on": "listTags", "call": 1})
check(not is_error and ask_mock("/tags", "shop")[0] == 503, text)
check(client.call("arm_fault", tenant="shop", fault={"kind": "fire"})[1], "an unknown fault")
text, is_error = client.call("move_clock", tenant="shop", by="61m")
check(not is_error and json.loads(text)["now"] == "2026-03-02T10:01:00.000Z", text)
text, is_error = client.call("move_clock", tenant="shop", to="2027-01-01T00:00:00Z")
check(json.loads(text)["now"].startswith("2027"), text)
check(client.call("move_clock", tenant="nobody", by="1m")[1], "an unknown tenant")
ask_mock("/nowhere", "shop")
text, is_error = client.call("read_journal", tenant="shop", limit=2)
check(not is_error and len(json.loads(text)["requests"]) == 2, text)
text, is_error = client.call("read_journal", unmatched=True)
check("/nowhere" in text and "listTags" not in text, text[:300])
text, is_error = client.call("verify", run=["veeqo/*tag*"])
check(not is_error and " 0 failed" in text, text)
text, is_error = client.call("verify", target=url.rsplit("/", 1)[0], run=["veeqo/*tag*"])
check(not is_error and "failed" in text, text)
for target in ("http://example.com", "http://10.0.0.1:80", "https://127.0.0.1.example.com", "target.yaml", "--allow-writes", "veeqo=http://example.com"):
    text, is_error = client.call("verify", target=target)
    check(is_error and "passed" not in text, f"{target}: {text[:200]}")
text, is_error = client.call("verify", paths=["--allow-writes"])
check(is_error, f"a path is no option: {text[:200]}")
for tool, arguments in (("explain", {}), ("explain", {"name": 5}), ("read_journal", {"limit": 5000}), ("get_mock", {"x": 1}), ("lint", {}),
                        ("stage_scenario", {"scenario": SCENARIO, "name": "../x"}), ("move_clock", {"by": "1m", "to": "x"}), ("arm_fault", {"fault": {}})):
    text, is_error = client.call(tool, **arguments)
    check(is_error and "break the schema" in text, f"{tool} {arguments}: {text[:200]}")
for _ in range(100):
    ask_mock("/products", "demo")
text, is_error = client.call("read_journal", limit=100)
check(len(text.encode()) < 41_000 and "left out" in text, f"a long result is cut: {len(text)}")

client.process.stdin.close()
check(client.process.wait(timeout=20) == 0, "it ends with standard input")
sys.exit(1 if failures else 0)
