"""Excerpts of long and odd texts."""

import time

import pytest

from pressframe_press._excerpt import excerpt

PIECES = ("<p", "<p ", "<p>", "<p></p>", "</p>", "<p>a", "<", "a ", "&", "<p><b>", "<p>&lt;", "<p>[", "*a_", "`", "![[")


@pytest.mark.parametrize("piece", PIECES)
def test_an_excerpt_takes_time_in_proportion_to_the_text(piece):
    """Threat 64: eight times the text may take 8 times as long, with noise 32; quadratic would be 64."""
    short, long = (_seconds((piece * length)[:length]) for length in (25_000, 200_000))

    assert long < 32 * max(short, 0.0005)


def test_an_excerpt_is_of_paragraphs_whatever_stands_unclosed_around_them():
    assert excerpt('<p <p<p><p class="a">Un.</p><p') == "Un."


def _seconds(body):
    """Return the processor time that the excerpt of *body* takes, the best of three."""
    times = []
    for _ in range(3):
        start = time.process_time()
        excerpt(body)
        times.append(time.process_time() - start)
    return min(times)
