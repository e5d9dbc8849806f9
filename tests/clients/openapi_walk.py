#!/usr/bin/env python3
"""Walks create-read-list-update-delete chains of APIs that `understudy serve FILE` serves.

It knows nothing but the OpenAPI file: paths, parameters, schemas and security. Usage: openapi_walk.py UNDERSTUDY FILE... [-v]
Exit 0: every chain is consistent, every operation gives a declared success or refusal, and the mock finds nothing wrong with its answers.
"""
import http.client
import json
import os
import re
import subprocess
import sys
import time
import urllib.parse

METHODS = ("get", "post", "put", "patch", "delete")


def load(path):
    text = open(path, encoding="utf-8").read()
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text)
        except ValueError:
            pass
    try:
        import yaml
    except ImportError:
        return None  # a YAML file without a parser: skipped

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        pass

    Loader.yaml_implicit_resolvers = {
        key: [(tag, regex) for tag, regex in rules if tag != "tag:yaml.org,2002:timestamp"]
        for key, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return yaml.load(text, Loader=Loader)


def bundle(node, folder, seen):
    """The node with references to other files replaced by what they name; one that leads into itself becomes an empty schema."""
    if isinstance(node, list):
        return [bundle(one, folder, seen) for one in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str) and not reference.startswith("#") and "://" not in reference:
        file, _, pointer = reference.partition("#")
        path = os.path.normpath(os.path.join(folder, file))
        if (path, pointer) in seen or not os.path.exists(path):
            return {}
        target = load(path)
        for part in [one for one in pointer.split("/") if one]:
            target = target[part]
        return bundle(target, os.path.dirname(path), seen | {(path, pointer)})
    return {name: bundle(one, folder, seen) for name, one in node.items()}


class Api:
    def __init__(self, document):
        self.document = document
        self.is_swagger = "swagger" in document
        self.base = self.find_base()

    def find_base(self):
        if self.is_swagger:
            path = (self.document.get("basePath") or "").strip("/")
            return "/" + path if path else ""
        server = (self.document.get("servers") or [{}])[0]
        url = server.get("url", "")
        for name, variable in (server.get("variables") or {}).items():
            url = url.replace("{" + name + "}", str(variable.get("default", "x")))
        path = urllib.parse.urlsplit(url).path if "://" in url else url
        path = path.rstrip("/")
        return path if not path or path.startswith("/") else "/" + path

    def follow(self, node):
        seen = 0
        while isinstance(node, dict) and isinstance(node.get("$ref"), str) and seen < 20:
            reference, seen = node["$ref"], seen + 1
            if not reference.startswith("#/"):
                return {}
            node = self.document
            for part in reference[2:].split("/"):
                part = urllib.parse.unquote(part).replace("~1", "/").replace("~0", "~")
                node = node.get(part, {}) if isinstance(node, dict) else {}
        return node if isinstance(node, dict) else {}

    def expand(self, schema, depth=0):
        """The schema with what its alternatives refer to."""
        schema = self.follow(schema)
        parts = [part for word in ("allOf", "oneOf", "anyOf") for part in schema.get(word, [])]
        return [schema] + [self.expand(part, depth + 1) for part in parts if depth < 5]

    def members(self, schema, depth=0):
        schema, out, required = self.follow(schema), {}, set()
        if depth > 10:
            return out, required
        for part in schema.get("allOf", []):
            more, needed = self.members(part, depth + 1)
            out.update(more)
            required |= needed
        for word in ("oneOf", "anyOf"):
            for part in schema.get(word, [])[:1]:
                more, needed = self.members(part, depth + 1)
                out.update(more)
                required |= needed
        out.update(schema.get("properties") or {})
        if isinstance(schema.get("required"), list):
            required |= set(schema["required"])
        return out, required

    def type_of(self, schema):
        schema = self.follow(schema)
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = next((one for one in kind if one != "null"), "null")
        if kind is None:
            for word in ("allOf", "oneOf", "anyOf"):
                for part in schema.get(word, []):
                    if self.type_of(part) not in (None, "null"):
                        return self.type_of(part)
            if self.members(schema)[0]:
                return "object"
        return kind

    def example(self, schema, depth=0, name="value"):
        schema = self.follow(schema)
        for word in ("const", "example", "default"):
            if word in schema and schema[word] is not None and depth > 0:
                return schema[word]
        if schema.get("examples") and isinstance(schema["examples"], list) and depth > 0:
            return schema["examples"][0]
        if schema.get("enum"):
            return schema["enum"][0]
        kind = self.type_of(schema)
        if kind == "object":
            members, required = self.members(schema)
            out = {}
            for member, inner in members.items():
                one = self.follow(inner)
                is_scalar = self.type_of(one) in ("string", "integer", "number", "boolean")
                if one.get("readOnly") or (member not in required and (depth > 0 or not is_scalar)) or depth > 6:
                    continue
                out[member] = self.example(inner, depth + 1, member)
            return out
        if kind == "array":
            items = schema.get("items", {})
            return [self.example(items, depth + 1, name)] * max(1, schema.get("minItems", 0)) if depth < 6 else []
        for word in ("allOf", "oneOf", "anyOf"):
            for part in schema.get(word, []):
                merged = self.follow(part)
                if self.type_of(merged) != "null":
                    return self.example({**merged, **{k: v for k, v in schema.items() if k != word}}, depth, name)
        if kind in ("integer", "number"):
            low = schema.get("minimum", schema.get("exclusiveMinimum", 1))
            value = (1 if isinstance(low, bool) else low) + (1 if schema.get("exclusiveMinimum") else 0)
            return min(value, schema.get("maximum", value))
        if kind == "boolean":
            return True
        text = {"date": "2026-02-03", "date-time": "2026-02-03T04:05:06Z", "uuid": "123e4567-e89b-12d3-a456-426614174000",
                "email": "a@example.com", "uri": "https://example.com/a", "byte": "AAEC", "ipv4": "192.0.2.1",
                "time": "10:00:00Z", "hostname": "example.com", "ipv6": "2001:db8::1"}.get(schema.get("format"))
        text = text or pattern_text(schema.get("pattern")) or name
        text += "x" * max(0, schema.get("minLength", 0) - len(text))
        return text[: schema.get("maxLength", 10000)]

    def parameters(self, path, operation):
        out = {}
        for one in (self.document["paths"][path].get("parameters") or []) + (operation.get("parameters") or []):
            one = self.follow(one)
            out[(one.get("in"), one.get("name"))] = one
        return out

    def body_schema(self, path, operation):
        """The type and schema of the body; (None, None): there is none."""
        if self.is_swagger:
            consumes, form = operation.get("consumes") or self.document.get("consumes") or [], {}
            for (place, name), one in self.parameters(path, operation).items():
                if place == "body":
                    usable = [kind for kind in consumes if "json" in kind and "patch" not in kind] or [kind for kind in consumes if "json" in kind]
                    return usable[0] if usable else "application/json", one.get("schema", {})
                if place == "formData":
                    form[name] = one
            if form:
                needed = [name for name, one in form.items() if one.get("required")]
                kind = "multipart/form-data" if "multipart/form-data" in consumes else "application/x-www-form-urlencoded"
                return kind, {"type": "object", "properties": form, "required": needed}
            return None, None
        content = self.follow(operation.get("requestBody", {})).get("content") or {}
        for kind in sorted(content, key=lambda kind: (0 if kind == "application/json" else 1 if "json" in kind or kind == "*/*" else 2 if "form-urlencoded" in kind else 3)):
            return ("application/json" if kind == "*/*" else kind), content[kind].get("schema", {})
        return None, None

    def responses(self, operation):
        return {str(status): self.follow(one) for status, one in (operation.get("responses") or {}).items()}


def pattern_text(pattern):
    """Texts for the simplest patterns."""
    if not pattern:
        return None
    for text in ("a", "A", "1", "AB-1234", "12345", "abc", "a@b.co", "ABC", "00000000", "AAAA", "0" * 32, "a" * 32, "https://example.com", "10:00", "2026-01-01"):
        try:
            if re.search(pattern, text):
                return text
        except re.error:
            return None
    return None


class Client:
    def __init__(self, api, url):
        self.api, self.host = api, urllib.parse.urlsplit(url).netloc

    def send(self, path, method, values, body=None, change=None):
        operation = self.api.document["paths"][path][method]
        headers, query, url = {"Authorization": "Bearer walker"}, {}, "/" + path.split("?")[0].split("#")[0].lstrip("/")
        for (place, name), one in self.api.parameters(path, operation).items():
            schema = one if self.api.is_swagger else one.get("schema") or next(iter((one.get("content") or {"a": {}}).values())).get("schema", {})
            if place == "query" and one.get("required"):
                value = one.get("example", self.api.example(schema, 1, name))
                query[name] = json.dumps(value) if isinstance(value, (dict, bool)) else ",".join(map(str, value)) if isinstance(value, list) else value
            if place == "header" and one.get("required"):
                headers[name] = str(one.get("example", self.api.example(schema, 1, name)))
        schemes = (self.api.document.get("components") or {}).get("securitySchemes") or self.api.document.get("securityDefinitions") or {}
        for scheme in schemes.values():
            scheme = self.api.follow(scheme)
            if scheme.get("type") == "basic" or str(scheme.get("scheme", "")).lower() == "basic":
                headers["Authorization"] = "Basic d2Fsa2VyOndhbGtlcg=="
            if scheme.get("type") == "apiKey" and scheme.get("in") == "query":
                query[scheme["name"]] = "walker"
            if scheme.get("type") == "apiKey" and scheme.get("in") == "header":
                headers[scheme["name"]] = "walker"
        for name, value in values.items():
            url = url.replace("{" + name + "}", urllib.parse.quote(str(value), safe=""))
        url = self.api.base + url + ("?" + urllib.parse.urlencode(query) if query else "")
        kind, schema = self.api.body_schema(path, operation)
        text = None
        if kind is not None and method != "get":
            body = body if body is not None else self.api.example(schema)
            headers["Content-Type"] = kind
            if "json" in kind:
                text = json.dumps(body)
            elif "urlencoded" in kind and isinstance(body, dict):
                text = urllib.parse.urlencode({k: json.dumps(v) if isinstance(v, (dict, list, bool)) else v for k, v in body.items()})
            elif "multipart" in kind and isinstance(body, dict):
                headers["Content-Type"] = "multipart/form-data; boundary=b"
                text = "".join(f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{json.dumps(v) if isinstance(v, (dict, list, bool)) else v}\r\n' for k, v in body.items()) + "--b--\r\n"
            else:
                text = "text"
        connection = http.client.HTTPConnection(self.host, timeout=20)
        connection.request(method.upper(), url, text, headers)
        response = connection.getresponse()
        raw = response.read()
        location = response.getheader("Location") or ""
        connection.close()
        try:
            value = json.loads(raw)
        except ValueError:
            value = None
        return response.status, value, location, body


def find_objects(value, depth=0):
    """All objects of a body, the outer ones first."""
    queue = [value]
    while queue:
        one = queue.pop(0)
        if isinstance(one, dict):
            yield one
            queue.extend(one.values())
        elif isinstance(one, list):
            queue.extend(one)


def plain(name):
    return re.sub("[^a-z0-9]", "", str(name).lower())


def id_members(parameter):
    words = re.findall("[A-Z]?[a-z0-9]+|[A-Z]+", parameter) or [parameter]
    return [plain(parameter), plain(words[-1]), "id", "gid", "sid", "uuid", "key", "slug", "code", "name", "number"]


def find_id(body, parameter):
    """The id of the record that a body holds: of the outermost object that has one; the usual names of ids before other members."""
    if isinstance(body, (str, int)) and not isinstance(body, bool) and body != "":
        return body
    names = id_members(parameter)
    for group in (names[:6], names[6:]):
        for one in [one for _, one in zip(range(4), find_objects(body))]:
            for wanted in group:
                for name, value in one.items():
                    if plain(name) == wanted and isinstance(value, (str, int)) and not isinstance(value, bool):
                        return value
    return None


def contains_value(body, value):
    return any(str(value) == str(member) for one in find_objects(body) for member in one.values() if isinstance(member, (str, int)))


def is_good(status):
    return 200 <= status < 300


class Walker:
    def __init__(self, api, url, verbose):
        self.api, self.client, self.verbose = api, Client(api, url), verbose
        self.paths = {path: item for path, item in api.document["paths"].items()
                      if isinstance(item, dict) and not path.startswith("x-")}
        self.chains, self.problems, self.silent, self.numbers = 0, [], 0, 0

    def item_of(self, path):
        for other in self.paths:
            rest = other[len(path):] if other.startswith(path) else ""
            if re.fullmatch(r"/\{[^/{}]+\}(\.json)?/?", rest.replace(".json", "")) or (path.endswith(".json") and other.startswith(path[:-5] + "/{") and other.count("/") == path.count("/") + 1):
                yield other

    def create(self, collection, values):
        """Sends POST; where the API says that such a record exists, again with other texts."""
        answer = self.client.send(collection, "post", values)
        if answer[0] == 409 and isinstance(answer[3], dict):
            self.numbers += 1
            _, schema = self.api.body_schema(collection, self.paths[collection]["post"])
            members = self.api.members(schema)[0]
            body = dict(answer[3])
            for name, value in body.items():
                rules = self.api.follow(members.get(name, {}))
                if isinstance(value, str) and not any(word in rules for word in ("enum", "format", "const")):
                    number = str(self.numbers)
                    body[name] = (value[: -len(number)] if "maxLength" in rules or "pattern" in rules else value) + number
            answer = self.client.send(collection, "post", values, body)
        return answer

    def values_for(self, path, made, declared=None):
        """Values of a path's parameters, as `declared`, another path, has them: parents are created where that is possible."""
        values = {}
        names = re.findall(r"\{([^{}]+)\}", path)
        for name in names:
            before = path[: path.index("{" + name + "}")].rstrip("/")
            if name in made:
                values[name] = made[name]
                continue
            collection = before if "post" in self.paths.get(before, {}) else None
            if collection:
                status, body, location, _ = self.create(collection, {**values})
                found = find_id(body, name) if is_good(status) else None
                if found is None and location:
                    found = urllib.parse.unquote(location.rstrip("/").split("/")[-1])
                if found is not None:
                    values[name] = found
                    continue
            parameter = {}
            for method in METHODS:
                for one in (declared, path):
                    if method in self.paths.get(one, {}):
                        parameter = self.api.parameters(one, self.paths[one][method]).get(("path", name), parameter)
            schema = parameter if self.api.is_swagger else parameter.get("schema", {})
            value = parameter.get("example", self.api.example(schema, 1, name))
            values[name] = value if isinstance(value, (str, int)) else "a"
        return values

    def fail(self, chain, text):
        self.problems.append(f"{chain}: {text}")
        return False

    def walk(self, collection, item):
        last = re.findall(r"\{([^{}]+)\}", item)[-1]
        values = self.values_for(collection, {}, item)
        by_post = "post" in self.paths.get(collection, {})
        methods = self.paths[item]
        if not by_post and "put" not in methods:
            return self.walk_reading(collection, item, last, values)
        if len([m for m in ("get", "put", "patch", "delete") if m in methods]) == 0:
            return None
        self.chains += 1
        if by_post:
            status, body, location, sent = self.create(collection, values)
            if not is_good(status):
                return self.fail(collection, f"create gives {status}: {json.dumps(body)[:200]}; sent {json.dumps(sent)[:150]}")
            key = find_id(body, last)
            if key is None and location:
                key = urllib.parse.unquote(location.rstrip("/").split("/")[-1])
            if key is None:
                key = find_id(sent, last)
            if key is None:
                return self.fail(collection, f"the created record has no id: {json.dumps(body)[:200]}")
        else:
            key = self.values_for(item, values)[last]
            status, body, location, sent = self.client.send(item, "put", {**values, last: key})
            if status in (404, 405):  # this API creates such records elsewhere
                self.chains -= 1
                return None
            if not is_good(status):
                return self.fail(item, f"put gives {status}: {json.dumps(body)[:200]}")
        values = {**values, last: key}
        if "get" in methods:
            status, body, _, _ = self.client.send(item, "get", values)
            if not is_good(status):
                return self.fail(item, f"read of {key} gives {status}: {json.dumps(body)[:200]}")
            record = max(find_objects(body), key=lambda one: len(set(one) & set(sent)), default={}) if isinstance(sent, dict) else {}
            for name, value in (sent.items() if isinstance(sent, dict) else []):
                shown = [record[name]] if name in record else []
                if isinstance(value, (str, int)) and shown and not isinstance(shown[0], (dict, list)) and str(shown[0]) != str(value):
                    return self.fail(item, f"{name} was sent as {value!r} and is read as {shown[0]!r}")
        if "get" in self.paths.get(collection, {}):
            status, body, _, _ = self.client.send(collection, "get", values)
            if not is_good(status):
                return self.fail(collection, f"list gives {status}: {json.dumps(body)[:200]}")
            if not contains_value(body, key):
                return self.fail(collection, f"the list does not show {key}: {json.dumps(body)[:200]}")
        for method in ("patch", "put"):
            if method not in methods:
                continue
            kind, schema = self.api.body_schema(item, methods[method])
            body = self.api.example(schema) if kind else None
            changed = None
            target = body
            while isinstance(target, dict) and len(target) == 1 and isinstance(next(iter(target.values())), dict):
                target = next(iter(target.values()))
            for name, value in (target.items() if isinstance(target, dict) else []):
                one = self.api.follow(self.api.members(schema)[0].get(name, {}))
                is_free = isinstance(value, str) and not re.search('"(enum|format|pattern|maxLength|const)"', json.dumps(self.api.expand(one)))
                if is_free and plain(name) not in id_members(last)[:3] and name != last:
                    changed, target[name] = name, value + " changed"
                    break
            status, answer, _, _ = self.client.send(item, method, values, body)
            if not is_good(status):
                return self.fail(item, f"{method} gives {status}: {json.dumps(answer)[:200]}; sent {json.dumps(body)[:150]}")
            if changed and "get" in methods:
                status, answer, _, _ = self.client.send(item, "get", values)
                shown = [one[changed] for one in find_objects(answer) if changed in one]
                if shown and not isinstance(shown[0], (dict, list)) and target[changed] not in shown:
                    return self.fail(item, f"after {method} {changed} is {shown[0]!r}, not {target[changed]!r}")
        if "delete" in methods:
            status, body, _, _ = self.client.send(item, "delete", values)
            if not is_good(status):
                return self.fail(item, f"delete gives {status}: {json.dumps(body)[:200]}")
            if "get" in methods:
                status, body, _, _ = self.client.send(item, "get", values)
                if status not in (404, 410):
                    return self.fail(item, f"read after delete gives {status}")
        return True

    def walk_reading(self, collection, item, last, values):
        if "get" not in self.paths.get(collection, {}) or "get" not in self.paths[item]:
            return None
        status, body, _, _ = self.client.send(collection, "get", values)
        key = find_id(body, last) if is_good(status) else None
        if not is_good(status):
            self.chains += 1
            return self.fail(collection, f"list gives {status}: {json.dumps(body)[:200]}")
        if key is None:
            return None
        self.chains += 1
        status, body, _, _ = self.client.send(item, "get", {**values, last: key})
        if not is_good(status):
            return self.fail(item, f"read of listed {key} gives {status}: {json.dumps(body)[:200]}")
        return True

    def run(self):
        good = 0
        for path in self.paths:
            for item in self.item_of(path):
                good += self.walk(path, item) is True
        for item in self.paths:  # items whose collection is no path of its own
            parts = item.rstrip("/").rsplit("/", 1)
            if re.fullmatch(r"\{[^{}]+\}", parts[-1]) and parts[0] not in self.paths and "put" in self.paths[item]:
                good += self.walk(parts[0], item) is True
        # Every operation, as far as its path can be filled, gives a status that it declares or that every API may give.
        operations = 0
        for path, item in self.paths.items():
            for method in METHODS:
                if method not in item:
                    continue
                operations += 1
                status, body, _, _ = self.client.send(path, method, self.values_for(path, {}))
                declared = self.api.responses(item[method])
                is_declared = str(status) in declared or f"{status // 100}XX" in declared or "default" in declared
                if not is_good(status) and not (300 <= status < 400) and not (is_declared or status in (400, 404, 409)):
                    self.problems.append(f"{method} {path}: undeclared {status}: {json.dumps(body)[:150]}")
                self.silent += not (is_good(status) or 300 <= status < 400)
        return good, operations


def serve(program, path):
    started = time.time()
    process = subprocess.Popen([program, "serve", path, "-p", "0", "--print-url", "--check-all"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    url = process.stdout.readline().strip()
    return process, url, time.time() - started


def main():
    program, verbose = sys.argv[1], "-v" in sys.argv
    failed = False
    for path in [one for one in sys.argv[2:] if not one.startswith("-")]:
        document = load(path)
        if document is None:
            print(f"{path}: skipped, no YAML parser")
            continue
        document = bundle(document, os.path.dirname(path), frozenset())
        process, url, seconds = serve(program, path)
        try:
            if not url:
                print(f"{path}: does not serve: {process.stderr.read()[:600]}")
                failed = True
                continue
            walker = Walker(Api(document), url, verbose)
            good, operations = walker.run()
            connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=20)
            connection.request("GET", "/__admin/findings")
            findings = json.loads(connection.getresponse().read())
            findings = findings if isinstance(findings, list) else findings.get("findings", [])
        finally:
            process.terminate()
            process.wait()
        print(f"{path}: {operations} operations, {walker.silent} without success, {good} of {walker.chains} chains consistent, "
              f"{len(findings)} findings, start {seconds:.2f} s")
        for text in (walker.problems + [str(one) for one in findings])[: 1000 if verbose else 5]:
            print("   ", text)
        failed |= good < walker.chains or bool(findings)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
