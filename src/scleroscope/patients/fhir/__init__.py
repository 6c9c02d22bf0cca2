"""FHIR R4 in, patients out: a Bundle, a folder of Bundles, or NDJSON of a bulk export."""

from scleroscope.patients.fhir.files import Reads, is_fhir, read, read_one
from scleroscope.patients.record import Aside, Known, Read

__all__ = ["Aside", "Known", "Read", "Reads", "is_fhir", "read", "read_one"]
