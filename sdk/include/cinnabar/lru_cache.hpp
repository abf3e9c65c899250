// LruCache: a bounded map from bytes to shared, immutable values; what was not used for longest
// goes first. A value in use outlives its eviction. Any thread.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace cinnabar {

template <class Value>
class LruCache {
 public:
  // The sum of the weights that are kept.
  explicit LruCache(std::size_t weight_max) : weight_max_(weight_max) {}

  // The value, or null.
  std::shared_ptr<const Value> find(std::string_view key) {
    const std::lock_guard lock(mutex_);
    const auto at = index_.find(key);
    if (at == index_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, at->second);
    return at->second->value;
  }

  // Keeps the value unless the key came in meanwhile; returns the one that is kept. What is
  // heavier than the whole cache is handed back without being kept.
  std::shared_ptr<const Value> insert(std::string_view key, std::shared_ptr<const Value> value,
                                      std::size_t weight = 1) {
    const std::lock_guard lock(mutex_);
    if (const auto at = index_.find(key); at != index_.end()) return at->second->value;
    if (weight > weight_max_) return value;
    entries_.push_front({std::string(key), std::move(value), weight});
    index_.emplace(entries_.front().key, entries_.begin());
    for (weight_ += weight; weight_ > weight_max_;) erase(std::prev(entries_.end()));
    return entries_.front().value;
  }

  void remove(std::string_view key) {
    const std::lock_guard lock(mutex_);
    if (const auto at = index_.find(key); at != index_.end()) erase(at->second);
  }

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const Value> value;
    std::size_t weight;
  };
  using Entries = std::list<Entry>;

  // Keys may be long, like a drawing. Their ends tell them apart well enough to find the bucket;
  // equality then looks at all of it.
  struct HashOfEnds {
    std::size_t operator()(std::string_view key) const {
      constexpr std::size_t kEnd = 256;
      const std::hash<std::string_view> hash;
      if (key.size() <= 2 * kEnd) return hash(key);
      return hash(key.substr(0, kEnd)) * 31 + hash(key.substr(key.size() - kEnd)) + key.size();
    }
  };

  void erase(typename Entries::iterator at) {
    weight_ -= at->weight;
    index_.erase(at->key);
    entries_.erase(at);
  }

  const std::size_t weight_max_;
  std::mutex mutex_;
  std::size_t weight_ = 0;
  Entries entries_;  // the latest used first
  // Its keys are those of the entries.
  std::unordered_map<std::string_view, typename Entries::iterator, HashOfEnds> index_;
};

}  // namespace cinnabar
