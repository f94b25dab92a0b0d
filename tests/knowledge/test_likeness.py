"""How alike two articles are."""

import pytest

from app.knowledge.likeness import Likeness, letter_pairs, likenesses, weights_of


def measured(former, newer, *, least=0.01):
    old, new = ([letter_pairs(text) for text in texts] for texts in (former, newer))
    found = likenesses(
        dict(enumerate(old)), dict(enumerate(new)), weights=weights_of([*old, *new]), least=least
    )
    return {(each.former, each.newer): each for each in found}


def test_signs_and_blanks_do_not_count():
    [only] = measured(["室内，禁止 喧哗。"], ["室内禁止喧哗"]).values()
    assert only == Likeness(0, 0, pytest.approx(1), None, False)
    assert measured(["甲"], ["甲"])[0, 0].degree == pytest.approx(1)


def test_texts_that_share_no_two_letters_are_not_alike():
    assert measured(["春天的花"], ["秋夜之月"]) == {}


def test_a_rare_word_tells_more_than_one_that_many_articles_have():
    others = [f"职工应当按照规定办理{what}。" for what in ("借阅", "归还", "赔偿", "登记")]
    found = measured(["职工应当按照规定保管琵琶。", *others], ["琵琶由专人负责，不得外借。"])
    assert max(found, key=lambda places: found[places].degree) == (0, 0)


def test_what_nearly_all_articles_have_tells_nothing():
    texts = [f"{chr(0x4E00 + n)}{chr(0x5E00 + n)}应当" for n in range(60)]
    found = measured(texts[:30], texts[30:])
    assert found == {}


def test_a_part_is_like_the_whole():
    part = "阅览室内不得大声喧哗，不得吸烟。"
    whole = "每人每次可以借阅三册图书，借期三十日，到期归还。" + part
    shorter = measured([whole], [part])[0, 0]
    assert shorter.newer_is_shorter
    assert 0.85 < shorter.part < 0.95
    assert shorter.degree == pytest.approx(0.6 * shorter.part)
    assert not measured([part], [whole])[0, 0].newer_is_shorter


def test_only_what_is_alike_enough_is_told():
    texts = ["每人每次可以借阅三册图书。", "每人每次可以借阅五册图书。"]
    degree = measured(texts[:1], texts[1:])[0, 0].degree
    assert measured(texts[:1], texts[1:], least=degree).keys() == {(0, 0)}
    assert measured(texts[:1], texts[1:], least=degree + 0.01) == {}
