"""Confidence: a line through the log-odds, fitted on answers that are known to be right or wrong."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caravan.language.confidence import UNCALIBRATED, Calibration
from caravan.language.prompt import Completion
from models.training.calibrate import crossed, error, fit, judged

CHANCES = st.floats(0.0, 1.0)


@given(p=CHANCES, q=CHANCES, slope=st.floats(0.1, 5.0), offset=st.floats(-5.0, 5.0))
def test_more_sure_is_never_less_likely(p: float, q: float, slope: float, offset: float) -> None:
    line = Calibration(slope=slope, offset=offset)
    low, high = line(min(p, q)), line(max(p, q))
    assert 0.0 <= low <= high <= 1.0


@given(p=st.floats(1e-6, 1.0 - 1e-6))
def test_uncalibrated_changes_nothing(p: float) -> None:
    assert UNCALIBRATED(p) == pytest.approx(p)


def test_the_line_of_an_overconfident_model_is_found() -> None:
    rng = np.random.default_rng(1)
    odds = rng.normal(2.0, 2.0, 20_000)
    right = rng.random(20_000) < 1.0 / (1.0 + np.exp(-(0.5 * odds - 1.0)))
    claimed = 1.0 / (1.0 + np.exp(-odds))
    line = fit(claimed, right)
    assert line.slope == pytest.approx(0.5, abs=0.05)
    assert line.offset == pytest.approx(-1.0, abs=0.1)
    assert error(crossed(claimed, right), right) < 0.02 < 0.2 < error(claimed, right)


def test_too_few_wrong_answers_are_no_ground_for_a_line() -> None:
    with pytest.raises(ValueError, match="100 answers of 100 are right"):
        fit(np.full(100, 0.9), np.full(100, True))


def test_a_model_that_is_sure_when_it_is_wrong_cannot_be_calibrated() -> None:
    right = np.arange(200) % 2 == 0
    with pytest.raises(ValueError, match="surer of wrong answers"):
        fit(np.where(right, 0.1, 0.9) + np.linspace(0.0, 0.05, 200), right)


def test_the_error_is_the_gap_between_chance_and_frequency() -> None:
    assert math.isclose(error(np.full(1000, 0.9), np.arange(1000) % 2 == 0), 0.4)


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ('{"intent":"tasks","tasks":[{"kind":"deliver","item":" pallets","quantity":" two","to":" dock 3"}]}', True),
        (
            '{"intent":"tasks","tasks":[{"kind":"deliver","item":" pallets","quantity":" two","to":" the dock 3"}]}',
            True,
        ),
        ('{"intent":"tasks","tasks":[{"kind":"deliver","item":" pallets","to":" dock 3"}]}', False),
        ('{"intent":"tasks","tasks":[{"kind":"deliver","item":" pallets","quantity":" two","to":" dock 4"}]}', False),
        ('{"intent":"tasks"', False),
    ],
)
def test_an_answer_is_right_when_it_means_the_same(said: str, same: bool) -> None:
    expected = '{"intent":"tasks","tasks":[{"kind":"deliver","item":" pallets","quantity":" two","to":" dock 3"}]}'
    answer = Completion(text=said, probability=0.8)
    share, right = judged(answer, expected, "bring two pallets to the dock 3, not to dock 4")
    assert math.isclose(share, 0.8) and right == same
