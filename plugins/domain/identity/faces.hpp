// Face checks: a person shows their face for one purpose; what asked for it uses the result once.
// Made with the plugin; any thread.
#pragma once

#include "real_names.hpp"

namespace cinnabar {

struct NewFaceCheck {
  std::string purpose;
  std::string subject;
};
CINNABAR_DESCRIBE(NewFaceCheck, (purpose, required, length(1, 100), format("line")),
                  (subject, length(0, 64), doc("Id of what it is for.")))

struct FaceView {
  std::string id;
  std::string purpose;
  std::string subject;
  FaceState state = FaceState::begun;
  std::string url;
  Time expires;
};
CINNABAR_DESCRIBE(FaceView, id, purpose, subject, state,
                  (url, doc("Where the face is shown; when it begins.")), expires)

class Faces {
 public:
  Faces(Host& host, RealNames& names) : host_(host), names_(names) {}

  // Throws "identity.not_verified".
  Answer<FaceView> begin(const NewFaceCheck& in, const Request& request);
  // Asks the provider what came of it. Throws "identity.face_unknown", "identity.face_refused",
  // "identity.unknown".
  Answer<FaceView> finish(const Request& request);

  FaceCheck use(const FaceCheckRequest& in, const Call& call) const;

 private:
  Host& host_;
  RealNames& names_;
};

}  // namespace cinnabar
