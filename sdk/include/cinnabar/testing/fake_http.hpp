// FakeHttp: the world outside for a plugin's tests: keeps every request and answers as it is told,
// without a socket. Goes where a plugin takes a function in place of ask_outside (http_client.hpp).
//
//   FakeHttp http;
//   http.answer(202, R"({"id": 7})");
//   MyChannel channel(fake.host(), http.ask());
//
// Must outlive the plugin. One thread.
#pragma once

#include <cinnabar/http_client.hpp>

#include <deque>
#include <functional>
#include <optional>

namespace cinnabar::testing {

class FakeHttp {
 public:
  // How every request is answered from now on.
  void answer(long status, std::string body = {}, std::string content_type = "application/json") {
    usual_ = {OutsideAnswer{status, std::move(content_type), std::move(body)}, {}};
  }
  void away(std::string reason = "connection refused") { usual_ = {std::nullopt, reason}; }
  // How the next request is answered that has no answer of its own yet; then as usual.
  void answer_once(long status, std::string body = {}) {
    once_.push_back({OutsideAnswer{status, "application/json", std::move(body)}, {}});
  }
  void away_once(std::string reason = "connection refused") {
    once_.push_back({std::nullopt, std::move(reason)});
  }

  std::function<OutsideAnswer(const OutsideRequest&)> ask() {
    return [this](const OutsideRequest& request) {
      requests_.push_back(request);
      Reaction reaction = usual_;
      if (!once_.empty()) {
        reaction = std::move(once_.front());
        once_.pop_front();
      }
      if (!reaction.answer) throw Unreachable(reaction.reason);
      if (reaction.answer->body.size() > request.size_max)
        throw Unreachable("the answer is larger than " + std::to_string(request.size_max) +
                          " bytes");
      return *reaction.answer;
    };
  }
  const std::vector<OutsideRequest>& requests() const { return requests_; }

 private:
  struct Reaction {
    std::optional<OutsideAnswer> answer;  // nothing: nobody is there
    std::string reason;
  };

  Reaction usual_{OutsideAnswer{200, "application/json", "{}"}, {}};
  std::deque<Reaction> once_;
  std::vector<OutsideRequest> requests_;
};

}  // namespace cinnabar::testing
