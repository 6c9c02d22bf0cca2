"""A virtual population of people with systemic sclerosis, and how their disease goes on.

`baseline` draws who they are on the day of screening (columns of the patient contract), `course` how skin,
lung and function change afterwards, `describe` holds both against published tables. All numbers stand in
`knowledge/data/population.csv`, each with its source or marked as an assumption.
"""

from scleroscope.design.population.baseline import draw_population
from scleroscope.design.population.describe import compare_with_published

__all__ = ["compare_with_published", "draw_population"]
