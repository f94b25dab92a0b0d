"""The index in use, opened; and the first one, where none ever was."""

from search.embedded.index import BrokenIndex, Index
from search.embedded.shelf import Shelf


def open_current(shelf: Shelf) -> Index:
    """The index in use; ``BrokenIndex`` where this version of the code cannot read it."""
    prepare(shelf)
    current = shelf.current()
    if current is None:
        raise BrokenIndex("no index that this version of the code can read")
    return Index(current)


def prepare(shelf: Shelf) -> None:
    """Put an empty index where none ever was, so that it can be searched and written to."""
    if not shelf.is_empty():
        return
    with shelf.writing():
        if shelf.is_empty():
            directory = shelf.begin()
            Index(directory, create=True)
            shelf.put_in_use(directory, complete=False)
