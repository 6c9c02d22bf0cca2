"""Whole trials on the virtual population: people come to the door, the criteria decide who enters, an arm is
drawn, the outcome seen, the analysis made; one module a kind of endpoint.

Who comes to the door of trial t, and in which order, depends on (seed, t) alone. Change the criteria or the
effect and the same people come again: differences between designs are free of most of the noise.

Every kernel takes a `Door`, `first` and `sizes`: trial first + row has sizes[row] patients. It fills a table
of four columns: estimate, standard error, degrees of freedom (infinite for a normal reference), and people
who came per patient who entered. NaN says that the trial gave no answer.
"""

from scleroscope.design import compiled as _compiled  # noqa: F401  # says what to install when the extra is missing
