"""Reference values for tests/statistics.rs, from libraries that share no code with this project.

    python -m venv v && v/bin/pip install scipy==1.17.1 statsmodels==0.15.0
    v/bin/python tests/references/statistics.py > tests/references/statistics.json
"""

import json

import numpy
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.power import TTestPower
from statsmodels.stats.proportion import proportion_confint

ALPHA = 0.05


def mcnemar_exact():
    """Wins, losses, two-sided p, one-sided p."""
    pairs = [(0, 1), (5, 0), (6, 0), (7, 1), (8, 1), (14, 4), (10, 2), (9, 6), (16, 5), (65, 0)]
    pairs += [(120, 90), (600, 520)]
    for wins, losses in pairs:
        both = mcnemar([[40, losses], [wins, 30]], exact=True).pvalue
        better = stats.binomtest(wins, wins + losses, 0.5, alternative="greater").pvalue
        yield [wins, losses, float(both), float(better)]


def shares():
    """Successes, rows, Clopper and Pearson's interval, Wilson's interval."""
    for k, n in [(0, 1), (1, 1), (0, 20), (1, 29), (3, 60), (20, 40), (81, 263), (997, 1000)]:
        exact = proportion_confint(k, n, alpha=ALPHA, method="beta")
        wilson = proportion_confint(k, n, alpha=ALPHA, method="wilson")
        yield [k, n, *map(float, exact), *map(float, wilson)]


def samples():
    rng = numpy.random.default_rng(7)
    yield [0.3, -0.2, 0.1, 0.5, 0.0, 0.25, -0.1, 0.4]
    yield [0.0] * 25
    yield [0.0] * 27 + [0.4, -0.2, 0.1]
    yield [1.0] * 12 + [0.0] * 28
    yield [float(x) for x in numpy.round(rng.uniform(-1, 1, 12), 3)]
    yield [float(x) for x in numpy.round(rng.uniform(0, 1, 40) ** 4 - 0.2, 3)]
    yield [float(x) for x in numpy.where(numpy.arange(60) % 20 == 0, -0.9, 0.05)]


def means():
    """Values in -1 to 1, Student's interval of the mean, the bounded one by two million draws."""
    rng = numpy.random.default_rng(11)
    for values in samples():
        x = numpy.array(values)
        error = stats.sem(x)
        t = stats.t.interval(1 - ALPHA, len(x) - 1, x.mean(), error) if error > 0 else (x.mean(),) * 2
        lows, highs = [], []
        for _ in range(20):
            weights = rng.dirichlet(numpy.ones(len(x) + 1), 100_000)
            seen = weights[:, 1:] @ x
            lows.append(seen - weights[:, 0])
            highs.append(seen + weights[:, 0])
        bounded = [
            numpy.quantile(numpy.concatenate(lows), ALPHA / 2),
            numpy.quantile(numpy.concatenate(highs), 1 - ALPHA / 2),
        ]
        yield [values, *map(float, t), *map(float, bounded)]


def sign_flips():
    """Values, two-sided p over all sign patterns."""
    for values in samples():
        changed = [value for value in values if value != 0]
        if 0 < len(changed) <= 13:
            test = stats.permutation_test(
                (numpy.array(changed),),
                lambda x, axis: x.sum(axis=axis),
                permutation_type="samples",
                n_resamples=numpy.inf,
                vectorized=True,
            )
            yield [values, float(test.pvalue)]


def rows_for_graded():
    """Deviation, difference, rows for a power of 80 %."""
    for deviation, difference in [(1.0, 0.5), (0.3, 0.08), (0.3, 0.2)]:
        rows = TTestPower().solve_power(effect_size=difference / deviation, alpha=ALPHA, power=0.8)
        yield [deviation, difference, float(rows)]


def one_record_a_line(tables):
    for name, records in tables.items():
        lines = ",\n".join(f"  {json.dumps(record)}" for record in records)
        yield f" {json.dumps(name)}: [\n{lines}\n ]"


versions = {library.__name__: library.__version__ for library in (numpy, scipy, statsmodels)}
tables = {
    "mcnemar": mcnemar_exact(),
    "shares": shares(),
    "means": means(),
    "sign_flips": sign_flips(),
    "rows_for_graded": rows_for_graded(),
}
body = ",\n".join([f' "versions": {json.dumps(versions)}', *one_record_a_line(tables)])
print("{\n" + body + "\n}")
