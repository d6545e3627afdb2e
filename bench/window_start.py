#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time from starting the window program to its window being visible, on the current X display.

    xvfb-run -a -s -noreset python3 bench/window_start.py build/release/bin/bitfront

Needs xdotool. Prints wall time and the processor time that the program has used by then; LibTorch is
loaded afterwards, which the second processor time holds. Settings of the user are left alone.
"""
import os
import subprocess
import sys
import tempfile
import time

REPEATS, PATIENCE, SETTLED = 5, 30, 3


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def is_visible(pid):
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(pid)],
                           capture_output=True, text=True)
    return found.stdout.strip() != ""


def start_once(program, home):
    environment = {**os.environ, "HOME": home, "XDG_CONFIG_HOME": home}
    start = time.monotonic()
    words = tempfile.TemporaryFile("w+")
    process = subprocess.Popen([program], env=environment, stdout=subprocess.DEVNULL, stderr=words)
    try:
        while not is_visible(process.pid):
            if time.monotonic() - start > PATIENCE or process.poll() is not None:
                words.seek(0)
                raise SystemExit(f"no window came (ended with {process.poll()}): {words.read()[-400:]}")
            time.sleep(0.01)
        wall, cpu = time.monotonic() - start, cpu_seconds(process.pid)
        time.sleep(SETTLED)
        return wall, cpu, cpu_seconds(process.pid)
    finally:
        process.kill()
        process.wait()


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    with tempfile.TemporaryDirectory() as home:
        times = sorted(start_once(sys.argv[1], home) for _ in range(REPEATS))
    wall, cpu, settled = times[len(times) // 2]
    print(f"{'window visible':44} {wall:12.2f} s   {'<= 1.0 s':14} median of {REPEATS} starts; CPU {cpu:.2f} s "
          f"by then, {settled:.2f} s with LibTorch; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
