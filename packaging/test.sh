#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The same set-up as run.sh, then all tests: fails when one fails or none ran.
set -euo pipefail
unset CDPATH # with it, cd prints where it went

# shellcheck source=packaging/lib/setup.sh
source "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/lib/setup.sh"

usage() {
  cat <<'HELP'
Usage: packaging/test.sh [CTEST OPTION...]

Installs missing packages, finds or installs LibTorch (packaging/run.sh --help says how), builds
everything and runs all tests without a display. Options go to ctest:

  packaging/test.sh -R tst_cli      only tests whose name matches
  packaging/test.sh -L core         only tests with that label: core, widgets, cli
HELP
}

case "${1:-}" in
  -h | --help)
    usage
    exit 0
    ;;
esac

set_up all
say "Testing"
ctest --test-dir "$BITFRONT_BUILD" --parallel "$(nproc)" --output-on-failure --no-tests=error "$@"
