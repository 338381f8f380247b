#include "corpora/readers/tex_tree.h"

#include <algorithm>
#include <vector>

#include "corpora/error.h"
#include "corpora/readers/paths.h"
#include "corpora/readers/utf8.h"

namespace rmt::corpora {

namespace {

std::string spelled(const TexInclude& include) {
  const std::string directory = include.directory.empty() ? "" : "{" + include.directory + "}";
  return "\\" + include.command + directory + "{" + include.file + "}";
}

// The names TeX tries for \input{name}, in its order.
std::vector<std::string> file_names(const std::string& name) {
  if (name.ends_with(".tex")) return {name};
  return {name + ".tex", name};
}

}  // namespace

TexTree::TexTree(std::unique_ptr<const TexFiles> files, std::string main, ReadOptions options, TexLimits limits)
    : files_(std::move(files)), base_(directory_of(main)), options_(std::move(options)), limits_(limits) {
  auto bytes = files_->open(main);
  if (!bytes) throw Error(Errc::not_found, files_->place(main) + ": no such file");
  push(std::move(main), base_, std::move(bytes));
}

bool TexTree::next(std::string& chunk) {
  while (!stack_.empty()) {
    OpenFile& file = stack_.back();
    const TexPiece piece = file.scanner.next(std::string_view(file.pending).substr(file.from), file.at_end);
    if (piece.kind == TexPiece::Kind::more) {
      if (file.at_end) {
        stack_.pop_back();
      } else {
        refill(file);
      }
      continue;
    }
    const bool entered = piece.kind == TexPiece::Kind::include && enter(piece.include);
    take(file, piece.length, chunk);  // a deque: `file` is still where it was
    if (!entered) return true;
  }
  chunk.clear();
  return false;
}

void TexTree::refill(OpenFile& file) {
  file.pending.erase(0, file.from);
  file.from = 0;
  std::string more;
  file.at_end = !file.text->next(more);
  if (!file.at_end) file.pending += more;
}

void TexTree::take(OpenFile& file, size_t length, std::string& chunk) {
  chunk.assign(file.pending, file.from, length);
  file.from += length;
  file.line += std::count(chunk.begin(), chunk.end(), '\n');
}

// Opens what a command of the innermost file names; false leaves the command in the text.
bool TexTree::enter(const TexInclude& include) {
  const std::string here = place(stack_.back());
  if (include.file.empty()) {
    options_.on_notice({here, "\\" + include.command + " of a computed name is left as it is"});
    return false;
  }
  const std::vector<Candidate> candidates = look_up(include);
  if (candidates.empty()) {
    throw Error(Errc::malformed, here + ": " + spelled(include) +
                                     " leaves the document's folder; copy the file into it, or name the folder that "
                                     "holds both");
  }
  for (const Candidate& candidate : candidates) {
    if (enter_if_there(candidate, here + ": " + spelled(include))) return true;
  }
  options_.on_notice({here, spelled(include) + ": no such file; the command is left as it is"});
  return false;
}

// Every file within the root that the command may mean, in the order in which LaTeX looks.
std::vector<TexTree::Candidate> TexTree::look_up(const TexInclude& include) const {
  const std::string& current = stack_.back().directory;
  const bool subfile = include.command.starts_with("subfile");
  const bool import = !include.directory.empty();
  std::vector<std::string> directories = {current};
  if (import) {
    const bool from_here = include.command.starts_with("sub");
    const auto directory = path_within_root(from_here ? current : base_, include.directory);
    if (!directory) return {};
    directories = {*directory};
  } else if (current != base_) {
    directories.push_back(base_);
  }
  std::vector<Candidate> candidates;
  for (const std::string& directory : directories) {
    for (const std::string& name : file_names(include.file)) {
      const auto path = path_within_root(directory, name);
      if (path) candidates.push_back({*path, import ? directory : subfile ? directory_of(*path) : current});
    }
  }
  return candidates;
}

bool TexTree::enter_if_there(const Candidate& candidate, const std::string& what) {
  const std::string& path = candidate.path;
  auto bytes = files_->open(path);
  if (!bytes) return false;
  const auto again =
      std::find_if(stack_.begin(), stack_.end(), [&](const OpenFile& file) { return file.path == path; });
  if (again != stack_.end()) {
    std::string cycle;
    for (auto file = again; file != stack_.end(); ++file) cycle += file->path + " → ";
    throw Error(Errc::malformed, what + " includes a file in itself: " + cycle + path);
  }
  if (stack_.size() >= limits_.depth) {
    throw Error(Errc::malformed, what + ": files are included more than " + std::to_string(limits_.depth) + " deep");
  }
  if (++includes_ > limits_.includes) {
    throw Error(Errc::malformed, what + ": more than " + std::to_string(limits_.includes) + " files are included");
  }
  push(path, candidate.directory, std::move(bytes));
  return true;
}

void TexTree::push(std::string path, std::string directory, std::unique_ptr<ByteSource> bytes) {
  OpenFile file;
  file.text = std::make_unique<Utf8Text>(std::move(bytes), files_->place(path), options_);
  file.path = std::move(path);
  file.directory = std::move(directory);
  stack_.push_back(std::move(file));
}

std::string TexTree::place(const OpenFile& file) const {
  return files_->place(file.path) + ":" + std::to_string(file.line);
}

}  // namespace rmt::corpora
