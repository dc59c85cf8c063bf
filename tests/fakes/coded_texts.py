"""Texts with codes in them, made at random."""

from __future__ import annotations

from hypothesis import strategies as st

from assistant.documents.segments import ALONE, CLOSE, OPEN, is_code

TEXTS = st.lists(
    st.one_of(
        st.text(st.sampled_from("ab 灯下.<>1/&;lt"), min_size=1, max_size=6),
        st.integers(0, 5).map(lambda number: chr(ALONE + number)),
        st.tuples(st.integers(6, 11), st.text(st.sampled_from("xy 中文"), max_size=4)).map(
            lambda one: f"{chr(OPEN + one[0])}{one[1]}{chr(CLOSE + one[0])}"
        ),
    ),
    max_size=8,
    unique_by=lambda part: next(filter(is_code, part), part),
).map("".join)
