#!/usr/bin/env bash
# The Python package from this checkout, as users install it: into a fresh environment per interpreter, from one wheel;
# then its tests, doctests and types.
#
# usage: tests/python.sh REQUESTS [PYTHON...]     REQUESTS: a folder that tests/capi/make_requests.py filled
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
requests=$(realpath "${1:?usage: tests/python.sh REQUESTS [PYTHON...]}")
shift
work=build/python-test
rm -rf "$work"
mkdir -p "$work"

# Debian's Python, and the newest that is at hand.
newest() {
  local python
  for python in "$HOME"/.pyenv/versions/3.*/bin/python3 /usr/bin/python3.[0-9]*; do
    [[ -x $python && $python != *-config ]] && "$python" -c 'import venv, sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null &&
      echo "$("$python" -c 'import sys; print("%d.%03d" % sys.version_info[:2])') $python"
  done | sort | tail -n 1 | cut -d' ' -f2
}
pythons=("$@")
if ((${#pythons[@]} == 0)); then
  for python in /usr/bin/python3 "$(newest)"; do
    [[ -x $python && " ${pythons[*]-} " != *" $python "* ]] && pythons+=("$python")
  done
fi
((${#pythons[@]} > 0)) || { echo "no Python >= 3.9"; exit 1; }

"${pythons[0]}" -m venv "$work/build"
"$work/build/bin/pip" -q wheel --disable-pip-version-check --no-deps -w "$work/wheel" .
ls "$work"/wheel/cassplan-*-py3-none-*.whl
unset CASSPLAN_LIBRARY CASSPLAN_HEADER PYTHONPATH
for python in "${pythons[@]}"; do
  name=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  echo "== Python $name ($python)"
  "$python" -m venv "$work/$name"
  "$work/$name/bin/pip" -q install --disable-pip-version-check "$work"/wheel/cassplan-*.whl pytest mypy
  # The package must come from the wheel, and do without Protocol Buffers.
  (cd "$work" && "$name/bin/python" -c 'import cassplan, sys; assert "site-packages" in cassplan.__file__, cassplan.__file__
assert not any(m.startswith("google") for m in sys.modules); print("cassplan", cassplan.__version__)')
  CASSPLAN_REQUESTS=$requests "$work/$name/bin/python" -m pytest -c python-bindings/tests/pytest.ini python-bindings/tests
  # The page is run as it stands, from the top of the checkout.
  "$work/$name/bin/python" -m doctest docs/python.md
  packages=$("$work/$name/bin/python" -c 'import cassplan, os; print(os.path.dirname(cassplan.__file__))')
  "$work/$name/bin/python" -m pytest -c python-bindings/tests/pytest.ini "$packages"
  "$work/$name/bin/python" -m mypy
done
