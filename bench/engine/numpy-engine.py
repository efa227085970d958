"""NumPy as an engine of the bench: the protocol of protocol.ts on standard input and output. Arguments: folder of tensors."""
import json
import os
import statistics
import sys
import time

try:
    import numpy as np
except ImportError:
    print(json.dumps({'absent': 'this Python has no NumPy: run pip install numpy, or name one that has it with --python'}))
    sys.exit()

FOLDER = sys.argv[1]
WIDTHS = {'small': [784, 256, 10], 'large': [256, 4096, 4096, 10]}
RATE = 0.1
SAMPLES = 200
SLICE_US = 2000


def read(net, name, *shape):
    count = int(np.prod(shape))
    return np.fromfile(os.path.join(FOLDER, f'{net}.{name}'), np.float32, count).reshape(shape)


def layers(net):
    widths = WIDTHS[net]
    return [(read(net, f'w{i}', widths[i], widths[i + 1]), read(net, f'b{i}', widths[i + 1])) for i in range(len(widths) - 1)]


def forward(x, weights):
    values = [x]
    for i, (w, b) in enumerate(weights):
        y = values[-1] @ w + b
        values.append(y if i == len(weights) - 1 else np.maximum(y, 0))
    return values


def step(x, y, weights):
    values = forward(x, weights)
    scores = np.exp(values[-1] - values[-1].max(axis=1, keepdims=True))
    shares = scores / scores.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log((shares * y).sum(axis=1)))
    delta = (shares - y) / len(x)
    for i in reversed(range(len(weights))):
        w, b = weights[i]
        below = (delta @ w.T) * (values[i] > 0) if i > 0 else None
        w -= RATE * (values[i].T @ delta)
        b -= RATE * delta.sum(axis=0)
        delta = below
    return float(loss)


def convolve(x, w):
    """By gathering the windows into rows of one matrix product."""
    n, height, width, channels = x.shape
    k = w.shape[0] // 2
    padded = np.pad(x, ((0, 0), (k, k), (k, k), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[:2], axis=(1, 2))
    rows = windows.transpose(0, 1, 2, 4, 5, 3).reshape(n * height * width, -1)
    return (rows @ w.reshape(-1, w.shape[3])).reshape(n, height, width, -1)


def sample(values):
    flat = values.reshape(-1)
    count = min(SAMPLES, flat.size)
    return [float(flat[i * flat.size // count]) for i in range(count)]


def prepare(case):
    net, batch = case['net'], case['batch']
    if net == 'conv':
        x, w = read(net, 'x', batch, 56, 56, 64), read(net, 'w', 3, 3, 64, 64)
        return (lambda: convolve(x, w)), (lambda: sample(convolve(x, w)))
    weights = layers(net)
    x = read(net, 'x', batch, WIDTHS[net][0])
    if case['what'] == 'forward':
        return (lambda: forward(x, weights)), (lambda: sample(forward(x, weights)[-1]))
    y = read(net, 'y', batch, WIDTHS[net][-1])

    def answer():
        loss = step(x, y, weights)
        pairs = [pair for before, after in zip(layers(net), weights) for pair in zip(before, after)]
        return [loss] + [value for before, after in pairs for value in np.subtract(sample(after), sample(before)).tolist()]
    return (lambda: step(x, y, weights)), answer


prepared, guesses = {}, {}


def measure(run, calls):
    start = time.perf_counter()
    for _ in range(calls):
        run()
    return (time.perf_counter() - start) * 1e6 / calls


def timed(name, run, ms):
    calls = max(1, round(SLICE_US / (guesses.get(name) or measure(run, 1))))
    end = time.perf_counter() + ms / 1e3
    slices = [measure(run, calls)]
    while time.perf_counter() < end:
        slices.append(measure(run, calls))
    guesses[name] = statistics.median(slices)
    return guesses[name]


def handle(question):
    case = question['case']
    if case['name'] not in prepared:
        prepared[case['name']] = prepare(case)
    run, answer = prepared[case['name']]
    return answer() if question['ask'] == 'answer' else timed(case['name'], run, question['ms'])


print(json.dumps({'ready': f'NumPy {np.__version__}'}), flush=True)
for line in sys.stdin:
    print(json.dumps({'result': handle(json.loads(line))}), flush=True)
