// test.probe/1: a plugin that misbehaves on request, for the tests of the door and of its
// processes. Thread-safety: any thread.
#pragma once

#include <cinnabar/service.hpp>

namespace cinnabar {

struct ProbeRequest {
  std::string what;
  std::int64_t number = 0;
  Bytes bytes;
};
CINNABAR_DESCRIBE(ProbeRequest, what, number, bytes)

struct ProbeResult {
  std::string text;
  std::int64_t number = 0;
  Bytes bytes;
};
CINNABAR_DESCRIBE(ProbeResult, text, number, bytes)

class Probe {
 public:
  using Interface = Probe;
  virtual ~Probe() = default;
  virtual ProbeResult echo(const ProbeRequest&, const Call&) = 0;
  virtual ProbeResult misbehave(const ProbeRequest&, const Call&) = 0;
  virtual ProbeResult look(const ProbeRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(Probe, "test.probe/1", echo, misbehave, look)

}  // namespace cinnabar
