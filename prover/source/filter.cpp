#include "prover/source/filter.h"

#include <algorithm>
#include <array>
#include <vector>

#include "corpora/readers/utf8.h"
#include "prover/source/brackets.h"
#include "prover/source/lean_lexer.h"

namespace rmt::prover {
namespace {

using Refusal = std::optional<std::string>;

/// Sorted. What begins a command, changes what other text means, proves nothing, or leaves Lean.
constexpr auto kRefusedWords = std::to_array<std::string_view>({
    "abbrev",
    "add_aesop_rules",
    "add_decl_doc",
    "admit",
    "alias",
    "assert_not_exists",
    "assert_not_imported",
    "attribute",
    "axiom",
    "binder_predicate",
    "builtin_initialize",
    "builtin_simproc",
    "by_elab",
    "class",
    "compile_def",
    "compile_inductive",
    "declare_aesop_rule_sets",
    "declare_config_elab",
    "declare_syntax_cat",
    "def",
    "deriving",
    "dsimproc",
    "dsimproc_decl",
    "elab",
    "elab_rules",
    "elab_stx",
    "end",
    "erase_aesop_rules",
    "example",
    "export",
    "grind_pattern",
    "import",
    "include",
    "include_bytes",
    "include_str",
    "inductive",
    "infix",
    "infixl",
    "infixr",
    "init_quot",
    "initialize",
    "initialize_simps_projections",
    "instance",
    "irreducible_def",
    "lcAny",
    "lcProof",
    "lcUnreachable",
    "lemma",
    "library_note",
    "local",
    "macro",
    "macro_rules",
    "mk_iff_of_inductive_prop",
    "mutual",
    "namespace",
    "native",
    "native_decide",
    "noncomputable",
    "nonrec",
    "notation",
    "notation3",
    "omit",
    "opaque",
    "open",
    "open_private",
    "partial",
    "postfix",
    "prefix",
    "private",
    "proof_wanted",
    "protected",
    "public",
    "recall",
    "register_builtin_option",
    "register_label_attr",
    "register_option",
    "register_simp_attr",
    "run_cmd",
    "run_elab",
    "run_meta",
    "run_tac",
    "scoped",
    "section",
    "set_option",
    "simproc",
    "simproc_decl",
    "sorry",
    "sorryAx",
    "structure",
    "suppress_compilation",
    "syntax",
    "theorem",
    "unif_hint",
    "universe",
    "universes",
    "unsafe",
    "unseal",
    "unsuppress_compilation",
    "variable",
    "variables",
});
static_assert(std::ranges::is_sorted(kRefusedWords));

std::string_view text_of(std::string_view source, const LeanToken& token) {
  return source.substr(token.begin, token.end - token.begin);
}

std::string quoted(std::string_view words) {
  return "`" + std::string(words) + "`";
}

/// Says `what` and where in the text.
Refusal at(const LeanToken& token, std::string what) {
  if (token.line == 1) return what;
  return what + " in line " + std::to_string(token.line);
}

Refusal bytes_refusal(std::string_view text, InputLimits limits, bool tabs_allowed) {
  if (text.size() > limits.bytes)
    return std::to_string(text.size()) + " bytes, where " + std::to_string(limits.bytes) + " are allowed";
  if (const size_t valid = corpora::utf8_prefix(text).valid; valid != text.size())
    return "not UTF-8: " + corpora::byte_at(static_cast<int64_t>(valid), static_cast<unsigned char>(text[valid]));
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_space = c == '\n' || (tabs_allowed && (c == '\t' || c == '\r'));
    if ((byte < 0x20 && !is_space) || byte == 0x7F) return "the control character " + std::to_string(byte);
  }
  return std::nullopt;
}

/// Counts brackets as they come.
class Nesting {
 public:
  explicit Nesting(InputLimits limits) : most_(limits.nesting) {}

  Refusal after(std::string_view token) {
    const int change = bracket_change(token);
    depth_ += change;
    if (change > 0 && depth_ > most_) return "brackets nested more than " + std::to_string(most_) + " deep";
    return std::nullopt;
  }
  bool closed_too_many() const { return depth_ < 0; }

 private:
  int most_, depth_ = 0;
};

Refusal string_refusal(std::string_view text, const LeanToken& token) {
  if (!token.closed) return "a string without its end";
  if (text.front() == 'r') return "a raw string, which not every version of Lean reads alike";
  if (text.find('{') != std::string_view::npos) return "a string with a brace in it, which may hold code";
  return std::nullopt;
}

/// Where Lean and we might disagree about where a string or comment begins, as behind the quote of `f '' s`, code could
/// hide in one.
bool may_hide_code(std::string_view source) {
  constexpr std::array<std::string_view, 3> kOpeners = {"\"", "--", "/-"};
  return std::ranges::any_of(kOpeners, [&](std::string_view opener) { return source.find(opener) != source.npos; });
}

Refusal token_refusal(std::string_view source, const LeanToken& token) {
  const std::string_view text = text_of(source, token);
  switch (token.kind) {
    case TokenKind::word:
      if (text.front() == '#') return "the command " + quoted(text);
      if (text == "eval" && source.substr(token.end).starts_with('%')) return "the word `eval%`";
      if (std::ranges::binary_search(kRefusedWords, text)) return "the word " + quoted(text);
      return std::nullopt;
    case TokenKind::text: return string_refusal(text, token);
    case TokenKind::doc_comment: return "a doc comment, which begins a command";
    case TokenKind::character:
      if (text.find('"') != std::string_view::npos) return "a quotation mark as a character";
      return std::nullopt;
    case TokenKind::symbol:
      if (text == "@[") return "an attribute";
      if (text == "«" || text == "»") return "a stray " + quoted(text);
      if (text == "'" && may_hide_code(source)) return "a stray ' in a text with strings or comments";
      return std::nullopt;
    case TokenKind::number:
    case TokenKind::name: break;
  }
  return std::nullopt;
}

/// All tokens but those in `granted`, which are counted by the caller.
Refusal tokens_refusal(std::string_view text, InputLimits limits, const std::vector<size_t>& granted) {
  LeanLexer lexer(text);
  Nesting nesting(limits);
  while (const auto token = lexer.next()) {
    const std::string_view word = text_of(text, *token);
    if (std::ranges::find(granted, token->begin) != granted.end()) continue;
    if (const Refusal refusal = token_refusal(text, *token)) return at(*token, *refusal);
    if (const Refusal refusal = nesting.after(word)) return at(*token, *refusal);
    if (nesting.closed_too_many()) return at(*token, quoted(word) + " closes what was not opened");
  }
  if (lexer.ends_in_comment()) return "a comment without its end";
  return std::nullopt;
}

/// Where the words are that a statement may hold and tactics may not: what it begins with, the hole it ends with.
std::vector<size_t> granted_in_statement(std::string_view statement) {
  std::vector<LeanToken> tokens;
  LeanLexer lexer(statement);
  while (const auto token = lexer.next()) tokens.push_back(*token);
  std::vector<size_t> granted;
  if (tokens.empty()) return granted;
  constexpr std::array<std::string_view, 3> kHeads = {"theorem", "lemma", "example"};
  if (std::ranges::find(kHeads, text_of(statement, tokens.front())) != kHeads.end())
    granted.push_back(tokens.front().begin);
  if (text_of(statement, tokens.back()) == "sorry") granted.push_back(tokens.back().begin);
  return granted;
}

}  // namespace

std::optional<std::string> refusal_of_tactics(std::string_view tactics, InputLimits limits) {
  if (Refusal refusal = bytes_refusal(tactics, limits, false)) return refusal;
  return tokens_refusal(tactics, limits, {});
}

std::optional<std::string> refusal_of_statement(std::string_view statement, InputLimits limits) {
  if (Refusal refusal = bytes_refusal(statement, limits, false)) return refusal;
  return tokens_refusal(statement, limits, granted_in_statement(statement));
}

std::optional<std::string> refusal_of_file(std::string_view file, InputLimits limits) {
  if (Refusal refusal = bytes_refusal(file, limits, true)) return refusal;
  LeanLexer lexer(file);
  Nesting nesting(limits);
  while (const auto token = lexer.next())
    if (const Refusal refusal = nesting.after(text_of(file, *token))) return at(*token, *refusal);
  return std::nullopt;
}

}  // namespace rmt::prover
