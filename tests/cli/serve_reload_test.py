"""What stays when `understudy serve` reads changed contracts: stubs. Argument: the program."""
import json, os, signal, subprocess, sys, tempfile, time, urllib.error, urllib.request

PROGRAM = sys.argv[1]
FAILURES = []


def check(what, holds, found=''):
    print(('passed: ' if holds else 'FAILED: ') + what + ('' if holds else f'\n{found}'))
    if not holds:
        FAILURES.append(what)


def call(method, url, body=None):
    """Status and text of the answer."""
    request = urllib.request.Request(url, None if body is None else json.dumps(body).encode(), {'Content-Type': 'application/json'}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def write_api(file, title, *paths):
    answer = {'200': {'description': 'OK', 'content': {'application/json': {'schema': {'type': 'object', 'properties': {'from': {'enum': ['contract']}}}}}}}
    with open(file, 'w', encoding='utf-8') as out:
        json.dump({'openapi': '3.1.0', 'info': {'title': title, 'version': '1'}, 'paths': {path: {'get': {'responses': answer}} for path in paths}}, out)


def reload(process, url, title):
    process.send_signal(signal.SIGHUP)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if title in call('GET', url + '/__admin/settings')[1]:
            return
        time.sleep(0.05)
    check(f'the contract {title} is served', False)


with tempfile.TemporaryDirectory() as folder:
    file = os.path.join(folder, 'shop.json')
    write_api(file, 'Before', '/things')
    serve = subprocess.Popen([PROGRAM, 'serve', file, '-p', '0', '--print-url'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        url = serve.stdout.readline().strip()
        for path in ('/rates', '/later'):
            status, text = call('POST', url + '/__admin/mappings', {'request': {'method': 'GET', 'urlPath': path}, 'response': {'jsonBody': {'from': 'stub'}}})
            check(f'the stub of {path} is added', status == 201, text)

        write_api(file, 'After', '/things', '/later')
        reload(serve, url, 'After')

        check('a stub answers after changed contracts were read', 'stub' in call('GET', url + '/rates')[1], call('GET', url + '/rates'))
        check('it is still listed', '/rates' in call('GET', url + '/__admin/mappings')[1])
        check('a path that the contract covers now is its own', 'stub' not in call('GET', url + '/later')[1], call('GET', url + '/later'))
        call('POST', url + '/__admin/reset')
        check('a reset removes the stubs', call('GET', url + '/rates')[0] == 404, call('GET', url + '/rates'))
    finally:
        serve.terminate()
        serve.communicate(timeout=30)

sys.exit(1 if FAILURES else 0)
