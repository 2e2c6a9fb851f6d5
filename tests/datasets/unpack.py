"""Takes the wanted files out of the one tarball in a folder, when it is the pinned one; fetch.sh calls it."""

from __future__ import annotations

import hashlib
import sys
import tarfile
from pathlib import Path


def main(folder: str, wanted: str, target: str, *names: str) -> None:
    """Write the files, by their own names, into the target folder."""
    (tarball,) = Path(folder).glob("*.tgz")
    if hashlib.sha512(tarball.read_bytes()).hexdigest() != wanted:
        sys.exit(f"{tarball.name} is not the pinned one")
    Path(target).mkdir(parents=True, exist_ok=True)
    with tarfile.open(tarball) as archive:
        for name in names:
            content = archive.extractfile(f"package/{name}")
            if content is None:
                sys.exit(f"{tarball.name} has no {name}")
            (Path(target) / Path(name).name).write_bytes(content.read())


main(*sys.argv[1:])
