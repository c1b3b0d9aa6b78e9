"""Reads a safetensors file: 8 bytes of length, a header of JSON, the elements. https://github.com/huggingface/safetensors"""
import json
import struct

TYPES = {"F32": "<f4", "I32": "<i4", "I64": "<i8", "U8": "u1"}


def read(path):
    """The arrays by name, and the metadata."""
    import numpy

    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    metadata = header.pop("__metadata__", {})
    arrays = {}
    for name, entry in header.items():
        first, end = entry["data_offsets"]
        # Copied: PyTorch wants memory it may write.
        arrays[name] = numpy.frombuffer(data[first:end], TYPES[entry["dtype"]]).reshape(entry["shape"]).copy()
    return arrays, metadata
