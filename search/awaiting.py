"""What a new text must hold to answer a question that a member saved."""

from collections.abc import Iterator, Sequence

from app.following.rules import Wanted, naming
from search.question import Question, read_question
from search.synonyms import Synonym, Synonyms


def wanted(query: str, synonyms: Synonyms) -> Wanted:
    """All that the question names, each thing by its own word or by another that means the same.

    Nothing is wanted where it names nothing. What is quoted stands for itself alone.
    """
    question = read_question(query)
    words = naming(question.wanted_words)
    known = synonyms.within(question.folded)
    named = (
        *((word, *_instead_of(word, known)) for word in words),
        *((one.word, *one.others) for one in known if not _parts(one, words)),
        *((phrase,) for phrase in question.phrases),
    )
    return Wanted(named or tuple(_unknown(question)), question.unwanted)


def _instead_of(word: str, known: Sequence[Synonym]) -> Iterator[str]:
    # 拖欠劳动报酬 stands for 拖欠 and for 工资, of 拖欠工资; but not for 老板娘 what does for 老板.
    for synonym in known:
        if word in synonym.word:
            yield from synonym.others


def _parts(synonym: Synonym, words: Sequence[str]) -> list[str]:
    return [word for word in words if word in synonym.word]


def _unknown(question: Question) -> Iterator[tuple[str]]:
    """Names and new words, of which no dictionary has any (年假): their letters, side by side."""
    if not question.wanted_words:
        yield from ((pair,) for pair in question.wanted_bigrams)
