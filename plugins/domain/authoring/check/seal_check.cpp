// What a seal type promises: the same request gives the same bytes, wherever and whenever.
#include "check/samples.hpp"
#include "check/steps.hpp"
#include "check/wall_clock.hpp"

#include <cinnabar/services/seal_type.hpp>

#include <malloc.h>
#include <sys/mman.h>

#include <cmath>
#include <thread>

namespace cinnabar::authoring {
namespace {

constexpr int kTimeoutMs = 40'000;
constexpr std::int64_t kHourMs = 3'600'000;
// Another minute, hour, day, month and year.
constexpr std::int64_t kLaterMs = (400 * 24 + 5) * kHourMs + 17 * 60'000 + 3'000;

bool ends_as_png(std::string_view png) {
  return png.size() > 24 && png.substr(0, 8) == "\x89PNG\r\n\x1a\n" &&
         png.substr(png.size() - 8, 4) == "IEND";
}

std::optional<SealImage> image_of(const Reply& reply) {
  if (!reply.ok()) return std::nullopt;
  Spans spans;
  for (const std::string& span : reply.spans) spans.push_back(Bytes::borrowed(span));
  try {
    return from_json<SealImage>(reply.json, Reading::lenient, &spans);
  } catch (const Error&) {
    return std::nullopt;
  }
}

void look_at_image(Session& session, const Reply& reply) {
  const auto image = image_of(reply);
  if (!image) {
    if (reply.ok())
      session.find_fault("the image cannot be read", "draw", "answer a SealImage with its spans");
    return;
  }
  if (image->drawing.content.view().empty())
    session.find_fault("the drawing is empty", "draw", "draw in operators of ISO 32000-2");
  if (!ends_as_png(image->png.view()))
    session.find_fault("the preview is no whole PNG", "draw", "write it to its end (IEND)");
  constexpr double kPointsPerUm = 72.0 / 25'400;
  if (std::abs(image->drawing.width - static_cast<double>(image->width_um) * kPointsPerUm) > 0.01)
    session.find_fault("the drawing's width is not the seal's", "draw", "72 points are 25,400 um");
}

// Makes this process another place than the first one: what depends on the time zone, on what
// memory held before, or on addresses shows. Before the library is loaded.
void move_elsewhere() {
  setenv("TZ", "Asia/Shanghai", 1);
  setenv("HOME", "/nonexistent", 1);
  setenv("LANG", "de_DE.UTF-8", 1);
  mallopt(M_PERTURB, 0x5A);
  for (int i = 0; i < 1'000; ++i) static_cast<void>(new char[static_cast<std::size_t>(i)]);
  // Libraries are loaded below what is mapped already.
  constexpr std::size_t kHole = 37UL << 20;
  mmap(nullptr, kHole, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

// Draws each design twice; their digests by number.
void draw_all(const Subject& subject, Session& session) {
  std::size_t number = 0, drawn = 0;
  for (const Sample& sample : samples_for(session, first_identity(), subject.config)) {
    if (sample.method != "draw") continue;
    const Setting setting{first_identity().enterprise, subject.config};
    const std::int64_t now = session.recorder().now_ms;
    const Reply reply = session.call(sample, setting, static_cast<std::uint64_t>(now / kHourMs));
    look_at_image(session, reply);
    if (reply.ok()) ++drawn;
    session.recorder().now_ms += kHourMs;
    const Reply again = session.call(sample, setting, 99);
    if (reply.whole() != again.whole())
      session.find_fault("the same request gives other bytes the second time", sample.json,
                         "draw from the request alone: no time, no random, no counter");
    session.teller().value(std::to_string(number++) + " " +
                           std::to_string(std::hash<std::string>{}(reply.whole())) + "\n");
  }
  session.teller().detail(drawn > 0
                              ? std::to_string(drawn) + " designs were drawn"
                              : "left out: it draws none of the designs made up for it; name one "
                                "in check.json");
}

// The answers to all samples; `elsewhere`: another year and place, and another thread.
std::string images(const Subject& subject, bool elsewhere, CheckStep& step) {
  std::string whole;
  CheckStep one = run_apart(
      "seal-type", kTimeoutMs,
      [&](const Teller& teller) {
        if (elsewhere) move_elsewhere();
        Session session(subject, teller);
        if (elsewhere) {
          session.recorder().now_ms += kLaterMs;
          shift_wall_clock(library_path(subject.manifest), kLaterMs / 1'000);
        }
        if (!session.open()) return teller.detail(kNoStart);
        if (elsewhere)
          std::thread([&] { draw_all(subject, session); }).join();
        else
          draw_all(subject, session);
      },
      nullptr, &whole);
  step.detail = one.detail;
  for (Finding& finding : one.findings) step.findings.push_back(std::move(finding));
  return whole;
}

}  // namespace

CheckStep check_seal_type(const Subject& subject) {
  CheckStep step{"seal-type", {}, {}};
  const std::string one = images(subject, false, step);
  if (!step.passed()) return step;
  const std::string other = images(subject, true, step);
  if (one != other && step.passed())
    step.findings.push_back({"the same request gives other bytes in another process", "draw",
                             "draw from the request alone: no time, no address, no environment"});
  return step;
}

}  // namespace cinnabar::authoring
