"""The loop of every EM, with steps whose likelihoods are written down."""

import pytest
import torch

from dbs_core.method.imprint.convergence import Iteration, converge, stands_still
from dbs_core.method.imprint.posterior import Posterior
from dbs_core.method.imprint.settings import EpitomeSettings, StoppingRule
from dbs_core.runtime.errors import Cancelled
from dbs_core.runtime.progress import Progress

RISING = (-100.0, -50.0, -40.0, -39.9999, -39.99989, -20.0)
"""From the fourth on it grows by shares of 2.5e-6 and 2.5e-7; the last is a leap."""


def step(number):
    """Iteration `number`: its parameters are the next number."""
    weight = torch.tensor([float(number)])
    at = torch.tensor([number])
    return Iteration(Posterior(at, at, weight), at, RISING[number], number + 1)


def rule(**options):
    return StoppingRule(**{"iterations": 6, "tolerance": 1e-4, **options})


@pytest.mark.parametrize(
    ("options", "iterations", "converged"),
    [
        pytest.param({}, 4, True, id="stands still"),
        pytest.param({"iterations": 3}, 3, False, id="its iterations are over"),
        pytest.param({"iterations": 4}, 4, True, id="both at once"),
        pytest.param({"tolerance": 1e-6}, 5, True, id="a finer tolerance"),
        pytest.param({"tolerance": 0.5}, 2, True, id="a coarse one"),
        pytest.param({"settling": 4}, 5, True, id="not looked for at first"),
        pytest.param({"settling": 9}, 6, False, id="never looked for"),
    ],
)
def test_stops_where_the_rule_says(options, iterations, converged):
    course = converge(0, step, rule(**options))
    assert course.log_likelihood == RISING[:iterations]
    assert course.converged is converged


def test_keeps_every_iterations_origins_and_the_last_posterior():
    course = converge(0, step, rule(iterations=3))
    assert [best.tolist() for best in course.trace] == [[0], [1], [2]]
    assert course.posterior.weight.tolist() == [2.0]


def test_tells_of_every_iteration_before_it():
    seen = []

    def told(number):
        assert len(seen) == number + 1
        return step(number)

    converge(0, told, rule(), Progress(seen.append), "exact EM")
    assert [(s.stage, s.done, s.total) for s in seen] == [
        ("exact EM", n, 6) for n in range(4)
    ]


def test_a_stop_ends_it_before_the_next_iteration():
    taken = []

    def told(number):
        taken.append(number)
        return step(number)

    with pytest.raises(Cancelled):
        converge(0, told, rule(), Progress(cancelled=lambda: len(taken) == 2))
    assert taken == [0, 1]


def test_one_likelihood_stands_for_nothing():
    assert not stands_still([], -5.0, 1.0)
    assert stands_still([-5.0], -5.0, 0.0)
    assert stands_still([-5.0], -6.0, 0.0)


def test_the_epitomes_rule_is_that_of_its_settings():
    found = EpitomeSettings(iterations=7, tolerance=0.25).rule
    assert found == StoppingRule(7, 0.25, 0)
