#!/usr/bin/env python3
"""What the stories in examples/clusters show is what happens: each `console` block is run.

usage: examples_test.py BINARY [--update]

A block is one line "$ cassplan ...", run in the checkout, and its output, exactly. --update writes the real output.
"""
import difflib
import pathlib
import re
import shlex
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
CLUSTERS = ROOT / "examples" / "clusters"
BLOCK = re.compile(r"```console\n\$ (cassplan [^\n]*)\n(.*?)```", flags=re.S)


def folders():
    return sorted(path for path in CLUSTERS.iterdir() if path.is_dir())


def run(command):
    words = shlex.split(command)
    done = subprocess.run([BINARY, *words[1:]], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr


def told(path):
    """The story as it is and as it should be."""
    text = path.read_text(encoding="utf-8")
    return text, BLOCK.sub(lambda block: f"```console\n$ {block.group(1)}\n{run(block.group(1))}```", text)


class Stories(unittest.TestCase):
    maxDiff = None

    def test_every_folder_has_a_story_with_its_own_plan(self):
        self.assertGreaterEqual(len(folders()), 7)
        for folder in folders():
            with self.subTest(folder.name):
                commands = [block[0] for block in BLOCK.findall((folder / "story.md").read_text(encoding="utf-8"))]
                desired = f"--desired examples/clusters/{folder.name}/desired.yaml"
                self.assertTrue(any(desired in command for command in commands), "its desired.yaml is not planned")

    def test_stories_tell_the_truth(self):
        for folder in folders():
            with self.subTest(folder.name):
                is_, should = told(folder / "story.md")
                self.assertEqual(is_, should, "\n" + "\n".join(
                    difflib.unified_diff(is_.splitlines(), should.splitlines(), "the story", "what happens", lineterm="")))

    def test_no_plan_says_that_the_input_is_wrong(self):
        for folder in folders():
            with self.subTest(folder.name):
                for _, output in BLOCK.findall((folder / "story.md").read_text(encoding="utf-8")):
                    self.assertNotIn("error:", output)

    def test_readme_lists_every_story_once(self):
        listed = re.findall(r"^\| \[([a-z-]+)\]\(\1/story\.md\)", (CLUSTERS / "README.md").read_text(encoding="utf-8"),
                            flags=re.M)
        self.assertEqual(sorted(listed), [folder.name for folder in folders()])


if __name__ == "__main__":
    BINARY = str(pathlib.Path(sys.argv.pop(1)).resolve())
    if "--update" in sys.argv:
        for story in folders():
            (story / "story.md").write_text(told(story / "story.md")[1], encoding="utf-8")
        sys.exit(0)
    unittest.main()
