"""The reader against real llama.cpp: a tiny model with random weights, and files and processes that go wrong."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from caravan.adapters import llama
from caravan.adapters.fields import SiteError
from caravan.adapters.llama import LlamaReader, ModelFileError, ModelSettings, sha256_of
from caravan.adapters.llama_child import Engine
from caravan.adapters.llama_model import Logits
from caravan.adapters.models_file import read_models
from caravan.adapters.readings import RecordedReader
from caravan.language.confidence import Calibration
from caravan.language.grammar import Grammar, State
from caravan.language.parse import read
from caravan.language.prompt import Completion, ModelFault, Prompt
from caravan.language.reading import sketch
from caravan.model.goal import Reading
from caravan.model.site import Place, Site
from tests.support.tiny_gguf import Kind, write_tiny

SENTENCES = (
    "Bring two pallets from dock 3 to aisle B.",
    "Take a crate from dock 1 to staging, then inspect the cold store.",
    "把三个托盘从一号月台送到冷库。",
    "mande 2 托盘 dari 冷库 nach dock 3 до обеда",
    "اذهب إلى الرصيف 3 ثم انتظر 5 دقائق",
    "it's 50% (or 3.5 km/h) — [x] {y} <s> a|b * + ? ::= / é ñ 🙂",
    "go " * 100,
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny(tmp_path_factory.mktemp("model") / "tiny.gguf")


@pytest.fixture
def reader(file: Path) -> Iterator[LlamaReader]:
    with LlamaReader(ModelSettings(file=file)) as made:
        yield made


def ask(sentence: str) -> Prompt:
    return Prompt(text=sentence.strip())


def gone(pid: int) -> bool:
    """Whether the process ends within 10 s."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    with os.fdopen(handle):
        return bool(select.select([handle], [], [], 10.0)[0])


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_answer_is_a_reading_and_the_same_again(reader: LlamaReader, sentence: str) -> None:
    answer = reader(ask(sentence))
    assert isinstance(answer, Completion), answer
    assert sketch(answer.text, sentence.strip()).intent
    assert 0.0 <= answer.probability <= 1.0
    again = reader(ask(sentence))
    assert isinstance(again, Completion) and (again.text, again.probability) == (answer.text, answer.probability)


def test_tokens_may_stand_for_several_symbols_of_the_grammar(tmp_path: Path) -> None:
    joints = (
        '{"intent":"tasks","tasks":[',
        '{"kind":"go',
        '","to":"',
        '","from":"',
        '"},{"kind":"deliver',
        '"}]}',
        '","',
    )
    engine = Engine(str(write_tiny(tmp_path / "joints.gguf", 2, Kind(joints=joints))), 1024)
    assert {joint.encode() for joint in joints} <= set(engine.model.pieces)
    for sentence in SENTENCES[:5]:
        assert sketch(engine.complete(sentence, 900)["text"], sentence)
    grammar = Grammar("go to dock 3")
    reading = b'{"intent":"tasks","tasks":[', b'{"kind":"go', b'","to":"', b" dock", b" 3", b'"}]}'
    state: State | None = grammar.start
    for piece in reading:
        assert state is not None
        state = grammar.advance(state, piece)
    assert state is not None and grammar.complete(state)


@pytest.mark.parametrize("sentence", SENTENCES[:6])
def test_other_readings_come_besides_the_likeliest_which_stays_the_same(file: Path, sentence: str) -> None:
    engine = Engine(str(file), 1024)
    alone = engine.complete(sentence, 512)
    asked = engine.complete(sentence, 512, others=6)
    assert (asked["text"], asked["probability"]) == (alone["text"], alone["probability"]) and not alone["others"]
    texts = [text for text, _ in asked["others"]]
    assert asked["text"] not in texts and len(set(texts)) == len(texts) <= 6
    assert all(sketch(text, sentence) and 0.0 <= chance <= 1.0 for text, chance in asked["others"])
    assert engine.complete(sentence, 512, others=6) == asked, "what was written before leaves no trace"


def test_each_other_reading_goes_on_from_its_own_beginning(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(str(file), 1024)
    model, follow, memory = engine.model, engine._follow, list[int]()
    rewind, back_to, decode = model.rewind, model.back_to, model.decode
    others = 0

    def rewound() -> None:
        memory.clear()
        rewind()

    def back(count: int) -> bool:
        del memory[count - len(model.start) :]
        return back_to(count)

    def decoded(tokens: list[int]) -> Logits:
        memory.extend(tokens)
        return decode(tokens)

    def followed(way: Any, fed: list[int], *rest: Any) -> bool:
        nonlocal others
        if memory:
            others += 1
            written = [*memory[len(prompt) :], *fed]
            assert b"".join(model.pieces[token] for token in written) == way.text
        return follow(way, fed, *rest)

    for owner, name, watched in (
        (model, "rewind", rewound),
        (model, "back_to", back),
        (model, "decode", decoded),
        (engine, "_follow", followed),
    ):
        monkeypatch.setattr(owner, name, watched)
    for sentence in SENTENCES[:6]:
        prompt = engine.prompt(sentence)
        engine.complete(sentence, 512, others=6)
    assert others > 20


def test_a_random_model_never_breaks_reading(reader: LlamaReader) -> None:
    site = Site(places={"dock_3": Place(id="dock_3")})
    results = [read(sentence, site, reader) for sentence in SENTENCES]
    assert all(isinstance(r, Reading) or r.note for r in results)


def test_control_signs_in_a_sentence_are_plain_text(file: Path) -> None:
    model = Engine(str(file), 512).model
    assert model.tokens("</s>") == [t for c in "</s>" for t in model.tokens(c)]
    assert model.tokens("</s>", special=True) == [1]


def test_too_long_a_sentence_and_too_long_an_answer_are_faults_and_not_crashes(reader: LlamaReader) -> None:
    long = reader(ask("!" * 1500))
    assert isinstance(long, ModelFault) and "too long" in long.note
    pid = reader.pid
    assert isinstance(reader(ask("go to dock 3")), Completion) and reader.pid == pid
    with LlamaReader(ModelSettings(file=reader.settings.file, max_tokens=9)) as hasty:
        cut = hasty(ask("go to dock 3"))
        assert isinstance(cut, ModelFault) and "did not end" in cut.note


def test_a_killed_model_is_started_again(reader: LlamaReader) -> None:
    first = reader(ask(SENTENCES[0]))
    assert reader.pid is not None
    os.kill(reader.pid, signal.SIGKILL)
    fault = reader(ask(SENTENCES[0]))
    assert isinstance(fault, ModelFault) and "died (SIGKILL)" in fault.note
    second = reader(ask(SENTENCES[0]))
    assert isinstance(first, Completion) and isinstance(second, Completion) and first.text == second.text


def test_a_model_killed_in_the_middle_of_a_sentence_is_told_and_started_again(reader: LlamaReader) -> None:
    assert isinstance(reader(ask("stop")), Completion) and reader.pid is not None
    os.kill(reader.pid, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(reader, ask(SENTENCES[0]))
        while not reader._lock.locked() and not waiting.done():
            pass
        os.kill(reader.pid, signal.SIGKILL)
        fault = waiting.result(10.0)
    assert isinstance(fault, ModelFault) and "died (SIGKILL)" in fault.note
    assert isinstance(reader(ask(SENTENCES[0])), Completion)


def test_a_hung_model_is_replaced_after_its_time(file: Path) -> None:
    with LlamaReader(ModelSettings(file=file, timeout=1.0)) as reader:
        assert isinstance(reader(ask("stop")), Completion) and reader.pid is not None
        hung = reader.pid
        os.kill(hung, signal.SIGSTOP)
        fault = reader(ask("stop"))
        assert isinstance(fault, ModelFault) and "in time" in fault.note
        assert gone(hung)


def test_a_reader_rests_after_faults_in_a_row(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with LlamaReader(ModelSettings(file=file)) as reader:
        for _ in range(llama.FAULTS_IN_A_ROW):
            reader.close()
            monkeypatch.setattr(llama._Child, "ask", lambda *_: (_ for _ in ()).throw(llama._Broken("it died")))
            assert isinstance(reader(ask("stop")), ModelFault)
        monkeypatch.undo()
        resting = reader(ask("stop"))
        assert isinstance(resting, ModelFault) and "rests" in resting.note and reader.pid is None
        later = time.monotonic() + llama.REST + 1
        monkeypatch.setattr(time, "monotonic", lambda: later)
        assert isinstance(reader(ask("stop")), Completion)


def test_a_process_that_cannot_be_started_is_told(reader: LlamaReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    fault = reader(ask("stop"))
    assert isinstance(fault, ModelFault) and "cannot be started: No such file" in fault.note
    reader.start()
    assert reader.pid is None
    monkeypatch.undo()
    assert isinstance(reader(ask("stop")), Completion)


def test_closing_leaves_no_process(file: Path) -> None:
    reader = LlamaReader(ModelSettings(file=file))
    reader(ask("stop"))
    pid = reader.pid
    reader.close()
    assert pid is not None and not Path(f"/proc/{pid}").exists()
    reader.close()


def test_closing_does_not_wait_for_a_hung_model(file: Path) -> None:
    reader = LlamaReader(ModelSettings(file=file, timeout=60.0))
    assert isinstance(reader(ask("stop")), Completion) and reader.pid is not None
    os.kill(reader.pid, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(reader, ask("stop"))
        while not reader._lock.locked() and not waiting.done():
            pass
        reader.close()
        assert isinstance(waiting.result(10.0), ModelFault)


def test_the_model_goes_when_its_parent_is_killed(file: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from caravan.adapters.llama import *; "
        "from caravan.language.prompt import Prompt; r = LlamaReader(ModelSettings(file=Path(sys.argv[1]))); "
        "r(Prompt(text='stop')); print(r.pid, flush=True); time.sleep(60)"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    parent = subprocess.Popen([sys.executable, "-c", script, str(file)], stdout=subprocess.PIPE, env=env)
    assert parent.stdout is not None
    with parent.stdout:
        child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    assert gone(child)


def test_files_that_are_no_models_are_named_with_the_remedy(file: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"none\.gguf: No such file.*config/models\.yaml"):
        LlamaReader(ModelSettings(file=tmp_path / "none.gguf"))
    with pytest.raises(ModelFileError, match="Is a directory"):
        LlamaReader(ModelSettings(file=tmp_path))
    text = tmp_path / "text.gguf"
    text.write_text("version https://git-lfs.github.com/spec/v1")
    with pytest.raises(ModelFileError, match=r"text\.gguf: this is no GGUF file; fetch or train"):
        LlamaReader(ModelSettings(file=text))
    with pytest.raises(ModelFileError, match="sha256"):
        LlamaReader(ModelSettings(file=file, sha256="0" * 64))
    LlamaReader(ModelSettings(file=file, sha256=sha256_of(file)))


@pytest.mark.parametrize("part", [0.02, 0.5, 0.99])
def test_a_cut_off_file_is_a_fault_that_names_it(file: Path, tmp_path: Path, part: float) -> None:
    data = file.read_bytes()
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(data[: int(len(data) * part)])
    with LlamaReader(ModelSettings(file=cut)) as reader:
        fault = reader(ask("stop"))
        assert isinstance(fault, ModelFault)
        assert "cut.gguf" in fault.note and "replace the file" in fault.note
        assert reader.pid is None


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_file_is_an_answer_or_a_fault_and_never_hangs(file: Path, tmp_path: Path, seed: int) -> None:
    data = bytearray(file.read_bytes())
    rng = np.random.default_rng(seed)
    for at in rng.integers(8, len(data) if seed % 2 else 4000, 200):
        data[at] = rng.integers(256)
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(data)
    with LlamaReader(ModelSettings(file=damaged, timeout=20)) as reader:
        assert isinstance(reader(ask("stop")), Completion | ModelFault)


def test_recorded_answers_need_no_model(reader: LlamaReader, tmp_path: Path) -> None:
    sha = sha256_of(reader.settings.file)
    line = Calibration(slope=0.5, offset=0.2)
    with LlamaReader(replace(reader.settings, others=3, calibration=line)) as model:
        recording = RecordedReader({}, sha, fallback=model)
        live = recording(ask("stop"))
    recording.save(tmp_path / "readings.json")
    replay = RecordedReader(tmp_path / "readings.json", sha, calibration=line)
    assert isinstance(live, Completion) and live.others
    assert replay(ask("stop")) == live
    missing = replay(ask("go home"))
    assert isinstance(missing, ModelFault) and "go home" in missing.note
    assert isinstance(RecordedReader(tmp_path / "readings.json", "another")(ask("stop")), ModelFault)
    (tmp_path / "bad.json").write_text('{"x": 1}')
    with pytest.raises(SiteError, match=r"bad\.json"):
        RecordedReader(tmp_path / "bad.json", sha)


def test_the_models_file_is_read_strictly(tmp_path: Path) -> None:
    config = tmp_path / "models.yaml"
    config.write_text(json.dumps({"default": "b", "models": {"a": {"file": "a.gguf"}, "b": {"file": "b.gguf"}}}))
    models = read_models(config)
    assert list(models) == ["b", "a"] and models["b"].timeout == 20.0
    for wrong, says in (
        ({"default": "c", "models": {"a": {"file": "a.gguf"}}}, "no such model"),
        ({"default": "a", "models": {"a": {}}}, "needs its 'file'"),
        ({"default": "a", "models": {"a": {"file": "x", "n_ctx": 0}}}, "n_ctx"),
        ({"default": "a", "models": {"a": {"file": "x", "sha256": "123"}}}, "64 hexadecimal"),
        ({"default": "a", "models": {"a": {"file": "x", "ctx": 1}}}, "unknown key"),
        ({"default": "a", "models": {"a": {"file": "x", "chat": "none.yaml"}}}, r"none\.yaml: cannot be read"),
        ({"default": "a", "models": {"a": {"file": "x", "calibration": {"slope": 1}}}}, "needs 'slope' and 'offset'"),
        ({"default": "a", "models": {"a": {"file": "x", "calibration": {"slope": 0, "offset": 1}}}}, "more than 0"),
        ({"models": {}}, "'default' and 'models'"),
    ):
        config.write_text(json.dumps(wrong))
        with pytest.raises(SiteError, match=says):
            read_models(config)


def test_the_models_file_of_the_house_is_sound() -> None:
    assert llama.default_model().file.name == "caravan-reader-s1.gguf"
