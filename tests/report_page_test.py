#!/usr/bin/env python3
"""The page of --report in a browser: no error, nothing asked of a network, the pictures are there, at every width and in
both themes.

usage: report_page_test.py BINARY [PICTURES]    (PICTURES: a folder for what it looks like)
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import chromium

CLUSTERS = pathlib.Path(__file__).resolve().parent.parent / "examples" / "clusters"
BINARY = ""
PICTURES = None


def run(command, path, *arguments, cluster="grow"):
    where = CLUSTERS / cluster
    return subprocess.run([BINARY, command, "--desired", str(where / "desired.yaml"), "--observed",
                           str(where / "observed"), "--report", str(path), *arguments], capture_output=True, text=True,
                          timeout=120, check=False)


class PageTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.browser = chromium.Browser(chromium.find())
        cls.folder = tempfile.TemporaryDirectory()
        cls.simulated = pathlib.Path(cls.folder.name) / "simulated.html"
        done = run("simulate", cls.simulated, "--seed", "7", "--fault", "zone=b at=300s", "--fault",
                   "pod=dc1/rack1/0 at=1h")
        assert done.returncode == 0, done.stderr
        cls.planned = pathlib.Path(cls.folder.name) / "planned.html"
        done = run("plan", cls.planned, cluster="rolling-update")
        assert done.returncode == 0, done.stderr
        cls.bad = pathlib.Path(cls.folder.name) / "bad.html"
        done = run("simulate", cls.bad, "--planner", "naive", cluster="shrink-and-new-image")
        assert done.returncode == 6, done.stdout[:1000] + done.stderr

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.folder.cleanup()

    def look(self, page, width, dark):
        self.browser.open(page, width, dark=dark)
        self.assertEqual([], self.browser.problems(), f"{page.name} at {width}")
        if PICTURES:
            self.browser.picture(PICTURES / f"{page.stem}-{width}-{'dark' if dark else 'light'}.png")

    def test_no_error_and_no_scrolling_sideways(self):
        for page in (self.simulated, self.planned, self.bad):
            for width in (320, 390, 1280):
                for dark in (False, True):
                    self.look(page, width, dark)
                    self.assertLessEqual(self.browser.evaluate("document.documentElement.scrollWidth"), width,
                                         f"{page.name} scrolls at {width}")

    def test_the_pictures_are_there(self):
        self.look(self.simulated, 1280, False)
        count = lambda selector: self.browser.evaluate(f"document.querySelectorAll({selector!r}).length")
        self.assertEqual(["What happens", "Replicas up", "Disk use"],
                         self.browser.evaluate("[...document.querySelectorAll('h2')].map(e => e.textContent)")[:4])
        self.assertGreater(count("rect.down"), 0)
        self.assertGreater(count("rect.join"), 0)
        self.assertGreater(count("path.mark"), 1)
        self.assertGreater(count("line.need"), 0)
        self.assertGreater(count("path.disk"), 8)
        for path in self.browser.evaluate("[...document.querySelectorAll('path')].map(e => e.getAttribute('d'))"):
            self.assertNotIn("NaN", path)
        wide = self.browser.evaluate("Math.max(...[...document.querySelectorAll('rect.bar')].map(r => "
                                     "+r.getAttribute('x') + +r.getAttribute('width')))")
        self.assertLess(wide, 1280)

    def test_a_plan(self):
        self.look(self.planned, 1280, False)
        text = self.browser.evaluate("document.body.innerText")
        self.assertIn("Plan for demo", text)
        self.assertGreater(self.browser.evaluate("document.querySelectorAll('rect.restart').length"), 8)
        self.assertRegex(text, r"shop in dc1: at least 2 of 3 up, its level needs 2")

    def test_what_must_never_be(self):
        self.look(self.bad, 1280, False)
        text = self.browser.evaluate("document.querySelector('section.bad').innerText")
        self.assertIn("What must never be", text)
        self.assertIn("left-first", text)

    def test_what_the_pointer_is_on(self):
        self.look(self.simulated, 390, False)
        self.assertTrue(self.browser.evaluate("document.getElementById('tip').hidden"))
        box = self.browser.evaluate("(() => { const b = document.querySelector('rect.join'); "
                                    "b.scrollIntoView({block: 'center'}); const r = b.getBoundingClientRect(); "
                                    "return [r.x + r.width / 2, r.y + r.height / 2]; })()")
        self.browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=box[0], y=box[1])
        tip = self.browser.evaluate("document.getElementById('tip').hidden ? '' : "
                                    "document.getElementById('tip').textContent")
        self.assertRegex(tip, r"^dc1/rack\d/\d start node\n\d:\d\d:\d\d – \d:\d\d:\d\d\n\S")
        right = self.browser.evaluate("document.getElementById('tip').getBoundingClientRect().right")
        self.assertLessEqual(right, 390)

    def test_the_themes_differ(self):
        colours = []
        for dark in (False, True):
            self.look(self.simulated, 390, dark)
            colours.append(self.browser.evaluate("getComputedStyle(document.body).backgroundColor"))
        light, dark = (sum(map(int, re.findall(r"\d+", c)[:3])) for c in colours)
        self.assertGreater(light, 600)
        self.assertLess(dark, 150)

    def test_all_lines_in_order(self):
        self.look(self.simulated, 390, False)
        self.browser.evaluate("document.querySelector('section:last-of-type summary').click()")
        self.browser.evaluate("new Promise(r => setTimeout(r, 50))")
        self.assertGreater(self.browser.evaluate("document.querySelectorAll('.rows > div').length"), 30)
        self.assertLessEqual(self.browser.evaluate("document.documentElement.scrollWidth"), 390)


if __name__ == "__main__":
    BINARY = sys.argv.pop(1)
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        PICTURES = pathlib.Path(sys.argv.pop(1))
        PICTURES.mkdir(parents=True, exist_ok=True)
    if chromium.find() is None:
        print("skipped: no Chromium is installed (apt install chromium), so the page of --report was looked at by nobody")
        sys.exit(77)
    unittest.main()
