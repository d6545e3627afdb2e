# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what the build needs and the machine lacks: Debian and Ubuntu by apt, elsewhere it says what.
# shellcheck shell=bash

readonly MINIMUM_CMAKE=3.25

# Libraries, by package: what find_package and the window look for.
readonly LIBRARY_PACKAGES=(
  qt6-base-dev qt6-qpa-plugins qt6-svg-dev libqcustomplot-dev
  nlohmann-json3-dev libcli11-dev libbenchmark-dev zlib1g-dev libpng-dev libjpeg-dev fonts-inter
)

# Tools of any origin count: a compiler or CMake from elsewhere is not installed again.
missing_tool_packages() {
  if ! have g++ && ! have clang++; then echo g++; fi
  if ! have cmake; then echo cmake; fi
  if ! have ninja; then echo ninja-build; fi
  if ! have ccache; then echo ccache; fi
}

missing_library_packages() {
  local package states
  for package in "${LIBRARY_PACKAGES[@]}"; do
    # One line for each architecture. The query fails for a package the system never heard of: as good
    # as missing.
    states="$(dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null || true)"
    if ! grep -qx installed <<<"$states"; then echo "$package"; fi
  done
}

# apt_install PACKAGE...: shows what is missing, installs it.
apt_install() {
  local as_root=()
  say "Missing packages: $*"
  if [ "$(id -u)" -ne 0 ]; then
    have sudo || fail "these packages are missing and there is no sudo" \
      "As root, run: apt-get install --no-install-recommends $*"
    as_root=(sudo)
    # Nobody can type a password where there is no terminal.
    if [ ! -t 0 ]; then as_root=(sudo -n); fi
  fi
  note "Installing them with apt-get"
  "${as_root[@]}" apt-get update -qq || note "apt-get update failed; trying with the lists there are"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "$@" >"$BITFRONT_ROOT/build/apt.log" 2>&1 || {
    tail -n 15 "$BITFRONT_ROOT/build/apt.log" >&2
    fail "apt-get could not install the packages above" \
      "The whole log is build/apt.log. If a name is unknown, this release of Debian or Ubuntu is older" \
      "than Debian 12 or Ubuntu 24.04: see \"Building by hand\" in README.md."
  }
}

# On other systems: name what is missing; libraries are CMake's to find.
explain_packages() {
  local missing
  mapfile -t missing < <(missing_tool_packages | grep -v '^ccache$' || true)
  if [ "${#missing[@]}" -eq 0 ]; then return; fi
  fail "not found on this machine: ${missing[*]}" "Only Debian and Ubuntu are set up automatically." \
    "Please install $(needed_in_words)"
}

needed_in_words() {
  echo "a C++20 compiler, CMake $MINIMUM_CMAKE or newer, Ninja, Qt 6.4 or newer (Base, Svg), QCustomPlot 2.1" \
    "for Qt 6, nlohmann/json 3.11, CLI11, Google Benchmark, zlib, libpng, libjpeg, Python 3 with venv, and run this script again."
}

ensure_packages() {
  mkdir -p "$BITFRONT_ROOT/build"
  if have apt-get && have dpkg-query; then
    local missing
    mapfile -t missing < <(missing_tool_packages && missing_library_packages)
    if [ "${#missing[@]}" -gt 0 ]; then apt_install "${missing[@]}"; fi
  else
    explain_packages
  fi
  local version
  version="$(cmake --version | sed -n '1s/[^0-9]*//p')"
  version_at_least "$version" "$MINIMUM_CMAKE" || fail "CMake $version is too old" \
    "Bitfront needs $MINIMUM_CMAKE or newer; a private one: python3 -m pip install --user cmake"
}
