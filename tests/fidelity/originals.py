#!/usr/bin/env python3
"""Runs the optimizers of DSPy and GEPA against the scripted model, and records what they did.

    python3 tests/fidelity/originals.py                # all, about five minutes; writes recorded.json

It makes a virtual environment beside the build, installs dspy==3.4.1, gepa==0.1.4 and optuna in it, builds and starts
the server of the scripted model, and runs each optimizer with ten seeds on the rows that ours get.
"""

import contextlib
import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.request
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
VENV = ROOT / "target" / "fidelity-venv"
PACKAGES = ["dspy==3.4.1", "gepa==0.1.4", "optuna==5.0.0"]
SEEDS = range(10)
TRAIN, VAL, TEST = range(0, 40), range(40, 80), range(80, 280)


def main():
    if sys.prefix != str(VENV):
        if not (VENV / "bin" / "python").exists():
            venv.create(VENV, with_pip=True)
            subprocess.run([VENV / "bin" / "pip", "install", "--quiet", *PACKAGES], check=True)
        raise SystemExit(subprocess.run([VENV / "bin" / "python", __file__, *sys.argv[1:]]).returncode)
    subprocess.run(["cargo", "build", "--quiet", "-p", "tests", "--bin", "fidelity-server"], cwd=ROOT, check=True)
    target = pathlib.Path(json.loads(subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--no-deps"], cwd=ROOT, check=True, capture_output=True,
    ).stdout)["target_directory"])
    server = subprocess.Popen([target / "debug" / "fidelity-server"], stdout=subprocess.PIPE, text=True)
    try:
        record(server.stdout.readline().strip(), sys.argv[1:])
    finally:
        server.kill()


def record(url, wanted):
    runs = Originals(url)
    out = HERE / "recorded.json"
    recorded = json.loads(out.read_text()) if out.exists() else {"optimizers": {}}
    for name in wanted or runs.optimizers:
        seeds = [runs.run(name, seed) for seed in SEEDS]
        recorded["optimizers"][name] = {key: [seed[key] for seed in seeds] for key in seeds[0]}
        means = {key: round(sum(values) / len(values), 3) for key, values in recorded["optimizers"][name].items()}
        print(f"{name:40} {means}", flush=True)
    recorded["packages"] = PACKAGES
    recorded["date"] = datetime.date.today().isoformat()
    text = json.dumps(recorded, indent=1, sort_keys=True)
    # A list of numbers on one line.
    text = re.sub(r"\[\s+([^\[\]]*?)\s+\]", lambda found: "[" + re.sub(r"\s+", " ", found.group(1)) + "]", text)
    out.write_text(text + "\n")


class Originals:
    """The optimizers, each as a function from a student and a seed to the program that it returns."""

    def __init__(self, url):
        import dspy

        self.dspy, self.url, self.evaluations = dspy, url, 0
        self.optimizers = {
            "LabeledFewShot": self.labeled_few_shot,
            "BootstrapFewShot": self.bootstrap_few_shot,
            "RandomSearch": self.random_search,
            "COPRO": self.copro,
            "MIPROv2": self.mipro_v2,
            "MIPROv2 without minibatches": self.mipro_v2_full,
            "SIMBA": self.simba,
            "GEPA": self.gepa,
            "InferRules": self.infer_rules,
        }

    def model(self, name, **settings):
        return self.dspy.LM(f"openai/{name}", api_base=self.url, api_key="none", cache=False, **settings)

    def rows(self, numbers):
        return [
            self.dspy.Example(question=f"Item {number}", label=self.label(number)).with_inputs("question")
            for number in numbers
        ]

    @staticmethod
    def label(number):
        digest = hashlib.sha256(f"label {number}".encode()).digest()
        return ["red", "green", "blue"][int.from_bytes(digest[:8], "big") % 3]

    def student(self):
        class Colour(self.dspy.Signature):
            """Name the colour of the item."""

            question: str = self.dspy.InputField()
            label: str = self.dspy.OutputField()

        return self.dspy.Predict(Colour)

    def metric(self, example, prediction, trace=None):
        self.evaluations += 1
        return float(example.label == prediction.label)

    def run(self, name, seed):
        self.counts()
        self.evaluations = 0
        # Another seed is another model, too, so that what it proposes differs.
        self.proposer = self.model(f"proposer-{seed}", temperature=1.0, max_tokens=500)
        self.dspy.configure(lm=self.model(f"task-{seed}", temperature=0.0, max_tokens=50))
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            program = self.optimizers[name](self.student(), seed)
        counts = self.counts()
        counts["evaluations"] = self.evaluations
        counts["demos"] = len(program.demos)
        if hasattr(program, "detailed_results"):
            counts["accepted"] = len(program.detailed_results.candidates) - 1
        for part, numbers in [("val", VAL), ("test", TEST)]:
            right = [program(question=row.question).label == row.label for row in self.rows(numbers)]
            counts[part] = round(sum(right) / len(right), 4)
        return counts

    def counts(self):
        request = urllib.request.Request(self.url + "/counts", data=b"", method="POST")
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def labeled_few_shot(self, student, seed):
        # The seed is fixed in DSPy: another one is had by another order of the rows.
        rows = self.rows(TRAIN)
        return self.dspy.LabeledFewShot(k=4).compile(student, trainset=rows[seed:] + rows[:seed])

    def bootstrap_few_shot(self, student, seed):
        rows = self.rows(TRAIN)
        optimizer = self.dspy.BootstrapFewShot(metric=self.metric, max_bootstrapped_demos=4, max_labeled_demos=4)
        return optimizer.compile(student, trainset=rows[seed:] + rows[:seed])

    def random_search(self, student, seed):
        rows = self.rows(TRAIN)
        optimizer = self.dspy.BootstrapFewShotWithRandomSearch(
            metric=self.metric, max_bootstrapped_demos=4, max_labeled_demos=4, num_candidate_programs=4, num_threads=1)
        return optimizer.compile(student, trainset=rows[seed:] + rows[:seed], valset=self.rows(VAL))

    def copro(self, student, seed):
        rows = self.rows(TRAIN)
        optimizer = self.dspy.COPRO(prompt_model=self.proposer, metric=self.metric, breadth=4, depth=2)
        evaluate = dict(num_threads=1, display_progress=False)
        return optimizer.compile(student, trainset=rows[seed:] + rows[:seed], eval_kwargs=evaluate)

    def mipro_v2(self, student, seed, minibatch=True):
        optimizer = self.dspy.MIPROv2(
            metric=self.metric, prompt_model=self.proposer, task_model=self.dspy.settings.lm, auto=None, num_candidates=5,
            num_threads=1, max_bootstrapped_demos=4, max_labeled_demos=4, seed=seed + 1)
        return optimizer.compile(
            student, trainset=self.rows(TRAIN), valset=self.rows(VAL), num_trials=10, minibatch=minibatch,
            minibatch_size=20)

    def mipro_v2_full(self, student, seed):
        return self.mipro_v2(student, seed, minibatch=False)

    def simba(self, student, seed):
        optimizer = self.dspy.SIMBA(
            metric=self.metric, prompt_model=self.proposer, bsize=16, num_candidates=4, max_steps=4, max_demos=4,
            num_threads=1)
        return optimizer.compile(student, trainset=self.rows(TRAIN), seed=seed)

    def gepa(self, student, seed):
        def metric(gold, prediction, trace=None, pred_name=None, pred_trace=None):
            right = self.metric(gold, prediction)
            feedback = "Right." if right else f"Wrong: {gold.question} is {gold.label}."
            return self.dspy.Prediction(score=right, feedback=feedback)

        optimizer = self.dspy.GEPA(
            metric=metric, max_metric_calls=400, reflection_lm=self.proposer, num_threads=1, seed=seed,
            use_merge=False)
        return optimizer.compile(student, trainset=self.rows(TRAIN), valset=self.rows(VAL))

    def infer_rules(self, student, seed):
        rows = self.rows(TRAIN)
        optimizer = self.dspy.InferRules(
            metric=self.metric, num_candidates=4, num_rules=5, num_threads=1, max_bootstrapped_demos=4,
            max_labeled_demos=4)
        return optimizer.compile(student, trainset=rows[seed:] + rows[:seed], valset=self.rows(VAL))


if __name__ == "__main__":
    main()
