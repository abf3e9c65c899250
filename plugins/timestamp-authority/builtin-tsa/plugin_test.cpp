// The authority through the plugin's entry: answers, proof, and its credential.
#include "request.hpp"

#include <cinnabar/testing/fake_host.hpp>
#include <cinnabar/testing/signing.hpp>

#include <gtest/gtest.h>

extern "C" const cinnabar_plugin* cinnabar_plugin_v1();

namespace cinnabar::builtintsa {
namespace {

// Issues over a key of the store; counts, and knows what it is told to know.
class FakeAuthority final : public CertificateAuthority {
 public:
  explicit FakeAuthority(testing::MemoryKeys& keys) : keys_(keys) {
    root_ = testing::make_identity(keys_, {"Root", "ec-p256", true, false});
  }
  Credential issue(const IssueRequest&, const Call& call) override {
    owners.emplace_back(call.owner());
    if (down) throw Error("certificate.unreachable", {}, {}, CINNABAR_UNAVAILABLE);
    const auto made = testing::make_identity(keys_, {"TSA", "ec-p256", false, true}, &root_);
    Credential out;
    out.key = {"file", made.key};
    out.chain = {made.chain.begin(), made.chain.end()};
    out.not_before_ms = now_ms();
    out.not_after_ms = out.not_before_ms + life_ms;
    return out;
  }
  AuthorityInfo info(const AuthorityRequest&, const Call&) override { return {}; }
  Revoked revoke(const RevokeRequest&, const Call&) override { return {}; }
  ValidationData proof(const ProofRequest& in, const Call& call) override {
    owners.emplace_back(call.owner());
    proven = in.chain.at(0).text();
    if (!trouble.empty()) throw Error(trouble, {{"serial", "1"}, {"reason", "x"}});
    return {{Bytes(std::string("root"))}, {}, {}};
  }
  Crl crl(const CrlRequest&, const Call&) override { return {}; }
  OcspAnswer ocsp(const OcspQuery&, const Call&) override { return {}; }

  std::function<std::int64_t()> now_ms;
  std::int64_t life_ms = 3'600'000;
  bool down = false;
  std::string trouble, proven;
  std::vector<std::string> owners;

 private:
  testing::MemoryKeys& keys_;
  testing::TestIdentity root_;
};

class TsaPlugin : public ::testing::Test {
 protected:
  TsaPlugin() : key_table(detail::export_table(static_cast<KeyStore*>(&keys))), authority(keys) {
    authority.now_ms = [this] { return fake.host().now_ms(Clock::real); };
    fake.add_service<CertificateAuthority>(authority);
    fake.add_table("cinnabar.key-store/1", &key_table);
    ReplyBuffer error;
    const cinnabar_plugin* plugin = cinnabar_plugin_v1();
    if (plugin->create(fake.host().raw(), error.raw(), &instance) != CINNABAR_OK ||
        plugin->start(instance, error.raw()) != CINNABAR_OK)
      throw failure(error.json());
  }
  ~TsaPlugin() override { cinnabar_plugin_v1()->destroy(instance); }

  struct Route final : ServiceRoute {
    Route(const cinnabar_service* service, const cinnabar_call* raw) : table(service), call(raw) {}
    cinnabar_status invoke(std::string_view method, const cinnabar_message& request,
                           const cinnabar_reply* reply) const override {
      return table->invoke(table->self, call, bytes_of(method), &request, reply);
    }
    const cinnabar_service* table;
    const cinnabar_call* call;
  };
  Client<TimestampAuthority> client() {
    const auto* table = static_cast<const cinnabar_service*>(cinnabar_plugin_v1()->interface_by_id(
        instance, bytes_of(interface_id<TimestampAuthority>())));
    return Client<TimestampAuthority>(std::make_shared<Route>(table, own.call().raw()));
  }
  std::string answer(const std::string& policy = {}) {
    const std::string imprint = der::sequence(der::sequence(der::oid("2.16.840.1.101.3.4.2.1")),
                                              der::octet_string(std::string(32, 'x')));
    const std::string request =
        der::sequence(der::integer(1), imprint, policy.empty() ? std::string() : der::oid(policy),
                      der::boolean(true));
    return client().answer({Bytes(request)}).response.text();
  }
  // PKIStatus and, for a rejection, what PKIFailureInfo holds.
  static std::pair<int, std::string> status_of(const std::string& response) {
    der::Reader info = der::Reader(response).enter().enter();
    const int status = info.expect(der::kInteger).content[0];
    if (info.at_end()) return {status, ""};
    info.next();
    return {status, to_hex(info.expect(der::kBitString).content)};
  }
  std::string proof_refusal() {
    const Stamp stamp = client().stamp({to_hex(sha256("x")), "sha256"});
    try {
      client().proof({stamp.token});
      return {};
    } catch (const Error& error) {
      return error.code();
    }
  }

  testing::FakeHost fake;
  testing::MemoryKeys keys;
  cinnabar_key_store key_table;
  FakeAuthority authority;
  void* instance = nullptr;
  OwnCall own{"ent_1"};
};

TEST_F(TsaPlugin, GrantsWhatItCanAndRejectsWhatItCannot) {
  EXPECT_EQ(status_of(answer()).first, 0);
  EXPECT_EQ(status_of(answer(Config{}.policy)).first, 0);
  EXPECT_EQ(status_of(answer("1.2.3")), std::pair(2, std::string("000001"))) << "unacceptedPolicy";
}

TEST_F(TsaPlugin, SaysThatTimeIsNotAvailableWhenItHasNoCredential) {
  fake.advance_ms(3'500'000);
  authority.down = true;
  EXPECT_EQ(status_of(answer()), std::pair(2, std::string("010002"))) << "timeNotAvailable";
  authority.down = false;
  EXPECT_EQ(status_of(answer()).first, 0);
}

TEST_F(TsaPlugin, HasOneCredentialForAllAndReplacesItInTime) {
  answer();
  EXPECT_EQ(authority.owners, std::vector<std::string>{""}) << "the installation's, whoever asks";
  fake.advance_ms(2'000'000);
  answer();
  EXPECT_EQ(authority.owners.size(), 1u);
  fake.advance_ms(600'000);
  answer();
  EXPECT_EQ(authority.owners, (std::vector<std::string>{"", ""}));
}

TEST_F(TsaPlugin, ProvesItsChainByTheCertificateAuthority) {
  const Stamp stamp = client().stamp({to_hex(sha256("x")), "sha256"});
  EXPECT_EQ(client().proof({stamp.token}).certificates.size(), 1u);
  EXPECT_EQ(authority.proven, chain_of(stamp.token.view())[0].view());
  authority.trouble = "certificate.revoked";
  EXPECT_EQ(proof_refusal(), "timestamp.revoked");
  authority.trouble = "certificate.status_unknown";
  EXPECT_EQ(proof_refusal(), "timestamp.status_unknown");
  authority.trouble = "certificate.unreachable";
  EXPECT_EQ(proof_refusal(), "certificate.unreachable");
}

}  // namespace
}  // namespace cinnabar::builtintsa
