#include "lm/store/store.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "lm/store/database_file.h"
#include "lm/store/error.h"
#include "lm/store/proof_rows.h"
#include "lm/store/rows.h"
#include "lm/store/session_rows.h"
#include "lm/store/spec_difference.h"
#include "lm/store/sqlite_handle.h"
#include "lm/store/step_writer.h"
#include "lm/store/totals.h"
#include "lm/store/train_rows.h"
#include "lm/store/writer_lock.h"

namespace rmt::store {
namespace {

std::string select(std::string_view columns, std::string_view rest) {
  return "SELECT " + std::string(columns) + " FROM " + std::string(rest);
}

}  // namespace

struct Store::Impl {
  std::optional<WriterLock> lock;  // declared first: given up last
  std::unique_ptr<Database> database;
  std::optional<StepWriter> step;

  void require_writable() const {
    if (!step) throw std::logic_error(database->path() + ": the store was opened for reading only");
  }
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Store Store::open(const std::string& path) {
  if (path.empty()) throw Error(Errc::io, "The name of the database is empty. Give a file with --db.");
  auto impl = std::make_unique<Impl>();
  impl->lock.emplace(path);
  impl->database = open_for_writing(path);
  impl->step.emplace(*impl->database);
  // The lock says that no other process writes: a run still marked as running was killed.
  impl->database->execute("UPDATE run SET status = 'interrupted' WHERE status = 'running'");
  return Store(std::move(impl));
}

Store Store::open_read_only(const std::string& path) {
  auto impl = std::make_unique<Impl>();
  impl->database = open_for_reading(path);
  return Store(std::move(impl));
}

const std::string& Store::path() const {
  return impl_->database->path();
}

Store::Snapshot::Snapshot(const Store& store) : impl_(*store.impl_) {
  impl_.database->execute("SAVEPOINT snapshot");
}

Store::Snapshot::~Snapshot() {
  impl_.database->try_execute("RELEASE snapshot");
}

Store::Snapshot Store::snapshot() const {
  return Snapshot(*this);
}

int64_t Store::begin_run(const RunSpec& spec) {
  impl_->require_writable();
  if (!nlohmann::json::accept(spec.config)) throw std::invalid_argument("a run's configuration must be JSON");
  Statement insert(*impl_->database,
                   "INSERT INTO run (command, protocol, model, model_sha256, tokenizer_sha256, config, device, dtype, "
                   "version, status, started) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'running', " +
                       std::string(kNow) + ")");
  insert.run(spec.command, spec.protocol, spec.model, spec.model_sha256, spec.tokenizer_sha256, spec.config,
             spec.device, spec.dtype, spec.version);
  return impl_->database->last_insert_id();
}

void Store::resume_run(int64_t id, const RunSpec& spec) {
  impl_->require_writable();
  const std::vector<FieldDifference> differences = compare_specs(run(id).spec, spec);
  if (!differences.empty()) {
    throw Error(Errc::mismatch, path() + ": run " + std::to_string(id) + " cannot be resumed with other inputs (" +
                                    describe(differences) + "). Give it the inputs it began with, or start a new run.");
  }
  Statement(*impl_->database, "UPDATE run SET status = 'running', ended = NULL WHERE id = ?1").run(id);
}

void Store::end_run(int64_t id, RunStatus status) {
  impl_->require_writable();
  const std::string ended = status == RunStatus::running ? "NULL" : std::string(kNow);
  Statement(*impl_->database, "UPDATE run SET status = ?2, ended = " + ended + " WHERE id = ?1")
      .run(id, to_string(status));
  if (impl_->database->changed_rows() != 1) run(id);  // which tells that there is none
}

std::optional<Run> Store::find_resumable(const RunSpec& spec) const {
  Statement query(*impl_->database, select(kRunColumns, "run WHERE status <> 'finished' ORDER BY id DESC"));
  while (query.step()) {
    Run run = read_run(query);
    if (compare_specs(run.spec, spec).empty()) return run;
  }
  return std::nullopt;
}

std::vector<Run> Store::runs() const {
  std::vector<Run> out;
  Statement query(*impl_->database, select(kRunColumns, "run ORDER BY id"));
  while (query.step()) out.push_back(read_run(query));
  return out;
}

Run Store::run(int64_t id) const {
  Statement query(*impl_->database, select(kRunColumns, "run WHERE id = ?1"));
  if (query.bind(id).step()) return read_run(query);
  throw Error(Errc::not_found, path() + ": no run " + std::to_string(id) + ". `rmt-lm runs list --db " + path() +
                                   "` shows those it has.");
}

std::vector<DocumentRow> Store::documents(int64_t run) const {
  std::vector<DocumentRow> out;
  Statement query(*impl_->database, select(kDocumentColumns, "document WHERE run = ?1 ORDER BY id"));
  query.bind(run);
  while (query.step()) out.push_back(read_document(query));
  return out;
}

std::vector<SegmentRow> Store::segments(int64_t document) const {
  std::vector<SegmentRow> out;
  Statement query(*impl_->database, select(kSegmentColumns, "segment WHERE document = ?1 ORDER BY seg"));
  query.bind(document);
  while (query.step()) out.push_back(read_segment(query));
  return out;
}

std::optional<StateRow> Store::state(int64_t document) const {
  Statement query(*impl_->database,
                  "SELECT segments, blob, sha256, (SELECT max(seg) + 1 FROM segment WHERE document = ?1) "
                  "FROM state WHERE document = ?1");
  if (!query.bind(document).step()) return std::nullopt;
  StateRow state{.document = document, .segments = query.integer(0), .blob = query.blob(1)};
  const std::string where = path() + ": the reading state of document " + std::to_string(document);
  if (state_digest(state) != query.blob(2)) {
    throw Error(Errc::corrupt, where +
                                   " does not have the checksum it was stored with. Restore a backup, or start a "
                                   "new run of this document.");
  }
  if (state.segments != query.integer(3)) {
    throw Error(Errc::corrupt, where + " was taken after " + std::to_string(state.segments) + " segments, but " +
                                   std::to_string(query.integer(3)) + " are stored. Start a new run of this document.");
  }
  return state;
}

Totals Store::run_totals(int64_t run) const {
  return read_totals(*impl_->database, TotalsOf::run, run);
}

Totals Store::document_totals(int64_t document) const {
  return read_totals(*impl_->database, TotalsOf::document, document);
}

DocumentRow Store::add_document(int64_t run, const std::string& name, const std::string& source) {
  impl_->require_writable();
  Statement(*impl_->database,
            "INSERT INTO document (run, name, source) VALUES (?1, ?2, ?3) ON CONFLICT (run, name) DO NOTHING")
      .run(run, name, source);
  Statement query(*impl_->database, select(kDocumentColumns, "document WHERE run = ?1 AND name = ?2"));
  query.bind(run, name).step();
  return read_document(query);
}

void Store::commit(std::span<const SegmentRow> segments, std::span<const StateRow> states,
                   std::span<const DocumentRow> finished) {
  impl_->require_writable();
  if (segments.empty() && states.empty() && finished.empty()) return;
  Transaction transaction(*impl_->database);
  for (const SegmentRow& row : segments) impl_->step->segment(row);
  for (const StateRow& state : states) impl_->step->state(state);
  for (const DocumentRow& document : finished) impl_->step->end(document);
  transaction.commit();
}

void Store::add_train_steps(int64_t run, std::span<const TrainStepRow> steps) {
  impl_->require_writable();
  if (steps.empty()) return;
  Transaction transaction(*impl_->database);
  replace_train_steps(*impl_->database, run, steps);
  transaction.commit();
}

std::vector<TrainStepRow> Store::train_steps(int64_t run) const {
  return read_train_steps(*impl_->database, run);
}

int64_t Store::begin_proof(const ProofRow& proof) {
  impl_->require_writable();
  return insert_proof(*impl_->database, proof);
}

void Store::add_proof_nodes(int64_t proof, std::span<const ProofNodeRow> nodes) {
  impl_->require_writable();
  if (nodes.empty()) return;
  Transaction transaction(*impl_->database);
  insert_proof_nodes(*impl_->database, proof, nodes);
  transaction.commit();
}

void Store::end_proof(const ProofRow& proof) {
  impl_->require_writable();
  update_proof(*impl_->database, proof);
}

std::vector<ProofRow> Store::proofs() const {
  return read_proofs(*impl_->database);
}

ProofRow Store::proof(int64_t id) const {
  return read_proof(*impl_->database, id);
}

std::vector<ProofNodeRow> Store::proof_nodes(int64_t proof) const {
  return read_proof_nodes(*impl_->database, proof);
}

void Store::put_sessions(std::span<const SessionRow> sessions) {
  impl_->require_writable();
  Transaction transaction(*impl_->database);
  write_sessions(*impl_->database, sessions);
  transaction.commit();
}

void Store::touch_sessions(std::span<const SessionUse> uses) {
  impl_->require_writable();
  Transaction transaction(*impl_->database);
  write_uses(*impl_->database, uses);
  transaction.commit();
}

void Store::drop_sessions(std::span<const std::string> ids) {
  impl_->require_writable();
  Transaction transaction(*impl_->database);
  delete_sessions(*impl_->database, ids);
  transaction.commit();
}

std::vector<std::string> Store::session_ids(const std::string& fingerprint) const {
  return read_session_ids(*impl_->database, fingerprint);
}

std::optional<SessionRow> Store::session(const std::string& id) const {
  return read_session(*impl_->database, id);
}

}  // namespace rmt::store
