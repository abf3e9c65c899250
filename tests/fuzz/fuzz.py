#!/usr/bin/env python3
"""Runs the fuzz targets.

  fuzz.py run [--minutes N] [TARGET...]   fuzzes each for N minutes of CPU time (24 by default)
  fuzz.py replay [TARGET...]              runs the kept corpus once; what a change must pass
  fuzz.py keep [TARGET...]                adds what a run discovered to the kept corpus, minimised
  fuzz.py seed                            makes the seeds anew, for the next run or keep
  fuzz.py coverage                        lines of the parsers that the kept corpus reaches
  fuzz.py seeded [--minutes N]            plants bugs in a copy of the sources and looks for them

The kept corpus is corpus/TARGET beside this file; what a run discovers is in build/fuzz/corpus,
what it found in build/fuzz/findings. Exits with 1 when something was found, or not found.
"""
import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = ROOT / "build" / "fuzz"
# Input sizes: a target learns fastest from the smallest file that holds what it reads.
TARGETS = {"reader": 16_384, "members": 2_048, "crypt": 2_048, "xref": 4_096, "verify": 32_768,
           "cms": 16_384, "images": 8_192, "engine": 16_384, "xlsx": 8_192}
PDF_TARGETS = ("reader", "members", "crypt", "xref", "verify", "engine")
CALL_TIMEOUT_S = 10
MEMORY_MB = 1_024  # with the sanitizer's own
BLOCK_MB = 100  # no block of ours is larger: structural streams are inflated to 32 MB at most
OURS = ("reader", "members", "crypt", "xref", "verify", "cms", "xlsx")  # the others take what libraries like
LIBRARIES = ("images",)  # nothing but: their time is not ours to bound either
ROUND_S = 120
HASHED = re.compile("[0-9a-f]{40}")  # the name libFuzzer gives
COVERED = {  # sources that a target's corpus must reach
    "reader": ("sdk/include/cinnabar/pdf/",),
    "members": (),
    "crypt": (),
    "xref": (),
    "verify": ("plugins/document-verifier/pdf/", "sdk/include/cinnabar/pdf/"),
    "cms": (),
}
LINES_MIN = 80
# name: (file, what stands there, what is put in its place, target that must notice)
SEEDED = {
    "a member that the object stream does not have": (
        "sdk/include/cinnabar/pdf/file.hpp",
        "index >= stream.members.size() || ", "", "members"),
    "a hash of the password that is too short": (
        "sdk/include/cinnabar/pdf/decrypt.hpp", "user.size() < 48 || ", "", "crypt"),
    "predictor rows that do not fit": (
        "sdk/include/cinnabar/pdf/inflate.hpp",
        "if (row == 0 || data.size() % (row + 1) != 0)", "if (row == 0)", "xref"),
    "a section that is read again and again": (
        "sdk/include/cinnabar/pdf/file_revisions.hpp", "if (!seen.insert(section.begin).second)",
        "if (chain.size() > 1'000)", "xref"),
    "a hash that is compared beyond its end": (
        "plugins/document-verifier/pdf/signers.cpp",
        "size == static_cast<long>(hash_size) && ", "", "cms"),
}


def sh(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, **options)


def build(folder, targets, source=ROOT, *settings):
    sh("cmake", "--preset", "fuzz", "-B", folder, *settings, cwd=source, stdout=subprocess.DEVNULL)
    sh("cmake", "--build", folder, "-j", os.cpu_count(), "--target",
       *(f"fuzz_{name}" for name in targets), stdout=subprocess.DEVNULL)


def environment():
    out = dict(os.environ)
    out["ASAN_OPTIONS"] = "detect_leaks=0:allocator_may_return_null=1:detect_odr_violation=0"
    out["UBSAN_OPTIONS"] = "halt_on_error=1:print_stacktrace=1"
    return out


def limits(name):
    out = [f"-timeout={CALL_TIMEOUT_S}", f"-rss_limit_mb={MEMORY_MB}"]
    return [*out, f"-malloc_limit_mb={BLOCK_MB}"] if name in OURS else out


def arguments(name, size_max):
    out = [f"-max_len={size_max}", *limits(name), "-print_final_stats=1", "-verbosity=1"]
    if name not in OURS:  # a library that takes too much is stopped by the worker's limits
        out += ["-fork=1", "-ignore_ooms=1"]
    if name in LIBRARIES:
        out.append("-ignore_timeouts=1")
    if name in PDF_TARGETS:
        out.append(f"-dict={HERE / 'pdf.dict'}")
    if name == "cms":  # a signature changed in many places is none at all
        out.append("-mutate_depth=2")
    return out


def cpu_of(command, log):
    """Runs a command; its exit code and the CPU seconds it used."""
    with open(log, "ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=environment())
        _, status, usage = os.wait4(process.pid, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime


def fuzz_one(name, minutes, folder=BUILD):
    """One target until its CPU time is used up. Returns (name, CPU seconds, findings, exit code)."""
    corpus, findings = folder / "corpus" / name, folder / "findings" / name
    corpus.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(findings, ignore_errors=True)
    findings.mkdir(parents=True)
    kept = HERE / "corpus" / name
    used, code = 0.0, 0
    while used < minutes * 60:
        seconds = int(max(5, min(ROUND_S, minutes * 60 - used)))
        command = [str(folder / "bin" / f"fuzz_{name}"), *arguments(name, TARGETS[name]),
                   f"-max_total_time={seconds}", f"-artifact_prefix={findings}/", str(corpus)]
        if kept.is_dir():
            command.append(str(kept))
        code, cpu = cpu_of(command, folder / f"{name}.log")
        used += cpu
        print(f"{name}: {used / 60:.1f} of {minutes:g} CPU minutes", flush=True)
        if code != 0:
            break
    ignored = ["slow-unit-"]  # what stops the run is a finding
    ignored += [] if name in OURS else ["oom-"]
    ignored += ["timeout-"] if name in LIBRARIES else []
    return name, used, sorted(path for path in findings.iterdir()
                              if not path.name.startswith(tuple(ignored))), code


def run(names, minutes):
    build(BUILD, names)
    found = False
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, used, findings, code in pool.map(lambda name: fuzz_one(name, minutes), names):
            print(f"{name}: {used / 60:.1f} CPU minutes, {len(findings)} findings", flush=True)
            if code != 0 and not findings:
                print(f"  it ended with {code}; see {BUILD / (name + '.log')}")
            found = found or code != 0
            for finding in findings:
                print(f"  {finding}; see {BUILD / (name + '.log')}")
            found = found or bool(findings)
    return 1 if found else 0


def replay(names):
    build(BUILD, names)
    for name in names:
        files = sorted(str(path) for path in (HERE / "corpus" / name).iterdir())
        sh(BUILD / "bin" / f"fuzz_{name}", *limits(name), *files, env=environment(),
           stderr=subprocess.DEVNULL)
        print(f"{name}: {len(files)} files passed")
    return 0


def keep(names):
    build(BUILD, names)
    for name in names:
        kept = HERE / "corpus" / name
        with tempfile.TemporaryDirectory() as folder:
            sh(BUILD / "bin" / f"fuzz_{name}", "-set_cover_merge=1", f"-max_len={TARGETS[name]}",
               *limits(name), folder, kept, BUILD / "corpus" / name, env=environment(),
               stderr=subprocess.DEVNULL)
            # What has a name was put there by hand, and is for more than the lines it reaches.
            for path in kept.iterdir():
                if HASHED.fullmatch(path.name):
                    path.unlink()
            for path in Path(folder).iterdir():
                shutil.copy(path, kept)
        print(f"{name}: {len(list(kept.iterdir()))} files kept")
    return 0


def seed():
    sh(sys.executable, HERE / "seeds.py", BUILD / "corpus")
    return 0


def coverage():
    folder = BUILD.with_name("fuzz-coverage")
    names = [name for name in TARGETS if name in COVERED]
    flags = "-O0 -fprofile-instr-generate -fcoverage-mapping"
    build(folder, names, ROOT, f"-DCMAKE_CXX_FLAGS_DEBUG={flags}", "-DCMAKE_EXE_LINKER_FLAGS="
          "-fprofile-instr-generate", "-DCINNABAR_SANITIZE=fuzzer-no-link")
    low = False
    profiles = []
    for name in names:
        raw = folder / f"{name}.profraw"
        files = sorted(str(path) for path in (HERE / "corpus" / name).iterdir())
        sh(folder / "bin" / f"fuzz_{name}", *files, stderr=subprocess.DEVNULL,
           env={**environment(), "LLVM_PROFILE_FILE": str(raw)})
        profiles.append(raw)
    merged = folder / "all.profdata"
    sh("llvm-profdata-14", "merge", "-o", merged, *profiles)
    sources = sorted({str(path) for prefixes in COVERED.values() for prefix in prefixes
                      for path in (ROOT / prefix).glob("*.[hc]pp")
                      if not path.name.endswith("_test.cpp") and path.name != "plugin.cpp"})
    objects = [part for name in names[1:] for part in ("-object", folder / "bin" / f"fuzz_{name}")]
    report = sh("llvm-cov-14", "report", folder / "bin" / f"fuzz_{names[0]}", *objects,
                f"-instr-profile={merged}", "-show-region-summary=false",
                "-show-branch-summary=false", *sources, capture_output=True, text=True).stdout
    print(report)
    total = float(report.splitlines()[-1].split()[-1].rstrip("%"))
    low = total < LINES_MIN
    print(f"{total:.1f} % of the lines; at least {LINES_MIN} % are wanted")
    return 1 if low else 0


def seeded(minutes):
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "sources"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns("build", ".git"))
        for bug, (file, before, after, target) in SEEDED.items():
            path = copy / file
            original = path.read_text()
            if before not in original:
                sys.exit(f"{bug}: {file} no longer holds what is to be replaced")
            path.write_text(original.replace(before, after, 1))
            build(Path(folder) / "build", [target], copy)
            _, used, findings, _ = fuzz_one(target, minutes, Path(folder) / "build")
            print(f"{bug}: {'found' if findings else 'MISSED'} after {used:.0f} CPU seconds "
                  f"by {target}", flush=True)
            missed = missed or not findings
            path.write_text(original)
    return 1 if missed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("run", "replay", "keep", "seed", "coverage", "seeded"))
    parser.add_argument("--minutes", type=float)
    parser.add_argument("targets", nargs="*")
    options = parser.parse_intermixed_args()
    names = options.targets or list(TARGETS)
    unknown = set(names) - set(TARGETS)
    if unknown:
        parser.error(f"unknown targets: {', '.join(sorted(unknown))}")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if options.what == "run":
        return run(names, options.minutes or 24)
    if options.what == "seeded":
        return seeded(options.minutes or 5)
    if options.what in ("seed", "coverage"):
        return {"seed": seed, "coverage": coverage}[options.what]()
    return {"replay": replay, "keep": keep}[options.what](names)


if __name__ == "__main__":
    sys.exit(main())
