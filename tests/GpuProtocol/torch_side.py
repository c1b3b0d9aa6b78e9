#!/usr/bin/env python3
"""PyTorch's side of the protocol: each command prints lines of JSON.

    torch_side.py identity|ceilings|ops|train --device cuda|cpu
"""
import argparse
import json
import statistics
import sys
import time


def answer(**fields):
    print(json.dumps(fields), flush=True)


def identity(options):
    try:
        import numpy  # noqa: F401
        import torch
    except ImportError as error:
        answer(obstacle=f"PyTorch or numpy is not installed ({error})")
        return
    if options.device == "cuda" and not torch.cuda.is_available():
        answer(version=torch.__version__, obstacle=f"PyTorch {torch.__version__} finds no card")
        return
    name = torch.cuda.get_device_name() if options.device == "cuda" else "CPU"
    answer(version=torch.__version__, cuda=torch.version.cuda, device=name)


def seconds_of(action, repetitions, device):
    """Median seconds of an action on the device, between two events; on the CPU by the clock."""
    import torch

    times = []
    for i in range(repetitions + 2):
        if device == "cuda":
            start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            start.record()
            action()
            end.record()
            end.synchronize()
            elapsed = start.elapsed_time(end) / 1e3
        else:
            begin = time.perf_counter()
            action()
            elapsed = time.perf_counter() - begin
        if i >= 2:
            times.append(elapsed)
    return statistics.median(times)


def ceilings(options):
    import torch

    device = options.device
    for name, bytes_ in [("copy", 1 << 22 if options.small else 4 << 30), ("cached copy", 1 << 20 if options.small else 8 << 20)]:
        source = torch.empty(bytes_ // 4, device=device).normal_()
        target = torch.empty_like(source)
        repeated = 1 if name == "copy" else 50

        def copies(source=source, target=target, repeated=repeated):
            for _ in range(repeated):
                target.copy_(source)

        answer(name=name, bytes=2 * bytes_, gb_per_second=2 * bytes_ * repeated / seconds_of(copies, 10, device) / 1e9)
        del source, target
    side = 128 if options.small else 8192
    for name, dtype, tf32 in [("bf16 product", torch.bfloat16, False), ("tf32 product", torch.float32, True), ("fp32 product", torch.float32, False)]:
        torch.backends.cuda.matmul.allow_tf32 = tf32
        a, b = (torch.empty(side, side, device=device, dtype=dtype).uniform_(-1, 1) for _ in range(2))
        answer(name=name, side=side, tflops=2 * side**3 / seconds_of(lambda a=a, b=b: a @ b, 10, device) / 1e12)


def ops(options):
    import torch_ops

    rows = []
    with open(options.rows, encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if row["stage"] == "kernels" and row["kind"] == "node":
                rows.append(row)
    done = set()
    for row in rows:
        key = json.dumps([row["attributes"], row["inputs"]])
        if key in done:
            continue
        done.add(key)
        try:
            us = torch_ops.microseconds(row, options.device)
        except RuntimeError as error:
            answer(kind="failed", what=row["attributes"], inputs=row["inputs"], reason=str(error).splitlines()[0])
            continue
        if us is not None:
            answer(attributes=row["attributes"], inputs=row["inputs"], us=us)


class Trainer:
    """A network of PyTorch's in training, from a start that Gimbal wrote."""

    def __init__(self, options):
        import torch

        import networks
        import tensor_file

        self.torch, self.options = torch, options
        self.is_cuda = options.device == "cuda"
        arrays, self.recipe = tensor_file.read(options.start)
        allows = options.mode != "eager-fp32"
        torch.backends.cuda.matmul.allow_tf32 = allows
        torch.backends.cudnn.allow_tf32 = allows
        torch.backends.cudnn.benchmark = True
        self.network = networks.create(self.recipe["model"], arrays["batch.images"].shape[-1])
        networks.load(self.network, arrays)
        self.half = options.mode in ("amp-channels-last", "max-autotune", "reduce-overhead")
        layout = torch.channels_last if self.half else torch.contiguous_format
        self.network.to(options.device, memory_format=layout).train()
        self.images = [torch.from_numpy(batch).to(options.device).to(memory_format=layout) for batch in arrays["batch.images"]]
        self.labels = [torch.from_numpy(batch).long().to(options.device) for batch in arrays["batch.labels"]]
        self.is_compiled = options.mode in ("max-autotune", "reduce-overhead")
        self.forward = torch.compile(self.loss_of, mode=options.mode) if self.is_compiled else self.loss_of
        self.optimizer = self.create_optimizer()
        self.largest = float(self.recipe["largest_norm"])

    def create_optimizer(self):
        rate = float(self.recipe["rate"])
        fused = {"fused": True} if self.is_cuda else {}
        if self.recipe["optimizer"] == "sgd":
            return self.torch.optim.SGD(self.network.parameters(), rate, float(self.recipe["momentum"]), **fused)
        return self.torch.optim.Adam(self.network.parameters(), rate, **fused)

    def loss_of(self, images, labels):
        with self.torch.autocast(self.options.device, dtype=self.torch.bfloat16, enabled=self.half):
            return self.torch.nn.functional.cross_entropy(self.network(images), labels)

    def step(self, batch):
        if self.is_compiled:
            self.torch.compiler.cudagraph_mark_step_begin()
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.forward(self.images[batch % len(self.images)], self.labels[batch % len(self.images)])
        loss.backward()
        self.torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.largest)
        self.optimizer.step()
        return loss

    def wait(self):
        if self.is_cuda:
            self.torch.cuda.synchronize()

    def microseconds(self, steps):
        self.wait()
        start = time.perf_counter()
        for _ in range(steps):
            self.step(0)
        self.wait()
        return (time.perf_counter() - start) / max(steps, 1) * 1e6

    def launches(self):
        """Kernels of one step, as the profiler counts them; None where it cannot."""
        if not self.is_cuda:
            return None
        from torch.autograd import DeviceType
        from torch.profiler import ProfilerActivity, profile

        try:
            with profile(activities=[ProfilerActivity.CUDA]) as profiler:
                self.step(0)
                self.wait()
            return sum(event.device_type == DeviceType.CUDA for event in profiler.events())
        except RuntimeError:
            return None


def train(options):
    trainer = Trainer(options)
    names = {"model": trainer.recipe["model"], "batch": trainer.images[0].shape[0], "device": options.device}
    if options.losses:
        answer(losses=[float(trainer.step(step)) for step in range(options.losses)], **names)
    if options.steps:
        first = trainer.microseconds(1)
        trainer.microseconds(options.warm_up)
        rounds = sorted(trainer.microseconds(options.steps) for _ in range(3))
        memory = trainer.torch.cuda.max_memory_allocated() if trainer.is_cuda else None
        answer(us_per_step=rounds[1], us_per_step_rounds=rounds, images_per_second=names["batch"] / rounds[1] * 1e6, first_step_seconds=first / 1e6,
               launches=trainer.launches(), memory_bytes=memory, **names)


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = {"identity": identity, "ceilings": ceilings, "ops": ops, "train": train}
    parser.add_argument("command", choices=commands)
    parser.add_argument("--device", default="cuda", choices=["cuda", "cpu"])
    parser.add_argument("--small", action="store_true", help="ceilings: tiny sizes")
    parser.add_argument("--rows", help="ops: the results.jsonl that names the nodes")
    parser.add_argument("--start", help="train: weights and batches")
    parser.add_argument("--mode", choices=["eager-fp32", "eager-tf32", "amp-channels-last", "max-autotune", "reduce-overhead"])
    parser.add_argument("--losses", type=int, default=0)
    parser.add_argument("--warm-up", type=int, default=50)
    parser.add_argument("--steps", type=int, default=300)
    options = parser.parse_args(arguments)
    commands[options.command](options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
