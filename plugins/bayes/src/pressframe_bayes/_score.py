"""From counts of words to the probability of spam: Robinson's estimate of a word, Fisher's way to join words.

The sources are Gary Robinson, "A Statistical Approach to the Spam Problem", Linux Journal 107 (2003), for both, and
SpamBayes for the constants. Fisher's method was taken rather than Graham's product because that answers 0 or 1 to
nearly everything; this one says "can't tell" where a text speaks for both, as spam padded with friendly words does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import attrs

STRENGTH, PRIOR = 0.45, 0.5
"""How much a word that was never seen weighs, in sightings, and what it is taken for."""
LEAST = 0.1
"""A word that is nearer to even odds than this says nothing."""
MOST = 150
"""So many words decide, those that say most."""


@attrs.frozen
class Counts:
    """How many texts of each kind were learned, or held a token."""

    spam: int
    ham: int


@attrs.frozen
class Clue:
    """A token that helped to decide; *probability* of spam among texts that hold it."""

    token: str
    probability: float


@attrs.frozen
class Score:
    """How likely a text is spam, from 0 to 1, and the clues by weight."""

    probability: float
    clues: tuple[Clue, ...]

    def against(self) -> tuple[Clue, ...]:
        """Return the clues that speak for spam, the strongest first."""
        return tuple(clue for clue in self.clues if clue.probability > PRIOR)

    def in_favour(self) -> tuple[Clue, ...]:
        """Return the clues that speak for the text, the strongest first."""
        return tuple(clue for clue in self.clues if clue.probability < PRIOR)


def estimate(token: Counts, learned: Counts) -> float:
    """Return the probability of spam for a text that holds the token, as Robinson smooths it; from 0 to 1, exclusive.

    Both kinds weigh the same, however many texts of each were learned.
    """
    spam = token.spam / max(learned.spam, 1)
    ham = token.ham / max(learned.ham, 1)
    seen = token.spam + token.ham
    raw = spam / (spam + ham) if spam + ham else PRIOR
    return (STRENGTH * PRIOR + seen * raw) / (STRENGTH + seen)


def score(tokens: Mapping[str, Counts], learned: Counts) -> Score:
    """Return the score of a text whose known tokens are *tokens*."""
    clues = [Clue(token, estimate(counts, learned)) for token, counts in tokens.items()]
    telling = [clue for clue in clues if abs(clue.probability - PRIOR) >= LEAST]
    telling.sort(key=lambda clue: (-abs(clue.probability - PRIOR), clue.token))
    chosen = telling[:MOST]
    return Score(_join([clue.probability for clue in chosen]), tuple(chosen))


def _join(probabilities: Sequence[float]) -> float:
    if not probabilities:
        return PRIOR
    spamminess = 1 - _chi2q(-2 * sum(math.log(1 - p) for p in probabilities), len(probabilities))
    hamminess = 1 - _chi2q(-2 * sum(math.log(p) for p in probabilities), len(probabilities))
    return (spamminess - hamminess + 1) / 2


def _chi2q(x: float, half: int) -> float:
    """Return the probability that chi-square with ``2 * half`` degrees of freedom is at least *x*."""
    m = x / 2
    if m > 700:  # exp(-m) would be nothing; with at most 150 words so is the sum
        return 0.0
    term = total = math.exp(-m)
    for i in range(1, half):
        term *= m / i
        total += term
    return min(total, 1.0)
