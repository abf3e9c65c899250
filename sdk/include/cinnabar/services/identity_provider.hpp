// cinnabar.identity-provider/1: who checks names, documents and faces against a register. Whatever
// is not a clear yes is none; an answer that did not come is `unknown`, and is never asked for
// again by itself, for each question costs money and may send a message. Thread-safety: any thread.
#pragma once

#include <cinnabar/service.hpp>

namespace cinnabar {

struct IdentityElements {
  std::string name;
  std::string document_type;  // see cinnabar.identity/1
  std::string number;
  std::string mobile;
};
CINNABAR_DESCRIBE(IdentityElements, (name, personal), document_type, (number, personal),
                  (mobile, personal))

enum class IdentityOutcome { accepted, refused, unknown };
CINNABAR_ENUM(IdentityOutcome, accepted, refused, unknown)

// Whether name, number and mobile belong together.
struct IdentityCheckRequest {
  IdentityElements who;
  std::string reference;  // ours, one a question
};
CINNABAR_DESCRIBE(IdentityCheckRequest, who, reference)

struct IdentityAnswer {
  IdentityOutcome outcome = IdentityOutcome::unknown;
  std::string reason;    // stable, when refused: "mismatch", "number_unknown"
  std::string evidence;  // id with the provider
};
CINNABAR_DESCRIBE(IdentityAnswer, outcome, reason, evidence)

struct BeginFaceRequest {
  IdentityElements who;
  std::string reference;
  std::string purpose;
};
CINNABAR_DESCRIBE(BeginFaceRequest, who, reference, purpose)

// Where the person shows their face; the browser's return from there proves nothing.
struct BegunFace {
  std::string url;
  std::string token;
  std::int64_t expires_in_s = 600;
};
CINNABAR_DESCRIBE(BegunFace, url, (token, secret), expires_in_s)

struct FaceResultRequest {
  IdentityElements who;  // what the provider's answer is compared with
  std::string token;
  std::string reference;
};
CINNABAR_DESCRIBE(FaceResultRequest, who, (token, secret), reference)

class IdentityProvider {
 public:
  using Interface = IdentityProvider;
  virtual ~IdentityProvider() = default;
  virtual IdentityAnswer check(const IdentityCheckRequest&, const Call&) = 0;
  virtual BegunFace begin_face(const BeginFaceRequest&, const Call&) = 0;
  virtual IdentityAnswer face_result(const FaceResultRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(IdentityProvider, "cinnabar.identity-provider/1", check, begin_face, face_result)

}  // namespace cinnabar
