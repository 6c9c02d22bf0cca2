"""How long it takes to find the patients: Poisson-gamma over sites, screening failures from the criteria."""

from scleroscope.design.recruitment.forecast import Forecast, forecast, reforecast
from scleroscope.design.recruitment.sites import Sites

__all__ = ["Forecast", "Sites", "forecast", "reforecast"]
