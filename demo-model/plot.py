"""Draws the loss curve of a training run as SVG."""

import argparse
import json
import math
from pathlib import Path

from model.checkpoint import ASSETS

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 720, 360, 60, 44, 34, 16


def read_log(path):
    """Returns log entries sorted by step. A resumed run may have logged a step twice; the later entry wins."""
    entries = {}
    for line in Path(path).read_text().splitlines():
        entry = json.loads(line)
        entries[entry["step"]] = {**entries.get(entry["step"], {}), **entry}
    return [entries[step] for step in sorted(entries)]


def svg(entries):
    """Draws the loss on a logarithmic axis over tokens seen: training as a line, held-out stories as dots."""
    top = entries[-1]["seen"]
    values = [e["loss"] for e in entries] + [e["held_out"] for e in entries if "held_out" in e]
    low = math.floor(math.log10(min(values)))
    high = math.ceil(math.log10(max(values)))

    def x(seen):
        return LEFT + (WIDTH - LEFT - RIGHT) * seen / top

    def y(loss):
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - math.log10(loss)) / (high - low)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
           "<title>Loss of the demo model over its training</title>",
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
           f'<text x="{LEFT}" y="18">Loss on the assistant\'s tokens (line: training, dots: held-out worlds)</text>']
    for p in range(low, high + 1):
        out.append(f'<path d="M{LEFT} {y(10 ** p):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>'
                   f'<text x="{LEFT - 6}" y="{y(10 ** p) + 4:.1f}" text-anchor="end">{10 ** p:g}</text>')
    step = 10 ** math.floor(math.log10(top)) / (1 if top / 10 ** math.floor(math.log10(top)) > 4 else 2)
    mark = 0
    while mark <= top:
        out.append(f'<text x="{x(mark):.1f}" y="{HEIGHT - 24}" text-anchor="middle">{mark / 1e6:g}</text>')
        mark += step
    out.append(f'<text x="{(LEFT + WIDTH) / 2}" y="{HEIGHT - 8}" text-anchor="middle">million tokens seen</text>')
    line = " ".join(f'{x(e["seen"]):.1f},{y(e["loss"]):.1f}' for e in entries)
    out.append(f'<polyline points="{line}" fill="none" stroke="#2563a8" stroke-width="1.5"/>')
    for e in entries:
        if "held_out" in e:
            out.append(f'<circle cx="{x(e["seen"]):.1f}" cy="{y(e["held_out"]):.1f}" r="3" fill="#b8431f"/>')
    start = next((e for e in entries if e["quantised"]), None)
    if start:
        out.append(f'<path d="M{x(start["seen"]):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#777" stroke-dasharray="4 3"/>'
                   f'<text x="{x(start["seen"]) + 5:.1f}" y="{TOP + 12}">4-bit weights from here on</text>')
    return "\n".join(out) + "\n</svg>\n"


if __name__ == "__main__":
    a = argparse.ArgumentParser()
    a.add_argument("log", nargs="?", default="/tmp/demo/run/log.jsonl")
    a.add_argument("--to", default=str(ASSETS / "loss.svg"))
    o = a.parse_args()
    Path(o.to).write_text(svg(read_log(o.log)))
