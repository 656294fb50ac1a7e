#!/bin/sh
# Unpacks Node and Dawn into a temporary folder and runs the benchmark there. ./run.sh --help lists its options.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/linnet-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
cp -R "$here/app/." "$work"
find "$work" -name '*.gz' -exec gzip -d '{}' '+'
chmod +x "$work/node"
if ! "$work/node" --version >/dev/null; then
  echo "run.sh: Node does not run in $work: see README.md; if programs may not run in that folder, set TMPDIR" >&2
  exit 1
fi
"$work/node" "$work/main.mjs" "$@"
