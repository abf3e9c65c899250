#!/usr/bin/env python3
"""The dependency rule and the style, as a test. Each finding says where, what, and what to do.

Usage: tidy.py ROOT. Exit code 1 when something is found.
"""
import json
import re
import sys
from pathlib import Path

COLUMNS_MAX = 100
FILE_LINES_MAX = 500
TEST_FILE_LINES_MAX = 600  # a table of cases may be longer than an idea
FUNCTION_LINES_MAX = 70
KERNEL_LINES_MAX = 12_000  # of code: without blank lines, comments and tests
KERNEL_TESTS = re.compile(r"(_test\.cpp|_fixture\.hpp|/fakes\.hpp|/test_\w+\.hpp)$")
BLOB_BYTES_MAX = 1_000_000
CODE = {".hpp", ".cpp", ".h"}
TEXT = CODE | {".py", ".lua", ".sql", ".md", ".json", ".toml", ".cmake", ".txt", ".sh"}
# The tree; what else lies beside it was made by somebody who tried things out.
FOLDERS = {".ci", "bench", "config", "docs", "kernel", "plugins", "scripts", "sdk", "tests", "web"}
SKIPPED = {"build", "node_modules", "__pycache__"}

# What is banned, where, and what to use instead.
BANNED = [
    (r"\bsystem\s*\(", CODE, "", "use posix_spawn or fork and exec with an argument list"),
    (r"(?<![\w.>:])s?rand\s*\(", CODE, "", "use Host::random or std::random_device"),
    (r"\bstd::regex\b", CODE, "", "parse by hand: a pattern on user input can hang"),
    (r"\bdlclose\b", CODE, "", "libraries are never unloaded"),
    (r"\bsleep_for\b|\busleep\s*\(", CODE, "_test.cpp", "wait for a condition with an injected clock"),
    (r"\b(TODO|FIXME|HACK|XXX)\b", CODE | {".py", ".lua", ".sql", ".sh"}, "",
     "finish it, or write it into docs/ROADMAP.md"),
    (r"\bassert\s*\(0", CODE, "", "throw failure(...)"),
]


class Tidy:
    def __init__(self, root):
        self.root = Path(root)
        self.findings = []

    def find(self, path, line, what, do):
        self.findings.append(f"{path.relative_to(self.root)}:{line}: {what}; {do}")

    def files(self):
        for path in sorted(self.root.rglob("*")):
            parts = path.relative_to(self.root).parts
            if len(parts) > 1 and parts[0] not in FOLDERS:
                continue
            if path.is_file() and not path.is_symlink() and not SKIPPED & set(parts):
                yield path, parts

    def run(self):
        ids = self.plugin_ids()
        kernel_lines = 0
        for path, parts in self.files():
            if path.suffix not in TEXT and path.name not in ("Makefile", "CMakeLists.txt"):
                if path.stat().st_size > BLOB_BYTES_MAX:
                    self.find(path, 1, "is a large binary", "make it in a test, or keep it small")
                continue
            text = path.read_text(encoding="utf-8", errors="replace")
            if path.name == "tidy.py" or path.name == "tidy_test.py":
                continue
            self.check_text(path, text)
            if path.suffix in CODE:
                self.check_code(path, parts, text)
                self.check_includes(path, parts, text)
            if path.suffix == ".md":
                self.check_markdown(path, text)
            if path.suffix == ".sql" and path.parent.name == "migrations":
                self.check_migration(path, text)
            if parts[0] == "kernel" and path.suffix in CODE:
                if not KERNEL_TESTS.search(str(path)):
                    kernel_lines += sum(bool(re.match(r"\s*(?!//)\S", line)) for line in text.split("\n"))
                self.check_names_no_plugin(path, text, ids)
        if kernel_lines > KERNEL_LINES_MAX:
            self.find(self.root / "kernel", 1, f"the kernel has {kernel_lines} lines of code",
                      f"keep it under {KERNEL_LINES_MAX}: move what is not kernel into a plugin")
        self.check_plugins()
        self.check_errors()
        return self.findings

    def check_text(self, path, text):
        if text and not text.endswith("\n"):
            self.find(path, text.count("\n") + 1, "has no final newline", "add one")
        for number, line in enumerate(text.split("\n"), 1):
            if line != line.rstrip():
                self.find(path, number, "has trailing space", "remove it")
            if "\t" in line and path.name != "Makefile":
                self.find(path, number, "has a tab", "indent with spaces")
            for pattern, suffixes, ending, do in BANNED:
                if path.suffix in suffixes and path.name.endswith(ending) and re.search(pattern, line):
                    self.find(path, number, f"{re.search(pattern, line).group(0).strip()} is banned", do)

    def check_code(self, path, parts, text):
        lines = text.split("\n")
        for number, line in enumerate(lines, 1):
            if len(line) > COLUMNS_MAX:
                self.find(path, number, f"has {len(line)} columns", f"break it at {COLUMNS_MAX}")
        most = TEST_FILE_LINES_MAX if path.name.endswith("_test.cpp") else FILE_LINES_MAX
        if len(lines) > most:
            self.find(path, 1, f"has {len(lines)} lines", "split it: a file is one idea")
        if path.suffix in (".hpp", ".h"):
            if not text.startswith("//") and not text.startswith("/*"):
                self.find(path, 1, "does not open with a comment",
                          "say what it is, who owns it, and its thread-safety")
            if path.suffix == ".hpp" and "#pragma once" not in text:
                self.find(path, 1, "has no #pragma once", "add it")
        self.check_functions(path, lines)

    def check_functions(self, path, lines):
        """A function: from a line at most two deep that opens a brace after ')' to its end."""
        start, indent = None, ""
        for number, line in enumerate(lines, 1):
            if start is None:
                match = re.match(r"^( {0,2})\S.*\)( const| noexcept| override| final| mutable)* \{$", line)
                if match and not re.match(r"^ *(if|for|while|switch|namespace|else|TEST)", line):
                    start, indent = number, match.group(1)
            elif line == indent + "}" or line == indent + "};":
                if number - start > FUNCTION_LINES_MAX:
                    self.find(path, start, f"function of {number - start} lines",
                              f"split it: at most {FUNCTION_LINES_MAX}")
                start = None

    def check_includes(self, path, parts, text):
        for number, line in enumerate(text.split("\n"), 1):
            match = re.match(r'\s*#\s*include\s+(["<])([^">]+)[">]', line)
            if not match:
                continue
            quoted, name = match.group(1) == '"', match.group(2)
            if parts[0] == "sdk" and parts[1] == "include" and (quoted or name.startswith("kernel")):
                self.find(path, number, f"the SDK includes {name}", "the SDK includes nothing of ours")
            if parts[0] == "kernel" and quoted and not name.startswith("kernel/"):
                self.find(path, number, f"the kernel includes {name}",
                          'the kernel includes "kernel/..." and <cinnabar/...> only')
            if parts[0] == "kernel" and "plugins/" in name:
                self.find(path, number, f"the kernel includes {name}", "the kernel knows no plugin")
            if parts[0] == "plugins":
                folder = self.root / "plugins" / parts[1] / parts[2]
                if name.startswith("kernel/") or "plugins/" in name:
                    self.find(path, number, f"a plugin includes {name}",
                              "plugins include <cinnabar/...> and themselves only")
                elif quoted and not any(
                        base.exists() and base.resolve().is_relative_to(folder.resolve())
                        for base in (path.parent / name, folder / name)):
                    self.find(path, number, f"a plugin includes {name}",
                              "which is not in its own folder: go through the SDK")

    def plugin_ids(self):
        ids = []
        for manifest in self.root.glob("plugins/*/*/plugin.json"):
            try:
                ids.append(json.loads(manifest.read_text())["id"])
            except (ValueError, KeyError):
                self.find(manifest, 1, "is not a manifest", "see sdk/include/cinnabar/package/manifest.hpp")
        return ids

    def check_names_no_plugin(self, path, text, ids):
        if path.name.endswith("_test.cpp"):
            return
        for number, line in enumerate(text.split("\n"), 1):
            for plugin in ids:
                if re.search(re.escape(plugin) + r"(?![\w/-])", line) and not line.lstrip().startswith("//"):
                    self.find(path, number, f"the kernel names {plugin}", "find it by its interface")

    def check_migration(self, path, text):
        for number, line in enumerate(text.split("\n"), 1):
            if re.match(r"\s*(?!--).*\b(DROP|RENAME)\b", line):
                self.find(path, number, "takes something away",
                          "make another table or column: where each statement commits it cannot be undone")

    def check_markdown(self, path, text):
        bare = re.sub(r"```.*?```", "", text, flags=re.S)
        titles = re.findall(r"^# ", bare, flags=re.M)
        if len(titles) != 1:
            self.find(path, 1, f"has {len(titles)} titles", "a page has one line that begins with '# '")

    def check_plugins(self):
        for folder in sorted(self.root.glob("plugins/*/*")):
            if not folder.is_dir():
                continue
            for name in ("plugin.json", "README.md", "CMakeLists.txt"):
                if not (folder / name).exists():
                    self.find(folder, 1, f"has no {name}", "every plugin has one")

    def check_errors(self):
        """Every code that is thrown has a text: the kernel's, or the plugin's own."""
        kernel = self.errors_of(self.root / "kernel")
        for folder in [self.root / "kernel", *sorted(self.root.glob("plugins/*/*"))]:
            own = self.errors_of(folder)
            self.check_languages(folder, own)
            known = kernel.keys() | own.keys()
            for source in sorted(folder.rglob("*.cpp")):
                if source.name.endswith("_test.cpp"):
                    continue
                content = source.read_text()
                # Its code may stand on the next line.
                for thrown in re.finditer(r'\bError\(\s*"([a-z_]+\.[a-z_.]+)"', content):
                    if thrown.group(1) not in known:
                        self.find(source, content.count("\n", 0, thrown.start()) + 1,
                                  f"the error {thrown.group(1)} has no text",
                                  "add it to errors.json, in English and Chinese")

    # Whoever reads a text reads it in their language, with what it is about filled in.
    def check_languages(self, folder, errors):
        for code, text in errors.items():
            en, zh = text.get("en", ""), text.get("zh", "")
            words = re.search(r"[A-Za-z]", re.sub(r"\{\w+\}", "", en))
            if not en or not zh or (words and not re.search(r"[\u4e00-\u9fff]", zh)):
                self.find(folder / "errors.json", 1, f"{code} lacks its English or its Chinese text",
                          "say what, where and what to do in both")
            odd = set(re.findall(r"\{\w+\}", zh)) - set(re.findall(r"\{\w+\}", en))
            if odd:
                self.find(folder / "errors.json", 1, f"{code} has {min(odd)} in Chinese only",
                          "say the same in both languages")

    @staticmethod
    def errors_of(folder):
        file = folder / "errors.json"
        return json.loads(file.read_text()) if file.exists() else {}


def main():
    findings = Tidy(sys.argv[1]).run()
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
