"""The harness of DSPy: the same work as our side, one JSON line a result.

call: one call at 0, 2, 16 and 64 demos, with DSPy's own DummyLM (of its scripted models the faster).
read TEXTS: clean replies into values, by its adapters.
evaluation: 256 calls of 20 ms, 16 at once, by dspy.Evaluate.
http ADDRESS: calls per second to a server, through dspy.LM.
start: make a program and end.
"""

import json
import logging
import sys
import time

import dspy
from dspy.utils import DummyLM

logging.disable(logging.WARNING)
REPETITIONS = 7


class Qa(dspy.Signature):
    """Answer the question from the context."""

    question: str = dspy.InputField(desc="what is asked")
    context: str = dspy.InputField(desc="what is known")
    answer: str = dspy.OutputField(desc="a short answer")
    confidence: float = dspy.OutputField(desc="how sure, from 0 to 1")


class Answers:
    """The same answer without end. DummyLM takes a list; this one does not run out."""

    def __iter__(self):
        return self

    def __next__(self):
        return {"answer": "Paris", "confidence": "0.9"}


class SlowLM(DummyLM):
    def __call__(self, *args, **kwargs):
        time.sleep(0.02)
        return super().__call__(*args, **kwargs)


def scripted(kind=DummyLM):
    model = kind([])
    model.answers = Answers()
    return model


def given(index):
    return {
        "question": f"What is the capital of country number {index}?",
        "context": f"Country number {index} lies in Europe, and its capital is Paris.",
    }


def row(index):
    return dspy.Example(**given(index), answer="Paris", confidence=0.9).with_inputs("question", "context")


def program(demos):
    predict = dspy.Predict(Qa)
    predict.demos = [row(index) for index in range(demos)]
    return predict


def put(**line):
    print(json.dumps(line), flush=True)


def call():
    for demos in (0, 2, 16, 64):
        predict, calls = program(demos), 1000 // (8 + demos)
        with dspy.context(lm=scripted()):
            for repetition in range(REPETITIONS + 1):
                inputs = [given(index) for index in range(calls)]
                wall, cpu = time.perf_counter(), time.process_time()
                for values in inputs:
                    predict(**values)
                wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
                if repetition > 0:
                    put(demos=demos, sample={"wall_us": wall / calls * 1e6, "cpu_us": cpu / calls * 1e6})


class People(dspy.Signature):
    """Answer the question from the context."""

    question: str = dspy.InputField()
    context: str = dspy.InputField()
    answer: list[dict[str, str]] = dspy.OutputField()
    confidence: float = dspy.OutputField()


def read(replies):
    for reply in json.loads(replies):
        adapter = dspy.JSONAdapter() if reply["name"].startswith("JSON") else dspy.ChatAdapter()
        signature, text = People if "objects" in reply["name"] else Qa, reply["text"]
        times = max(20, 400_000 // (len(text) + 400))
        for repetition in range(REPETITIONS + 1):
            cpu = time.process_time()
            for _ in range(times):
                adapter.parse(signature, text)
            cpu = time.process_time() - cpu
            if repetition > 0:
                put(reply=reply["name"], sample={"cpu_us": cpu / times * 1e6})


def evaluation():
    rows = [row(index) for index in range(256)]
    with dspy.context(lm=scripted(SlowLM)):
        evaluate = dspy.Evaluate(
            devset=rows,
            metric=lambda gold, prediction, trace=None: gold.answer == prediction.answer,
            num_threads=16,
            display_progress=False,
        )
        for _ in range(REPETITIONS):
            begun = time.perf_counter()
            score = evaluate(program(0)).score
            put(seconds=time.perf_counter() - begun, score=score / 100)


def http(address):
    lm = dspy.LM("openai/fixed", api_base=address, api_key="none", model_type="chat", cache=False)
    predict, calls = program(0), 200
    with dspy.context(lm=lm):
        for at_once in (1, 16):
            for repetition in range(REPETITIONS + 1):
                begun = time.perf_counter()
                run_calls(predict, calls, at_once)
                if repetition > 0:
                    put(at_once=at_once, per_second=calls / (time.perf_counter() - begun))


def run_calls(predict, calls, at_once):
    if at_once == 1:
        for index in range(calls):
            predict(**given(index))
    else:
        parallel = dspy.Parallel(num_threads=at_once, disable_progress_bar=True)
        parallel([(predict, given(index)) for index in range(calls)])


def start():
    program(8)
    dspy.LM("openai/fixed", api_base="http://127.0.0.1:9/v1", api_key="none", model_type="chat", cache=False)


if __name__ == "__main__":
    {"call": call, "read": read, "evaluation": evaluation, "http": http, "start": start}[sys.argv[1]](*sys.argv[2:])
