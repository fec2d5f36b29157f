"""Tables of right and wrong answers, for the tests of `cotejo.stats`."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

__all__ = ["bonett_and_price", "simulated", "tables", "two_tables"]


def tables(most_seeds: int = 4, images: int | None = None) -> st.SearchStrategy:
    """Any table [seeds, images]."""
    columns = st.integers(1, 25) if images is None else st.just(images)
    shapes = st.tuples(st.integers(1, most_seeds), columns)
    return shapes.flatmap(lambda shape: arrays(np.bool_, shape))


def two_tables(most_seeds: int = 4) -> st.SearchStrategy:
    """Any two tables of the same images."""
    return st.integers(1, 25).flatmap(
        lambda images: st.tuples(tables(most_seeds, images), tables(most_seeds, images))
    )


def simulated(
    generator: np.random.Generator,
    mean: float,
    seeds: int,
    images: int,
    deviation: float = 0.05,
    ease: np.ndarray | None = None,
) -> np.ndarray:
    """[seeds, images], right where ease, the seed's luck and chance add up to more than 0."""
    ease = 2 * generator.standard_normal(images) if ease is None else ease
    lucks = deviation * generator.standard_normal((seeds, 1))
    return mean + ease + lucks + generator.standard_normal((seeds, images)) > 0


def bonett_and_price(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Their 95% interval of the difference of two seeds' accuracies, by the published formula.

    They add two images: one that only the first gets right, and one that only the second does.

    Bonett, D. G., and Price, R. M. (2012). Adjusted Wald confidence interval for a difference of
    binomial proportions based on paired data. Journal of Educational and Behavioral Statistics
    37(4).
    """
    images = len(first) + 2
    only_first = ((first & ~second).sum() + 1) / images
    only_second = ((second & ~first).sum() + 1) / images
    centre = only_first - only_second
    half = 1.959964 * np.sqrt((only_first + only_second - centre**2) / images)
    return max(centre - half, -1.0), min(centre + half, 1.0)
