#!/usr/bin/env bash
# webdav4's `mv` of a file is no MOVE: it copies, then deletes
#
# One would guess: WebDAV has the method MOVE, webdav4's own client has `move`, so `mv` of
#   its fsspec file system sends one MOVE, and a reader sees one name or the other.
# What happens: for a file it sends COPY, then DELETE (a folder with `recursive=True` does
#   get a MOVE). Between the two both names exist; who stops there leaves both.
# Versions: webdav4 0.11.0, fsspec 2026.9.0, wsgidav 4.4.0, cheroot 11.1.2, Python 3.11;
#   2026-11-28.
# Why it matters: "write under another name, then rename" is how a store is kept free of half
#   résumés and stray copies. Here a run that ends in between leaves a second copy of a
#   document, which no later deletion of the candidate's files knows of.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check \
    webdav4==0.11.0 fsspec==2026.9.0 wsgidav==4.4.0 cheroot==11.1.2 || exit 2

cat >moves.py <<'PYTHON'
import pathlib
import threading

from cheroot import wsgi
from webdav4.fsspec import WebdavFileSystem
from wsgidav.wsgidav_app import WsgiDAVApp

folder = pathlib.Path("files")
folder.mkdir()
(folder / "1.part").write_text("one")
dav = WsgiDAVApp(
    {
        "provider_mapping": {"/": str(folder.absolute())},
        "simple_dc": {"user_mapping": {"*": True}},
        "logging": {"enable": False},
        "verbose": 0,
    }
)
changes = []


def app(environ, start_response):
    method = environ["REQUEST_METHOD"]
    if method != "PROPFIND":
        changes.append(f"{method} with {sorted(path.name for path in folder.iterdir())}")
    return dav(environ, start_response)


server = wsgi.Server(("127.0.0.1", 0), app)
server.prepare()
threading.Thread(target=server.serve, daemon=True).start()
files = WebdavFileSystem(f"http://127.0.0.1:{server.bind_addr[1]}/")
files.mv("1.part", "1.pdf")
print(f"mv: {', '.join(changes)}")
changes.clear()
files.client.move("1.pdf", "2.pdf")
print(f"client.move: {', '.join(changes)}")
server.stop()
PYTHON

expected="mv: COPY with ['1.part'], DELETE with ['1.part', '1.pdf']
client.move: MOVE with ['1.pdf']"
seen=$(venv/bin/python moves.py 2>log)
echo "webdav4 0.11.0, requests that change something, and the files there when each arrives"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$expected" ]]
