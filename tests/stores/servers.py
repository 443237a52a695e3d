"""Real servers of files, one process each, and where in them documents go."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import shutil
import socket
import subprocess
import sys
import typing as t
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.stores.serve import PASSWORDS

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
Options = dict[str, t.Any]


@dataclass(frozen=True)
class Place:
    """Where documents go, and what else a test needs of it.

    Attributes:
        url: For `attachments_dir`.
        options: For `attachments_options`.
        secrets: Texts that nobody may see.
        wrong: Options with a wrong password; none where the server knows no login.
        read_only: The URL and options of who may only read; none where there is no such user.
        missing: A URL whose bucket, share or parent is not there, if that is an error.
        port: Of the server; none where there is no server.
        ready: Words that a new interpreter needs before it opens the place.
        clouds: Whether an object appears only when it is whole.
        disk: What the server serves, where content goes to another port than `port`.
    """

    url: str
    options: Options = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    wrong: Options | None = None
    read_only: tuple[str, Options] | None = None
    missing: str | None = None
    port: int | None = None
    ready: str = ""
    clouds: bool = False
    disk: Path | None = None

    def through(self, port: int) -> Place:
        """Return the same place, reached at another port."""
        before, after = f":{self.port}", f":{port}"
        options = json.loads(json.dumps(self.options).replace(before, after))
        return replace(self, url=self.url.replace(before, after), options=options)

    def below(self, folder: str) -> Place:
        """Return the same place, but for a folder of its own."""
        return replace(self, url=f"{self.url}/{folder}")


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.create_server((HOST, 0)) as probe:
        return t.cast("int", probe.getsockname()[1])


def program(name: str) -> str:
    """Return the path of a program; what brings it is in the Makefile."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    assert found is not None, f"{name} is not installed: make stores"
    return found


@contextlib.contextmanager
def process(command: list[str], port: int, log: Path, **more: t.Any) -> Iterator[None]:
    """Run a server until the end of the block; it listens when the block begins."""
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, stdout=output, stderr=output, cwd=ROOT, start_new_session=True, **more
        )
    try:
        while True:
            with contextlib.suppress(OSError), socket.create_connection((HOST, port), 1):
                break
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(timeout=0.05)
                raise AssertionError(log.read_text(errors="replace"))
        yield
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextlib.contextmanager
def python(kind: str, folder: Path) -> Iterator[tuple[int, Path]]:
    """Run a server of `serve.py`; yield its port and the folder that it serves."""
    port, files = free_port(), folder / "served"
    files.mkdir()
    command = [sys.executable, "-m", "tests.stores.serve", kind, str(port), str(files)]
    with process(command, port, folder / "log"):
        yield port, files


@contextlib.contextmanager
def s3(folder: Path) -> Iterator[Place]:
    """Yield a bucket of moto, which looks at keys."""
    import boto3  # noqa: PLC0415 - slow to import

    with python("s3", folder) as (port, _):
        url = f"http://{HOST}:{port}"
        known = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
        where = {"endpoint_url": url, "region_name": "us-east-1"}
        boto3.client("s3", **where, **known).create_bucket(Bucket="attachments")
        iam = boto3.client("iam", **where, **known)
        keys = {name: _key(iam, name, action) for name, action in _ACTIONS.items()}
        request = urllib.request.Request(  # noqa: S310 - http, to this machine
            f"{url}/moto-api/reset-auth", b"0", {"Content-Type": "text/plain"}
        )
        with urllib.request.urlopen(request):  # noqa: S310
            pass
        client = {"endpoint_url": url, "client_kwargs": {"region_name": "us-east-1"}}
        options: dict[str, Options] = {name: client | key for name, key in keys.items()}
        yield Place(
            "s3://attachments",
            options["hr"],
            secrets=(options["hr"]["secret"],),
            wrong=options["hr"] | {"secret": "wrong-" + options["hr"]["secret"]},
            read_only=("s3://attachments", options["reader"]),
            missing="s3://nowhere",
            port=port,
            clouds=True,
        )


_ACTIONS = {"hr": "s3:*", "reader": ["s3:GetObject", "s3:ListBucket"]}


def _key(iam: t.Any, name: str, action: object) -> dict[str, str]:
    iam.create_user(UserName=name)
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {"key": key["AccessKeyId"], "secret": key["SecretAccessKey"]}


@contextlib.contextmanager
def azure(folder: Path) -> Iterator[Place]:
    """Yield a container of azurite."""
    from azure.storage.blob import (  # noqa: PLC0415 - slow to import
        AccountSasPermissions,
        BlobServiceClient,
        ResourceTypes,
        generate_account_sas,
    )

    port, account = free_port(), "devstoreaccount1"
    key, other = (text * 16 + "==" for text in ("R2VoZWlt", "QW5kZXJl"))
    azurite = ROOT / "tests/stores/node_modules/.bin/azurite-blob"
    assert azurite.exists(), "azurite is not installed: make stores"
    command = [
        *(str(azurite), "--inMemoryPersistence", "--silent", "--disableTelemetry"),
        *("--skipApiVersionCheck", "--blobHost", HOST, "--blobPort", str(port)),
    ]
    environment = os.environ | {"AZURITE_ACCOUNTS": f"{account}:{key}"}
    with process(command, port, folder / "log", env=environment):
        endpoint = f"http://{HOST}:{port}/{account}"
        start = f"DefaultEndpointsProtocol=http;AccountName={account};BlobEndpoint={endpoint};"
        with BlobServiceClient.from_connection_string(f"{start}AccountKey={key};") as service:
            service.create_container("attachments")
        token = generate_account_sas(
            account,
            key,
            ResourceTypes(service=True, container=True, object=True),
            AccountSasPermissions(read=True, list=True),
            "2999-01-01T00:00:00Z",
        )
        yield Place(
            f"abfss://attachments@{account}.dfs.core.windows.net",
            {"connection_string": f"{start}AccountKey={key};"},
            secrets=(key,),
            wrong={"connection_string": f"{start}AccountKey={other};"},
            read_only=(
                "abfs://attachments",
                {"connection_string": f"{start}SharedAccessSignature={token};"},
            ),
            missing="abfs://nowhere",
            port=port,
            clouds=True,
        )


@contextlib.contextmanager
def gcs(folder: Path) -> Iterator[Place]:
    """Yield a bucket of an emulator of Google Cloud Storage, which knows no login."""
    with python("gcs", folder) as (port, _):
        options = {"endpoint_url": f"http://{HOST}:{port}", "token": "anon"}
        yield Place(
            *("gs://attachments", options),
            missing="gs://nowhere",
            port=port,
            ready="import os; os.environ['GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT'] = 'false'",
            clouds=True,
        )


PARAMIKO = (
    "import fsspec; from fsspec.implementations.sftp import SFTPFileSystem as paramiko_; "
    "fsspec.register_implementation('sftp', paramiko_, clobber=True)"
)
"""With sshfs installed, `sftp://` is its URL."""
SSHFS = (
    "import fsspec; from sshfs import SSHFileSystem as sshfs_; "
    "fsspec.register_implementation('sftp', sshfs_, clobber=True)"
)


@contextlib.contextmanager
def openssh(folder: Path, ready: str) -> Iterator[Place]:
    """Yield a folder of OpenSSH's server, with a key for login."""
    keygen, port, files = program("ssh-keygen"), free_port(), folder / "served"
    files.mkdir()
    for name in ("host", "hr", "stranger", "reader"):
        command = [keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(command, check=True)
    known = (folder / "hr.pub").read_text()
    known += f'command="{_sftp_server()} -R" {(folder / "reader.pub").read_text()}'
    (folder / "authorized_keys").write_text(known)
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    command = [program("sshd"), "-D", "-e", "-f", "/dev/null", "-p", str(port)]
    for setting in (
        *(f"ListenAddress={HOST}", f"HostKey={folder / 'host'}", "PidFile=none", "UsePAM=no"),
        *(f"AuthorizedKeysFile={folder / 'authorized_keys'}", "StrictModes=no", "MaxStartups=100"),
        *("PasswordAuthentication=no", f"Subsystem=sftp {_sftp_server()}"),
    ):
        command += ["-o", setting]
    user = getpass.getuser()
    key = "client_keys" if "sshfs" in ready else "key_filename"
    more = {} if "sshfs" in ready else {"allow_agent": False, "look_for_keys": False}

    def options(name: str) -> Options:
        path = str(folder / name)
        return {"username": user, key: [path] if key == "client_keys" else path, **more}

    url = f"sftp://{HOST}:{port}{files}"
    with process(command, port, folder / "log"):
        yield Place(
            url,
            options("hr"),
            wrong=options("stranger"),
            read_only=(url, options("reader")),
            port=port,
            ready=ready,
        )


def _sftp_server() -> str:
    places = ("/usr/lib/openssh", "/usr/libexec/openssh", "/usr/lib/ssh", "/usr/libexec")
    return next(f"{place}/sftp-server" for place in places if Path(place, "sftp-server").exists())


@contextlib.contextmanager
def asyncssh(folder: Path, ready: str, kind: str = "sftp") -> Iterator[Place]:
    """Yield a folder of asyncssh's server, with a password for login."""
    with python(kind, folder) as (port, _):
        more = {} if "sshfs" in ready else {"allow_agent": False, "look_for_keys": False}
        place = _by_password(f"sftp://{HOST}:{port}/hr", port, more)
        yield replace(place, ready=ready)


@contextlib.contextmanager
def smb(folder: Path) -> Iterator[Place]:
    """Yield a folder of a share of Samba."""
    port, files, own = free_port(), folder / "served", folder / "own"
    files.mkdir()
    own.mkdir(mode=0o700)
    user = getpass.getuser()
    directories = "\n".join(
        f"{name} directory = {own}" for name in ("lock", "state", "cache", "pid")
    )
    (folder / "smb.conf").write_text(
        f"""[global]
        {directories}
        private dir = {own}
        ncalrpc dir = {own}/ncalrpc
        smb ports = {port}
        interfaces = lo
        bind interfaces only = yes
        disable spoolss = yes
        load printers = no
        log file = {folder}/samba.log
        server role = standalone server
        [documents]
        path = {files}
        read only = no
        [archive]
        path = {files}
        read only = yes
        """
    )
    password = PASSWORDS["hr"]
    subprocess.run(
        [program("smbpasswd"), "-c", str(folder / "smb.conf"), "-a", "-s", user],
        input=f"{password}\n{password}\n".encode(),
        check=True,
        capture_output=True,
    )
    command = [program("smbd"), "-F", "--no-process-group", "-s", str(folder / "smb.conf")]
    with process(command, port, folder / "log"):
        options = {"username": user, "password": password}
        yield Place(
            f"smb://{HOST}:{port}/documents/hr",
            options,
            secrets=(password,),
            wrong=options | {"password": "wrong"},
            read_only=(f"smb://{HOST}:{port}/archive", options),
            missing=f"smb://{HOST}:{port}/nowhere/hr",
            port=port,
        )


@contextlib.contextmanager
def ftp(folder: Path) -> Iterator[Place]:
    """Yield a folder of pyftpdlib."""
    with python("ftp", folder) as (port, disk):
        yield replace(_by_password(f"ftp://{HOST}:{port}/hr", port), disk=disk)


@contextlib.contextmanager
def wsgidav(folder: Path) -> Iterator[Place]:
    """Yield a folder of wsgidav."""
    with python("webdav", folder) as (port, _):
        yield _webdav(f"http://{HOST}:{port}", f"http://{HOST}:{port}/ro", port)


@contextlib.contextmanager
def rclone(folder: Path) -> Iterator[Place]:
    """Yield a folder of rclone's WebDAV server."""
    files = folder / "served"
    files.mkdir()
    ports = free_port(), free_port()
    base = [program("rclone"), "--config", os.devnull, "serve", "webdav", str(files)]
    base += ["--user", "hr", "--pass", PASSWORDS["hr"]]
    with contextlib.ExitStack() as stack:
        for port, more in zip(ports, ([], ["--read-only"]), strict=True):
            command = [*base, "--addr", f"{HOST}:{port}", *more]
            stack.enter_context(process(command, port, folder / f"log-{port}"))
        yield _webdav(f"http://{HOST}:{ports[0]}", f"http://{HOST}:{ports[1]}", ports[0])


def _webdav(base: str, read_only: str, port: int) -> Place:
    options = {"base_url": base, "auth": ["hr", PASSWORDS["hr"]]}
    return Place(
        "webdav://documents",
        options,
        secrets=(PASSWORDS["hr"],),
        wrong=options | {"auth": ["hr", "wrong"]},
        read_only=("webdav://documents", options | {"base_url": read_only}),
        port=port,
    )


def _by_password(url: str, port: int, more: Mapping[str, t.Any] | None = None) -> Place:
    options = {"username": "hr", "password": PASSWORDS["hr"], **(more or {})}
    reader = options | {"username": "reader", "password": PASSWORDS["reader"]}
    return Place(
        url,
        options,
        secrets=tuple(PASSWORDS.values()),
        wrong=options | {"password": "wrong"},
        read_only=(url, reader),
        port=port,
    )


@contextlib.contextmanager
def local(folder: Path) -> Iterator[Place]:
    """Yield a folder of this machine, by a URL."""
    yield Place(f"local://{folder}/files")


@contextlib.contextmanager
def memory(folder: Path) -> Iterator[Place]:
    """Yield a folder in the memory of the process."""
    yield Place(f"memory://{folder.name}")


@contextlib.contextmanager
def cached(folder: Path) -> Iterator[Place]:
    """Yield a folder of an SFTP server behind a cache."""
    with asyncssh(folder, PARAMIKO) as place:
        yield _chained("simplecache", place)


@contextlib.contextmanager
def in_folder(folder: Path) -> Iterator[Place]:
    """Yield a folder below that of an FTP server, by a chained URL."""
    with ftp(folder) as place:
        yield _chained("dir://below", place)


def _chained(wrapper: str, place: Place) -> Place:
    protocol = place.url.partition("://")[0]
    url, reader = place.read_only or ("", {})
    return replace(
        place,
        url=f"{wrapper}::{place.url}",
        options={protocol: place.options, "simplecache": {"compression": None}},
        wrong={protocol: place.wrong},
        read_only=(f"{wrapper}::{url}", {protocol: reader}),
    )


Serve = Callable[[Path], contextlib.AbstractContextManager[Place]]

STORES: Mapping[str, Serve] = {
    "s3": s3,
    "azure": azure,
    "gcs": gcs,
    "openssh-paramiko": lambda folder: openssh(folder, PARAMIKO),
    "openssh-sshfs": lambda folder: openssh(folder, SSHFS),
    "asyncssh-paramiko": lambda folder: asyncssh(folder, PARAMIKO),
    "asyncssh-sshfs": lambda folder: asyncssh(folder, SSHFS),
    "smb": smb,
    "ftp": ftp,
    "wsgidav": wsgidav,
    "rclone": rclone,
    "simplecache": cached,
    "dir": in_folder,
    "local": local,
    "memory": memory,
}
