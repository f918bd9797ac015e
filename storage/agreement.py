"""How far two coders agree beyond chance: Cohen's kappa, of counts. Nothing is read here.

Computed by nltk: of the libraries that have kappa it is small and pure (18 MB with what it needs, 0.2 s to load) and
well kept. scikit-learn (275 MB), statsmodels (380 MB) and irrCAC (306 MB) take 1 to 2 s; krippendorff (73 MB) has alpha
alone.
"""

from functools import lru_cache

from storage.coding_counts import Shared

MANY = 1000  # testimonies, from when on the library, which looks at each, takes long
FEW = 20  # testimonies; with fewer, one more can turn the number around


@lru_cache(maxsize=1024)
def kappa(counts: Shared) -> float | None:
    """1 where the two always agree, 0 where as often as by chance, below where less often; None for no testimony."""
    if counts.number > MANY:
        return _of_many(counts)
    # loaded here: only the page of coding needs it
    from nltk.metrics.agreement import AnnotationTask

    said = (
        [("yes", "yes")] * counts.both
        + [("yes", "no")] * counts.first
        + [("no", "yes")] * counts.second
        + [("no", "no")] * counts.neither
    )
    if not said:
        return None
    triples = [
        (coder, number, word)
        for number, words in enumerate(said)
        for coder, word in zip(("first", "second"), words, strict=True)
    ]
    return float(AnnotationTask(triples).kappa_pairwise("first", "second"))


def _of_many(counts: Shared) -> float:
    """The same from the counts alone, whatever they are."""
    mine, theirs = counts.both + counts.first, counts.both + counts.second
    whole = counts.number
    chance = (mine * theirs + (whole - mine) * (whole - theirs)) / whole**2
    return 1.0 if chance == 1 else (counts.agreed / whole - chance) / (1 - chance)
