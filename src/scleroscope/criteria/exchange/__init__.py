"""Criteria for other systems: own versioned JSON, CQL, FHIR Group, SDTM TI."""
