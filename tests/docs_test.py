#!/usr/bin/env python3
"""The pages that are made from the code are what the code says.

usage: docs_test.py
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.exit(subprocess.run([sys.executable, ROOT / "docs/pages.py", "--check"], check=False).returncode)
