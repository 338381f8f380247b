// The trace database: runs, documents, segments and reading states in one SQLite file.
// One writer; what commit() returned from survives kill -9 and power loss. Schema: SCHEMA.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rmt::store {

/// What a run was, in full: enough to repeat it, and to refuse resuming it with other inputs.
struct RunSpec {
  std::string command;      ///< "eval", …
  std::string protocol;     ///< "rmt", "lm-eval", "hf-strided", "llamacpp"
  std::string model;        ///< the path or name given
  std::string model_sha256, tokenizer_sha256;
  std::string config;       ///< resolved configuration as JSON
  std::string device, dtype;
  std::string version;      ///< of rmt-lm
};

enum class RunStatus { running, finished, interrupted, failed };

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

/// One segment as scored. NLLs are sums over its scored tokens, in nats.
struct SegmentRow {
  int64_t document = 0;
  int64_t index = 0;
  int64_t token_from = 0, token_to = 0, byte_from = 0, byte_to = 0;
  int64_t scored_tokens = 0, scored_bytes = 0;
  double nll = 0;
  std::optional<double> nll_reset;           ///< the same tokens with the memory reset
  double nll_head = 0;                       ///< part of `nll` from the first 32 tokens of the segment
  int64_t scored_head = 0;                   ///< how many of those were scored
  std::optional<double> nll_head_reset;
  double ms = 0;                             ///< wall time of the step
};

/// A document's reading state after its last committed segment; opaque here.
struct StateRow {
  int64_t document = 0;
  int64_t segments = 0;  ///< how many were read
  std::string blob;
};

class Store {
 public:
  /// Opens or creates. Throws Error: foreign, newer, corrupt, busy, io.
  static Store open(const std::string& path);
  static Store open_read_only(const std::string& path);

  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  int64_t begin_run(const RunSpec& spec);
  void end_run(int64_t run, RunStatus status);

  /// The newest unfinished run with the same spec (times apart), to be resumed.
  std::optional<Run> find_resumable(const RunSpec& spec) const;

  std::vector<Run> runs() const;
  Run run(int64_t id) const;
  std::vector<DocumentRow> documents(int64_t run) const;
  std::vector<SegmentRow> segments(int64_t document) const;  ///< in order of index
  std::optional<StateRow> state(int64_t document) const;     ///< checksum verified; Error(corrupt) if it fails

  /// Adds the document, or returns it as it stands when the run already has its name.
  DocumentRow add_document(int64_t run, const std::string& name, const std::string& source);

  /// One transaction: the segments, the states after them, the documents that ended with them.
  /// On a full disk throws Error(disk_full) and leaves the file as it was before.
  void commit(std::span<const SegmentRow> segments, std::span<const StateRow> states,
              std::span<const DocumentRow> finished);

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rmt::store
