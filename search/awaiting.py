"""What a new text must hold to answer a question that a member saved."""

from collections.abc import Iterator, Sequence
from itertools import accumulate

from app.following.rules import Wanted, naming
from search import text
from search.question import Question, read_question
from search.synonyms import Synonym, Synonyms


def wanted(query: str, synonyms: Synonyms) -> Wanted:
    """All that the question names, each thing by its own word or by another that means the same.

    Nothing is wanted where it names nothing. What is quoted stands for itself alone.
    """
    question = read_question(query)
    words = naming(question.wanted_words)
    known = synonyms.within(question.folded)
    unlisted = (one.word for one in known if _is_new(one.word, question.folded))
    named = (
        *((word, *_instead_of(word, known)) for word in text.unique([*words, *unlisted])),
        *((phrase,) for phrase in question.phrases),
    )
    return Wanted(named or tuple(_unknown(question)), question.unwanted)


def _instead_of(word: str, known: Sequence[Synonym]) -> Iterator[str]:
    # 拖欠劳动报酬 stands for 拖欠 and for 工资, of 拖欠工资; but not for 老板娘 what does for 老板.
    for synonym in known:
        if word in synonym.word:
            yield from synonym.others


def _is_new(word: str, folded: str) -> bool:
    """Whether a word stands where the dictionary has but letters: 年假, though not in 今年假期."""
    cut = text.dictionary_words(folded)
    edges = {end: place for place, end in enumerate(accumulate(map(len, cut), initial=0))}
    start = folded.find(word)
    first, last = edges.get(start), edges.get(start + len(word))
    return first is not None and last is not None and last - first == len(word)


def _unknown(question: Question) -> Iterator[tuple[str]]:
    """Names and new words, of which no dictionary has any (年假): their letters, side by side."""
    if not question.wanted_words:
        yield from ((pair,) for pair in question.wanted_bigrams)
