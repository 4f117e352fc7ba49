"""The shipped models, through llama.cpp: the sentences of the documentation, which they were not trained on."""

from pathlib import Path

import pytest

pytest.importorskip("llama_cpp")

from llama_cpp import Llama

from models.training import evaluate

MODELS = sorted((Path(__file__).parents[2] / "models").glob("*.gguf"))
TASKS = '{{"intent":"tasks","tasks":[{}]}}'
READINGS = {
    "Bring two pallets from dock 3 to aisle B.": (
        '{"kind":"deliver","item":" pallets","quantity":" two","from":" dock 3","to":" aisle B"}'
    ),
    "Take a crate from dock 1 to staging, then inspect the cold store.": (
        '{"kind":"deliver","item":" crate","from":" dock 1","to":" staging"},'
        '{"kind":"inspect","places":[" cold store"],"after":["t1"]}'
    ),
    "Patrol aisle A, aisle B and dock 2 twice.": (
        '{"kind":"patrol","places":[" aisle A"," aisle B"," dock 2"],"times":" twice"}'
    ),
    "Deliver one drum from dock 2 to the cold store before 5 pm, and keep out of aisle C.": (
        '{"kind":"deliver","item":" drum","quantity":" one","from":" dock 2","to":" cold store","by":" 5 pm",'
        '"avoid":[" aisle C"]}'
    ),
    "把三个托盘从一号月台送到冷库。": (
        '{"kind":"deliver","item":"托盘","quantity":"三","from":"一号月台","to":"冷库"}'
    ),
    "Bring a pallet to the moon bay.": '{"kind":"deliver","item":" pallet","to":" moon bay"}',
    "bring two pallets from dock 3 to aisle B before 5 pm, avoid aisle C": (
        '{"kind":"deliver","item":" pallets","quantity":" two","from":" dock 3","to":" aisle B","by":" 5 pm",'
        '"avoid":[" aisle C"]}'
    ),
}


@pytest.fixture(scope="module", params=MODELS, ids=lambda file: file.stem)
def model(request: pytest.FixtureRequest) -> Llama:
    return evaluate.open_model(request.param)


def test_there_are_three_and_all_are_small_enough_for_a_repository() -> None:
    assert len(MODELS) == 3
    assert sum(file.stat().st_size for file in MODELS) < 30_000_000


@pytest.mark.parametrize("sentence", READINGS)
def test_it_reads_the_sentences_of_the_documentation(model: Llama, sentence: str) -> None:
    assert evaluate.read(model, sentence) == TASKS.format(READINGS[sentence])


def test_it_copies_names_that_no_language_has(model: Llama) -> None:
    said = evaluate.read(model, "Move a flonk from the Quillar depot to Vostrin.")
    assert said == TASKS.format('{"kind":"deliver","item":" flonk","from":" Quillar depot","to":" Vostrin"}')
