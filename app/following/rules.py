"""Pure rules of following: how much of it, what answers a saved search, what its member is told."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from app.knowledge.models import ChangeKind

#: Regulations, and searches, that one member may follow.
MOST_FOLLOWED = 50
LONGEST_QUERY = 200

#: Words that ask, and name nothing that a text would hold.
_ASKING = frozenset(
    (
        *("什么", "怎么", "怎样", "怎么办", "怎么样", "如何", "哪些", "哪个", "多少", "几个"),
        *("是否", "能否", "可否", "可以", "能不能", "为什么", "有没有", "请问", "规定"),
    )
)


class Wanted(NamedTuple):
    """What a saved search asks of a passage: one at least of each of ``one_of``, no ``none_of``."""

    one_of: tuple[tuple[str, ...], ...]
    none_of: tuple[str, ...] = ()

    def is_in(self, passage: str) -> bool:
        """Whether a passage, in folded letters, has it all; nothing is nowhere."""
        return (
            bool(self.one_of)
            and all(any(word in passage for word in words) for words in self.one_of)
            and not any(word in passage for word in self.none_of)
        )


class NewText:
    """A text that may answer saved searches: its title and articles, in folded letters."""

    def __init__(self, title: str, articles: Sequence[str]) -> None:
        self._passages = [f"{title}\n{article}" for article in articles]
        self._whole = "\n".join([title, *articles])

    def answers(self, wanted: Wanted) -> bool:
        """Whether the title and one article have what is wanted."""
        # Most texts lack a word altogether, which is quickly seen.
        if not Wanted(wanted.one_of).is_in(self._whole):
            return False
        return any(map(wanted.is_in, self._passages))


def naming(words: Iterable[str]) -> list[str]:
    """The words that name something, and do not only ask."""
    return [word for word in words if word not in _ASKING]


def told_of(kind: ChangeKind, day: date | None) -> str:
    """What a follower reads about a change that takes effect on ``day``."""
    match kind:
        case ChangeKind.IMPORTED:
            return f"收录了新文本，自{_written(day)}起施行" if day else "收录了新文本"
        case ChangeKind.IN_FORCE:
            return f"新文本自{_written(day)}起施行" if day else "新文本开始施行"
        case ChangeKind.REPEALED:
            return f"自{_written(day)}起废止" if day else "已废止"


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
