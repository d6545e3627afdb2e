#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints every figure of docs/performance.md: builds bitfront-bench and runs its sections.
set -euo pipefail

usage() {
  cat <<'HELP'
Usage: bench/run_all.sh [--giant] [--growth] [--python PYTHON] [--weights FILE]

Builds into build/release (packaging/run.sh has set it up), makes the models in
build/release/bench-models once, measures. About 10 minutes on two free cores.

  --giant           also a model of 1 billion parameters: 4 GB on the disk, 13 GB of memory, minutes
  --growth          also how costs grow with parameters, bits and groups
  --python PYTHON   an interpreter with torch; what it has of coreai-opt, coremltools, flash1dkmeans,
                    faiss and scikit-learn is compared with (default: python3)
  --weights FILE    model.safetensors of all-MiniLM-L6-v2 instead of synthetic weights
HELP
}

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
build="${BITFRONT_BUILD:-$root/build/release}"
python=python3
weights=()
sections=kmeans,assignment,demo,records,encoder
while [ $# -gt 0 ]; do
  case "$1" in
    --giant) sections="$sections,giant" ;;
    --growth) sections="$sections,growth" ;;
    --python) python="$2"; shift ;;
    --weights) weights=(--weights "$2"); shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

targets=(bitfront-bench bitfront-cli bitfront_engine)
if [ -e "$build/bin/bitfront" ]; then
  targets+=(bitfront bitfront-window-bench)
fi
cmake --build "$build" --target "${targets[@]}"
if [ ! -e "$build/bench-models/encoder.pt" ]; then
  "$python" "$root/bench/make_models.py" "$build/bench-models" "${weights[@]}"
fi
"$build/bin/bitfront-bench" --models "$build/bench-models" --sections "$sections" --python "$python"
if [ -e "$build/bin/bitfront" ]; then
  echo
  "$build/bin/bitfront-window-bench"
  if command -v xvfb-run >/dev/null && command -v xdotool >/dev/null; then
    # A server that resets whenever its last client leaves would refuse the next one for a moment.
    xvfb-run -a -s "-noreset" python3 "$root/bench/window_start.py" "$build/bin/bitfront"
  fi
fi
