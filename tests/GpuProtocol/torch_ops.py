"""PyTorch's op for a node of our training step, in fp32 with channels last, timed in a CUDA graph so that launching it costs what it costs us."""
import re
import statistics
import time

import torch
import torch.nn.functional as F

ROTATED_BYTES = 120 << 20
MOST_SETS = 16
CALLS = 16


def numbers(attributes, name):
    """Integers of an attribute: Stride=2x2, Pad=1,1,1,1."""
    match = re.search(rf"\b{name}=([\d,x]+)", attributes)
    return [int(number) for number in re.split("[,x]", match[1])]


def convolution(attributes):
    stride, pad = numbers(attributes, "Stride"), numbers(attributes, "Pad")
    return stride, [pad[0], pad[1]], numbers(attributes, "Dilation"), numbers(attributes, "Groups")[0]


def backward(attributes, gradient, x, weight, mask):
    stride, pad, dilation, groups = convolution(attributes)
    return torch.ops.aten.convolution_backward(gradient, x, weight, None, stride, pad, dilation, False, [0, 0], groups, mask)


def conv(row, tensors):
    stride, pad, dilation, groups = convolution(row["attributes"])
    return lambda x, weight, bias=None: F.conv2d(x, weight, bias, stride, pad, dilation, groups)


def conv_grad_input(row, tensors):
    height, width = numbers(row["attributes"], "H")[0], numbers(row["attributes"], "W")[0]
    weight, gradient = tensors[0][:2]
    groups = convolution(row["attributes"])[3]
    x = torch.empty(gradient.shape[0], weight.shape[1] * groups, height, width, device=gradient.device).to(memory_format=torch.channels_last)
    return lambda weight, gradient: backward(row["attributes"], gradient, x, weight, [True, False, False])


def conv_grad_weight(row, tensors):
    x, gradient = tensors[0][:2]
    rows, columns = numbers(row["attributes"], "R")[0], numbers(row["attributes"], "S")[0]
    groups = convolution(row["attributes"])[3]
    weight = torch.empty(gradient.shape[1], x.shape[1] // groups, rows, columns, device=x.device).to(memory_format=torch.channels_last)
    return lambda x, gradient: backward(row["attributes"], gradient, x, weight, [False, True, False])


def max_pool(row, tensors):
    window, stride, pad = (numbers(row["attributes"], name) for name in ("Window", "Stride", "Pad"))
    return lambda x: F.max_pool2d(x, window, stride, pad[:2], return_indices=True)


def batch_norm(row, tensors):
    return lambda x, gamma, beta, mean, variance: torch.ops.aten.native_batch_norm(x, gamma, beta, mean, variance, True, 0.1, 1e-5)


def batch_norm_grad(row, tensors):
    return lambda x, gamma, mean, deviation, gradient: torch.ops.aten.native_batch_norm_backward(
        gradient, x, gamma, None, None, mean, deviation, True, 1e-5, [True, True, True])


def gemm(row, tensors):
    first = "TransA=Yes" in row["attributes"]
    second = "TransB=Yes" in row["attributes"]

    def product(a, b, bias=None):
        a, b = a.t() if first else a, b.t() if second else b
        return a @ b if bias is None else torch.addmm(bias, a, b)

    return product


def gradient_norm(row, tensors):
    return lambda *gradients: torch.linalg.vector_norm(torch.stack(torch._foreach_norm(list(gradients))))


OPS = {
    "Conv": conv,
    "ConvGradInput": conv_grad_input,
    "ConvGradWeight": conv_grad_weight,
    "MaxPool": max_pool,
    "BatchNormalization": batch_norm,
    "BatchNormalizationGrad": batch_norm_grad,
    "Gemm": gemm,
    "GradientNorm": gradient_norm,
    "Relu": lambda row, tensors: torch.relu,
    "ReluGrad": lambda row, tensors: lambda y, gradient: torch.ops.aten.threshold_backward(gradient, y, 0),
    "Add": lambda row, tensors: torch.add,
    "AddRelu": lambda row, tensors: lambda a, b: torch.relu(a + b),
    "GlobalAveragePool": lambda row, tensors: lambda x: x.mean((2, 3), keepdim=True),
}


def draw(shape, device):
    tensor = torch.empty(shape, device=device).uniform_(0.1, 1)
    return tensor.to(memory_format=torch.channels_last) if len(shape) == 4 else tensor


def microseconds(row, device):
    """Median microseconds of the op; None: PyTorch has none that does the same."""
    if row["op"] not in OPS:
        return None
    torch.backends.cudnn.benchmark = True
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    # Inputs in turn, so that the cache holds no more of them than it does in a step.
    count = max(1, min(MOST_SETS, ROTATED_BYTES // max(row["bytes"], 1) + 1))
    tensors = [[draw(shape, device) for shape in row["inputs"]] for _ in range(count)]
    op = OPS[row["op"]](row, tensors)

    def calls():
        for i in range(CALLS):
            op(*tensors[i % count])

    if device == "cpu":
        calls()
        start = time.perf_counter()
        calls()
        return (time.perf_counter() - start) / CALLS * 1e6
    side = torch.cuda.Stream()
    with torch.cuda.stream(side):
        calls()
    side.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        calls()
    times = []
    for i in range(22):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        graph.replay()
        end.record()
        end.synchronize()
        if i >= 2:
            times.append(start.elapsed_time(end) * 1e3 / CALLS)
    return statistics.median(times)
