import gzip
import io
import json
import tarfile
import time
import zipfile
from pathlib import Path

import pytest

from scleroscope.registries import elements
from scleroscope.registries.files import records
from scleroscope.registries.record import Beside, RawRecord, Refusal


def study(number: int) -> bytes:
    ids = {"nctId": f"NCT9{number:07d}", "briefTitle": f'Invented trial "{number}" {{[of]}}'}
    return json.dumps({"protocolSection": {"identificationModule": ids}}).encode()


XML = b"<clinical_study><id_info><nct_id>NCT90000009</nct_id></id_info></clinical_study>"


def ids(path: Path) -> list[str]:
    return [
        found.id if isinstance(found, RawRecord) else f"refused: {found.reason}"
        for found in records(path)
        if not isinstance(found, Beside)
    ]


def beside(path: Path) -> dict[str, str]:
    """What was passed over: the end of its name, and why."""
    return {Path(found.source).name: found.why for found in records(path) if isinstance(found, Beside)}


def three() -> list[bytes]:
    return [study(1), study(2), study(3)]


WANTED = ["NCT90000001", "NCT90000002", "NCT90000003"]

SHAPES = {
    "lines": lambda: b"\n".join(three()),
    "lines with blanks and windows ends": lambda: b"\r\n\r\n".join(three()) + b"\r\n",
    "array": lambda: b"[" + b",\n".join(three()) + b"]",
    "page": lambda: b'{"totalCount":3,"studies":[' + b",".join(three()) + b'],"nextPageToken":"x"}',
    "indented page": lambda: json.dumps({"studies": [json.loads(s) for s in three()]}, indent=2).encode(),
    "byte order mark": lambda: b"\xef\xbb\xbf[" + b",".join(three()) + b"]",
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("packed", [False, True])
def test_every_shape_of_json_gives_the_same_records(tmp_path: Path, shape: str, packed: bool) -> None:
    raw = SHAPES[shape]()
    path = tmp_path / ("studies.json.gz" if packed else "studies.json")
    path.write_bytes(gzip.compress(raw) if packed else raw)
    assert ids(path) == WANTED


@pytest.mark.parametrize("shape", ["array", "page", "indented page"])
def test_arrays_too_long_for_memory_give_the_same_records(
    tmp_path: Path, shape: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scleroscope.registries import documents

    monkeypatch.setattr(documents, "LARGEST", 150)
    monkeypatch.setattr(elements, "_CHUNK", 7)
    path = tmp_path / "studies.json"
    path.write_bytes(SHAPES[shape]())
    assert ids(path) == WANTED


def test_one_indented_study_is_one_record(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text(json.dumps(json.loads(study(1)), indent=2))
    assert ids(path) == ["NCT90000001"]


def test_zip_tar_and_folder_give_a_record_a_file(tmp_path: Path) -> None:
    members = {"a/NCT1.json": study(1), "a/NCT2.json.gz": gzip.compress(study(2)), "b/NCT9.xml": XML}
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name, raw in members.items():
            archive.writestr(name, raw)
    with tarfile.open(tmp_path / "all.tar.gz", "w:gz") as archive:
        for name, raw in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(raw)
            archive.addfile(entry, io.BytesIO(raw))
    for name, raw in members.items():
        path = tmp_path / "folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    (tmp_path / "folder" / "README.md").write_text("# About these files")
    (tmp_path / "folder" / ".hidden").write_text("nothing")
    wanted = ["NCT90000001", "NCT90000002", "NCT90000009"]
    for name in ("all.zip", "all.tar.gz", "folder"):
        assert ids(tmp_path / name) == wanted


NO_RECORDS = {
    "README.md": b"[![a badge](https://example.org)] about these files",
    "index.tsv": b"id\ttitle\n",
    "list.csv": b"NCT90000001,Recruiting\n",
    "notes.txt": b"to do",
    "schema.xsd": b"<xs:schema/>",
    "protocol.pdf": b"%PDF-1.7",
    ".DS_Store": b"\0\0\0\1Bud1",
}


def test_what_lies_beside_records_is_said_and_refuses_nothing(tmp_path: Path) -> None:
    members = {
        **NO_RECORDS,
        "NCT1.json": study(1),
        "also.txt": study(2),
        "__MACOSX/._NCT1.json": b"\0\5\x16\7",
    }
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name, raw in members.items():
            archive.writestr(name, raw)
    with tarfile.open(tmp_path / "all.tar", "w") as tar:
        for name, raw in members.items():
            entry = tarfile.TarInfo(f"./{name}")  # as `tar -C folder .` names them
            entry.size = len(raw)
            tar.addfile(entry, io.BytesIO(raw))
    for name, raw in members.items():
        path = tmp_path / "folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    for name in ("all.zip", "all.tar", "folder"):
        assert sorted(ids(tmp_path / name)) == WANTED[:2], name
        assert beside(tmp_path / name).keys() - {"__MACOSX", "._NCT1.json"} == NO_RECORDS.keys(), name
        assert len(beside(tmp_path / name)) == len(NO_RECORDS) + 1, name
        assert beside(tmp_path / name)[".DS_Store"] == "hidden"


def test_a_link_in_a_folder_is_followed_to_a_file_and_said_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "one.json").write_bytes(study(1))
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "one.json").symlink_to(tmp_path / "elsewhere" / "one.json")
    (folder / "loop").symlink_to(folder)
    (folder / "dead.json").symlink_to(tmp_path / "nowhere")
    assert ids(folder) == ["NCT90000001"]
    assert beside(folder).keys() == {"loop", "dead.json"}


def test_a_table_that_is_named_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(NO_RECORDS["list.csv"])
    assert "neither JSON nor XML" in ids(tmp_path / "list.csv")[0]


def test_a_record_keeps_its_bytes_and_says_where_it_stood(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(study(1) + b"\n" + study(2))
    first, second = records(path)
    assert isinstance(first, RawRecord)
    assert isinstance(second, RawRecord)
    assert (first.raw, second.source) == (study(1), f"{path}:2")


BAD = {
    "not JSON": (b"NCT01234567,Recruiting", "neither JSON nor XML"),
    "empty": (b"", "empty"),
    "blank": (b" \n\n ", "empty"),
    "half a study": (study(1)[:40], "not valid JSON"),
    "HTML error page": (b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", "an HTML page"),
    "XML of another kind": (b"<rss><channel/></rss>", "not a ClinicalTrials.gov study"),
    "broken XML": (b"<clinical_study><id_info></clinical_study>", "not well-formed XML"),
    "XML bomb": (b'<!DOCTYPE x [<!ENTITY a "aaaa">]><clinical_study>&a;</clinical_study>', "entities"),
    "another schema": (b'{"resourceType": "ResearchStudy"}', "no protocolSection"),
    "a wrong schema inside": (b'{"protocolSection": [1, 2]}', "not a ClinicalTrials.gov study"),
    "a wrong id": (study(1).replace(b"NCT90000001", b"NCT9"), "not NCT and eight digits"),
    "a number for an id": (study(1).replace(b'"NCT90000001"', b"7"), "not NCT and eight digits"),
    "Latin-1": (study(1).replace(b"Invented", b"Erfundene f\xfcr"), "not UTF-8"),
    "UTF-16": (study(1).decode().encode("utf-16"), "neither JSON nor XML"),
    "deep nesting": (b'{"a":' * 100_000 + b"}" * 100_000, "not valid JSON"),
    "truncated gzip": (gzip.compress(b"\n".join(three()) * 50)[:60], "cut off"),
    "not really a zip": (b"PK\x03\x04 and then nothing", "damaged"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_is_one_clear_line(tmp_path: Path, kind: str) -> None:
    raw, reason = BAD[kind]
    path = tmp_path / "bad.json"
    path.write_bytes(raw)
    found = list(records(path))
    refusal = found[-1]
    assert isinstance(refusal, Refusal)
    assert reason in refusal.reason
    assert "\n" not in refusal.reason
    assert refusal.source.startswith(str(path))


def test_a_missing_file_is_a_refusal(tmp_path: Path) -> None:
    assert ids(tmp_path / "nowhere.json") == ["refused: no such file or folder"]


@pytest.mark.parametrize("bad", [b"{]", b'{"a": 1}', b"<html>", b"\x00\x00", b'{"protocolSection":'])
def test_a_bad_line_does_not_stop_the_others(tmp_path: Path, bad: bytes) -> None:
    for position in range(4):
        lines = three()
        lines.insert(position, bad)
        path = tmp_path / "lines.jsonl"
        path.write_bytes(b"\n".join(lines))
        found = ids(path)
        assert [one for one in found if not one.startswith("refused")] == WANTED, position
        assert len(found) == 4


def test_what_precedes_a_cut_is_kept(tmp_path: Path) -> None:
    whole = b"[" + b",".join(three()) + b"]"
    path = tmp_path / "cut.json"
    for kept in range(len(whole) - 1):
        path.write_bytes(whole[: kept + 1])
        found = ids(path)
        complete = sum(kept + 1 >= whole.index(b"}}}", whole.index(name.encode())) + 3 for name in WANTED)
        assert found[:complete] == WANTED[:complete]
        assert len(found) == complete + 1
        assert found[-1].startswith("refused")


def test_a_damaged_study_in_an_array_does_not_stop_the_others(tmp_path: Path) -> None:
    path = tmp_path / "array.json"
    path.write_bytes(b"[" + study(1) + b', {"a": nonsense}, ' + study(3) + b"]")
    first, second, third = ids(path)
    assert (first, third) == ("NCT90000001", "NCT90000003")
    assert "not valid JSON" in second


@pytest.mark.parametrize("name", ["../evil.json", "/etc/evil.json", "a/../../evil.json", "C:/evil.json"])
def test_unsafe_names_in_a_zip_are_refused_and_the_rest_is_read(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr(name, study(1))
        archive.writestr("good.json", study(2))
    first, second = ids(tmp_path / "all.zip")
    assert "unsafe name" in first
    assert second == "NCT90000002"


def test_a_damaged_member_of_a_zip_does_not_stop_the_others(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in (1, 2, 3):
            archive.writestr(f"{number}.json", study(number))
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"NCT90000002", b"NCT90000007", 1))
    first, second, third = ids(path)
    assert (first, third) == ("NCT90000001", "NCT90000003")
    assert second.startswith("refused: damaged")


def test_a_ten_gigabyte_bomb_is_not_unpacked(tmp_path: Path) -> None:
    # Members of one gzip file follow each other: 10 GB in 10 MB, made in no time.
    piece = gzip.compress(b"a" * (10 << 20))
    path = tmp_path / "bomb.json.gz"
    for head in (b'{"a": "', b'{"studies": [{"a": "', b""):
        path.write_bytes(gzip.compress(head) + piece * 1000)
        (found,) = records(path)
        assert isinstance(found, Refusal)


def test_a_zip_that_claims_gigabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.json", b" " * (65 << 20))
        archive.writestr("2.json", study(2))
    raw = path.read_bytes()
    found = ids(path)
    assert found[-1] == "NCT90000002"
    assert found[0].startswith("refused")
    # The same with a size in the directory that no one should believe.
    central = raw.index(b"PK\x01\x02")
    lie = raw[: central + 24] + (0xF0000000).to_bytes(4, "little") + raw[central + 28 :]
    path.write_bytes(lie)
    (refusal,) = ids(path)
    assert "200-fold" in refusal


def test_a_long_array_takes_time_in_proportion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Cutting the buffer at each study would copy it each time: minutes for what takes seconds.
    from scleroscope.registries import documents

    monkeypatch.setattr(documents, "LARGEST", 4 << 20)
    path = tmp_path / "long.json"
    padding = b" " * 400
    path.write_bytes(b"[" + b",".join(study(number) + padding for number in range(20_000)) + b"]")
    started = time.perf_counter()
    found = ids(path)
    assert len(set(found)) == 20_000
    assert time.perf_counter() - started < 10
