"""What llama.cpp's formats cost: quantises a GGUF file with llama.cpp and compares logits, on token ids that it is given.

    pip install llama-cpp-python==0.3.36 gguf==0.19.0 numpy
    python3 scripts/fidelity/llama_formats.py JOB.json

`npm run -s fidelity -- --llama PYTHON` writes the job and reads the rows. A job is
{"file": a GGUF file, "texts": lists of ids, "calibration": lists of ids, "formats": names}. A name is a file type of llama.cpp
("Q4_K_M"), one with "+imatrix" (the importance matrix is computed from "calibration"), or "published" (the file itself, whose
products llama.cpp computes with activations of 8 bits, as it always does on a processor).

All other formats are measured alone: the file's own values in f32 are quantised, embedding and head as Q8_0, the result is turned into
f32 again by gguf-py, and llama.cpp computes with that in f32, cache included. So nothing but the weights differs from the reference,
which is the same model with its own values.

Prints a line of JSON for each row, the reference first as "own": "form", "bits" (bytes of all tensors over their number of values, in
bits), "between" (the same for matrices of layers), and for each id after the first of a text "losses" (negative log-likelihood,
nats), "divergences" (Kullback-Leibler from the reference, nats), "same" (1 where both have the same likeliest id).
"""

import collections
import ctypes
import json
import math
import os
import pathlib
import re
import sys
import tempfile

import gguf
import llama_cpp as llama
import numpy as np
from llama_cpp._ggml import libggml

# Tokens of a batch; each has a row of logits.
PART = 128
# The order of sums is fixed, and ggml's threads wait for each other by spinning, which takes forever beside other work.
THREADS = 1
LAYER = re.compile(r"\bblk\.\d+\.")


class GgufInit(ctypes.Structure):
    """`struct gguf_init_params` of gguf.h."""

    _fields_ = [("no_alloc", ctypes.c_bool), ("ctx", ctypes.c_void_p)]


for name, inputs, output in [
    ("ggml_op_desc", [ctypes.c_void_p], ctypes.c_char_p),
    ("ggml_get_name", [ctypes.c_void_p], ctypes.c_char_p),
    ("gguf_init_from_file", [ctypes.c_char_p, GgufInit], ctypes.c_void_p),
    ("gguf_free", [ctypes.c_void_p], None),
    ("gguf_get_n_tensors", [ctypes.c_void_p], ctypes.c_int64),
    ("gguf_get_data_offset", [ctypes.c_void_p], ctypes.c_size_t),
    ("gguf_get_tensor_name", [ctypes.c_void_p, ctypes.c_int64], ctypes.c_char_p),
    ("gguf_get_tensor_type", [ctypes.c_void_p, ctypes.c_int64], ctypes.c_int),
    ("gguf_get_tensor_offset", [ctypes.c_void_p, ctypes.c_int64], ctypes.c_size_t),
    ("gguf_get_tensor_size", [ctypes.c_void_p, ctypes.c_int64], ctypes.c_size_t),
]:
    getattr(libggml, name).argtypes, getattr(libggml, name).restype = inputs, output


class GgmlTensor(ctypes.Structure):
    """`struct ggml_tensor` of ggml.h, whose inputs no function of the library returns."""

    _fields_ = [
        ("type", ctypes.c_int),
        ("buffer", ctypes.c_void_p),
        ("ne", ctypes.c_int64 * 4),
        ("nb", ctypes.c_size_t * 4),
        ("op", ctypes.c_int),
        ("op_params", ctypes.c_int32 * 16),
        ("flags", ctypes.c_int32),
        ("src", ctypes.c_void_p * 10),
        ("view_src", ctypes.c_void_p),
        ("view_offs", ctypes.c_size_t),
        ("data", ctypes.c_void_p),
        ("name", ctypes.c_char * 64),
    ]


class Model:
    """A model of a GGUF file. Cache and attention are in f32; `watch` gets every tensor that is computed."""

    def __init__(self, path: pathlib.Path, capacity: int, watch=None):
        self.model = llama.llama_model_load_from_file(str(path).encode(), llama.llama_model_default_params())
        if not self.model:
            sys.exit(f"llama.cpp does not load {path}")
        params = llama.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_ubatch = capacity, PART, PART
        params.n_threads = params.n_threads_batch = THREADS
        params.type_k = params.type_v = llama.GGML_TYPE_F32
        params.flash_attn_type = llama.LLAMA_FLASH_ATTN_TYPE_DISABLED
        params.swa_full = True
        if watch is not None:
            params.cb_eval = self.watch = llama.ggml_backend_sched_eval_callback(watch)
        self.context = llama.llama_init_from_model(self.model, params)
        if not self.context:
            sys.exit(f"llama.cpp makes no context of {capacity} tokens for {path}")
        self.vocab = llama.llama_vocab_n_tokens(llama.llama_model_get_vocab(self.model))
        self.batch = llama.llama_batch_init(PART, 0, 1)

    def read(self, ids: list[int]):
        """Reads some ids at a time, and yields their number. All have outputs: the last layer leaves the others out."""
        llama.llama_memory_clear(llama.llama_get_memory(self.context), True)
        for at in range(0, len(ids), PART):
            part = ids[at : at + PART]
            self.batch.n_tokens = len(part)
            for i, token in enumerate(part):
                self.batch.token[i], self.batch.pos[i], self.batch.logits[i] = token, at + i, True
                self.batch.n_seq_id[i], self.batch.seq_id[i][0] = 1, 0
            code = llama.llama_decode(self.context, self.batch)
            if code != 0:
                sys.exit(f"llama.cpp fails to read {len(part)} tokens from {at} on: code {code}")
            yield len(part)

    def logits(self, ids: list[int]):
        """Yields f32 [rows, vocab] after every id, some rows at a time; a row is valid until the next ones."""
        for rows in self.read(ids):
            yield np.ctypeslib.as_array(llama.llama_get_logits(self.context), shape=(rows, self.vocab))

    def close(self) -> None:
        llama.llama_batch_free(self.batch)
        llama.llama_free(self.context)
        llama.llama_model_free(self.model)


def write_f32(source: str, target: pathlib.Path) -> dict[str, tuple]:
    """Writes a GGUF file of the same model with all tensors in f32, and returns their shapes, columns last."""
    reader = gguf.GGUFReader(source)
    writer = gguf.GGUFWriter(target, reader.get_field("general.architecture").contents())
    for name, field in reader.fields.items():
        if name.startswith("GGUF.") or name in ("general.architecture", "general.file_type", "general.quantization_version"):
            continue
        inner = field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(name, field.contents(), field.types[0], inner)
    for tensor in reader.tensors:
        writer.add_tensor(tensor.name, gguf.dequantize(tensor.data, tensor.tensor_type).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return {tensor.name: tuple(int(d) for d in reversed(tensor.shape)) for tensor in reader.tensors}


def tensors_of(path: str | pathlib.Path, mode="r") -> dict[str, tuple[gguf.GGMLQuantizationType, np.ndarray]]:
    """Type and bytes of each tensor; `GGUFReader` would take seconds for the vocabulary."""
    file = libggml.gguf_init_from_file(str(path).encode(), GgufInit(True, None))
    data, start = np.memmap(path, np.uint8, mode), libggml.gguf_get_data_offset(file)
    tensors = {}
    for i in range(libggml.gguf_get_n_tensors(file)):
        at = start + libggml.gguf_get_tensor_offset(file, i)
        kind = gguf.GGMLQuantizationType(libggml.gguf_get_tensor_type(file, i))
        tensors[libggml.gguf_get_tensor_name(file, i).decode()] = kind, data[at : at + libggml.gguf_get_tensor_size(file, i)]
    libggml.gguf_free(file)
    return tensors


def replace_values(target: pathlib.Path, source: pathlib.Path, shapes: dict[str, tuple]) -> None:
    """Writes the values of `source` over those of `target`, which has the same tensors in f32."""
    stored = tensors_of(source)
    for name, (_, data) in tensors_of(target, "r+").items():
        kind, packed = stored[name]
        rows = math.prod(shapes[name][:-1])
        data.view(np.float32)[:] = gguf.dequantize(packed.reshape(rows, -1), kind).reshape(-1)


def bits_of(path: str | pathlib.Path, shapes: dict[str, tuple]) -> dict:
    """Bits of a weight, in the whole file and in the matrices of layers; says on standard error which types these have."""
    tensors = tensors_of(path)
    layers = [name for name in tensors if LAYER.match(name) and len(shapes[name]) > 1]
    share = lambda names: 8 * sum(tensors[name][1].size for name in names) / sum(math.prod(shapes[name]) for name in names)
    types = collections.Counter(tensors[name][0].name for name in layers)
    print("  matrices of layers:", ", ".join(f"{count} {name}" for name, count in types.most_common()), file=sys.stderr)
    return {"bits": share(tensors), "between": share(layers)}


def importance(path: pathlib.Path, texts: list[list[int]]) -> dict[str, np.ndarray]:
    """The importance matrix of llama.cpp: for each matrix, by name, the mean square of each column of its input."""
    sums: dict[str, np.ndarray] = {}
    counts = collections.Counter()

    def watch(address: int, ask: bool, _) -> bool:
        # What is not asked for is not handed over; a false answer after that ends the computation.
        if libggml.ggml_get_name(address) == b"result_norm":
            return ask  # the head follows, which nobody reads
        if libggml.ggml_op_desc(address) != b"MUL_MAT":
            return False if ask else True
        tensor = GgmlTensor.from_address(address)
        weights = GgmlTensor.from_address(tensor.src[0])
        # The fields are where they are thought to be, as the library's own function confirms.
        assert libggml.ggml_get_name(tensor.src[0]) == weights.name, "another version of struct ggml_tensor"
        name = weights.name.decode()
        if not LAYER.match(name):
            return False if ask else True
        if ask:
            return True
        inputs = GgmlTensor.from_address(tensor.src[1])
        columns, rows = inputs.ne[0], inputs.ne[1] * inputs.ne[2] * inputs.ne[3]
        assert inputs.type == llama.GGML_TYPE_F32 and inputs.nb[1] == 4 * columns, f"inputs of {name} are no rows of f32"
        x = np.ctypeslib.as_array(ctypes.cast(inputs.data, ctypes.POINTER(ctypes.c_float)), shape=(rows, columns))
        sums[name] = sums.get(name, 0) + np.square(x, dtype=np.float64).sum(0)
        counts[name] += rows
        return True

    model = Model(path, max(map(len, texts)), watch)
    for ids in texts:
        for _ in model.read(ids):
            pass
    model.close()
    return {name: (total / counts[name]).astype(np.float32) for name, total in sums.items()}


def quantise(source: pathlib.Path, target: pathlib.Path, name: str, matrix: dict[str, np.ndarray] | None) -> None:
    params = llama.llama_model_quantize_default_params()
    params.nthread = os.cpu_count() or 1
    params.ftype = getattr(llama, f"LLAMA_FTYPE_MOSTLY_{name}")
    params.output_tensor_type = params.token_embedding_type = llama.GGML_TYPE_Q8_0
    if matrix is not None:
        # An entry without a name ends the list.
        entries = (llama.llama_model_imatrix_data * (len(matrix) + 1))()
        for entry, (tensor, values) in zip(entries, matrix.items()):
            entry.name, entry.size = tensor.encode(), values.size
            entry.data = values.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        params.imatrix = entries
    code = llama.llama_model_quantize(str(source).encode(), str(target).encode(), ctypes.byref(params))
    if code != 0:
        sys.exit(f"llama.cpp does not quantise to {name}: code {code}")


def compare(model: Model, texts: list[list[int]], own: np.ndarray, first: bool) -> dict:
    """The figures of each token; `own` is f32 [tokens, vocab], the reference's logits, which the `first` model writes."""
    losses, divergences, same = [], [], []
    for ids in texts:
        at = 0
        for rows in model.logits(ids[:-1]):
            for row, follows in zip(rows, ids[at + 1 :]):
                reference = own[len(losses)]
                if first:
                    reference[:] = row
                p, q = (x.astype(np.float64) for x in (reference, row))
                p, q = (x - x.max() - math.log(np.exp(x - x.max()).sum()) for x in (p, q))
                losses.append(-float(q[follows]))
                divergences.append(max(0.0, float((np.exp(p) * (p - q)).sum())))
                # The smaller id among equals.
                same.append(int(reference.argmax() == row.argmax()))
            at += len(rows)
    return {"losses": losses, "divergences": divergences, "same": same}


def main(job: dict, folder: pathlib.Path) -> None:
    texts, own_file, other_file, packed = job["texts"], folder / "own.gguf", folder / "other.gguf", folder / "packed.gguf"
    capacity = max(map(len, texts))
    own = None

    def row(form: str, path: str | pathlib.Path, size: dict) -> None:
        nonlocal own
        model = Model(path, capacity)
        first = own is None
        if first:
            # Of large vocabularies this is gigabytes.
            own = np.memmap(folder / "own.f32", np.float32, "w+", shape=(sum(len(ids) - 1 for ids in texts), model.vocab))
        print(json.dumps({"form": form, **size, **compare(model, texts, own, first)}), flush=True)
        model.close()

    print("own values", file=sys.stderr)
    shapes = write_f32(job["file"], own_file)
    row("own", own_file, bits_of(own_file, shapes))
    matrix = importance(own_file, job["calibration"]) if any("+" in name for name in job["formats"]) else None
    for name in job["formats"]:
        print(name, file=sys.stderr)
        if name == "published":
            row(name, job["file"], bits_of(job["file"], shapes))
            continue
        kind, _, weighted = name.partition("+")
        quantise(own_file, packed, kind, matrix if weighted else None)
        if not other_file.exists():
            other_file.write_bytes(own_file.read_bytes())
        replace_values(other_file, packed, shapes)
        row(name, other_file, bits_of(packed, shapes))


@llama.llama_log_callback
def complain(level: int, text: bytes, _) -> None:
    """Only errors are worth a line (GGML_LOG_LEVEL_ERROR)."""
    if level == 4:
        sys.stderr.write(text.decode(errors="replace"))


if __name__ == "__main__":
    job = json.loads(pathlib.Path(sys.argv[1]).read_text())
    known = lambda name: name == "published" or re.fullmatch(r"\w+(\+imatrix)?", name) and hasattr(llama, f"LLAMA_FTYPE_MOSTLY_{name.partition('+')[0]}")
    unknown = [name for name in job["formats"] if not known(name)]
    if unknown:
        sys.exit(f"no file types of llama.cpp: {', '.join(unknown)}")
    llama.llama_log_set(complain, ctypes.c_void_p(0))
    llama.llama_backend_init()
    with tempfile.TemporaryDirectory() as folder:
        main(job, pathlib.Path(folder))
