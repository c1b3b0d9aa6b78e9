#!/usr/bin/env python3
"""Measures Gimbal on a machine with an NVIDIA card, beside PyTorch, in two calls of nine minutes. README.md says how.

    python3 protocol.py --call a --out OUT      identity, ceilings, compiler, op cases, kernels
    python3 protocol.py --call b --out OUT      training steps and loss curves

Every stage has its own limit of time and appends to OUT/results.jsonl as it goes; OUT/report.md is written anew after each.
What cannot run is recorded as skipped, with the reason. Exit code 1: a stage found something wrong.
"""
import argparse
import os
import sys

import stages
from record import Record

CALLS = {
    "a": ["identity", "ceilings", "compiler", "cases", "sanitizer", "kernels"],
    "b": ["identity", "models", "curves"],
}
SMALL = ["simple-cnn:2", "resnet8:2"]
MODELS = ["simple-cnn:128", "resnet20:128", "resnet56:128", "resnet18:512"]


def parse(arguments):
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--call", choices=[*CALLS, "all"], default="all")
    parser.add_argument("--stages", nargs="+", choices=sorted({stage for call in CALLS.values() for stage in call}), help="only these")
    parser.add_argument("--out", required=True, help="folder of the results")
    parser.add_argument("--bin", nargs="+", default=[os.path.join(here, "bin")], help="folders of gimbal and Gimbal.GpuProtocol")
    parser.add_argument("--kernels", default=os.path.join(here, "cuda"), help="folder of the kernels' sources and their PTX")
    parser.add_argument("--seconds", type=float, default=525, help="limit of a call")
    parser.add_argument("--models", nargs="+", help="NAME:BATCH")
    parser.add_argument("--precision", nargs="+", default=["fp32", "bf16"], help="modes of our kernels")
    parser.add_argument("--simulator", help="folder of the simulated libcuda.so.1: a rehearsal with tiny sizes, in which no figure is a card's")
    parser.add_argument("--torch-device", default="cuda", choices=["cuda", "cpu"], help="cpu: lets a rehearsal run PyTorch's eager side")
    options = parser.parse_args(arguments)
    options.models = options.models or (SMALL if options.simulator else MODELS)
    return options


def main(arguments):
    options = parse(arguments)
    if options.torch_device == "cpu" and not options.simulator:
        sys.exit("error: --torch-device cpu goes with --simulator alone: it measures no card")
    os.makedirs(options.out, exist_ok=True)
    failed = False
    for call in CALLS if options.call == "all" else [options.call]:
        record = Record(options, call)
        for stage in CALLS[call]:
            if options.stages is None or stage in options.stages:
                failed |= not stages.run(stage, record, options)
        record.close()
    print(f"{options.out}/report.md", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
