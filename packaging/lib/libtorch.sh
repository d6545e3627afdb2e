# SPDX-License-Identifier: GPL-3.0-or-later
# Finds LibTorch, or installs a private copy once for all clones. Sets TORCH_PREFIX.
# shellcheck shell=bash disable=SC2034

readonly TORCH_VERSION=2.13.0
readonly MINIMUM_TORCH=2.5
TORCH_PREFIX=""

is_torch_prefix() { [ -f "$1/lib/libtorch_cpu.so" ] && [ -f "$1/include/torch/script.h" ]; }

# Wheels up to 2.6 may use the C++ ABI of before 2011, which today's compilers do not link with.
has_old_abi() { grep -qs 'CXX11_ABI=0' "$1/share/cmake/Torch/TorchConfig.cmake"; }

# A prefix the user named: LIBTORCH, or any entry of CMAKE_PREFIX_PATH.
find_given_torch() {
  if [ -n "${LIBTORCH:-}" ]; then
    is_torch_prefix "$LIBTORCH" || fail "LIBTORCH=$LIBTORCH holds no LibTorch" \
      "It must be the folder with lib/libtorch_cpu.so and include/torch in it."
    if has_old_abi "$LIBTORCH"; then
      fail "LIBTORCH=$LIBTORCH was built for compilers of before 2011" \
        "Take the LibTorch that is offered with the C++11 ABI, or 2.7 or newer."
    fi
    TORCH_PREFIX="$(cd "$LIBTORCH" && pwd)"
    return 0
  fi
  local entries entry
  IFS=':;' read -r -a entries <<<"${CMAKE_PREFIX_PATH:-}"
  for entry in "${entries[@]}"; do
    if [ -n "$entry" ] && is_torch_prefix "$entry"; then
      if has_old_abi "$entry"; then
        note "The LibTorch in $entry was built for compilers of before 2011, so it is left alone"
        continue
      fi
      TORCH_PREFIX="$(cd "$entry" && pwd)"
      return 0
    fi
  done
  return 1
}

# The torch that python3 would import, found without importing it: that takes seconds.
find_python_torch() {
  have python3 || return 1
  local found version prefix
  found="$(python3 - <<'PYTHON' 2>/dev/null
import importlib.util, pathlib, re
spec = importlib.util.find_spec("torch")
folder = pathlib.Path(spec.submodule_search_locations[0])
text = (folder / "version.py").read_text()
version = re.search(r"__version__\s*=\s*['\"]([^'\"]+)", text).group(1)
print(version, folder)
PYTHON
)" || return 1
  read -r version prefix <<<"$found"
  is_torch_prefix "$prefix" || return 1
  if ! version_at_least "${version%%+*}" "$MINIMUM_TORCH"; then
    note "The torch of python3 is $version; $MINIMUM_TORCH or newer is needed, so it is left alone"
    return 1
  fi
  if has_old_abi "$prefix"; then
    note "The torch of python3 ($version) was built for compilers of before 2011, so it is left alone"
    return 1
  fi
  TORCH_PREFIX="$prefix"
}

torch_cache() { echo "${XDG_CACHE_HOME:-$HOME/.cache}/bitfront"; }

# private_torch VENV: the torch folder in it; fails if there is none.
private_torch() {
  local folder
  for folder in "$1"/lib/python3.*/site-packages/torch; do
    if is_torch_prefix "$folder"; then
      echo "$folder"
      return 0
    fi
  done
  return 1
}

# Installs into NAME.partial and renames: what has the final name is complete. An interrupted install is
# taken up where pip's cache left it.
install_private_torch() {
  local venv="$1" partial="$1.partial"
  say "Installing LibTorch $TORCH_VERSION into $venv (once, shared by all clones)"
  if have apt-get && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then apt_install python3-venv; fi
  if ! "$partial/bin/python" -m pip --version >/dev/null 2>&1; then
    rm -rf "$partial"
    python3 -m venv "$partial" || fail "python3 -m venv failed" "Install Python 3 with its venv module."
  fi
  # BITFRONT_PIP_ARGS is a list of options: word splitting is wanted.
  # shellcheck disable=SC2086
  "$partial/bin/python" -m pip install --quiet --progress-bar off ${BITFRONT_PIP_ARGS:-} \
    "torch==$TORCH_VERSION" || fail "pip could not install torch==$TORCH_VERSION" \
    "Run the script again to go on, or set LIBTORCH to a LibTorch that you have." \
    "Options for pip go into BITFRONT_PIP_ARGS."
  private_torch "$partial" >/dev/null || fail "pip installed torch, but without its libraries" \
    "Remove $partial and run the script again."
  rm -rf "$venv"
  mv "$partial" "$venv"
}

find_private_torch() {
  local cache venv
  cache="$(torch_cache)"
  venv="$cache/torch-$TORCH_VERSION"
  if ! private_torch "$venv" >/dev/null; then
    mkdir -p "$cache" || fail "cannot create $cache" "Set XDG_CACHE_HOME to a folder you may write to."
    # One clone installs, the others wait for it and find the result.
    exec 9>"$cache/lock"
    flock -n 9 || { note "Waiting for another installation into $cache" && flock 9; }
    private_torch "$venv" >/dev/null || install_private_torch "$venv"
    exec 9>&-
  fi
  TORCH_PREFIX="$(private_torch "$venv")"
}

ensure_libtorch() {
  find_given_torch || find_python_torch || find_private_torch
}
