"""Writes engine/quant/goldens/producers.json: one matrix [32, 128] in every form that Python packages publish, packed by the
packages themselves, and what they make of it as f32. Of the numbers, SHA-256 of the little-endian bytes and the first four.

    pip install --no-deps mlx==0.32.4 mlx-cpu==0.32.4 compressed-tensors==0.20.1 bitsandbytes==0.50.2 auto-round==0.16.1 \
        loguru psutil && pip install torch transformers multiprocess datasets accelerate numba
    python scripts/goldens/producers.py && npm run lint:fix
"""

import base64
import hashlib
import json
import pathlib

import mlx.core as mx
import numpy as np
import torch
from auto_round.export.export_to_awq.utils import WQLinear_GEMM
from auto_round_extension.torch.qlinear_torch import QuantLinear as RawZeros
from auto_round_extension.torch.qlinear_torch_zp import QuantLinear as LessOne
from bitsandbytes import functional as bnb
from compressed_tensors.compressors.naive_quantized import FloatQuantizationCompressor, IntQuantizationCompressor
from compressed_tensors.compressors.pack_quantized import PackedQuantizationCompressor
from compressed_tensors.quantization import QuantizationArgs, QuantizationScheme
from transformers.integrations.finegrained_fp8 import _dequantize_fp8_weight

N, K = 32, 128
torch.manual_seed(7)
NAMES = {
    torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int32: "I32", torch.int64: "I64",
    torch.uint32: "U32", torch.int8: "I8", torch.uint8: "U8", torch.float8_e4m3fn: "F8_E4M3",
}
cases = {}


def tensor(t: torch.Tensor) -> dict:
    data = t.detach().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes() if t.numel() else b""
    return {"dtype": NAMES[t.dtype], "shape": list(t.shape), "data": base64.b64encode(data).decode()}


def case(name: str, config: dict, parts: dict[str, torch.Tensor], weights: torch.Tensor, near: bool = False) -> None:
    """`parts` by their names after that of the module; `near`: the package rounds a step more than once."""
    numbers = weights.detach().float().contiguous().numpy().astype("<f4")
    assert numbers.shape == (N, K) and np.isfinite(numbers).all(), name
    cases[name] = {
        "config": config,
        "parts": {part: tensor(t) for part, t in parts.items()},
        "first": [float(x) for x in numbers.reshape(-1)[:4]],
        **({"weights": base64.b64encode(numbers.tobytes()).decode()} if near else
           {"sha256": hashlib.sha256(numbers.tobytes()).hexdigest()}),
    }


def normal() -> torch.Tensor:
    return torch.randn(N, K) * 0.02


def whole(bits: int, group: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Whole numbers, scales in f16, zeros, and the weights that they mean, exactly."""
    groups = -(-K // group)
    q = torch.randint(0, 2**bits, (N, K))
    scales = (torch.rand(N, groups) * 0.01 + 0.001).half().float()
    zeros = torch.randint(1, 2**bits, (N, groups)).float()
    wide = lambda x: x.repeat_interleave(group, 1)[:, :K]
    return q, scales, zeros, wide(scales) * (q - wide(zeros))


def linear(weights: torch.Tensor) -> torch.nn.Linear:
    layer = torch.nn.Linear(K, N, bias=False)
    layer.weight.data = weights
    return layer


def gptq_parts(kind, bits: int, group: int):
    _, scales, zeros, weights = whole(bits, group)
    packed = kind(bits, group, K, N, False)
    packed.device = "cpu"
    packed.pack(linear(weights), scales.clone(), zeros.clone(), None, device="cpu")
    return {"qweight": packed.qweight, "qzeros": packed.qzeros, "scales": packed.scales}, weights


def gptq() -> None:
    for bits, group in [(4, 128), (4, 32), (8, 32), (3, 128), (2, 64)]:
        parts, weights = gptq_parts(LessOne, bits, group)
        index = torch.arange(K, dtype=torch.int32) // group
        config = {"quant_method": "gptq", "bits": bits, "group_size": group, "desc_act": False}
        case(f"gptq {bits} bits, groups of {group}", config, {**parts, "g_idx": index}, weights)
    parts, weights = gptq_parts(RawZeros, 4, 64)
    config = {"quant_method": "gptq", "bits": 4, "group_size": 64, "checkpoint_format": "gptq_v2"}
    case("gptq_v2 4 bits", config, parts, weights)
    # desc_act: the columns of a group are anywhere, so the packed matrix is one of single columns.
    q, scales, zeros, _ = whole(4, 32)
    index = (torch.randperm(K) // 32).to(torch.int32)
    weights = scales[:, index.long()] * (q - zeros[:, index.long()])
    words = lambda rows: sum(rows[i::8].long() << (4 * i) for i in range(8)).to(torch.uint32).view(torch.int32)
    parts = {"qweight": words(q.t()), "qzeros": words(zeros.long() - 1).t(), "scales": scales.t().half(), "g_idx": index}
    config = {"quant_method": "gptq", "bits": 4, "group_size": 32, "desc_act": True}
    case("gptq desc_act", config, parts, weights.half())
    config = {"quant_method": "gptq", "bits": 4, "group_size": 32, "desc_act": False}
    case("gptq desc_act that config.json denies", config, parts, weights)


def awq() -> None:
    for method, group in [("awq", 128), ("awq", 64)]:
        _, scales, zeros, weights = whole(4, group)
        packed = WQLinear_GEMM.from_linear(linear(weights), 4, group, scales=scales.t(), zeros=zeros.t(), device="cpu")
        parts = {"qweight": packed.qweight, "qzeros": packed.qzeros, "scales": packed.scales}
        config = {"quant_method": method, "bits": 4, "group_size": group, "version": "gemm", "zero_point": True}
        case(f"awq 4 bits, groups of {group}", config, parts, weights)
        if group == 128:
            config = {"quant_method": "auto-round", "bits": 4, "group_size": group, "packing_format": "auto_round:auto_awq"}
            case("auto-round in the packing of awq", config, parts, weights)


def auto_round() -> None:
    for kind, packing in [(LessOne, "auto_round:auto_gptq"), (RawZeros, "auto_round"), (RawZeros, "auto_round:gptqmodel")]:
        parts, weights = gptq_parts(kind, 4, 128)
        config = {"quant_method": "auto-round", "bits": 4, "group_size": 128, "packing_format": packing}
        case(f"auto-round as {packing}", config, parts, weights)
    for bits in [2, 5, 6]:
        parts, weights = gptq_parts(RawZeros, bits, 32)
        # The config names 4 bits for most modules; this one has its own.
        config = {"quant_method": "auto-round", "bits": 4, "group_size": 128, "packing_format": "auto_round"}
        case(f"auto-round of {bits} bits in a mixture", config, parts, weights)


def from_mlx(a: mx.array) -> torch.Tensor:
    if a.dtype == mx.bfloat16:
        return torch.from_numpy(np.array(a.view(mx.uint16))).view(torch.bfloat16)
    return torch.from_numpy(np.array(a))


def mlx() -> None:
    types = {"F16": mx.float16, "BF16": mx.bfloat16, "F32": mx.float32}
    kinds = [(4, 64, "F16"), (4, 64, "BF16"), (4, 32, "F32"), (8, 64, "BF16"), (6, 128, "F16"), (5, 32, "BF16"), (3, 64, "F16"), (2, 64, "F16")]
    for bits, group, type in kinds:
        weight = mx.array(normal().numpy()).astype(types[type])
        w, scales, biases = mx.quantize(weight, group_size=group, bits=bits)
        f32 = lambda a: a.astype(mx.float32)
        numbers = mx.dequantize(w, f32(scales), f32(biases), group_size=group, bits=bits)
        parts = {"weight": from_mlx(w), "scales": from_mlx(scales), "biases": from_mlx(biases)}
        config = {"group_size": group, "bits": bits, "mode": "affine"}
        case(f"mlx {bits} bits, groups of {group}, {type}", config, parts, from_mlx(numbers), near=type == "F32")


def scheme(**weights) -> QuantizationScheme:
    return QuantizationScheme(targets=["Linear"], weights=QuantizationArgs(**weights))


def compressed() -> None:
    kinds = [
        ("pack-quantized", PackedQuantizationCompressor, torch.bfloat16, {"num_bits": 4, "strategy": "group", "group_size": 128, "symmetric": True}),
        ("pack-quantized", PackedQuantizationCompressor, torch.bfloat16, {"num_bits": 4, "strategy": "group", "group_size": 32, "symmetric": False}),
        ("pack-quantized", PackedQuantizationCompressor, torch.float16, {"num_bits": 8, "strategy": "channel", "symmetric": True}),
        ("pack-quantized", PackedQuantizationCompressor, torch.float16, {"num_bits": 3, "strategy": "group", "group_size": 64, "symmetric": False}),
        ("int-quantized", IntQuantizationCompressor, torch.bfloat16, {"num_bits": 8, "strategy": "channel", "symmetric": True}),
        ("float-quantized", FloatQuantizationCompressor, torch.bfloat16, {"num_bits": 8, "type": "float", "strategy": "channel", "symmetric": True}),
        ("float-quantized", FloatQuantizationCompressor, torch.float32, {"num_bits": 8, "type": "float", "strategy": "tensor", "symmetric": True}),
    ]
    for format, compressor, dtype, args in kinds:
        bits, symmetric = args["num_bits"], args["symmetric"]
        group = args.get("group_size", K)
        largest = 448 if args.get("type") == "float" else 2 ** (bits - 1)
        weight = normal()
        blocks = weight.reshape(N, K // group, group)
        scales = (blocks.abs().amax(-1) / largest * (1 if symmetric else 1.3)).to(dtype)
        if args["strategy"] == "tensor":
            scales = (weight.abs().amax() / largest).reshape(1).to(dtype)
        zeros = None if symmetric else torch.randint(-(2 ** (bits - 1)), 2 ** (bits - 1), (N, K // group)).to(torch.int8)
        state = {"weight": weight, "weight_scale": scales, **({} if zeros is None else {"weight_zero_point": zeros})}
        own = scheme(**args)
        stored = compressor.compress(dict(state), own)
        # The formula of `dequantize`, in f32: in bf16 the package rounds its result to 8 bits.
        wide = {**stored, "weight_scale": stored["weight_scale"].float()}
        numbers = compressor.decompress(wide, own)["weight"]
        config = {"quant_method": "compressed-tensors", "format": format, "ignore": ["lm_head"],
                  "config_groups": {"group_0": {"targets": ["Linear"], "weights": json.loads(own.weights.model_dump_json())}}}
        name = f"compressed-tensors {format}, {bits} bits by {args['strategy']}{'' if symmetric else ', zeros'}"
        case(f"{name}, {NAMES[dtype]}", config, stored, numbers)


def bits_and_bytes() -> None:
    for kind, block, nested in [("nf4", 64, False), ("nf4", 64, True), ("nf4", 256, True), ("fp4", 64, False)]:
        weight = normal()
        packed, state = bnb.quantize_4bit(weight, blocksize=block, compress_statistics=nested, quant_type=kind)
        # By the package's formula: its kernel for processors (0.50.2) is wrong where a block is longer than a row.
        absmax = bnb.dequantize_blockwise(state.absmax, state.state2) + state.offset if nested else state.absmax
        q = torch.stack([packed.flatten() >> 4, packed.flatten() & 15], 1).flatten().long()
        numbers = (state.code[q].view(-1, block) * absmax[:, None]).view(N, K)
        assert block > K or torch.equal(numbers, bnb.dequantize_4bit(packed, state))
        parts = {"weight": packed, **{f"weight.{key}": t for key, t in state.as_dict(packed=True).items()}}
        config = {"quant_method": "bitsandbytes", "load_in_4bit": True, "bnb_4bit_quant_type": kind, "bnb_4bit_use_double_quant": nested}
        case(f"bitsandbytes {kind}, blocks of {block}{', double' if nested else ''}", config, parts, numbers)
    weight = normal().half()
    cb, scb, _ = bnb.int8_vectorwise_quant(weight)
    numbers = bnb.int8_vectorwise_dequant(cb, scb)
    config = {"quant_method": "bitsandbytes", "load_in_8bit": True}
    parts = {"weight": cb, "SCB": scb.float(), "weight_format": torch.tensor([0], dtype=torch.uint8)}
    case("bitsandbytes int8", config, parts, numbers, near=True)


def fp8() -> None:
    weight = normal()
    one = torch.tensor(0.0003)
    rows = (weight.abs().amax(1, keepdim=True) / 448).float()
    blocks = torch.rand(1, 2) * 1e-4 + 1e-4
    stored = (weight / 3e-4).clamp(-448, 448).to(torch.float8_e4m3fn)
    case("fp8, a scale for the matrix", {"quant_method": "fp8"}, {"weight": stored, "weight_scale_inv": one, "activation_scale": one}, stored.float() * one)
    case("fp8, a scale for each row", {"quant_method": "fbgemm_fp8"}, {"weight": stored, "weight_scale": rows, "input_scale": one}, stored.float() * rows)
    numbers = _dequantize_fp8_weight(stored, blocks, [128, 64], torch.float32)
    case("fp8, a scale for each block", {"quant_method": "fp8", "weight_block_size": [128, 64]}, {"weight": stored, "weight_scale_inv": blocks}, numbers)


for make in (gptq, awq, auto_round, mlx, compressed, bits_and_bytes, fp8):
    make()
path = pathlib.Path(__file__).parents[2] / "engine/quant/goldens/producers.json"
path.write_text(json.dumps(cases, indent=1))
print(f"{len(cases)} cases, {path.stat().st_size} bytes")
