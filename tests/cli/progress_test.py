"""What `understudy verify` shows while it runs: a line on a terminal, messages elsewhere. Argument: the program.

The tests wait more than they compute, so they run side by side, each with a server of its own."""
import concurrent.futures, fcntl, http.server, os, pty, re, select, signal, struct, subprocess, sys, tempfile, termios, threading, time

PROGRAM = sys.argv[1]
STEP = '  - { send: createProduct, auth: none, expect: { answer: not_authorized } }\n'
WAITS = 'understudy: 1\nscenario: Time passes\napi: veeqo\nsteps:\n' + STEP + '  - advance: 2s\n' + STEP


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get('Content-Length', 0)))
        self.server.too_many -= 1
        body = b'' if self.server.too_many >= 0 else b'{"error_messages": "Not Authorized"}'
        self.send_response(429 if self.server.too_many >= 0 else 401)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.send_error(404)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    """Refuses every call as the vendor does without a key; the first `too_many` calls are too many."""
    too_many = 0

    def __init__(self):
        super().__init__(('127.0.0.1', 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()
        self.target = ['--target', f'http://127.0.0.1:{self.server_port}']


def environment(**changes):
    variables = {**os.environ, 'TERM': 'xterm', **changes}
    for name in ('NO_COLOR', 'http_proxy', 'https_proxy', 'all_proxy'):
        if name not in changes:
            variables.pop(name, None)
    return variables


def on_terminal(arguments, columns=80, kill=(), **changes):
    """Runs the program on a terminal; returns what it wrote and its exit code. `kill`: after each of these texts, SIGINT."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
    process = subprocess.Popen([PROGRAM, *arguments], stdin=slave, stdout=slave, stderr=slave, env=environment(**changes), start_new_session=True)
    os.close(slave)
    output, pending, end = '', list(kill), time.monotonic() + 60
    while time.monotonic() < end:
        if not select.select([master], [], [], 1)[0]:
            continue
        try:
            data = os.read(master, 65536)
        except OSError:
            break
        if not data:
            break
        output += data.decode(errors='replace')
        if pending and pending[0] in output:
            pending.pop(0)
            process.send_signal(signal.SIGINT)
    os.close(master)
    return output, process.wait(60)


def screen(output):
    """The lines that stay on a terminal that knows line feed, carriage return, erasing to the end of the line, and colours."""
    lines, row, column = [''], 0, 0
    for part in re.findall(r'\x1b\[[0-9;]*[A-Za-z]|.', output, re.S):
        if part == '\n':
            row += 1
            lines += [''] * (row + 1 - len(lines))
        elif part == '\r':
            column = 0
        elif part == '\x1b[K':
            lines[row] = lines[row][:column]
        elif not part.startswith('\x1b'):
            lines[row] = lines[row][:column].ljust(column) + part + lines[row][column + 1:]
            column += 1
    return [line.rstrip() for line in lines]


def drawn(output):
    """The texts of the line, one for each time it was drawn."""
    return [re.sub(r'\x1b\[[0-9;]*m', '', text) for text in re.findall(r'\r([^\r\n]*?)\x1b\[K', output) if text]


def check(condition, *seen):
    if not condition:
        raise AssertionError('\n'.join(repr(one) for one in seen))


def test_messages(folder, server):
    """On a pipe, a wait is told when it begins, without escapes."""
    process = subprocess.Popen([PROGRAM, 'verify', folder + '/waits.yaml', *server.target, '--max-wait', '1m'], env=environment(),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    first = process.stderr.readline()
    check(process.poll() is None, first)  # it still waits
    out, err = process.communicate()
    check(first == 'waiting 2s: veeqo/waits: step 2 lets time pass\n', first, err)
    check(err == '' and out.splitlines()[-1] == '1 passed, 0 failed, 0 skipped', out, err)
    check('\x1b' not in out and '\r' not in out, out)


def test_rate_limit(folder, server):
    """Short waits are told once."""
    server.too_many = 8
    done = subprocess.run([PROGRAM, 'verify', folder + '/short.yaml', *server.target, '-j1'], env=environment(), capture_output=True, text=True)
    check(done.stderr == 'waiting 200ms: veeqo/short: the rate limit of the target is reached\n', done.stderr)
    check(done.returncode == 0, done.stdout)


def test_quiet(folder, server):
    done = subprocess.run([PROGRAM, 'verify', folder + '/waits.yaml', *server.target, '--max-wait', '1m', '-q'], env=environment(), capture_output=True, text=True)
    check(done.stderr == '' and done.stdout == '1 passed, 0 failed, 0 skipped\n', done)
    output, code = on_terminal(['verify', folder + '/waits.yaml', *server.target, '--max-wait', '1m', '-q'])
    check(code == 0 and '\x1b' not in output and screen(output) == ['1 passed, 0 failed, 0 skipped', ''], output)


def test_line(folder, server):
    """On a terminal one line says what happens, and nothing of it stays."""
    output, code = on_terminal(['verify', folder + '/waits.yaml', *server.target, '--max-wait', '1m'])
    texts = drawn(output)
    check('0/1 done, 0 failed; veeqo/waits' in texts, texts)
    check('0/1 done, 0 failed; waiting 2s: veeqo/waits: step 2 lets time pass' in texts, texts)
    check('0/1 done, 0 failed; waiting 1s: veeqo/waits: step 2 lets time pass' in texts, texts)
    check(code == 0 and screen(output) == ['1 passed, 0 failed, 0 skipped', ''], output)


def test_many(folder, server):
    """No line for each scenario; failures stay, the last line are the counts."""
    output, code = on_terminal(['verify', '--label', 'products'])
    shown = screen(output)
    check(code == 0 and len(shown) == 2 and re.fullmatch(r'\d+ passed, 0 failed, 0 skipped', shown[0]), shown)
    output, code = on_terminal(['verify', folder + '/wrong.yaml', folder + '/short.yaml', *server.target])
    shown = screen(output)
    check(code == 1 and shown[-2] == '1 passed, 1 failed, 0 skipped' and shown[0].startswith('1 cause'), shown)
    check(not any(' done, ' in line for line in shown), shown)
    check(any(text.startswith('2/2 done, 1 failed') or text.startswith('1/2 done, 1 failed') for text in drawn(output)), drawn(output))
    check('\x1b[31m1 failed\x1b[0m' in output, output)
    output, code = on_terminal(['verify', folder + '/wrong.yaml', folder + '/short.yaml', *server.target, '-v'])
    check(any(line.startswith('passed: veeqo/short') for line in screen(output)), screen(output))
    check(not any(' done, ' in line for line in screen(output)), screen(output))


def test_styles(folder, server):
    """NO_COLOR concerns colours only; a dumb terminal gets no escapes, but messages."""
    output, _ = on_terminal(['verify', folder + '/wrong.yaml', *server.target], NO_COLOR='1')
    check(drawn(output) and not re.search(r'\x1b\[[0-9;]*m', output), output)
    output, _ = on_terminal(['verify', folder + '/waits.yaml', *server.target, '--max-wait', '1m'], TERM='dumb')
    check('\x1b' not in output and 'waiting 2s: veeqo/waits: step 2 lets time pass' in output, output)


def test_width(folder, server):
    """The line never wraps, and what is in a name does not reach the terminal."""
    for columns in (20, 40, 132):
        output, _ = on_terminal(['verify', folder + '/odd', *server.target], columns=columns)
        check(drawn(output) and all(len(text) < columns for text in drawn(output)), columns, drawn(output))
        check('\x1b[2J' not in output, output)


def test_signals(folder, server):
    """SIGINT leaves a clean line; so does the second one, which ends at once."""
    output, code = on_terminal(['verify', folder + '/waits.yaml', *server.target, '--max-wait', '1m'], kill=['waiting 2s'])
    check(code == 130 and not any(' done, ' in line for line in screen(output)), code, output)
    server.too_many = 10**9
    output, code = on_terminal(['verify', folder + '/short.yaml', *server.target], kill=['waiting 200ms', 'waiting 200ms'])
    server.too_many = 0
    check(code == 130 and not any(' done, ' in line for line in screen(output)), code, output)


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(folder + '/odd')
        files = {'waits': WAITS, 'short': WAITS.replace('  - advance: 2s\n', ''), 'wrong': WAITS.replace('  - advance: 2s\n', '').replace('not_authorized', 'product_created'),
                 'odd/' + 'long-name-' * 12: WAITS.replace('  - advance: 2s\n', ''), 'odd/a\x1b[2J\nb': WAITS.replace('  - advance: 2s\n', '')}
        for name, text in files.items():
            with open(f'{folder}/{name}.yaml', 'w') as file:
                file.write(text)
        tests = {name: test for name, test in sorted(globals().items()) if name.startswith('test_')}
        with concurrent.futures.ThreadPoolExecutor(len(tests)) as pool:
            runs = {name: pool.submit(test, folder, Server()) for name, test in tests.items()}
        for name, run in runs.items():
            run.result()
            print('passed', name)


main()
