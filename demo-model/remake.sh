#!/bin/sh
# Makes assets/demo again from nothing: tokenizer, training, export, evaluation, curve, examples, card.
# Needs Debian's python3-torch; a fast BLAS (libopenblas0) helps. RUN is where training keeps its state (and continues).
set -eu
cd "$(dirname "$0")"
PYTHON=${PYTHON:-/usr/bin/python3}
RUN=${RUN:-/tmp/linnet-demo-model}
THREADS=${THREADS:-2}
export OMP_NUM_THREADS="$THREADS" OPENBLAS_NUM_THREADS="$THREADS"
mkdir -p "$RUN"
"$PYTHON" make_tokenizer.py 2048
"$PYTHON" train.py --threads "$THREADS" --out "$RUN"
"$PYTHON" export.py "$RUN/state.pt"
"$PYTHON" evaluate.py --threads "$THREADS" --worlds 500 --out "$RUN/table.md"
"$PYTHON" plot.py "$RUN/log.jsonl"
"$PYTHON" showcase.py
"$PYTHON" card.py "$RUN"
