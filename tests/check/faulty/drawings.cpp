#include "methods.hpp"

#include <atomic>
#include <ctime>
#include <map>

namespace faulty {
namespace {

int drawn = 0;
std::map<std::string, std::string> cache;

// A picture of one point.
constexpr std::string_view kPng(
    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\b\0\0\0\0:~\x9bU\0\0\0\nIDATx\x9c"
    "c`\0\0\0\2\0\1H\xaf\xa4q\0\0\0\0IEND\xae"
    "B`\x82",
    67);

}  // namespace

// What makes the same image another one.
std::string Square::mark() const {
  if (has_fault("image_time")) return std::to_string(host_.now_ms(Clock::real) % 1'000'000'000);
  if (has_fault("image_day")) return std::to_string(std::time(nullptr) / 86'400);
  if (has_fault("image_static")) return std::to_string(reinterpret_cast<std::uintptr_t>(&drawn));
  if (has_fault("image_random"))
    return std::to_string(static_cast<unsigned char>(host_.random(1)[0]));
  if (has_fault("image_counter")) return std::to_string(++drawn);
  if (has_fault("image_address")) return std::to_string(reinterpret_cast<std::uintptr_t>(this));
  return "0";
}

SealImage Square::draw(const SealDesign& in, const Call&) {
  if (has_fault("image_none")) throw Error("seal.text_unfit", {{"character", "any"}});
  if (in.text.find("\U0010FFFD") != std::string::npos)
    throw Error("seal.text_unfit", {{"character", "\U0010FFFD"}});
  SealImage out;
  out.width_um = out.height_um = 25'400;
  out.drawing.width = out.drawing.height = 72;
  std::uint32_t shape = 7;
  for (const char c : in.text + in.title + in.code + in.color)
    shape = shape * 31 + static_cast<unsigned char>(c);
  if (has_fault("threads_map")) {
    std::string& known = cache[in.text + in.title + in.code + in.color];
    if (known.empty()) known = std::to_string(shape % 72);
    if (cache.size() > 3) cache.clear();
  }
  out.drawing.content =
      Bytes("q " + mark() + " 0 0 RG 1 1 " + std::to_string(shape % 72) + " 70 re S Q\n");
  out.png = Bytes(std::string(has_fault("image_half") ? kPng.substr(0, 40) : kPng));
  return out;
}

Receipt Letters::deliver(const Notification& in, const Call& call) {
  if (in.person.empty()) return {false, "not to a person", {}};
  if (has_fault("again_none")) return {false, "not here", {}};
  Receipt receipt{true, "kept", {}};
  if (has_fault("secret_log_text")) host_.log(Level::info, "sending: " + in.text);
  if (has_fault("secret_detail")) receipt.detail = in.text;
  if (has_fault("utf8_cut")) host_.log(Level::info, "sending " + in.title.substr(0, 10));
  if (has_fault("utf8_cut_answer")) receipt.detail = in.title.substr(0, 20);
  if (has_fault("again_count")) receipt.detail = "letter " + std::to_string(++drawn);
  if (has_fault("again_instance") || has_fault("again_text")) {
    const std::lock_guard lock(mutex_);
    if (!written_.insert(has_fault("again_text") ? in.text : in.id).second) return receipt;
  }
  write_row(in, call, receipt);
  receipt.writes.stamp("test.faulty");
  return receipt;
}

void Letters::write_row(const Notification& in, const Call& call, Receipt& receipt) const {
  const bool there =
      !host_.query(call, "SELECT id FROM faulty_letter WHERE id = ?", {in.id}).rows.empty();
  if (there && has_fault("again_refused")) throw conflict("it was delivered before");
  if (there && !has_fault("again_key") && !has_fault("again_instance")) return;
  if (has_fault("again_job")) {
    JobDraft job;
    job.kind = "send";
    job.data = Json::object().set("id", in.id);
    receipt.writes.jobs.push_back(job);
    return;
  }
  receipt.writes.run(
      "INSERT INTO faulty_letter (id, owner, text) VALUES (?, ?, ?)",
      {has_fault("again_key") || has_fault("again_instance") ? host_.new_id("let") : in.id,
       in.enterprise, in.text});
}

}  // namespace faulty
