// AuthDriver: finds out how a person passes an unknown auth method: what it takes to enrol, and
// which answer its challenge wants. A code that is delivered is read from the delivery; otherwise
// what was enrolled is answered; check.json can say both ("enrolment", "answer"). One thread.
#pragma once

#include "check/identity.hpp"
#include "check/session.hpp"

#include <cinnabar/services/auth_method.hpp>

namespace cinnabar::authoring {

// Of a text in UTF-8.
std::string without_last_character(std::string text);

class AuthDriver {
 public:
  explicit AuthDriver(Session& session, std::string config = {});

  // Whether a right answer is known.
  bool works() const { return works_; }
  bool enrols() const { return !enrolment_.is_null(); }
  // The answer is another one for each challenge.
  bool one_time() const { return delivered_; }

  Sample enrol(const Identity& who) const;
  Sample begin(const Identity& who) const;
  Sample verify(const Identity& who, const Challenge& challenge, const Json& answer) const;

  // Credentials of the person; asked of the plugin once for each.
  const Json& credentials(const Identity& who) const;
  // A challenge, or nothing when the method gives none.
  std::optional<Challenge> challenge(const Identity& who, std::uint64_t seed) const;
  Json right_answer(const Challenge& challenge) const;
  // Near to the right one, and wrong.
  Json wrong_answer(const Challenge& challenge) const;
  // The right answer with each of its texts changed; the same where it has none.
  Json changed(const Challenge& challenge,
               const std::function<std::string(const std::string&)>& change) const;
  // The values of the right answer.
  std::vector<Secret> answer_secrets(const Challenge& challenge) const;

 private:
  // How a value is answered: under a name, under every name that is usual, or as it is.
  struct Form {
    std::string key{};
    bool number = false;
    bool bare = false;
  };
  static Json formed(const std::string& value, const Form& form);
  bool try_enrolment(const Json& enrolment);
  bool try_answers();
  bool accepted(const Challenge& challenge, const Json& answer) const;
  std::vector<std::string> codes_in(const std::string& text) const;

  Session& session_;
  std::string config_;
  Json enrolment_;
  Json answer_;  // without a delivery
  bool delivered_ = false;
  bool works_ = false;
  Form form_;  // of the answer that is a delivered code
  std::size_t which_code_ = 0;
  mutable std::map<std::string, Json> credentials_;
};

}  // namespace cinnabar::authoring
