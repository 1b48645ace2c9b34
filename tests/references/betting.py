"""Reference values for tests/betting.rs, from the library of the paper's first author.

Its compiled part is not needed, so it is not built:

    python -m venv v && v/bin/pip install "numpy<2" scipy matplotlib multiprocess
    v/bin/pip download --no-deps confseq==0.0.11 && tar xzf confseq-0.0.11.tar.gz
    PYTHONPATH=confseq-0.0.11/src v/bin/python tests/references/betting.py > tests/references/betting.json
"""

import json
import math

import numpy
import scipy
from confseq.betting import betting_mart
from scipy.optimize import brentq

ALPHA = 0.05

# Those who share the capital each bet this fraction of the largest bet.
FRACTIONS = [(k / 24) ** 2 for k in range(1, 25)]


def capital(values, mean, side, population=None):
    """The capital after each value, won on a larger mean (1) or on a smaller one (0)."""
    largest = lambda x, m: numpy.full(len(x), math.inf)
    of = lambda fraction: betting_mart(
        numpy.array(values),
        mean,
        lambdas_fn_positive=largest,
        lambdas_fn_negative=largest,
        theta=side,
        trunc_scale=fraction,
        N=population,
    )
    return numpy.mean([of(fraction) for fraction in FRACTIONS], axis=0)


def samples():
    rng = numpy.random.default_rng(7)
    yield [1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0]
    yield [0.5] * 30
    yield [1.0] * 12
    yield [float(x) for x in rng.integers(0, 2, 60)]
    yield [float(x) for x in numpy.round(rng.uniform(0, 1, 40) ** 4, 3)]
    yield [float(x) for x in numpy.where(numpy.arange(60) % 20 == 0, 0.05, 0.525)]
    yield [float(x) for x in (rng.integers(-1, 2, 200) + 1) / 2]


def streams():
    """Values in 0 to 1, a mean, the logarithms of the capital won on a larger and on a smaller mean."""
    for values in samples():
        for mean in (0.3, 0.5, 0.62):
            with numpy.errstate(divide="ignore"):
                logs = [float(numpy.log(capital(values, mean, side)[-1])) for side in (1, 0)]
            yield [values, mean, *logs]


def intervals():
    """Values in 0 to 1, the interval that the capital does not reject."""
    for values in samples():
        centre = numpy.mean(values)
        excess = lambda mean, side: float(numpy.log(capital(values, mean, side)[-1] / 2 * ALPHA))
        ends = []
        for side, extreme in ((1, 1e-9), (0, 1 - 1e-9)):
            inside = min(max(centre, 1e-6), 1 - 1e-6)
            if excess(extreme, side) <= 0:
                ends.append(float(round(extreme)))
            elif excess(inside, side) >= 0:
                ends.append(float(centre))
            else:
                ends.append(float(brentq(excess, extreme, inside, args=(side,), xtol=1e-12)))
        yield [values, *ends]


def populations():
    """Values in 0 to 1 that were drawn without replacement, how many there are, a mean, the logarithm of the
    capital won on a larger one; null where the mean cannot be that small."""
    for values in samples():
        for beyond in (5, 100):
            population = len(values) + beyond
            mean = 0.45
            left = (population * mean - numpy.cumsum(values)) / (population - numpy.arange(1, len(values) + 1))
            if left.max() > 1:
                # Not one-sided: the library rejects a mean for being too large as well.
                continue
            log = float(numpy.log(capital(values, mean, 1, population)[-1]))
            yield [values, population, mean, log if math.isfinite(log) else None]


def one_record_a_line(tables):
    for name, records in tables.items():
        lines = ",\n".join(f"  {json.dumps(record)}" for record in records)
        yield f" {json.dumps(name)}: [\n{lines}\n ]"


versions = {"confseq": "0.0.11", "numpy": numpy.__version__, "scipy": scipy.__version__}
tables = {"streams": streams(), "intervals": intervals(), "populations": populations()}
body = ",\n".join([f' "versions": {json.dumps(versions)}', *one_record_a_line(tables)])
print("{\n" + body + "\n}")
