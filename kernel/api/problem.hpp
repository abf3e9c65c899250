// Problems: errors as problem documents (RFC 9457) in Chinese or English. A code's text and HTTP
// status stand in the errors.json of the plugin that owns it, or in the kernel's own. What
// failed on our side is told to the log in full and to the client not at all. Immutable; any
// thread.
#pragma once

#include "kernel/http/server.hpp"

#include <cinnabar/package/manifest.hpp>

namespace cinnabar::kernel {

struct ProblemContext {
  std::string locale = "en";
  std::string request_id;
};

class Problems {
 public:
  using Lookup = std::function<const ErrorText*(std::string_view code)>;
  // Where the texts of plugins are found; may be empty. What it gives back must live on.
  explicit Problems(Lookup plugin_texts = {}) : plugin_texts_(std::move(plugin_texts)) {}

  // The response for an error, with the headers that belong to its status.
  HttpResponse render(const Error& error, const ProblemContext& context) const;
  // The error's text, "{name}" filled in; empty when the code has none.
  std::string detail(const Error& error, std::string_view locale) const;
  int status(const Error& error) const;

 private:
  // What the client may know of it: a failure of ours keeps its reasons to itself.
  Error shown(const Error& error) const;
  const ErrorText* text(std::string_view code) const;
  Lookup plugin_texts_;
};

}  // namespace cinnabar::kernel
