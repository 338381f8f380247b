#include "lm/store/migrations.h"

#include <string>

namespace rmt::store {
namespace {

constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE run (
  id               INTEGER PRIMARY KEY,
  command          TEXT NOT NULL,
  protocol         TEXT NOT NULL,
  model            TEXT NOT NULL,
  model_sha256     TEXT NOT NULL,
  tokenizer_sha256 TEXT NOT NULL,
  config           TEXT NOT NULL,
  device           TEXT NOT NULL,
  dtype            TEXT NOT NULL,
  version          TEXT NOT NULL,
  status           TEXT NOT NULL CHECK (status IN ('running', 'finished', 'interrupted', 'failed')),
  started          TEXT NOT NULL,
  ended            TEXT
) STRICT;

CREATE TABLE document (
  id       INTEGER PRIMARY KEY,
  run      INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  name     TEXT NOT NULL,
  source   TEXT NOT NULL,
  finished INTEGER NOT NULL DEFAULT 0 CHECK (finished IN (0, 1)),
  tokens   INTEGER NOT NULL DEFAULT 0 CHECK (tokens >= 0),
  bytes    INTEGER NOT NULL DEFAULT 0 CHECK (bytes >= 0),
  chars    INTEGER NOT NULL DEFAULT 0 CHECK (chars >= 0),
  words    INTEGER NOT NULL DEFAULT 0 CHECK (words >= 0),
  UNIQUE (run, name)
) STRICT;

CREATE TABLE segment (
  document       INTEGER NOT NULL REFERENCES document ON DELETE CASCADE,
  seg            INTEGER NOT NULL CHECK (seg >= 0),
  token_from     INTEGER NOT NULL CHECK (token_from >= 0),
  token_to       INTEGER NOT NULL CHECK (token_to >= token_from),
  byte_from      INTEGER NOT NULL CHECK (byte_from >= 0),
  byte_to        INTEGER NOT NULL CHECK (byte_to >= byte_from),
  scored_tokens  INTEGER NOT NULL CHECK (scored_tokens >= 0),
  scored_bytes   INTEGER NOT NULL CHECK (scored_bytes >= 0),
  nll            REAL NOT NULL,
  nll_reset      REAL,
  nll_head       REAL NOT NULL,
  scored_head    INTEGER NOT NULL CHECK (scored_head BETWEEN 0 AND scored_tokens),
  nll_head_reset REAL,
  ms             REAL NOT NULL,
  PRIMARY KEY (document, seg)
) STRICT, WITHOUT ROWID;

CREATE TABLE state (
  document INTEGER PRIMARY KEY REFERENCES document ON DELETE CASCADE,
  segments INTEGER NOT NULL CHECK (segments >= 0),
  blob     BLOB NOT NULL,
  sha256   BLOB NOT NULL CHECK (length(sha256) = 32)
) STRICT;

-- For people with a SQL prompt: one row a segment, with all it takes to plot it.
CREATE VIEW trace AS
SELECT document.run, document.name, segment.*, exp(segment.nll / segment.scored_tokens) AS ppl
FROM segment JOIN document ON document.id = segment.document;
)sql";

constexpr std::string_view kVersion2 = R"sql(
CREATE TABLE train_step (
  run           INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  step          INTEGER NOT NULL CHECK (step >= 1),
  stage         INTEGER NOT NULL CHECK (stage >= 1),
  segments      INTEGER NOT NULL CHECK (segments >= 1),
  loss          REAL NOT NULL,
  gradient_norm REAL NOT NULL,
  learning_rate REAL NOT NULL,
  tokens        INTEGER NOT NULL CHECK (tokens >= 0),
  ms            REAL NOT NULL,
  PRIMARY KEY (run, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE train_segment (
  run  INTEGER NOT NULL,
  step INTEGER NOT NULL,
  seg  INTEGER NOT NULL CHECK (seg >= 0),
  loss REAL NOT NULL,
  PRIMARY KEY (run, step, seg),
  FOREIGN KEY (run, step) REFERENCES train_step ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
)sql";

constexpr std::string_view kVersion3 = R"sql(
CREATE TABLE session (
  id          TEXT PRIMARY KEY CHECK (length(id) = 32),
  owner       TEXT NOT NULL,
  name        TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  version     INTEGER NOT NULL CHECK (version >= 1),
  created     INTEGER NOT NULL,
  used        INTEGER NOT NULL,
  segments    INTEGER NOT NULL CHECK (segments >= 0),
  tokens      INTEGER NOT NULL CHECK (tokens >= 0),
  reading     BLOB NOT NULL,
  sha256      BLOB NOT NULL CHECK (length(sha256) = 32)
) STRICT;
)sql";

constexpr std::string_view kVersion4 = R"sql(
CREATE TABLE proof (
  id         INTEGER PRIMARY KEY,
  run        INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  name       TEXT NOT NULL,
  before     TEXT NOT NULL,
  head       TEXT NOT NULL,
  tail       TEXT NOT NULL,
  indent     INTEGER NOT NULL CHECK (indent >= 0),
  lean       TEXT NOT NULL,
  outcome    TEXT,
  script     TEXT NOT NULL,
  goals      TEXT NOT NULL,
  axioms     TEXT NOT NULL,
  message    TEXT NOT NULL,
  expansions INTEGER NOT NULL CHECK (expansions >= 0),
  checks     INTEGER NOT NULL CHECK (checks >= 0),
  proposed   INTEGER NOT NULL CHECK (proposed >= 0),
  seconds    REAL NOT NULL,
  model_s    REAL NOT NULL,
  lean_s     REAL NOT NULL,
  started    TEXT NOT NULL,
  ended      TEXT
) STRICT;

CREATE TABLE proof_node (
  proof   INTEGER NOT NULL REFERENCES proof ON DELETE CASCADE,
  node    INTEGER NOT NULL CHECK (node >= 0),
  parent  INTEGER,
  tactic  TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('proved', 'progress', 'error', 'rejected', 'timeout')),
  goals   TEXT NOT NULL,
  message TEXT NOT NULL,
  origin  TEXT NOT NULL CHECK (origin IN ('root', 'automation', 'model')),
  logprob REAL NOT NULL,
  score   REAL NOT NULL,
  same_as INTEGER,
  ms      REAL NOT NULL,
  PRIMARY KEY (proof, node),
  FOREIGN KEY (proof, parent) REFERENCES proof_node,
  FOREIGN KEY (proof, same_as) REFERENCES proof_node
) STRICT, WITHOUT ROWID;
)sql";

constexpr std::string_view kSteps[] = {kVersion1, kVersion2, kVersion3, kVersion4};

}  // namespace

std::span<const std::string_view> migrations() {
  return kSteps;
}

void migrate(const Database& database, std::span<const std::string_view> steps) {
  Transaction transaction(database);  // also keeps a second process from migrating meanwhile
  const auto version = static_cast<size_t>(pragma(database, "user_version"));
  if (version >= steps.size()) return;
  for (const std::string_view step : steps.subspan(version)) database.execute(std::string(step));
  database.execute("PRAGMA application_id = " + std::to_string(kApplicationId));
  database.execute("PRAGMA user_version = " + std::to_string(steps.size()));
  transaction.commit();
}

int64_t pragma(const Database& database, std::string_view name) {
  Statement statement(database, "PRAGMA " + std::string(name));
  return statement.step() ? statement.integer(0) : 0;
}

}  // namespace rmt::store
