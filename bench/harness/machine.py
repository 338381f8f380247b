"""Which machine this is, and how programs are held to the same cores of it."""
from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import time
from dataclasses import dataclass
from pathlib import Path

FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "avx512_fp16", "avx_vnni", "amx_bf16", "amx_int8",
         "asimddp", "i8mm", "bf16")
ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "bench"
PACKAGES = ("torch", "transformers", "ctranslate2", "tokenizers", "tiktoken", "sentencepiece")


@dataclass(frozen=True)
class Pinned:
    """The same cores and the same number of threads for every program."""
    cpus: tuple[int, ...]

    @property
    def threads(self) -> int:
        return len(self.cpus)

    @property
    def prefix(self) -> list[str]:
        return ["taskset", "-c", ",".join(map(str, self.cpus))]

    @property
    def environment(self) -> dict[str, str]:
        """Without what a user has set for rmt-lm, and with a cache of its own."""
        own = {"XDG_CONFIG_HOME": str(BUILD / "config"), "XDG_CACHE_HOME": str(BUILD / "cache")}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("RMTLM_")}
        return {**kept, **own, "OMP_NUM_THREADS": str(self.threads), "OMP_PROC_BIND": "true",
                "TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1", "CT2_VERBOSE": "-1",
                "TRANSFORMERS_VERBOSITY": "error", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}


def pin(threads: int) -> Pinned:
    """The first `threads` CPUs this process may use, no two of them on one core."""
    cpus: list[int] = []
    taken: set[str] = set()
    for cpu in sorted(os.sched_getaffinity(0)):
        siblings = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
        core = siblings.read_text() if siblings.exists() else str(cpu)
        if core not in taken:
            taken.add(core)
            cpus.append(cpu)
    if len(cpus) < threads:
        raise SystemExit(f"{threads} cores asked for, {len(cpus)} to be had; give --threads {len(cpus)}")
    return Pinned(tuple(cpus[:threads]))


def describe() -> dict[str, str | int]:
    cpuinfo = Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*:\s*(.+)$", cpuinfo, re.M)
    family = [m.group(1) if (m := re.search(rf"^{key}\s*:\s*(\d+)$", cpuinfo, re.M)) else "?"
              for key in ("cpu family", "model")]
    flags = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", cpuinfo, re.M)
    present = set(flags.group(1).split()) if flags else set()
    return {
        "cpu": f"{model.group(1) if model else platform.machine()}, family {family[0]} model {family[1]}",
        "flags": " ".join(flag for flag in FLAGS if flag in present),
        "cores": len(os.sched_getaffinity(0)),
        "kernel": platform.release(),
    }


def versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            pass
    if (llama := BUILD / "llama" / "version").exists():
        found["llama.cpp"] = llama.read_text().strip()
    return found


def busy_cores(seconds: float = 3.0) -> float:
    """How many cores others keep busy right now. (The load average would count the row just measured.)"""
    def ticks() -> tuple[int, int]:
        values = [int(v) for v in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        return sum(values), values[3] + values[4]  # all, idle and waiting for a disk

    all_before, idle_before = ticks()
    time.sleep(seconds)
    all_after, idle_after = ticks()
    passed = max(all_after - all_before, 1)
    return (1 - (idle_after - idle_before) / passed) * (os.cpu_count() or 1)
