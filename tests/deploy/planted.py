"""Secrets that are easy to recognise, and the search for them in all that was written."""

import base64
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

PLANTED = {
    "AWS_SECRET_ACCESS_KEY": "planted/access+key/of/forty/characters==",
    "AWS_SESSION_TOKEN": "planted/session+token/with/signs/in/it==",
    "GITHUB_TOKEN": "planted-token-of-github-0123456789abcdef",
}
# Of the provider only: no file in it is written by a deploy, and they take half a gigabyte.
_LEFT_OUT = "providers"


def leaks(folder: Path, secrets: Mapping[str, str]) -> list[str]:
    """Return the files of a folder with a secret in them, as it is or encoded; what is packed is unpacked."""
    return sorted(
        f"{file.relative_to(folder)}: {name}"
        for file in folder.rglob("*")
        if file.is_file() and _LEFT_OUT not in file.relative_to(folder).parts
        for content in _contents(file)
        for name in leaked(content, secrets)
    )


def leaked(content: bytes | str, secrets: Mapping[str, str]) -> set[str]:
    """Return the names of the secrets that are in a text or a file."""
    content = content.encode() if isinstance(content, str) else content
    return {name for name, secret in secrets.items() if any(form in content for form in _forms(secret))}


def _forms(secret: str) -> Iterator[bytes]:
    yield secret.encode()
    yield quote(secret, safe="").encode()
    for before in range(3):
        # Of a longer text in base64, the secret's own characters: what stands before it moves them.
        encoded = base64.b64encode(b"." * before + secret.encode())
        yield encoded[4 if before else 0 : -4]


def _contents(file: Path) -> Iterator[bytes]:
    yield file.read_bytes()
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as packed:
            yield from (packed.read(name) for name in packed.namelist())
