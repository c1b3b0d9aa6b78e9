"""The catalogue's networks in PyTorch, their parameters by the same names. Shortcuts of resnet8 to 110: option A of He et al. 2015; of resnet18: option B."""
import re

import torch
import torch.nn.functional as F
from torch import nn


def conv3x3(inputs, outputs, stride=1, bias=False):
    return nn.Conv2d(inputs, outputs, 3, stride, 1, bias=bias)


class SimpleCnn(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.conv1 = conv3x3(3, 64, bias=True)
        self.conv2 = conv3x3(64, 128, bias=True)
        self.fc1 = nn.Linear(128 * (size // 4) ** 2, 512)
        self.fc2 = nn.Linear(512, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride, projects):
        super().__init__()
        self.conv1 = conv3x3(inputs, outputs, stride)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = conv3x3(outputs, outputs)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.stride, self.added = stride, outputs - inputs
        if projects and (stride > 1 or self.added):
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
        else:
            self.downsample = None

    def shortcut(self, x):
        if self.downsample is not None:
            return self.downsample(x)
        if self.stride == 1 and not self.added:
            return x
        before = self.added // 2
        return F.pad(x[..., ::self.stride, ::self.stride], [0, 0, 0, 0, before, self.added - before])

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


class ResNet(nn.Module):
    def __init__(self, channels, blocks, projects):
        super().__init__()
        self.conv1 = conv3x3(3, channels[0])
        self.bn1 = nn.BatchNorm2d(channels[0])
        inputs = channels[0]
        for stage, outputs in enumerate(channels):
            strides = [1 if stage == 0 else 2] + [1] * (blocks - 1)
            layers = [BasicBlock(inputs if i == 0 else outputs, outputs, stride, projects) for i, stride in enumerate(strides)]
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layers))
            inputs = outputs
        self.stages = len(channels)
        self.fc = nn.Linear(inputs, 10)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        for stage in range(self.stages):
            x = getattr(self, f"layer{stage + 1}")(x)
        return self.fc(x.mean((2, 3)))


def create(model, size):
    """The network of that name for square images."""
    if model == "simple-cnn":
        return SimpleCnn(size)
    if model == "resnet18":
        return ResNet([64, 128, 256, 512], 2, projects=True)
    if match := re.fullmatch(r"resnet(\d+)", model):
        return ResNet([16, 32, 64], (int(match[1]) - 2) // 6, projects=False)
    raise ValueError(f"PyTorch's side has no {model}")


def load(network, arrays):
    """Takes over every parameter and running statistic; one that is missing on either side is an error."""
    own = {name: value for name, value in network.state_dict().items() if not name.endswith("num_batches_tracked")}
    given = {name: torch.from_numpy(array) for name, array in arrays.items() if not name.startswith("batch.")}
    if own.keys() != given.keys():
        raise ValueError(f"only one side has {sorted(own.keys() ^ given.keys())[:4]}")
    network.load_state_dict(given, strict=False)
