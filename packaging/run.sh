#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# From a fresh clone to the running program: installs what is missing, builds, opens the demo.
set -euo pipefail
unset CDPATH # with it, cd prints where it went

# shellcheck source=packaging/lib/setup.sh
source "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/lib/setup.sh"

usage() {
  cat <<'HELP'
Usage: packaging/run.sh [--build-only] [ARGUMENT...]

Installs missing packages (Debian 12 and Ubuntu 24.04 or newer; it shows which), finds or installs
LibTorch, builds Bitfront into build/release and runs it. When nothing changed it only runs it.

  with a display       opens the window on the demo project;
                       arguments go to the window: packaging/run.sh my_model.pt
  without a display    sweeps the demo, prints the tables and writes report and plot, saying where;
                       arguments go to the command line program: packaging/run.sh inspect my_model.pt
  --build-only         stops after the build: build/release/bin/bitfront and bitfront-cli
  --help               this text

packaging/test.sh does the same set-up, then builds and runs all tests (packaging/test.sh --help).

LibTorch is looked for in this order:
  1. LIBTORCH, then CMAKE_PREFIX_PATH, when set to a folder that holds it
  2. the torch package of python3, version 2.5 or newer
  3. ~/.cache/bitfront, where torch 2.13.0 is installed once for all clones
     (XDG_CACHE_HOME is honoured; BITFRONT_PIP_ARGS holds further options for pip, see README.md)
HELP
}

run_headless_demo() {
  local demo="$BITFRONT_ROOT/resources/demo" out="$BITFRONT_ROOT/build/demo.bitfront"
  say "No display: sweeping the demo without a window, into $out"
  "$BITFRONT_BIN/bitfront-cli" run "$demo/digits_cnn.pt" --inputs "$demo/digits_inputs.pt" --out "$out" --yes
}

build_only=no
case "${1:-}" in
  -h | --help)
    usage
    exit 0
    ;;
  --build-only)
    build_only=yes
    shift
    ;;
esac

set_up bitfront bitfront-cli
if [ "$build_only" = yes ]; then
  say "Built: $BITFRONT_BIN/bitfront and $BITFRONT_BIN/bitfront-cli"
elif [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  if [ $# -eq 0 ]; then set -- --demo; fi
  exec "$BITFRONT_BIN/bitfront" "$@"
elif [ $# -gt 0 ]; then
  exec "$BITFRONT_BIN/bitfront-cli" "$@"
else
  run_headless_demo
fi
