#include "anchor.hpp"

#include <cinnabar/durable_file.hpp>

namespace cinnabar::tlog {

std::string Anchor::compare(const log::VerifierKey& key, const SizeNow& size_now,
                            const RootAt& root) const {
  const auto note = read_small_file(file_, log::kNoteSizeMax);
  if (!note) return {};
  const auto kept = log::open_checkpoint(*note, key);
  if (!kept)
    return "the checkpoint in " + file_.string() + " is not signed by this log's key " + key.name;
  const std::uint64_t size = size_now();
  if (kept->size > size)
    return "the database holds " + std::to_string(size) + " entries, but " +
           std::to_string(kept->size) + " were vouched for";
  if (root(kept->size) != kept->root)
    return "the first " + std::to_string(kept->size) +
           " entries are not those that were vouched for";
  return {};
}

void Anchor::keep(std::uint64_t size, std::string_view note) {
  const std::lock_guard lock(mutex_);
  if (size <= kept_) return;
  write_durable(file_, note, 0644);
  kept_ = size;
}

}  // namespace cinnabar::tlog
