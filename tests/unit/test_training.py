"""The trainer: batches, schedule and network. Needs what only `make model` installs, and is skipped without."""

import random
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from models.training.corpus import Sample, prompt, stream

torch = pytest.importorskip("torch")
batches = pytest.importorskip("models.training.batches")
export = pytest.importorskip("models.training.export")
muon = pytest.importorskip("models.training.muon")
network = pytest.importorskip("models.training.network")
tokenizer = pytest.importorskip("models.training.tokenizer")
train = pytest.importorskip("models.training.train")
SMALL = network.Shape(vocabulary=300, width=32, layers=2, heads=2, inner=64, context=64)


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return list(islice(stream(random.Random(5)), 1500))


@pytest.fixture(scope="module")
def bpe(samples: list[Sample], tmp_path_factory: pytest.TempPathFactory) -> Any:
    return tokenizer.learn(samples, tmp_path_factory.mktemp("bpe") / "tokenizer.json")


def test_tokens_give_the_text_back(bpe: Any, samples: list[Sample]) -> None:
    for sample in samples[:200]:
        ids = bpe.encode(sample.reading, add_special_tokens=False).ids
        assert bpe.decode(ids) == sample.reading


def test_only_a_network_that_knows_nothing_begins_with_short_samples() -> None:
    fresh, going_on = train.Recipe(minutes=1.0), train.Recipe(minutes=1.0, short_until=0.0)
    longest = [train.longest(fresh, train.Progress(seconds=at)) for at in (0.0, 6.0, 12.0, 60.0)]
    assert longest == [64, 288, 512, 512] and train.longest(going_on, train.Progress()) == 512


def test_each_joint_of_a_reading_is_one_token(bpe: Any, samples: list[Sample]) -> None:
    pieces = {bpe.id_to_token(id_) for each in samples for id_ in bpe.encode(each.reading).ids}
    assert not [piece for piece in pieces if '"' in piece and piece not in tokenizer.JOINTS]


def test_a_span_is_the_same_tokens_in_sentence_and_reading(bpe: Any) -> None:
    pairs = {"go to cold store": " cold store", "把三个托盘送到冷库。": "冷库", "去 dock 3": " dock 3"}
    for sentence, span in pairs.items():
        given = bpe.encode(prompt(sentence), add_special_tokens=False).ids
        said = bpe.encode('{"to":"' + span + '"}', add_special_tokens=False).ids
        wanted = bpe.encode(span, add_special_tokens=False).ids
        for ids in (given, said):
            assert any(ids[n : n + len(wanted)] == wanted for n in range(len(ids)))


def test_chinese_characters_never_merge(bpe: Any) -> None:
    apart = [token for char in "冷库" for token in bpe.encode(char, add_special_tokens=False).ids]
    assert bpe.encode("冷库", add_special_tokens=False).ids == apart


def test_only_the_reading_is_learnt(bpe: Any, samples: list[Sample]) -> None:
    (ids, given), *_ = tokenizer.encode(bpe, samples[:1])
    _, _, targets = train.on(torch.device("cpu"), batches.collate([(ids, given)]))
    assert targets.tolist() == ids[given:]
    assert ids[0] == tokenizer.BOS and ids[-1] == tokenizer.EOS


def test_buckets_keep_to_the_budget_and_lose_only_what_is_too_long() -> None:
    rows = [([1] * length, 1) for length in (3, 9, 24, 30, 8, 5)]
    found = [batches.collate(batch) for batch in batches.bucket(rows, 48, 24)]
    assert all(batch.tokens[:, 1:].size <= 48 and (batch.tokens.shape[1] - 1) % batches.STRIDE == 0 for batch in found)
    assert sorted(int((row == 1).sum()) for batch in found for row in batch.tokens) == [3, 5, 8, 9, 24]


def test_batches_come_from_other_processes_the_same_each_time(bpe: Any, tmp_path: Path) -> None:
    bpe.save(str(tmp_path / "tokenizer.json"))
    source = batches.Source(tokenizer=tmp_path / "tokenizer.json", seed=3, part=None, budget=4096)
    supply = batches.supply(source, 7, lambda: 512, workers=1)
    number, batch = next(supply)
    supply.close()
    again = batches.chunk_batches(source, 7, 512)[0]
    assert number == 7
    assert (batch.tokens == again.tokens).all() and (batch.wanted == again.wanted).all()


def test_muon_takes_the_steps_of_the_one_of_torch() -> None:
    torch.manual_seed(0)
    weights = [torch.randn(shape) for shape in ((32, 64), (32, 64), (64, 32), (32, 32))]
    ours, theirs = ([torch.nn.Parameter(weight.clone()) for weight in weights] for _ in range(2))
    optimizers = (
        muon.Muon(ours, lr=0.01, weight_decay=0.1),
        torch.optim.Muon(theirs, lr=0.01, weight_decay=0.1, adjust_lr_fn="match_rms_adamw"),
    )
    for _ in range(3):
        for a, b in zip(ours, theirs, strict=True):
            a.grad = torch.randn_like(a)
            b.grad = a.grad.clone()
        for optimizer in optimizers:
            optimizer.step()
    for weight, a, b in zip(weights, ours, theirs, strict=True):
        assert (a - b).norm() < 0.05 * (a - weight).norm()


def test_the_rate_warms_up_holds_and_ends_at_nothing() -> None:
    recipe = train.Recipe(minutes=1)
    shares = [train.rate(recipe, done) for done in (0.0, 0.005, 0.2, 0.4, 0.8, 1.0)]
    assert shares[0] < shares[1] < shares[2] == shares[3] == 1.0 > shares[4] > shares[5] == 0.0


def test_the_network_does_not_look_ahead() -> None:
    torch.manual_seed(0)
    reader = network.Reader(SMALL)
    tokens = torch.randint(0, 300, (1, 12))
    changed = tokens.clone()
    changed[0, 8:] = 7
    everywhere = torch.arange(12)
    before, after = reader(tokens, everywhere), reader(changed, everywhere)
    assert torch.allclose(before[:8], after[:8], atol=1e-5)
    assert not torch.allclose(before[8:], after[8:], atol=1e-3)


def test_padding_changes_nothing() -> None:
    torch.manual_seed(0)
    reader = network.Reader(SMALL)
    short, long = [1, 5, 6, 7, 2], [1, *range(10, 30), 2]
    alone, both = (
        train.on(torch.device("cpu"), batches.collate(rows)) for rows in ([(short, 2)], [(short, 2), (long, 2)])
    )
    expected = reader(alone[0], alone[1])
    assert torch.allclose(reader(both[0], both[1])[: len(expected)], expected, atol=1e-5)


def test_weights_and_tokenizer_come_back_from_the_file_for_llama(
    bpe: Any, samples: list[Sample], tmp_path: Path
) -> None:
    shape = network.Shape(vocabulary=bpe.get_vocab_size(), width=64, layers=2, heads=2, inner=64, context=64)
    torch.manual_seed(0)
    reader, again = network.Reader(shape), network.Reader(shape)
    bpe.save(str(tmp_path / "tokenizer.json"))
    export.write(reader, tmp_path / "tokenizer.json", tmp_path / "small.gguf", "tiny")
    export.load_weights(again, tmp_path / "small.gguf")
    for name, weight in reader.state_dict().items():
        assert torch.allclose(weight, again.state_dict()[name], atol=2e-3), name
    tokenizer.restore(tmp_path / "small.gguf", tmp_path / "again.json")
    texts = [text for each in samples[:300] for text in (prompt(each.sentence), each.reading)]
    restored = tokenizer.load(tmp_path / "again.json")
    assert [each.ids for each in restored.encode_batch(texts)] == [each.ids for each in bpe.encode_batch(texts)]
    other = network.Reader(network.Shape(vocabulary=300, width=64, layers=2, heads=2, inner=64, context=64))
    with pytest.raises(ValueError, match=r"small\.gguf has no tensor token_embd\.weight of \(300, 64\)"):
        export.load_weights(other, tmp_path / "small.gguf")


def test_training_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    recipe = train.Recipe(minutes=1)
    first = train.start(SMALL, recipe, "cpu")
    batch = batches.collate([([1, 5, 6, 7, 2], 2)])
    for _ in range(3):
        train.step(first, recipe, batch, torch.device("cpu"))
    train.save(first, tmp_path / "checkpoint.pt")
    second = train.start(SMALL, recipe, "cpu")
    train.resume(second, tmp_path / "checkpoint.pt")
    assert second.progress == first.progress
    again = [float(train.step(run, recipe, batch, torch.device("cpu"))) for run in (first, second)]
    assert again[0] == pytest.approx(again[1])
