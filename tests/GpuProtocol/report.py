"""The report in Markdown, from the rows of results.jsonl. A ratio stands beside both times; what was not measured has a dash."""
import json

HEAD = "# Gimbal on a card, beside PyTorch\n"
REHEARSAL = "**A rehearsal on the simulated driver with tiny sizes: no figure here is a card's.** Times are those of this machine's processor.\n"


def text(rows):
    """The whole report."""
    parts = [HEAD]
    if any(row.get("rehearsal") for row in rows):
        parts.append(REHEARSAL)
    for section in (identity, ceilings, compiler, cases, kernels, models, curves, left_out):
        lines = section(rows)
        if lines:
            parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def of(rows, stage, kind):
    return [row for row in rows if row["stage"] == stage and row["kind"] == kind]


def number(value, digits=1):
    return "-" if value is None else f"{value:,.{digits}f}"


def ratio(theirs, mine):
    return "-" if not theirs or not mine else f"{theirs / mine:.2f}"


def table(head, lines):
    if not lines:
        return []
    return ["| " + " | ".join(head) + " |", "|" + "|".join("---" if i == 0 else "---:" for i in range(len(head))) + "|"] + ["| " + " | ".join(map(str, line)) + " |" for line in lines]


def identity(rows):
    lines = ["## Machine\n"]
    for kind in ("call", "card", "compiler", "torch", "driver"):
        for row in of(rows, "identity", kind)[-1:]:
            lines.append(f"- {kind}: " + ", ".join(f"{key} {value}" for key, value in row.items() if key not in ("stage", "kind", "rehearsal")))
    return lines


def ceilings(rows):
    lines = []
    for row in of(rows, "ceilings", "nodes")[-1:]:
        lines.append([f"node of a recorded graph ({row['nodes']} and {row['longer_nodes']} of them)", f"{row['us_per_node']:.2f} us"])
    for row in of(rows, "ceilings", "ceiling"):
        lines.append([row["name"], f"{row['gb_per_second']:,.0f} GB/s" if "gb_per_second" in row else f"{row['tflops']:,.1f} TFLOP/s"])
    return ["## Ceilings\n"] + table(["ceiling", "measured"], lines) if lines else []


def compiler(rows):
    kernels = of(rows, "compiler", "kernel")
    if not kernels:
        return []
    stacks = [row for row in kernels if row.get("stack", 1)]
    return ["## Compiler\n", f"{len(kernels)} entries, {len(stacks)} with a stack frame.\n"] + table(
        ["kernel", "from", "registers", "shared bytes", "stack bytes"],
        [[f"`{row['kernel']}`", row["source"], row.get("registers"), row.get("shared"), row.get("stack")] for row in stacks + [row for row in kernels if not row.get("stack", 1)]])


def cases(rows):
    done = of(rows, "cases", "case")
    checked = [row for row in done if "case" in row]
    if not checked:
        return []
    failed = [row for row in checked if not row["ok"]]
    lines = ["## Op cases\n", f"{len(checked)} cases, {len(failed)} failed.\n"]
    lines += table(["case that failed", "error", "allowed", "same bits"], [[row["case"], row["error"], row["tolerance"], row["same_bits"]] for row in failed])
    for row in of(rows, "sanitizer", "tool"):
        lines.append(f"- compute-sanitizer {row['tool']}: {row['cases']} cases, {row['reason'] or 'nothing found'}")
    return lines


def ceiling(rows, name, unit):
    found = [row[unit] for row in of(rows, "ceilings", "ceiling") if row["name"] == name]
    return found[-1] if found else None


def kernels(rows):
    """One line for each distinct node: the same op on the same shapes is timed once by PyTorch, and as often as it occurs by us."""
    theirs = {json.dumps([row["attributes"], row["inputs"]]): row["us"] for row in of(rows, "kernels", "torch")}
    bandwidth = ceiling(rows, "copy", "gb_per_second")
    products = {False: ceiling(rows, "fp32 product", "tflops"), True: ceiling(rows, "bf16 product", "tflops")}
    groups = {}
    for row in of(rows, "kernels", "node"):
        groups.setdefault((row["model"], row["batch"], row["mode"], json.dumps([row["attributes"], row["inputs"]])), []).append(row)
    lines = []
    for (model, batch, mode, key), nodes in groups.items():
        row = nodes[0]
        us = min(node["us"] for node in nodes)
        share = None
        arithmetic = products[any(launch.endswith("_bf16") for launch in row["launches"])]
        if bandwidth and arithmetic and us:
            share = 100 * max(row["bytes"] / bandwidth / 1e3, row["flop"] / arithmetic / 1e6) / us
        shapes = " ".join("x".join(map(str, shape)) for shape in row["inputs"][:2])
        lines.append([f"{model} {batch} {mode} `{row['op']}` {shapes}", len(nodes), "+".join(row["launches"]), number(us), number(us and row["bytes"] / us / 1e3, 0), number(us and row["flop"] / us / 1e6, 2),
                      number(share, 0), number(theirs.get(key)), ratio(theirs.get(key), us)])
    return ["## Kernels\n", "Ours: shortest of the node's launches between two events. PyTorch: the op in a CUDA graph, fp32, channels last. %: of the measured copy or product in the same precision, whichever binds.\n"] + table(
        ["node", "times", "launches", "us", "GB/s", "TFLOP/s", "%", "PyTorch us", "ratio"], lines) if lines else []


def models(rows):
    ours = [row for row in of(rows, "models", "ours") if "us_per_step" in row]
    torch = [row for row in of(rows, "models", "torch") if "us_per_step" in row]
    lines = []
    for row in ours + torch:
        best = [mine["us_per_step"] for mine in ours if mine["model"] == row["model"] and mine["batch"] == row["batch"]]
        memory = row.get("memory_bytes")
        lines.append([f"{row['model']} {row['batch']}", f"{row['side']} {row['mode']}" + (f" ({row['note']})" if "note" in row else ""), number(row["us_per_step"]),
                      number(row["images_per_second"], 0), row.get("launches") or "-", number(memory and memory / 2**20, 0),
                      ratio(row["us_per_step"], min(best)) if row["side"] == "torch" and best else "-"])
    lines.sort(key=lambda line: line[0])
    return ["## Training steps\n", "Median of three rounds, one batch that stays on the card; the ratio is PyTorch's time over our best.\n"] + table(
        ["model", "side", "us/step", "images/s", "launches", "MiB", "ratio"], lines) if lines else []


def curves(rows):
    lines = []
    theirs = {(row["model"], row["batch"]): row["losses"] for row in of(rows, "curves", "torch") if "losses" in row}
    for row in of(rows, "curves", "ours"):
        other = theirs.get((row["model"], row["batch"]))
        differences = [abs(a - b) for a, b in zip(row["losses"], other)] if other else []
        lines.append([f"{row['model']} {row['batch']} {row['mode']}", len(row["losses"]), f"{row['losses'][0]:.6f}", f"{row['losses'][-1]:.6f}", f"{other[-1]:.6f}" if other else "-",
                      f"{max(differences[:10]):.1e}" if differences else "-", f"{max(differences):.1e}" if differences else "-"])
    return ["## Loss curves\n"] + table(["run", "steps", "first loss", "last loss", "PyTorch's last", "largest difference in 10 steps", "in all"], lines) if lines else []


def left_out(rows):
    lines = [f"- {row['stage']}: {row['what']}: {row['kind']}: {row['reason']}" for row in rows if row["kind"] in ("skipped", "failed")]
    return ["## Skipped and failed\n"] + list(dict.fromkeys(lines)) if lines else []
