"""All sample records: the books balance, nothing breaks the contract, and a Bundle takes milliseconds."""

from __future__ import annotations

import tarfile
import time
import zipfile
from pathlib import Path

import pytest

from scleroscope.patients import fhir, omop
from scleroscope.patients.books import booked
from scleroscope.patients.files import PatientError
from scleroscope.patients.profile import patient

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def samples(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    for archive in sorted((shared / "data" / "patients").glob("*.tar.gz")):
        if not archive.name.startswith("dbt"):
            with tarfile.open(archive) as packed:
                packed.extractall(folder, filter="data")
    for archive in sorted(folder.rglob("*.zip")):
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(archive.parent)
    return folder


def test_every_synthea_bundle(samples: Path) -> None:
    files = sorted(samples.rglob("R4/SYNTHEA/*.json"))
    assert len(files) >= 50
    began, reads = time.process_time(), []
    for file in files:
        reads += list(fhir.read(file))
    spent = (time.process_time() - began) / len(files)
    books = booked(reads, [])
    assert books.found == books.mapped + sum(each.count for each in books.not_mapped if not each.part)
    assert books.found > 15_000
    assert books.mapped > 3_000
    for read in reads:
        patient(read.patient)
        assert read.patient["age"] >= 0
    assert spent < 0.2, f"{1000 * spent:.0f} ms a Bundle"


def test_every_synthea_person_of_omop(samples: Path) -> None:
    (folder,) = samples.rglob("Synthea27Nj")
    read = omop.read(folder)
    assert read.patients.height == 28
    assert read.found == read.mapped + sum(each.count for each in read.not_mapped if not each.part)
    assert read.mapped > 4_000


def test_every_mcode_bundle_is_read_or_refused_in_a_line(samples: Path) -> None:
    told, refused = {}, []
    for file in sorted(samples.rglob("mcode*/spec/data/*.json")) or sorted(samples.rglob("spec/data/*.json")):
        try:
            (read,) = fhir.read(file)
            told[file.name] = "active_malignancy" in read.patient or "malignancy_type" in read.patient
        except PatientError as error:
            refused.append(str(error))
    assert len(refused) == 5
    assert not [line for line in refused if "\n" in line]
    assert told == {
        "eom_patient_1.json": True,
        "patient_data.json": True,
        "patient_data_missing_birthdate_invalid_ecog_karnofsky.json": True,
        "patient_data_missing_histology_morph.json": True,
    }
