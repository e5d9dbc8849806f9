"""What `understudy serve` shows: the table of scenarios, lines for requests on a terminal, the hint. Argument: the program."""
import os, pty, re, select, signal, socket, subprocess, sys, tempfile, time, urllib.error, urllib.request

PROGRAM = sys.argv[1]
FAILURES = []
FAULT = 'given: { faults: [{ on: listProducts, call: 2, kind: status, status: 503 }] }\n'


def check(what, holds, found=''):
    print(('passed: ' if holds else 'FAILED: ') + what + ('' if holds else f'\n{found}'))
    if not holds:
        FAILURES.append(what)


def write(folder, name, api, title, more=''):
    with open(os.path.join(folder, name), 'w', encoding='utf-8') as file:
        file.write(f'understudy: 1\nscenario: {title}\napi: {api}\n{more}steps: [{{ advance: 1m }}]\n')


class Serving:
    """A running `serve`, on a terminal or with a pipe as standard error."""

    def __init__(self, arguments, terminal):
        self.output = ''
        self.master, other = pty.openpty() if terminal else os.pipe()
        self.process = subprocess.Popen([PROGRAM, 'serve', '-p', '0', *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=other, text=True)
        os.close(other)

    def read(self, wanted, seconds=20):
        """Reads until the text matches, or for that long; what was read in all."""
        end = time.monotonic() + seconds
        while not re.search(wanted, self.output) and time.monotonic() < end:
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    data = os.read(self.master, 65536)
                except OSError:
                    break
                if not data:
                    break
                self.output += data.decode(errors='replace').replace('\r\n', '\n')
        return self.output

    def get(self, path, key, base=None):
        url = base or re.search(r'serves at (\S+)', self.output).group(1)
        try:
            return urllib.request.urlopen(urllib.request.Request(url + path, headers={'x-api-key': key})).status
        except urllib.error.HTTPError as error:
            return error.code

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        self.read('(?!)', 0.5)
        os.close(self.master)
        return self.output


with tempfile.TemporaryDirectory() as folder:
    write(folder, 'lamp.yaml', 'veeqo', '"A \\x1b[31mlamp"', FAULT)
    write(folder, 'long-name.yaml', 'sellercloud', 'Orders')

    serving = Serving([folder], terminal=True)
    serving.read('in a browser')
    check('the table has a row for each scenario, in columns', re.search(
        r'staged: 2 scenarios\n +user +password +key +scenario\n +lamp +demo +lamp +A \\x1b\[31mlamp\n +long-name +demo +long-name +Orders\n', serving.output), serving.output)
    check('the user demo is told apart', 'user demo, password demo, key demo: an account of its own' in serving.output, serving.output)
    serving.get('/veeqo/products', 'lamp')
    serving.get('/veeqo/products', 'lamp')
    serving.get('/veeqo/products?api_key=very-secret', 'nobody')
    serving.get('/__admin/health', 'lamp')
    serving.get('/veeqo/products', 'demo')
    serving.get('/veeqo/products', 'demo')
    serving.read(r'(?s)demo .*hint.*GET .*demo ')
    text = serving.stop()
    check('a request is a line', re.search(r'\nGET +/veeqo/products  200  lamp  product_list  [0-9.]+ ms\n', text), text)
    check('a fault is named', re.search(r'\nGET +/veeqo/products  503  lamp .*fault status before  [0-9.]+ ms\n', text), text)
    check('a refusal has its rule, and no line has a secret', re.search(r'/veeqo/products\?api_key=\*\*\*  401  lobby  not_authorized by credentials  ', text), text)
    check('calls of the admin API have no line', '__admin/health' not in text, text)
    check('the hint comes once', text.count('hint: ') == 1 and re.search('hint: .*such as lamp', text), text)

    serving = Serving([folder], terminal=False)
    serving.read('in a browser')
    serving.get('/veeqo/products', 'lamp')
    serving.get('/veeqo/products', 'demo')
    serving.get('/veeqo/products', 'demo')
    text = serving.stop()
    check('without a terminal there are no lines, but the hint', '\nGET ' not in text and text.count('hint: ') == 1, text)

    serving = Serving([folder, '-q', '--print-url'], terminal=True)
    url = serving.process.stdout.readline().strip()
    serving.get('/veeqo/products', 'demo', url)
    check('-q shows nothing', serving.stop() == '', serving.output)

    serving = Serving([folder, '--api', 'veeqo'], terminal=True)
    serving.read('in a browser')
    text = serving.stop()
    check('--api shows that API alone', 'Veeqo' in text and 'Sellercloud' not in text and 'staged: 1 scenario\n' in text and 'Orders' not in text, text)

    serving = Serving([], terminal=True)
    serving.read('in a browser')
    serving.get('/veeqo/products', 'demo')
    serving.read('ms\n')
    text = serving.stop()
    check('without scenarios there is no hint', 'staged: no scenarios' in text and 'hint' not in text, text)

# Of a datagram socket, each write is read alone: other processes that write to the same place cannot come between the parts of a line.
ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
ours.settimeout(20)
process = subprocess.Popen([PROGRAM, 'serve', '-p', '0'], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs)
theirs.close()
writes = [ours.recv(65536)]
while b'in a browser' not in writes[-1]:
    writes.append(ours.recv(65536))
process.send_signal(signal.SIGTERM)
while b'stopped' not in writes[-1]:
    writes.append(ours.recv(65536))
check('a line is one write', process.wait(20) == 0 and len(writes) > 5 and all(one.endswith(b'\n') for one in writes), writes)

sys.exit(1 if FAILURES else 0)
