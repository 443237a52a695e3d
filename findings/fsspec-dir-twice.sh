#!/usr/bin/env bash
# fsspec's `dir::` in front of a URL applies the folder twice
#
# One would guess: `dir::memory://cvs/1.pdf` is the file `memory://cvs/1.pdf`, as
#   `simplecache::memory://cvs/1.pdf` is, for one word before `::` adds no path of its own.
# What happens: the path becomes the folder of the new file system and is handed back as the
#   path within it too. What is written lies at `/cvs/1.pdf//cvs/1.pdf`; a folder that has
#   files lists as empty. Only who throws the returned path away gets what was meant.
# Versions: fsspec 2026.9.0, Python 3.11; 2026-11-28.
# Why it matters: `dir::` is the obvious way to keep documents of one customer below one
#   folder. A résumé written through it is not found by its address, and who looks there for
#   the files of a withdrawn candidate finds none, and takes them for deleted.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check fsspec==2026.9.0 || exit 2

cat >addresses.py <<'PYTHON'
import fsspec

memory = fsspec.filesystem("memory")
memory.pipe("/cvs/1.pdf", b"one")
for chain in ("simplecache", "dir"):
    files, path = fsspec.url_to_fs(f"{chain}::memory://cvs")
    found = files.find(path)
    before = set(memory.store)
    with fsspec.open(f"{chain}::memory://{chain}/1.pdf", "wb") as file:
        file.write(b"two")
    print(f"{chain}:: finds {found}, writes {sorted(set(memory.store) - before)}")
PYTHON

expected="simplecache:: finds ['/cvs/1.pdf'], writes ['/simplecache/1.pdf']
dir:: finds [], writes ['/dir/1.pdf//dir/1.pdf']"
seen=$(venv/bin/python addresses.py)
echo "fsspec 2026.9.0, a chained URL of a folder with one file, and one to write to"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
