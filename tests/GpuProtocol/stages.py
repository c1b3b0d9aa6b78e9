"""The stages of the protocol. Each adds rows to the record and says whether everything was right; what cannot run is skipped with its reason."""
import os
import re
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import command

HERE = os.path.dirname(os.path.abspath(__file__))
SIMULATED = "Gimbal CUDA simulator"

# What our trainer says of a precision that it has no kernels for.
UNKNOWN_PRECISION = "error: --precision: "

# Seconds of each stage at most; of a single torch.compile in "models".
LIMITS = {"identity": 120, "ceilings": 70, "compiler": 100, "cases": 150, "sanitizer": 70, "kernels": 150, "models": 420, "curves": 90}
COMPILE_LIMIT = 120


def run(stage, record, options):
    """Runs a stage; False: it found something wrong."""
    limit = min(LIMITS[stage], record.remaining())
    print(f"{stage}: {limit:.0f} s at most", flush=True)
    start = time.monotonic()
    if limit < 5:
        record.add(stage, "skipped", what=stage, reason="the call's time is over")
        return True
    right = STAGES[stage](record, options, start + limit)
    record.add(stage, "end", right=right, seconds=round(time.monotonic() - start, 1))
    record.write_report()
    return right


def ours(options, name):
    """Path of one of our programs."""
    for folder in options.bin:
        path = os.path.join(folder, name)
        if os.path.exists(path):
            return path
    return name


def our_environment(options):
    """The simulated driver is found like the card's: by its name."""
    return {"LD_LIBRARY_PATH": options.simulator} if options.simulator else {}


def left(deadline, most=1e9):
    return min(most, deadline - time.monotonic())


def attempt(record, stage, what, arguments, seconds, kind, options, **names):
    """Runs a program of ours or of PyTorch's side and records each of its rows; what fails is recorded as failed."""
    is_torch = arguments[0] == sys.executable
    outcome = command.run(arguments, seconds, take=lambda row: record.add(stage, row.pop("kind", kind), **names, **row),
                          environment=None if is_torch else our_environment(options))
    reason = outcome.reason(seconds)
    if reason:
        is_refused = UNKNOWN_PRECISION in outcome.error
        record.add(stage, "skipped" if is_refused else "failed", what=what, reason=reason, **names)
        outcome.code = 0 if is_refused else outcome.code
    return outcome


def torch_side(options, *arguments):
    return [sys.executable, os.path.join(HERE, "torch_side.py"), *map(str, arguments), "--device", options.torch_device]


def find_torch(record, options, seconds):
    """Asks PyTorch's side what it is; loading it may take a while."""
    outcome = command.run(torch_side(options, "identity"), seconds)
    record.add("identity", "torch", **(outcome.rows[0] if outcome.rows else {"obstacle": outcome.reason(seconds) or "no answer"}))


def torch_obstacle(record, options):
    """Why PyTorch's side cannot run, or None; found out once."""
    if not record.of("identity", "torch"):
        find_torch(record, options, 60)
    return record.of("identity", "torch")[-1].get("obstacle")


def identity(record, options, deadline):
    query = "name,driver_version,memory.total,clocks.sm,clocks.max.sm,clocks.mem,power.limit,temperature.gpu,persistence_mode"
    line = None if options.simulator else command.text(["nvidia-smi", f"--query-gpu={query}", "--format=csv,noheader"], left(deadline, 10))
    record.add("identity", "call", call=record.call, time=time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()))
    if line:
        record.add("identity", "card", **dict(zip(query.split(","), (field.strip() for field in line.splitlines()[0].split(",")))))
    else:
        record.add("identity", "skipped", what="nvidia-smi", reason="a rehearsal" if options.simulator else "it is not there, or fails")
    nvcc = None if options.simulator else command.text(["nvcc", "--version"], left(deadline, 10))
    record.add("identity", "compiler", version=nvcc.splitlines()[-1] if nvcc else None)
    outcome = attempt(record, "identity", "our driver", [ours(options, "Gimbal.GpuProtocol"), "nodes", "--nodes", "10", "--repetitions", "3"], left(deadline, 30), "driver", options)
    find_torch(record, options, left(deadline, 60))
    if obstacle := torch_obstacle(record, options):
        record.add("identity", "skipped", what="PyTorch's side", reason=obstacle)
    if not outcome.rows:
        return False
    # On a card no figure may come from the simulated driver, and the other way round.
    return (outcome.rows[0]["device"] == SIMULATED) == bool(options.simulator)


def ceilings(record, options, deadline):
    sizes = ["--nodes", "10", "--repetitions", "3"] if options.simulator else []
    done = attempt(record, "ceilings", "graph nodes", [ours(options, "Gimbal.GpuProtocol"), "nodes", *sizes], left(deadline, 30), "nodes", options)
    if torch_obstacle(record, options):
        record.add("ceilings", "skipped", what="copies and matrix products", reason=torch_obstacle(record, options))
    else:
        small = ["--small"] if options.simulator else []
        attempt(record, "ceilings", "copies and matrix products", torch_side(options, "ceilings", *small), left(deadline), "ceiling", options)
    return done.code == 0


FUNCTION = re.compile(r"Compiling entry function '(\w+)' for '(\w+)'")
STACK = re.compile(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads")
USED = re.compile(r"Used (\d+) registers")
SHARED = re.compile(r"(\d+) bytes smem")


def resources(log):
    """What ptxas -v says of each kernel: registers, shared bytes, stack, spills."""
    found, kernel = [], None
    for line in log.splitlines():
        if match := FUNCTION.search(line):
            kernel = {"kernel": match[1], "architecture": match[2]}
            found.append(kernel)
        elif kernel and (match := STACK.search(line)):
            kernel.update(stack=int(match[1]), spill_stores=int(match[2]), spill_loads=int(match[3]))
        elif kernel and (match := USED.search(line)):
            shared = SHARED.search(line)
            kernel.update(registers=int(match[1]), shared=int(shared[1]) if shared else 0)
    return found


def compiler(record, options, deadline):
    """NVIDIA's compilers on the sources, and ptxas on the PTX that the product carries: registers, shared memory; a stack frame is a failure."""
    if not shutil.which("nvcc") or not shutil.which("ptxas"):
        record.add("compiler", "skipped", what="nvcc and ptxas", reason="not on the path")
        return True
    capability = command.text(["nvidia-smi", "--query-gpu=compute_cap", "--format=csv,noheader"], 10)
    architecture = f"sm_{capability.splitlines()[0].replace('.', '')}" if capability else "sm_90"
    with tempfile.TemporaryDirectory() as folder:
        jobs = []
        for name in sorted(os.listdir(options.kernels)):
            source = os.path.join(options.kernels, name)
            if name.endswith(".cu"):
                target = os.path.join(folder, name[:-3])
                jobs.append((name, ["nvcc", "-std=c++17", f"-arch={architecture}", "-Xptxas", "-v", "-cubin", "-o", f"{target}.cubin", source]))
                jobs.append((f"{name[:-3]}.ptx", ["ptxas", "-v", f"-arch={architecture}", "-o", f"{target}.ptx.cubin", os.path.join(options.kernels, "ptx", f"{name[:-3]}.ptx")]))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            outcomes = list(pool.map(lambda job: command.run(job[1], left(deadline)), jobs))
    right = bool(jobs)
    for (name, _), outcome in zip(jobs, outcomes):
        if reason := outcome.reason(left(deadline)):
            record.add("compiler", "failed", what=name, reason=reason)
            right = False
        for kernel in resources(outcome.error):
            record.add("compiler", "kernel", source=name, **kernel)
            right &= kernel.get("stack", 1) == 0
    return right


def cases(record, options, deadline):
    most = ["--most", "1", "--filter", "Conv {"] if options.simulator else []
    outcome = attempt(record, "cases", "op cases", [ours(options, "Gimbal.GpuProtocol"), "cases", *most], left(deadline), "case", options)
    return outcome.code == 0


def sanitizer(record, options, deadline):
    """NVIDIA's own checks on the smallest cases of each op."""
    if not shutil.which("compute-sanitizer"):
        record.add("sanitizer", "skipped", what="compute-sanitizer", reason="not on the path")
        return True
    right = True
    for tool in ["memcheck", "racecheck"]:
        outcome = command.run(["compute-sanitizer", "--tool", tool, "--error-exitcode", "9", ours(options, "Gimbal.GpuProtocol"), "cases", "--most", "1"], left(deadline, 35))
        reason = outcome.reason(35)
        record.add("sanitizer", "tool", tool=tool, cases=sum("case" in row for row in outcome.rows), reason=reason)
        right &= outcome.code in (0, None)
    return right


def kernels(record, options, deadline):
    """Every launch of a training step with its traffic, and PyTorch's op for the same node."""
    right = True
    for name, precision in ((name, precision) for name in options.models for precision in options.precision):
        model, batch = name.split(":")
        flags = ["--model", model, "--batch", batch, "--device", "cuda", "--precision", precision, "--json"]
        flags += ["--size", "8"] if options.simulator else []
        repetitions = "1" if options.simulator else "20"
        plan = command.run([ours(options, "gimbal"), "inspect", "--cost", *flags], left(deadline, 30), environment=our_environment(options), whole=True)
        times = command.run([ours(options, "gimbal"), "bench", "kernels", "--repetitions", repetitions, *flags], left(deadline, 60), environment=our_environment(options), whole=True)
        if not plan.rows or not times.rows:
            is_refused = UNKNOWN_PRECISION in plan.error
            record.add("kernels", "skipped" if is_refused else "failed", what=f"{name} in {precision}", reason=plan.reason(30) or times.reason(60))
            right &= is_refused
            continue
        nodes = {node["node"]: node for node in plan.rows[0]["cost"]["nodes"]}
        for timed in times.rows[0]["nodes"]:
            node = nodes[timed["node"]]
            record.add("kernels", "node", model=model, batch=int(batch), mode=precision, node=node["node"], op=node["op"], attributes=node["attributes"], inputs=node["inputs"],
                       launches=[step["name"] for step in timed["steps"]], us=timed["ms"] * 1000, bytes=node["bytes"], flop=node["flop"])
    if torch_obstacle(record, options):
        record.add("kernels", "skipped", what="PyTorch's ops", reason=torch_obstacle(record, options))
    else:
        attempt(record, "kernels", "PyTorch's ops", torch_side(options, "ops", "--rows", record.path), left(deadline), "torch", options)
    return right


def start_file(record, options, model, batch, seconds):
    """Weights and batches that every side starts from."""
    path = os.path.join(tempfile.gettempdir(), f"gimbal-start-{model}-{batch}-{os.getpid()}.safetensors")
    if not os.path.exists(path):
        small = ["--batches", "2", "--size", "8"] if options.simulator else []
        outcome = command.run([ours(options, "Gimbal.GpuProtocol"), "start", "--model", model, "--batch", batch, "--out", path, *small], seconds)
        if reason := outcome.reason(seconds):
            record.add("models", "failed", what=f"start of {model}", reason=reason)
            return None
    return path


def models(record, options, deadline):
    """Whole training steps: ours in each precision, PyTorch eager in TF32, in AMP bf16 with channels last, and compiled."""
    right = True
    steps = ["--warm-up", "1", "--steps", "2"] if options.simulator else ["--warm-up", "50", "--steps", "300"]
    for name in options.models:
        model, batch = name.split(":")
        path = start_file(record, options, model, batch, left(deadline, 30))
        if path is None:
            right = False
            continue
        for precision in options.precision:
            outcome = attempt(record, "models", f"{name} in {precision}", [ours(options, "Gimbal.GpuProtocol"), "train", "--start", path, "--precision", precision, *steps], left(deadline, 60), "ours", options,
                              mode=precision, side="ours")
            right &= outcome.code == 0
        if obstacle := torch_obstacle(record, options):
            record.add("models", "skipped", what=f"PyTorch's {name}", reason=obstacle)
            continue
        for mode in ["eager-tf32", "amp-channels-last"]:
            attempt(record, "models", f"{name} {mode}", torch_side(options, "train", "--start", path, "--mode", mode, *steps), left(deadline, 45), "torch", options, mode=mode, side="torch")
        if options.torch_device == "cuda":
            compiled = attempt(record, "models", f"{name} max-autotune", torch_side(options, "train", "--start", path, "--mode", "max-autotune", *steps), left(deadline, COMPILE_LIMIT), "torch", options,
                               mode="max-autotune", side="torch")
            if compiled.code != 0:
                attempt(record, "models", f"{name} reduce-overhead", torch_side(options, "train", "--start", path, "--mode", "reduce-overhead", *steps), left(deadline, COMPILE_LIMIT), "torch", options,
                        mode="reduce-overhead", side="torch", note="max-autotune did not end")
    return right


def curves(record, options, deadline):
    """Losses from the same weights on the same batches, ours beside PyTorch's in fp32."""
    right = True
    count = "3" if options.simulator else "200"
    for name in options.models[:2]:
        model, batch = name.split(":")
        path = start_file(record, options, model, batch, left(deadline, 30))
        if path is None:
            right = False
            continue
        for precision in options.precision:
            outcome = attempt(record, "curves", f"{name} in {precision}", [ours(options, "Gimbal.GpuProtocol"), "train", "--start", path, "--precision", precision, "--losses", count, "--steps", "0"],
                              left(deadline, 40), "ours", options, mode=precision, side="ours")
            right &= outcome.code == 0
        if obstacle := torch_obstacle(record, options):
            record.add("curves", "skipped", what=f"PyTorch's {name}", reason=obstacle)
            continue
        attempt(record, "curves", f"{name} eager fp32", torch_side(options, "train", "--start", path, "--mode", "eager-fp32", "--losses", count, "--steps", "0"), left(deadline, 40), "torch", options,
                mode="eager-fp32", side="torch")
    return right


STAGES = {"identity": identity, "ceilings": ceilings, "compiler": compiler, "cases": cases, "sanitizer": sanitizer, "kernels": kernels, "models": models, "curves": curves}
