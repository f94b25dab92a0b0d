import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import text


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("個體工商戶", "个体工商户"),
        ("乾燥的乾隆", "干燥的乾隆"),
        ("第３９条（ＡＢ）", "第39条(ab)"),
        ("臺灣\u200b省\n", "台湾 省 "),
        ("\ud800條", " 条"),
        ("İstanbul", "İstanbul"),
    ],
)
def test_folding_brings_spellings_together(typed, folded):
    assert text.fold(typed) == folded


@given(st.text() | st.text("個體工商戶乾隆臺灣著作权隨著里面裡後后发髮😀Aａ\u3000"))
def test_folding_keeps_every_offset(typed):
    assert len(text.fold(typed)) == len(typed)


@given(st.text())
def test_folding_twice_is_folding_once(typed):
    assert text.fold(text.fold(typed)) == text.fold(typed)


def test_every_single_character_folds_to_one():
    everything = "".join(map(chr, range(0x110000)))
    assert len(text.fold(everything)) == len(everything)


def test_traditional_script_folds_back():
    assert text.fold(text.to_traditional("个体工商户的债务")) == "个体工商户的债务"


def test_words_hold_the_shorter_words_within():
    assert set(text.words("个体工商户，2023")) >= {"个体", "工商户", "2023"}
    assert "," not in text.words("个体, 工商户")


def test_bigrams_do_not_cross_punctuation():
    assert text.bigrams("借书三册,还书 ab12条") == ["借书", "书三", "三册", "还书", "ab12", "条"]


def test_letters_are_han_only():
    assert text.letters("借书ab12〇") == ["借", "书", "〇"]


def test_what_the_dictionary_does_not_know_is_cut_to_letters():
    assert text.dictionary_words("劳动仲才") == ["劳动", "仲", "才"]
    assert text.is_word("仲裁")
    assert not text.is_word("仲才")
