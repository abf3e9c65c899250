// Errors as every part of the system throws them, and as they cross the plugin boundary.
//
// An error is a stable code ("contract.not_found"), named parameters for its text, and a JSON
// pointer to the fault in the request. Its texts (Chinese and English) and its HTTP status stand
// in the errors.json of the plugin that owns the code; the kernel renders them. Values; any thread.
#pragma once

#include <cinnabar/abi.h>

#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cinnabar {

// Of a parameter and of the pointer, in bytes, when an error leaves the part that it arose in:
// enough for people, and less than what a described text may hold.
inline constexpr std::size_t kErrorTextSizeMax = 1'024;

using ErrorParams = std::vector<std::pair<std::string, std::string>>;

class Error : public std::exception {
 public:
  explicit Error(std::string code, ErrorParams params = {}, std::string pointer = {},
                 cinnabar_status status = CINNABAR_REFUSED)
      : status_(status),
        code_(std::move(code)),
        params_(std::move(params)),
        pointer_(std::move(pointer)) {
    text_ = code_;
    for (const auto& [name, value] : params_) text_ += " " + name + "=" + value;
    if (!pointer_.empty()) text_ += " at " + pointer_;
  }

  const char* what() const noexcept override { return text_.c_str(); }
  cinnabar_status status() const { return status_; }
  const std::string& code() const { return code_; }
  const ErrorParams& params() const { return params_; }
  const std::string& pointer() const { return pointer_; }

 private:
  cinnabar_status status_;
  std::string code_;
  ErrorParams params_;
  std::string pointer_;
  std::string text_;
};

// A bug or a broken environment: the text goes to the log, the caller learns only that it failed.
inline Error failure(std::string detail) {
  return Error("internal", {{"detail", std::move(detail)}}, {}, CINNABAR_FAILED);
}

// The data moved underneath; the kernel runs the command again.
inline Error conflict(std::string detail) {
  return Error("conflict", {{"detail", std::move(detail)}}, {}, CINNABAR_CONFLICT);
}

inline std::string_view view(cinnabar_bytes bytes) {
  return bytes.size == 0 ? std::string_view() : std::string_view(bytes.data, bytes.size);
}
inline cinnabar_bytes bytes_of(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace cinnabar
