#!/usr/bin/env python3
"""Each rule of tidy finds what it is for, and nothing in a clean tree."""
import tempfile
import unittest
from pathlib import Path

from tidy import Tidy

HEADER = "// What it is.\n#pragma once\n"


class TidyTest(unittest.TestCase):
    def findings(self, files):
        with tempfile.TemporaryDirectory() as root:
            for name, text in files.items():
                path = Path(root) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return Tidy(root).run()

    def expect(self, files, words):
        found = self.findings(files)
        self.assertTrue(any(words in finding for finding in found), f"{words!r} not in {found}")

    def test_a_clean_tree_has_no_findings(self):
        self.assertEqual(self.findings({"kernel/a/a.hpp": HEADER, "README.md": "# A\n"}), [])

    def test_what_is_not_of_the_tree_is_left_alone(self):
        self.assertEqual(self.findings({"signed/evidence.json": "{}", "build/a.cpp": "\t"}), [])

    def test_the_dependency_rule(self):
        self.expect({"sdk/include/cinnabar/a.hpp": HEADER + '#include "kernel/a.hpp"\n'}, "the SDK includes")
        self.expect({"kernel/a/a.cpp": '#include "plugins/x/y/z.hpp"\n'}, "the kernel includes")
        self.expect({"plugins/k/a/a.cpp": '#include "kernel/a/a.hpp"\n'}, "a plugin includes")
        self.expect({"plugins/k/a/a.cpp": '#include "../b/b.hpp"\n', "plugins/k/b/b.hpp": HEADER},
                    "a plugin includes ../b/b.hpp")

    def test_migrations_only_add(self):
        self.expect({"plugins/k/a/migrations/001_a.sql": "CREATE TABLE a (b INTEGER);\nDROP TABLE c;\n"}, "takes something away")
        self.expect({"plugins/k/a/migrations/001_a.sql": "ALTER TABLE a RENAME TO b;\n"}, "takes something away")

    def test_the_kernel_names_no_plugin(self):
        self.expect({"plugins/k/a/plugin.json": '{"id": "cinnabar.a"}\n',
                     "kernel/a/a.cpp": 'auto x = "cinnabar.a";\n'}, "the kernel names cinnabar.a")

    def test_limits_on_lines_files_and_functions(self):
        self.expect({"kernel/a/a.cpp": "int x;" + " " * 5 + "/" * 100 + "\n"}, "columns")
        self.expect({"kernel/a/a.cpp": "int x;\n" * 600}, "split it: a file is one idea")
        self.expect({"kernel/a/a.cpp": "int f(int a) {\n" + "  a++;\n" * 80 + "}\n"}, "function of")
        self.expect({"kernel/a/a.cpp": "int x;\n" * 400, **{
            f"kernel/b/b{i}.cpp": "int x;\n" * 499 for i in range(32)}}, "the kernel has")

    def test_banned_words_name_what_to_use(self):
        self.expect({"kernel/a/a.cpp": 'int r = system("x");\n'}, "posix_spawn")
        self.expect({"kernel/a/a_test.cpp": "sleep_for(1s);\n"}, "injected clock")
        self.expect({"kernel/a/a.cpp": "// TO" + "DO later\n"}, "ROADMAP")

    def test_headers_open_with_a_comment(self):
        self.expect({"kernel/a/a.hpp": "#pragma once\n"}, "open with a comment")

    def test_errors_have_texts(self):
        self.expect({"plugins/k/a/a.cpp": 'throw Error("a.b", {});\n', "plugins/k/a/errors.json": "{}\n"},
                    "the error a.b has no text")

    def test_an_error_whose_code_stands_on_the_next_line_has_a_text_too(self):
        self.expect({"plugins/k/a/a.cpp": 'throw Error(\n    "a.b", {});\n', "plugins/k/a/errors.json": "{}\n"},
                    "the error a.b has no text")

    def test_errors_speak_both_languages(self):
        for text in ('{"status": 422, "en": "Wrong."}', '{"en": "Wrong.", "zh": "Wrong."}'):
            self.expect({"plugins/k/a/errors.json": '{"a.b": %s}\n' % text}, "lacks its English or its Chinese")
        self.expect({"plugins/k/a/errors.json": '{"a.b": {"en": "Wrong.", "zh": "{x} 有误。"}}\n'},
                    "{x} in Chinese only")

    def test_pages_have_one_title(self):
        self.expect({"docs/A.md": "# A\n\n# B\n"}, "has 2 titles")


if __name__ == "__main__":
    unittest.main()
