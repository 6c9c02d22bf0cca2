"""The tables of a catalogue. Plain SQL, so that any SQLite tool can read them.

- `trials`: one row a trial, wide: what `Catalogue.trials()` gives and what filters ask. A list is a
  JSON array; a date is text as precise as registered (`2019-02`), so that texts sort as dates do.
- `versions`: every content that a trial's record has had, the raw record whole (zstandard), with the
  figures that a history tells.
- `sites`: where; `texts`: the full-text index, its rowid the trial's `number`.
- `imports`: the books, `remarks`: what they say in words; `refused`: each record that could not be
  stored and why; `bodies`: what such a record said; `passed_over`: ids that were read and are not of this
  landscape.
- `resume`: how far an update came; `meta`: which knowledge the labels were made with.
"""

from __future__ import annotations

APPLICATION_ID = 0x53636C72  # "Sclr", so that `file` and we know a catalogue from any other SQLite file
VERSION = 2

TRIAL_COLUMNS = {
    "id": "TEXT NOT NULL UNIQUE",
    "registry": "TEXT NOT NULL",
    "title": "TEXT",
    "acronym": "TEXT",
    "status": "TEXT",
    "status_date": "TEXT",
    "phases": "TEXT NOT NULL",
    "study_type": "TEXT",
    "start": "TEXT",
    "primary_completion": "TEXT",
    "completion": "TEXT",
    "enrolment": "INTEGER",
    "enrolment_kind": "TEXT",
    "planned_enrolment": "INTEGER",
    "disease": "TEXT NOT NULL",
    "manifestations": "TEXT NOT NULL",
    "subsets": "TEXT NOT NULL",
    "treatments": "TEXT NOT NULL",
    "classes": "TEXT NOT NULL",
    "targets": "TEXT NOT NULL",
    "families": "TEXT NOT NULL",
    "repurposed": "INTEGER",
    "sponsor": "TEXT",
    "sponsor_class": "TEXT",
    "countries": "TEXT NOT NULL",
    "sites": "INTEGER",
    "recruiting_sites": "INTEGER",
    "endpoints": "TEXT NOT NULL",
    "primary_endpoints": "TEXT NOT NULL",
    "purposes": "TEXT NOT NULL",
    "why_stopped": "TEXT",
    "has_results": "INTEGER NOT NULL",
    "minimum_age": "REAL",
    "maximum_age": "REAL",
    "sex": "TEXT",
    "allocation": "TEXT",
    "masking": "TEXT",
    "first_seen": "TEXT NOT NULL",
    "last_changed": "TEXT NOT NULL",
}
"""Column → its SQL type, in the order of `Catalogue.trials()`."""

LISTS = tuple(name for name, kind in TRIAL_COLUMNS.items() if kind == "TEXT NOT NULL" and name.endswith("s"))
DATES = ("status_date", "start", "primary_completion", "completion")

TEXT_COLUMNS = {
    "id": 10.0,
    "title": 10.0,
    "acronym": 10.0,
    "conditions": 6.0,
    "interventions": 6.0,
    "outcomes": 2.0,
    "summary": 2.0,
    "eligibility": 1.0,
    "sponsor": 3.0,
}
"""Column of the full-text index → its weight in the ranking (BM25)."""

VERSION_FACTS = (
    "status",
    "start",
    "primary_completion",
    "completion",
    "enrolment",
    "enrolment_kind",
)
"""What a version keeps beside the raw record, so that a history needs no reading."""

_trials = ",\n  ".join(f"{name} {kind}" for name, kind in TRIAL_COLUMNS.items())

_REMARKS = """
CREATE TABLE remarks (
  import INTEGER NOT NULL REFERENCES imports,
  kind TEXT NOT NULL,            -- beside (a file passed over), notes (a field not taken), doubles, failures
  text TEXT NOT NULL
);
CREATE INDEX remarks_of_import ON remarks (import)"""

TABLES = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE imports (
  number INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,            -- files, update
  source TEXT NOT NULL,
  scope TEXT NOT NULL,           -- scleroderma, all
  started TEXT NOT NULL,
  finished TEXT,                 -- NULL: running, or interrupted
  read INTEGER NOT NULL DEFAULT 0,
  new INTEGER NOT NULL DEFAULT 0,
  changed INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  out_of_scope INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL DEFAULT 0,
  repeated INTEGER NOT NULL DEFAULT 0,   -- of these: the same id again in the same input
  differing INTEGER NOT NULL DEFAULT 0,  -- of these: … with other content
  in_part INTEGER NOT NULL DEFAULT 0,    -- records of which some field could not be taken over
  announced INTEGER                      -- how many the registry said that it has
);
{_REMARKS};

CREATE TABLE versions (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  digest BLOB NOT NULL,          -- of the study that was read: the content
  spelling BLOB NOT NULL,        -- of the raw bytes: the same content may be spelled in many ways
  updated TEXT,                  -- the registry's date of this content
  seen TEXT NOT NULL,            -- when we first read it
  import INTEGER NOT NULL REFERENCES imports,
  source TEXT NOT NULL,          -- file and position
  registry TEXT NOT NULL,
  form TEXT NOT NULL,            -- how `raw` is written: see registries.files
  status TEXT, start TEXT, primary_completion TEXT, completion TEXT,
  enrolment INTEGER, enrolment_kind TEXT,
  size INTEGER NOT NULL,         -- bytes of the raw record
  raw BLOB NOT NULL,
  UNIQUE (id, digest)
);

CREATE TABLE trials (
  number INTEGER PRIMARY KEY,
  version INTEGER NOT NULL REFERENCES versions,
  {_trials}
);

CREATE TABLE labels (number INTEGER PRIMARY KEY, labels TEXT NOT NULL);

CREATE TABLE sites (
  number INTEGER NOT NULL,       -- the trial's
  facility TEXT, city TEXT, state TEXT, country TEXT, latitude REAL, longitude REAL, status TEXT
);
CREATE INDEX sites_of_trial ON sites (number);

CREATE TABLE refused (
  import INTEGER NOT NULL REFERENCES imports,
  source TEXT NOT NULL,
  reason TEXT NOT NULL,
  body BLOB                      -- digest in `bodies`
);
CREATE INDEX refused_of_import ON refused (import);
CREATE TABLE bodies (digest BLOB PRIMARY KEY, size INTEGER NOT NULL, raw BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE passed_over (id TEXT PRIMARY KEY, import INTEGER NOT NULL, mark INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE resume (source TEXT PRIMARY KEY, import INTEGER NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;

CREATE VIRTUAL TABLE texts USING fts5 (
  {", ".join(TEXT_COLUMNS)}, tokenize = 'porter unicode61 remove_diacritics 2'
);
"""

UPGRADES = {1: ("ALTER TABLE imports ADD COLUMN in_part INTEGER NOT NULL DEFAULT 0", *_REMARKS.split(";\n"))}
"""Version of the tables → the statements that lead to the next version."""

INDEX_IN_MEMORY = "INSERT INTO texts (texts, rank) VALUES ('hashsize', 33554432)"
"""A whole batch is indexed in memory (bytes) before it is written: pieces of 1 MB are merged often."""
