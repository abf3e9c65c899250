// Stores: content under its digest, keys under their ids; whole or not at all.
#include "check/samples.hpp"
#include "check/steps.hpp"

namespace cinnabar::authoring {
namespace {

constexpr int kTimeoutMs = 20'000;
constexpr std::string_view kContent = "abc";  // FIPS 180-4, example
constexpr std::string_view kDigest =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

// A sink that refuses the write of that number.
struct Taken {
  int refused = 0;
  int writes = 0;
  std::string text{};
  cinnabar_sink raw{sizeof(cinnabar_sink), this,
                    [](void* self, cinnabar_bytes bytes) -> cinnabar_status {
                      Taken& taken = *static_cast<Taken*>(self);
                      if (++taken.writes == taken.refused) return CINNABAR_FAILED;
                      taken.text.append(view(bytes));
                      return CINNABAR_OK;
                    }};
};

class StoreCheck {
 public:
  StoreCheck(Session& session, const cinnabar_blob_store& store)
      : session_(session), store_(store) {}

  void run() {
    session_.teller().at("put");
    const auto status = store_.put(store_.self, bytes_of(kDigest), bytes_of(kContent));
    if (status == CINNABAR_OK) {
      reads();
      names();
    } else {
      session_.teller().detail("left out: it stores nothing here, put answers " +
                               status_name(status));
    }
    if (store_.put(store_.self, bytes_of(kDigest), bytes_of("abd")) == CINNABAR_OK)
      session_.find_fault("stores content under a digest that is not its own", "put",
                          "compare the digest before it is stored");
  }

 private:
  void reads() {
    session_.teller().at("read");
    Taken whole;
    const auto status = store_.read(store_.self, bytes_of(kDigest), 0, UINT64_MAX, &whole.raw);
    if (status != CINNABAR_OK)
      session_.find_fault("cannot read what it stored: read answers " + status_name(status), "read",
                          "what put took is there until it is removed");
    else if (whole.text != kContent)
      session_.find_fault("read gives other bytes than were put, and CINNABAR_OK", "read",
                          "give all of them, or an error");
    for (int refused = 1; refused <= whole.writes; ++refused) {
      Taken taken{refused};
      if (store_.read(store_.self, bytes_of(kDigest), 0, UINT64_MAX, &taken.raw) == CINNABAR_OK)
        session_.find_fault("read answers CINNABAR_OK although the sink refused", "read",
                            "look at what the sink returns");
    }
  }

  void names() {
    const std::string digest(kDigest);
    std::string upper = digest;
    for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    for (const std::string& name :
         {digest + "0", digest + " ", digest + std::string(1, '\0'), digest + "/x", upper,
          digest.substr(0, 63), "../" + digest, std::string(64, '/')}) {
      session_.teller().at("the digest " + name);
      std::uint64_t size = 0;
      Taken taken;
      if (store_.size(store_.self, bytes_of(name), &size) == CINNABAR_OK ||
          store_.read(store_.self, bytes_of(name), 0, 10, &taken.raw) == CINNABAR_OK ||
          store_.put(store_.self, bytes_of(name), bytes_of(kContent)) == CINNABAR_OK)
        session_.find_fault("takes \"" + shortened_text(name, 80) + "\" for a digest",
                            "size, read, put",
                            "a digest has 64 hex digits in lower case and nothing more");
    }
  }

  Session& session_;
  const cinnabar_blob_store& store_;
};

// Keys are found by their whole id.
void look_at_keys(Session& session, const cinnabar_key_store& store) {
  session.teller().at("create of a key");
  Taken id, error;
  const auto status = store.create(store.self, bytes_of("ec-p256"), &id.raw, &error.raw);
  if (status != CINNABAR_OK)
    return session.teller().detail("left out: it creates no key here, create answers " +
                                   status_name(status));
  const std::string& right = id.text;
  Taken known, problem;
  const auto found = store.public_key(store.self, bytes_of(right), &known.raw, &problem.raw);
  if (found != CINNABAR_OK || known.text.empty())
    session.find_fault("does not know the key that it created: public_key answers " +
                           status_name(found) + (known.text.empty() ? " and no key" : ""),
                       "public_key", "a key is kept before its id is told");
  for (const std::string& name :
       {right + "x", right + "0", right + " ", right + std::string(1, '\0'), right + "/.",
        right.substr(0, right.size() - 1), "../" + right, std::string()}) {
    session.teller().at("the key's id " + name);
    Taken spki, reason;
    if (store.public_key(store.self, bytes_of(name), &spki.raw, &reason.raw) == CINNABAR_OK)
      session.find_fault("takes \"" + shortened_text(name, 80) + "\" for the id of a key",
                         "public_key", "compare the whole id with its size");
  }
  Taken refusing{1}, reason;
  if (store.public_key(store.self, bytes_of(right), &refusing.raw, &reason.raw) == CINNABAR_OK)
    session.find_fault("public_key answers CINNABAR_OK although the sink refused", "public_key",
                       "look at what the sink returns");
  store.destroy(store.self, bytes_of(right));
}

}  // namespace

CheckStep check_key_store(const Subject& subject) {
  return run_apart("key-store", kTimeoutMs, [&](const Teller& teller) {
    Session session(subject, teller);
    if (!session.open()) return teller.detail(kNoStart);
    const auto* store =
        static_cast<const cinnabar_key_store*>(session.find("cinnabar.key-store/1"));
    if (store) look_at_keys(session, *store);
    session.close();
  });
}

CheckStep check_blob_store(const Subject& subject) {
  return run_apart("blob-store", kTimeoutMs, [&](const Teller& teller) {
    Session session(subject, teller);
    if (!session.open()) return teller.detail(kNoStart);
    const auto* store =
        static_cast<const cinnabar_blob_store*>(session.find("cinnabar.blob-store/1"));
    if (store) StoreCheck(session, *store).run();
    session.close();
  });
}

}  // namespace cinnabar::authoring
