"""Source files of regulations: where they lie, and their text or why it cannot be read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.errors import Invalid
from app.knowledge.bounds import LONGEST_TEXT

_ENDINGS = (".md", ".docx")
_INDEX = "_index.md"
_MOST_BYTES = 4 * LONGEST_TEXT


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to import; ``category`` may name an issuer too (``部门规章/公安部``)."""

    path: Path
    category: str


@dataclass(frozen=True, slots=True)
class FileProblem:
    """What is wrong, or odd, with a file or folder; ``line`` counts from 1, None for all of it."""

    path: Path
    message: str
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else str(self.path)
        return f"{place}：{self.message}"


def find_files(
    paths: Iterable[Path], category: str | None
) -> tuple[list[SourceFile], list[FileProblem]]:
    """Every source below ``paths``, sorted within each, and the paths where there is none.

    The category is the given one, else the first folder below the given path, else the name of
    the folder that a file lies in.
    """
    files: dict[Path, SourceFile] = {}
    problems = []
    for path in paths:
        if path.is_dir():
            found = list(_files_below(path, category))
            if not found:
                problems.append(FileProblem(path, f"文件夹里没有 {' 或 '.join(_ENDINGS)} 文件"))
        elif path.exists():
            found = [SourceFile(path, category or path.resolve().parent.name)]
        else:
            found = []
            problems.append(FileProblem(path, "没有这个文件或文件夹"))
        files.update((one.path.resolve(), one) for one in found)
    return list(files.values()), problems


def _files_below(folder: Path, category: str | None) -> Iterator[SourceFile]:
    for path in sorted(folder.rglob("*")):
        # ~$: what Word leaves beside a document that is open.
        named = path.suffix.lower() in _ENDINGS and not path.name.startswith("~$")
        if named and path.is_file() and path.name != _INDEX:
            below = path.relative_to(folder).parent.as_posix()
            own = folder.resolve().name if below == "." else below
            yield SourceFile(path, category or own)


def read_source(path: Path) -> str:
    """The text of a file in UTF-8; Invalid says in words why it is none."""
    data = read_bytes(path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        called = "二进制文件或 UTF-16 文本" if b"\0" in data else "其他编码（如 GBK）的文本"
        raise Invalid(f"第 {line} 行不是 UTF-8，可能是{called}，请另存为 UTF-8") from None


def read_bytes(path: Path) -> bytes:
    """What a file holds; Invalid says in words why it cannot be read."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise Invalid(f"文件超过 {_MOST_BYTES // 1_000_000} MB")
        return path.read_bytes()
    except OSError as error:
        raise Invalid(f"无法读取：{error.strerror}") from None
