"""What the data of a trial say: one module an analysis, each a pure function of arrays.

Every analysis has a single form (one trial, an answer with interval and p) and a batch form (many trials at
once, plain arrays, no p: compare the statistic with a bound, or call `contrast`). Missing outcomes are NaN.
"""

from scleroscope.design import compiled as _compiled  # noqa: F401  # says what to install when the extra is missing
