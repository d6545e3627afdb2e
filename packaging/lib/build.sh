# SPDX-License-Identifier: GPL-3.0-or-later
# Configures and builds into build/release, doing nothing when nothing changed.
# shellcheck shell=bash

# Files that include LibTorch take up to 1.5 GB each to compile: 2 GB a job keeps small machines alive.
build_jobs() {
  local cores memory_kb by_memory limit
  cores="$(nproc)"
  memory_kb="$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)"
  memory_kb="${memory_kb:-2097152}"
  # In a container: the machine's memory is not all ours ("max" where it is).
  limit="$(cat /sys/fs/cgroup/memory.max 2>/dev/null || true)"
  if [[ "$limit" =~ ^[0-9]+$ ]] && [ $((limit / 1024)) -lt "$memory_kb" ]; then memory_kb=$((limit / 1024)); fi
  by_memory=$((memory_kb / 2097152))
  if [ "$by_memory" -lt 1 ]; then by_memory=1; fi
  echo $((by_memory < cores ? by_memory : cores))
}

# Once per LibTorch and preset; afterwards Ninja itself notices changed CMake files.
configure() {
  local stamp="$BITFRONT_BUILD/configured-for" wanted
  # The build folder is full of absolute paths: a moved or copied clone starts afresh.
  wanted="$BITFRONT_ROOT $TORCH_PREFIX ${CMAKE_PREFIX_PATH:-} ${CXX:-} $(cksum <"$BITFRONT_ROOT/CMakePresets.json")"
  if [ -f "$BITFRONT_BUILD/build.ninja" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return; fi
  say "Configuring (LibTorch: $TORCH_PREFIX)"
  mkdir -p "$BITFRONT_BUILD"
  rm -f "$BITFRONT_BUILD/CMakeCache.txt"
  if ! (cd "$BITFRONT_ROOT" && cmake --preset release "-DCMAKE_PREFIX_PATH=$TORCH_PREFIX;${CMAKE_PREFIX_PATH:-}") \
    >"$BITFRONT_BUILD/configure.log" 2>&1; then
    grep -A 8 -m 3 'CMake Error' "$BITFRONT_BUILD/configure.log" >&2 || tail -n 20 "$BITFRONT_BUILD/configure.log" >&2
    fail "CMake could not configure the build" "The whole log is build/release/configure.log." \
      "Needed are $(needed_in_words)"
  fi
  echo "$wanted" >"$stamp"
}

# build TARGET...
build() {
  local jobs
  jobs="$(build_jobs)"
  # A dry run tells in a moment whether there is anything to say.
  if ninja -C "$BITFRONT_BUILD" -n "$@" 2>/dev/null | grep -q 'no work to do'; then return; fi
  say "Building with $jobs jobs"
  ninja -C "$BITFRONT_BUILD" -j "$jobs" "$@" || fail "the build failed" "The compiler's messages are above."
}

# set_up TARGET...: everything from a fresh clone to fresh programs.
set_up() {
  ensure_packages
  ensure_libtorch
  configure
  build "$@"
}
