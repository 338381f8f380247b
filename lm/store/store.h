// The trace database: runs, documents, segments, reading states, steps of training, proofs and sessions in one SQLite
// file. One writer; what commit() returned from survives kill -9 and power loss. Schema: SCHEMA.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rmt::store {

/// What a run was, in full: enough to repeat it, and to refuse resuming it with other inputs.
struct RunSpec {
  std::string command;   ///< "eval", …
  std::string protocol;  ///< "rmt", "lm-eval", "hf-strided", "llamacpp"
  std::string model;     ///< the path or name given
  std::string model_sha256, tokenizer_sha256;
  std::string config;  ///< resolved configuration as JSON
  std::string device, dtype;
  std::string version;  ///< of rmt-lm
};

enum class RunStatus { running, finished, interrupted, failed };
std::string_view to_string(RunStatus status);

struct Run {
  int64_t id = 0;
  RunSpec spec;
  RunStatus status = RunStatus::running;
  std::string started, ended;  ///< ISO 8601, UTC; `ended` empty while running
};

struct DocumentRow {
  int64_t id = 0;
  std::string name;    ///< corpora::Document::id, unique in its run
  std::string source;  ///< corpora::Document::source
  bool finished = false;
  int64_t tokens = 0, bytes = 0, chars = 0, words = 0;  ///< totals, final once finished
};

/// The first tokens of a segment, summed apart: where a border hurts, it hurts here.
inline constexpr int64_t kHeadTokens = 32;

/// One segment as scored. NLLs are sums over its scored tokens, in nats.
struct SegmentRow {
  int64_t document = 0;
  int64_t index = 0;
  int64_t token_from = 0, token_to = 0, byte_from = 0, byte_to = 0;
  int64_t scored_tokens = 0, scored_bytes = 0;
  double nll = 0;
  std::optional<double> nll_reset = std::nullopt;  ///< the same tokens with the memory reset
  double nll_head = 0;                             ///< part of `nll` from the segment's first kHeadTokens
  int64_t scored_head = 0;                         ///< how many of those were scored
  std::optional<double> nll_head_reset = std::nullopt;
  double ms = 0;  ///< wall time of the step
};

/// Sums over the segments of a run or of a document.
struct Totals {
  int64_t documents = 0, finished = 0;  ///< how many of the documents were read to their end
  int64_t segments = 0;
  int64_t scored_tokens = 0, scored_bytes = 0;
  int64_t words = 0, chars = 0;                    ///< of the finished documents
  double nll = 0;                                  ///< nats
  std::optional<double> nll_reset = std::nullopt;  ///< only if every segment has it
  double ms = 0;
};

/// An unfinished document's reading state after its last committed segment; opaque here.
struct StateRow {
  int64_t document = 0;
  int64_t segments = 0;  ///< how many are stored: 0 when tokens were read but none is complete
  std::string blob;
};

/// One step of the optimizer.
struct TrainStepRow {
  int64_t step = 0;   ///< of the run, from 1 on: the checkpoint step-000400 is after step 400
  int64_t stage = 0;  ///< of the curriculum, from 1 on
  int64_t segments = 0;
  double loss = 0;  ///< mean over the batch's targets, in nats
  double gradient_norm = 0, learning_rate = 0;
  int64_t tokens = 0;
  double ms = 0;                   ///< wall time
  std::vector<double> by_segment;  ///< the loss segment by segment; NaN where one has no targets of its own
};

/// A text that a server has read, as it is kept.
struct SessionRow {
  std::string id;                 ///< 32 hexadecimal digits
  std::string owner;              ///< hash of the key it was made with
  std::string name;               ///< as the client called it; may be empty
  std::string fingerprint;        ///< of the model the reading belongs to
  int64_t version = 1;            ///< one more with every change of the reading
  int64_t created = 0, used = 0;  ///< milliseconds since 1970, UTC
  int64_t segments = 0, tokens = 0;
  std::string reading;  ///< opaque here
};

struct SessionUse {
  std::string id;
  int64_t used = 0;
};

/// A theorem that was to be proved, and what came of it.
struct ProofRow {
  int64_t id = 0, run = 0;
  std::string name;                ///< of the declaration
  std::string before, head, tail;  ///< the file around the missing tactics
  int64_t indent = 0;              ///< column of the tactics
  std::string lean;                ///< which Lean and library, JSON
  std::string outcome;             ///< empty while it is searched for
  std::string script;              ///< of the proof, else as far as it got
  std::string goals, axioms;       ///< left after the script; that the proof depends on: JSON arrays of strings
  std::string message;             ///< of an error
  int64_t expansions = 0, checks = 0, proposed = 0;
  double seconds = 0, model_s = 0, lean_s = 0;
  std::string started, ended;  ///< ISO 8601, UTC; set by the store
};

/// One step that was tried.
struct ProofNodeRow {
  int64_t node = 0, parent = -1;  ///< -1: of the root
  std::string tactic, verdict;
  std::string goals;  ///< JSON array of strings
  std::string message, origin;
  double logprob = 0, score = 0;
  int64_t same_as = -1;  ///< an earlier node with the same goals
  double ms = 0;
};

/// Used by one thread at a time. Any call throws Error(corrupt) on a damaged page, busy when another
/// program's transaction outlasts five seconds, io, disk_full; and std::invalid_argument for rows that
/// break the schema. Whatever a throwing call began is rolled back, and the store can be used on.
class Store {
 public:
  /// Opens or creates. Holds the database's only writer's lock until it is destroyed; runs that a killed
  /// writer left marked as running become interrupted.
  /// Throws Error: foreign, newer, corrupt, busy (naming the holder), io, disk_full.
  static Store open(const std::string& path);
  /// For reading while another process may be writing; what it reads was committed.
  /// Throws Error: not_found, foreign, newer, mismatch (an older schema), corrupt, io.
  static Store open_read_only(const std::string& path);

  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  const std::string& path() const;

  /// While it lives all reads see one moment of the database, whatever another process commits
  /// meanwhile. Must not outlive the store; nothing may be written through this store until it is gone.
  class Snapshot;
  Snapshot snapshot() const;

  int64_t begin_run(const RunSpec& spec);
  /// Marks a run as running again. Throws Error(mismatch), naming the fields, if `spec` is not the run's.
  void resume_run(int64_t id, const RunSpec& spec);
  void end_run(int64_t id, RunStatus status);

  /// The newest unfinished run with the same spec (times apart), to be resumed.
  std::optional<Run> find_resumable(const RunSpec& spec) const;

  std::vector<Run> runs() const;                             ///< oldest first
  Run run(int64_t id) const;                                 ///< Error(not_found) if there is none
  std::vector<DocumentRow> documents(int64_t run) const;     ///< in the order they were added
  std::vector<SegmentRow> segments(int64_t document) const;  ///< in order of index
  /// Nothing before the first state and after the document's end. Throws Error(corrupt) if the
  /// checksum fails or if the state is not the one after the last stored segment.
  std::optional<StateRow> state(int64_t document) const;
  Totals run_totals(int64_t run) const;
  Totals document_totals(int64_t document) const;

  /// Adds the document, or returns it as it stands when the run already has its name.
  DocumentRow add_document(int64_t run, const std::string& name, const std::string& source);

  /// One transaction: the segments, the states after them, the documents that ended with them, whose
  /// states are dropped. A state must be the one after its document's last segment, those given here
  /// included. On a full disk throws Error(disk_full) and leaves the file as it was before.
  void commit(std::span<const SegmentRow> segments, std::span<const StateRow> states,
              std::span<const DocumentRow> finished);

  /// One transaction: the steps, in order, in place of all that are stored from the first of them on. A killed run
  /// goes on from its checkpoint, which its rows may have been ahead of.
  void add_train_steps(int64_t run, std::span<const TrainStepRow> steps);
  std::vector<TrainStepRow> train_steps(int64_t run) const;  ///< in order

  int64_t begin_proof(const ProofRow& proof);
  /// One transaction: all or none.
  void add_proof_nodes(int64_t proof, std::span<const ProofNodeRow> nodes);
  /// Its outcome and figures. Throws Error(not_found) for a proof that was never begun.
  void end_proof(const ProofRow& proof);
  std::vector<ProofRow> proofs() const;                        ///< oldest first
  ProofRow proof(int64_t id) const;                            ///< Error(not_found) if there is none
  std::vector<ProofNodeRow> proof_nodes(int64_t proof) const;  ///< in order

  /// Each one transaction: all or none. A session that is there already is replaced, one that is not there passes
  /// for dropped.
  void put_sessions(std::span<const SessionRow> sessions);
  void touch_sessions(std::span<const SessionUse> uses);
  void drop_sessions(std::span<const std::string> ids);
  std::vector<std::string> session_ids(const std::string& fingerprint) const;  ///< of that model, oldest first
  /// Nothing where there is none. Throws Error(corrupt) if the checksum fails.
  std::optional<SessionRow> session(const std::string& id) const;

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

class Store::Snapshot {
 public:
  explicit Snapshot(const Store& store);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  const Impl& impl_;
};

}  // namespace rmt::store
