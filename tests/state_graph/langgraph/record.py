#!/usr/bin/env python3
"""Runs the graphs of graphs.json in LangGraph, and records the states that they end with.

    python3 tests/state_graph/langgraph/record.py          # writes states.json, a few seconds

It makes a virtual environment beside the build and installs langgraph==1.2.22 in it. A graph is data: what its nodes
do, its edges and its routes. The test beside it runs the same graphs here.
"""

import datetime
import json
import operator
import pathlib
import subprocess
import sys
import typing
import venv

HERE = pathlib.Path(__file__).resolve().parent
VENV = HERE.parents[2] / "target" / "langgraph-venv"
PACKAGES = ["langgraph==1.2.22"]
REDUCERS = {
    "append": (list, operator.add),
    "add": (int, operator.add),
    "merge": (dict, operator.or_),
}


def main():
    if sys.prefix != str(VENV):
        if not (VENV / "bin" / "python").exists():
            venv.create(VENV, with_pip=True)
            subprocess.run([VENV / "bin" / "pip", "install", "--quiet", *PACKAGES], check=True)
        raise SystemExit(subprocess.run([VENV / "bin" / "python", __file__]).returncode)
    graphs = json.loads((HERE / "graphs.json").read_text())
    lines = [f"  {json.dumps(graph['name'])}: {json.dumps(ended(graph), sort_keys=True, ensure_ascii=False)}" for graph in graphs]
    head = f' "packages": {json.dumps(PACKAGES)},\n "date": "{datetime.date.today().isoformat()}",\n "states": {{\n'
    (HERE / "states.json").write_text("{\n" + head + ",\n".join(lines) + "\n }\n}\n")


def ended(graph):
    """The state at the end, or the name of the error."""
    try:
        compiled = build(graph, fields(graph))
        # A graph of one node needs the limit 2 there: the end counts as a step.
        config = {"recursion_limit": graph.get("max_steps", 25) + 1}
        return {"state": compiled.invoke(graph["input"], config)}
    except Exception as error:
        return {"error": type(error).__name__}


def fields(graph):
    """All fields that a graph and those inside it name."""
    named = set(graph.get("input", {}))
    for node in graph["nodes"].values():
        if isinstance(node, dict):
            named |= fields(node)
            continue
        for op, *rest in node:
            named.add(rest[1] if op in ("copy", "sum") else rest[0])
    return named


def build(graph, named):
    from langgraph.graph import END, START, StateGraph

    place = {"START": START, "END": END}
    reducers = {field: REDUCERS[name] for field, name in graph.get("reducers", {}).items()}
    types = {
        field: typing.Annotated[reducers[field]] if field in reducers else typing.Any for field in sorted(named)
    }
    builder = StateGraph(typing.TypedDict("State", types, total=False))
    for name, node in graph["nodes"].items():
        builder.add_node(name, build(node, named) if isinstance(node, dict) else function(node))
    for source, target in graph["edges"]:
        source = source if isinstance(source, list) else place.get(source, source)
        builder.add_edge(source, place.get(target, target))
    for number, route in enumerate(graph.get("routes", [])):
        targets = {label: place.get(target, target) for label, target in route["targets"].items()}
        choose = chosen(route)
        # LangGraph tells the routes of a node apart by the names of their functions.
        choose.__name__ = f"route_{number}"
        builder.add_conditional_edges(place.get(route["from"], route["from"]), choose, targets)
    return builder.compile()


def function(node):
    """What a node does, as the update that it returns."""

    def run(state):
        update = {}
        for op, *rest in node:
            if op == "set":
                update[rest[0]] = rest[1]
            elif op == "add":
                update[rest[0]] = state[rest[0]] + rest[1]
            elif op == "copy":
                update[rest[1]] = state[rest[0]]
            elif op == "sum":
                update[rest[1]] = sum(state[field] for field in rest[0])
        return update

    return run


def chosen(route):
    def choose(state):
        value = state[route["by"]]
        if "at_least" in route:
            return "true" if value >= route["at_least"] else "false"
        return value

    return choose


if __name__ == "__main__":
    main()
