#!/bin/sh
# Makes assets/demo from scratch: tokenizer, training, conversion, evaluation, loss curve, examples, model card.
# Needs Debian's python3-torch; a fast BLAS (libopenblas0) helps. Training stores its state in RUN and resumes from it.
set -eu
cd "$(dirname "$0")"
PYTHON=${PYTHON:-/usr/bin/python3}
RUN=${RUN:-/tmp/linnet-demo-model}
THREADS=${THREADS:-2}
# Stories evaluated in Linnet's engine. A software GPU takes about half a second for each of their twelve answers.
WORLDS=${WORLDS:-500}
export OMP_NUM_THREADS="$THREADS" OPENBLAS_NUM_THREADS="$THREADS"
mkdir -p "$RUN"
"$PYTHON" make_tokenizer.py 2048
"$PYTHON" train.py --threads "$THREADS" --out "$RUN"
"$PYTHON" export.py "$RUN/state.pt" "$RUN/checkpoint"
rm -rf "$RUN/store"
npm --prefix .. run -s linnet -- convert --model "$RUN/checkpoint" --name "Linnet demo" --out "$RUN/store"
cp "$RUN"/store/* ../assets/demo/
"$PYTHON" evaluate.py --engine torch --folder "$RUN/checkpoint" --threads "$THREADS" --out "$RUN/table-torch.json"
"$PYTHON" evaluate.py --engine f32 --worlds "$WORLDS" --out "$RUN/table-f32.json"
"$PYTHON" evaluate.py --engine f16 --worlds "$WORLDS" --out "$RUN/table-f16.json"
"$PYTHON" plot.py "$RUN/log.jsonl"
"$PYTHON" showcase.py "$RUN/checkpoint"
"$PYTHON" card.py "$RUN"
