# SPDX-License-Identifier: GPL-3.0-or-later
# What run.sh and test.sh share: messages, then packages, LibTorch and the build, in that order.
# shellcheck shell=bash

BITFRONT_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
BITFRONT_BUILD="$BITFRONT_ROOT/build/release"
# shellcheck disable=SC2034 # for the scripts that source this file
BITFRONT_BIN="$BITFRONT_BUILD/bin"

say() { printf '== %s\n' "$*"; }

note() { printf '   %s\n' "$*"; }

# fail WHAT [LINE...]: one line of what happened, then what to do.
fail() {
  printf 'error: %s\n' "$1" >&2
  shift
  local line
  for line in "$@"; do printf '   %s\n' "$line" >&2; done
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# version_at_least HAVE WANTED: dotted numbers.
version_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# shellcheck source=packaging/lib/packages.sh
source "$BITFRONT_ROOT/packaging/lib/packages.sh"
# shellcheck source=packaging/lib/libtorch.sh
source "$BITFRONT_ROOT/packaging/lib/libtorch.sh"
# shellcheck source=packaging/lib/build.sh
source "$BITFRONT_ROOT/packaging/lib/build.sh"
