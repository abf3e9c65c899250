// What an authority lives in, for tests: a folder, keys in memory, a clock. One thread.
#pragma once

#include "authority.hpp"

#include <cinnabar/testing/folder.hpp>
#include <cinnabar/testing/signing.hpp>

#include <openssl/rand.h>

#include <atomic>

namespace cinnabar::builtinca {

struct World {
  World()
      : table(detail::export_table(static_cast<KeyStore*>(&keys))),
        now_ms(static_cast<std::int64_t>(std::time(nullptr)) * 1000) {}

  Authority authority(Config config = {}) {
    return Authority(folder.path, config,
                     {[this](const std::string&) { return KeyStoreClient(&table); },
                      [](std::size_t size) {
                        std::string out(size, '\0');
                        RAND_bytes(reinterpret_cast<unsigned char*>(out.data()),
                                   static_cast<int>(size));
                        return out;
                      },
                      [this] { return now_ms.load(); }});
  }

  testing::TestFolder folder;
  testing::MemoryKeys keys;
  cinnabar_key_store table;
  std::atomic<std::int64_t> now_ms;
};

}  // namespace cinnabar::builtinca
