"""Studies after reading: what they are about (`classify`), which records tell of one trial (`link`)."""

from scleroscope.studies.classify import classify
from scleroscope.studies.disease import disease_of

__all__ = ["classify", "disease_of"]
