// The interfaces that cross the boundary as C tables instead of services, because they are called
// often or carry many bytes: database, blob store, key store. For each: the class that a plugin
// implements, and how it becomes the table of abi.h. Thread-safety as abi.h says of each slot.
#pragma once

#include <cinnabar/host.hpp>

#include <cstring>
#include <memory>
#include <tuple>

namespace cinnabar {

class Database {
 public:
  using Interface = Database;
  virtual ~Database() = default;
  // Each throws Error on failure.
  virtual void query(std::string_view sql, const cinnabar_value* params, std::size_t count,
                     const cinnabar_rows& rows) = 0;
  virtual void commit(const cinnabar_transaction* transactions, std::size_t count,
                      cinnabar_outcome* outcomes) = 0;
  virtual void script(std::string_view sql) = 0;
};
inline constexpr std::string_view cinnabar_interface_id(const Database*) {
  return "cinnabar.database/1";
}

class BlobStore {
 public:
  using Interface = BlobStore;
  virtual ~BlobStore() = default;
  virtual std::string stage() = 0;  // a path not yet used
  virtual void adopt(const std::string& path, std::string_view sha256) = 0;
  virtual void put(std::string_view sha256, std::string_view content) = 0;
  // Throw Error "blob.not_found" when it is not there.
  virtual std::uint64_t size(std::string_view sha256) = 0;
  virtual void read(std::string_view sha256, std::uint64_t offset, std::uint64_t size,
                    const std::function<void(std::string_view)>& part) = 0;
  virtual void remove(std::string_view sha256) = 0;
  virtual void list(const std::function<void(std::string_view)>& each) = 0;
};
inline constexpr std::string_view cinnabar_interface_id(const BlobStore*) {
  return "cinnabar.blob-store/1";
}

class KeyStore {
 public:
  using Interface = KeyStore;
  virtual ~KeyStore() = default;
  // As cinnabar_key_store; each throws Error on failure ("key.not_found", ...). An Ed25519 key
  // signs a message, digest_algorithm "none".
  virtual std::string create(std::string_view algorithm) = 0;
  virtual std::string public_key(std::string_view id) = 0;
  virtual std::string sign(std::string_view id, std::string_view digest_algorithm,
                           std::string_view digest) = 0;
  virtual void destroy(std::string_view id) = 0;
};
inline constexpr std::string_view cinnabar_interface_id(const KeyStore*) {
  return "cinnabar.key-store/1";
}

namespace detail {

inline void write_sink(const cinnabar_sink* sink, std::string_view text) {
  if (sink && sink->write(sink->self, bytes_of(text)) != CINNABAR_OK)
    throw failure("the receiver took no more");
}

// Like guarded(), with the error document into a sink (which may be null).
template <class Work>
cinnabar_status guarded_sink(const cinnabar_sink* sink, Work work) noexcept {
  const cinnabar_reply reply{
      sizeof(cinnabar_reply), const_cast<cinnabar_sink*>(sink),
      [](void* self, cinnabar_bytes bytes) -> cinnabar_status {
        const auto* to = static_cast<const cinnabar_sink*>(self);
        return to ? to->write(to->self, bytes) : CINNABAR_OK;
      },
      nullptr};
  return guarded(&reply, work);
}

template <class I>
cinnabar_service export_table(I* self) {
  return service_table(self);
}

inline cinnabar_database export_table(Database* self) {
  return {sizeof(cinnabar_database), self,
          [](void* p, cinnabar_bytes sql, const cinnabar_value* params, size_t count,
             const cinnabar_rows* rows, const cinnabar_sink* error) {
            return guarded_sink(error, [&] {
              static_cast<Database*>(p)->query(view(sql), params, count, *rows);
            });
          },
          [](void* p, const cinnabar_transaction* transactions, size_t count,
             cinnabar_outcome* outcomes) {
            return guarded(nullptr, [&] {
              static_cast<Database*>(p)->commit(transactions, count, outcomes);
            });
          },
          [](void* p, cinnabar_bytes sql, const cinnabar_sink* error) {
            return guarded_sink(error, [&] { static_cast<Database*>(p)->script(view(sql)); });
          }};
}

inline cinnabar_blob_store export_table(BlobStore* self) {
  return {sizeof(cinnabar_blob_store), self,
          [](void* p, const cinnabar_sink* path) {
            return guarded(nullptr, [&] { write_sink(path, static_cast<BlobStore*>(p)->stage()); });
          },
          [](void* p, cinnabar_bytes path, cinnabar_bytes sha256) {
            return guarded(nullptr, [&] {
              static_cast<BlobStore*>(p)->adopt(std::string(view(path)), view(sha256));
            });
          },
          [](void* p, cinnabar_bytes sha256, cinnabar_bytes content) {
            return guarded(nullptr,
                           [&] { static_cast<BlobStore*>(p)->put(view(sha256), view(content)); });
          },
          [](void* p, cinnabar_bytes sha256, uint64_t* size) {
            return guarded(nullptr,
                           [&] { *size = static_cast<BlobStore*>(p)->size(view(sha256)); });
          },
          [](void* p, cinnabar_bytes sha256, uint64_t offset, uint64_t size,
             const cinnabar_sink* sink) {
            return guarded(nullptr, [&] {
              static_cast<BlobStore*>(p)->read(
                  view(sha256), offset, size,
                  [&](std::string_view part) { write_sink(sink, part); });
            });
          },
          [](void* p, cinnabar_bytes sha256) {
            return guarded(nullptr, [&] { static_cast<BlobStore*>(p)->remove(view(sha256)); });
          },
          [](void* p, const cinnabar_sink* each) {
            return guarded(nullptr, [&] {
              static_cast<BlobStore*>(p)->list([&](std::string_view id) { write_sink(each, id); });
            });
          }};
}

inline cinnabar_key_store export_table(KeyStore* self) {
  return {sizeof(cinnabar_key_store), self,
          [](void* p, cinnabar_bytes algorithm, const cinnabar_sink* id,
             const cinnabar_sink* error) {
            return guarded_sink(error, [&] {
              write_sink(id, static_cast<KeyStore*>(p)->create(view(algorithm)));
            });
          },
          [](void* p, cinnabar_bytes id, const cinnabar_sink* spki, const cinnabar_sink* error) {
            return guarded_sink(
                error, [&] { write_sink(spki, static_cast<KeyStore*>(p)->public_key(view(id))); });
          },
          [](void* p, cinnabar_bytes id, cinnabar_bytes algorithm, cinnabar_bytes digest,
             const cinnabar_sink* signature, const cinnabar_sink* error) {
            return guarded_sink(error, [&] {
              write_sink(signature,
                         static_cast<KeyStore*>(p)->sign(view(id), view(algorithm), view(digest)));
            });
          },
          [](void* p, cinnabar_bytes id) {
            return guarded(nullptr, [&] { static_cast<KeyStore*>(p)->destroy(view(id)); });
          }};
}

}  // namespace detail

// The caller's side of a key store table.
class KeyStoreClient {
 public:
  explicit KeyStoreClient(const cinnabar_key_store* table) : table_(table) {
    if (!table_) throw Error("key.store_missing", {}, {}, CINNABAR_UNAVAILABLE);
  }
  std::string create(std::string_view algorithm) const {
    detail::TextSink id, error;
    check(table_->create(table_->self, bytes_of(algorithm), &id.raw, &error.raw), error);
    return std::move(id.text);
  }
  std::string public_key(std::string_view key) const {
    detail::TextSink spki, error;
    check(table_->public_key(table_->self, bytes_of(key), &spki.raw, &error.raw), error);
    return std::move(spki.text);
  }
  std::string sign(std::string_view key, std::string_view digest_algorithm,
                   std::string_view digest) const {
    detail::TextSink signature, error;
    check(table_->sign(table_->self, bytes_of(key), bytes_of(digest_algorithm), bytes_of(digest),
                       &signature.raw, &error.raw),
          error);
    return std::move(signature.text);
  }

 private:
  static void check(cinnabar_status status, const detail::TextSink& error) {
    if (status != CINNABAR_OK) throw_status(status, error.text);
  }
  const cinnabar_key_store* table_;
};

}  // namespace cinnabar
