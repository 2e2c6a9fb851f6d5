"""Uploads onto the disk, in a private folder, under names of our own: sizes, archives and paths are settled here.

Nothing of an upload's own name reaches the file system or GDAL but a known suffix.
"""

from __future__ import annotations

import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

import orjson

from core.errors import Detail
from grids.boundaries.errors import FileRefusedError, FileTooLargeError
from grids.boundaries.files import formats

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grids.boundaries.files.formats import Format
    from grids.boundaries.files.limits import Limits

MANIFEST = "manifest.json"
"""What a delivery package of ours holds of its own."""
_CHUNK = 1 << 20
_ENCRYPTED, _UTF8_NAME = 0x1, 0x800
_DRIVE = re.compile(r"^[A-Za-z]:")
_GDB = formats.FILEGDB.suffixes[0]
_GDB_MEMBER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.]{0,79}")
_OURS_TO_SKIP = ("__MACOSX/", ".DS_Store", "Thumbs.db")


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it came: its name as sent, and its bytes."""

    name: str
    stream: IO[bytes]


@dataclass(frozen=True, slots=True)
class Staged:
    """One readable file on our disk; `stem` is the sender's name without folder and suffix, for people and levels."""

    upload: str
    stem: str
    path: Path
    format: Format


def stage(uploads: Sequence[Upload], folder: Path, limits: Limits) -> list[Staged]:
    """Write the uploads into `folder`, archives unpacked, and return the files to read.

    Raises
    ------
    FileRefusedError, FileTooLargeError
    """
    room = _Room(folder, limits)
    for upload in uploads:
        name = _plain(upload.name)
        suffix = Path(name).suffix.lower()
        if suffix in formats.ARCHIVES:
            packed = room.put(upload.name, f"archive{suffix}", _chunks(upload.stream))
            room.unpack(upload.name, packed)
            packed.unlink()
        else:
            _require_known(name)
            room.put(upload.name, name, _chunks(upload.stream))
    staged = room.readable()
    if not staged:
        raise FileRefusedError("There is no boundary file in it; known are {known}.", values={"known": _known()})
    return staged


class _Room:
    """The private folder: counts what comes in, and keeps a Shapefile's parts together."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.folder = folder
        self.limits = limits
        self.bytes = 0
        self.files = 0
        self._groups: dict[tuple[str, str, str], int] = {}
        self._members: list[tuple[str, str, Path]] = []

    def put(self, upload: str, name: str, chunks: Iterable[bytes]) -> Path:
        """Write one file under a number and its suffix, never more than there is room for."""
        self.files += 1
        if self.files > self.limits.max_files:
            raise FileTooLargeError(
                "An import brings at most {max_files} files.", values={"max_files": self.limits.max_files}
            )
        stem, suffix = Path(name).stem, Path(name).suffix.lower()
        # The parts of one Shapefile share folder and stem, whatever the case; they get the same number.
        kind = formats.PARTS.get(suffix, suffix)
        key = (
            upload if kind == suffix or upload.lower().endswith(formats.ARCHIVES) else "",
            name[: -len(suffix)].lower(),
            kind,
        )
        number = self._groups.setdefault(key, len(self._groups))
        path = self.folder / f"{number:04d}{suffix}"
        if path.exists():
            raise FileRefusedError("'{name}' comes twice.", values={"name": name[:80]})
        with path.open("wb") as out:
            for chunk in chunks:
                self.bytes += len(chunk)
                if self.bytes > self.limits.max_bytes:
                    raise FileTooLargeError(
                        "The files are larger than {max_bytes:,} bytes, unpacked.",
                        values={"max_bytes": self.limits.max_bytes},
                    )
                out.write(chunk)
        if suffix not in formats.ARCHIVES:
            self._members.append((upload, stem, path))
        return path

    def unpack(self, upload: str, path: Path) -> None:
        """Unpack the archive's known files; a member that could harm refuses the whole."""
        before = path.stat().st_size
        self.bytes -= before  # the archive itself is removed again
        try:
            with zipfile.ZipFile(path) as archive:
                members = [member for member in archive.infolist() if not member.is_dir()]
                if len(members) > self.limits.max_files:
                    raise FileTooLargeError(
                        "'{upload}' holds {count:,} files; at most {max_files} are taken.",
                        values={"upload": upload[:80], "count": len(members), "max_files": self.limits.max_files},
                    )
                beside = _beside_boundaries(archive, members, self.limits)
                for member in members:
                    if member.filename not in beside:
                        self._unpack_member(upload, archive, member)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
            raise FileRefusedError("'{upload}' is not a sound zip archive.", values={"upload": upload[:80]}) from error

    def _unpack_member(self, upload: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        name = _member_name(member)
        _require_harmless(name, member)
        if name.startswith(_OURS_TO_SKIP[0]) or name.endswith(_OURS_TO_SKIP):
            return
        suffix = Path(name).suffix.lower()
        database = next((part for part in PurePosixPath(name).parts[:-1] if part.lower().endswith(_GDB)), None)
        if suffix in formats.ARCHIVES:
            raise FileRefusedError(
                "'{name}' is an archive within an archive; pack the boundary files directly.",
                values={"name": name[:80]},
            )
        if database is None and suffix not in formats.PARTS and formats.by_suffix(suffix) is None:
            return
        if member.file_size > self.limits.ratio_counts_from_bytes and (
            member.file_size > self.limits.max_ratio * max(member.compress_size, 1)
        ):
            raise FileTooLargeError(
                "'{name}' would unpack to {file_size:,} bytes from {compress_size:,}.",
                values={"name": name[:80], "file_size": member.file_size, "compress_size": member.compress_size},
            )
        if self.bytes + member.file_size > self.limits.max_bytes:
            raise FileTooLargeError(
                "The files are larger than {max_bytes:,} bytes, unpacked.", values={"max_bytes": self.limits.max_bytes}
            )
        with archive.open(member) as stream:
            if database is None:
                self.put(upload, name, _chunks(stream))
            else:
                self._put_into(upload, database, PurePosixPath(name).name, _chunks(stream))

    def _put_into(self, upload: str, database: str, name: str, chunks: Iterable[bytes]) -> None:
        """Write one file of a geodatabase into its folder; it is read as a whole."""
        if not _GDB_MEMBER.fullmatch(name):
            return
        number = self._groups.setdefault((upload, database.lower(), _GDB), len(self._groups))
        folder = self.folder / f"{number:04d}{_GDB}"
        if not folder.exists():
            folder.mkdir()
            self._members.append((upload, Path(database).stem, folder))
        self.files += 1
        with (folder / name).open("xb") as out:
            for chunk in chunks:
                self.bytes += len(chunk)
                if self.bytes > self.limits.max_bytes:
                    raise FileTooLargeError(
                        "The files are larger than {max_bytes:,} bytes, unpacked.",
                        values={"max_bytes": self.limits.max_bytes},
                    )
                out.write(chunk)

    def readable(self) -> list[Staged]:
        """Return the files to read, each checked to be what its ending names."""
        found: list[Staged] = []
        for upload, stem, path in self._members:
            known = formats.by_suffix(path.suffix)
            if known is None:
                continue
            if path.is_dir():
                found.append(Staged(upload, stem, path, known))
                continue
            with path.open("rb") as stream:
                head = stream.read(65_536)
            confirmed = formats.require_magic(f"{stem}{path.suffix}", head, known)
            if confirmed is formats.SHAPEFILE and not path.with_suffix(".dbf").exists():
                raise FileRefusedError(
                    ("'{stem}.shp' came without its .dbf: send .shp, .shx, .dbf, .prj and .cpg together, or zipped."),
                    values={"stem": stem},
                )
            found.append(Staged(upload, stem, path, confirmed))
        return found


def copy_with_siblings(path: Path) -> list[Upload]:
    """Open a local file; of a Shapefile or MapInfo table, its parts beside it too; a geodatabase's folder, packed.

    The caller closes the streams.
    """
    if path.is_dir():
        return [Upload(f"{path.name}.zip", _packed(path))]
    group = formats.PARTS.get(path.suffix.lower())
    if group is None:
        return [Upload(path.name, path.open("rb"))]
    beside = [p for p in path.parent.iterdir() if p.stem == path.stem]
    parts = [p for p in beside if formats.PARTS.get(p.suffix.lower()) == group]
    return [Upload(part.name, part.open("rb")) for part in sorted(parts)]


def _packed(folder: Path) -> IO[bytes]:
    packed = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for member in sorted(folder.iterdir()):
            if member.is_file():
                archive.write(member, f"{folder.name}/{member.name}")
    packed.seek(0)
    return packed


def _plain(name: str) -> str:
    """Return an upload's last name; a name is a label here, never a path."""
    last = re.split(r"[\\/]", name)[-1].strip()
    if not last or last.startswith(".") or not last.isprintable():
        raise FileRefusedError("'{name}' is no file name.", values={"name": f"{name[:80]!a}"})
    return last


def _require_known(name: str) -> None:
    suffix = Path(name).suffix.lower()
    if suffix in formats.UNREADABLE:
        raise FileRefusedError(
            "'{name}' cannot be read as boundaries: {unreadable}.",
            values={"name": name[:80], "unreadable": Detail(formats.UNREADABLE[suffix])},
        )
    if suffix not in formats.PARTS and formats.by_suffix(suffix) is None:
        raise FileRefusedError(
            "'{name}' is of no known format; known are {known}.", values={"name": name[:80], "known": _known()}
        )


def _known() -> str:
    return ", ".join(suffix for f in formats.FORMATS for suffix in f.suffixes) + " and .zip of these"


def _beside_boundaries(archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo], limits: Limits) -> set[str]:
    """Return what of a delivery package of ours is no boundary file: its manifest and what that names beside them."""
    found = next((member for member in members if member.filename == MANIFEST), None)
    if found is None or found.file_size > limits.ratio_counts_from_bytes or found.flag_bits & _ENCRYPTED:
        return set()
    if found.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        return set()
    try:
        said = orjson.loads(archive.read(found))
        if isinstance(said, dict) and {"layer", "release", "checksum", "files"} <= said.keys():
            return {MANIFEST, *(name for name in said["files"] if not str(name).endswith(formats.GEOPACKAGE.suffixes))}
    except (orjson.JSONDecodeError, TypeError):
        pass
    return set()


def _member_name(member: zipfile.ZipInfo) -> str:
    """Return a member's name; archives made on Chinese Windows have GBK names without a flag for it."""
    if member.flag_bits & _UTF8_NAME:
        return member.filename
    raw = member.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def _require_harmless(name: str, member: zipfile.ZipInfo) -> None:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    escapes = not parts or parts[0] == "/" or ".." in parts or _DRIVE.match(name) or not name.isprintable()
    if escapes or stat.S_ISLNK(member.external_attr >> 16):
        raise FileRefusedError(
            "The archive holds a path that leads out of it: {name}.", values={"name": f"{name[:80]!a}"}
        )
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        # Others may ask for gigabytes to unpack with, and no tool packs boundaries so.
        raise FileRefusedError(
            "'{name}' is packed in an unusual way; pack it as an ordinary zip (deflate).", values={"name": name[:80]}
        )
    if member.flag_bits & _ENCRYPTED:
        raise FileRefusedError("'{name}' is encrypted; pack it without a password.", values={"name": name[:80]})


def _chunks(stream: IO[bytes]) -> Iterable[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def remove(folder: Path) -> None:
    """Remove a staging folder, whatever is in it."""
    shutil.rmtree(folder, ignore_errors=True)
