// Stand-ins for what seals are made with, for tests: small and predictable. One thread.
#pragma once

#include <cinnabar/services/kernel.hpp>
#include <cinnabar/services/organisation.hpp>
#include <cinnabar/services/seal.hpp>

#include <algorithm>

namespace cinnabar {

class FakeOrganisation final : public Organisation {
 public:
  // Of ent_1: per_admin administers, per_member belongs.
  cinnabar::People people(const PeopleRequest& in, const Call&) override {
    cinnabar::People out;
    for (const std::string& id : in.ids)
      if (id.starts_with("per_")) out.people.push_back({id, "李雪", "13800138000", false});
    return out;
  }
  Enterprises enterprises(const PeopleRequest& in, const Call&) override {
    Enterprises out;
    for (const std::string& id : in.ids)
      if (id.starts_with("ent_")) out.enterprises.push_back({id, "朱砂科技有限公司", {}, false});
    return out;
  }
  Enterprises find_enterprise(const FindEnterpriseRequest&, const Call&) override { return {}; }
  ResolvedPerson resolve_person(const ResolvePersonRequest&, const Call&) override { return {}; }
  Membership membership(const MembershipRequest& in, const Call&) override {
    const bool ours = in.enterprise == "ent_1";
    return {ours && (in.person == "per_admin" || in.person == "per_member"), in.enterprise};
  }
  Credentials credentials(const CredentialsRequest&, const Call&) override { return {}; }
};

class FakeBindings final : public Bindings {
 public:
  BindingNames names(const BindingsRequest& in, const Call& call) override {
    if (in.interface_id == interface_id<CertificateAuthority>()) return {authorities};
    if (std::string(call.owner()) == switched_off_for) return {{"name"}};
    return {{"name", "round"}};
  }
  std::string switched_off_for;
  std::vector<std::string> authorities = {"first", "second"};
};

class FakeSealType final : public SealType {
 public:
  explicit FakeSealType(FakeBindings& bindings) : bindings_(bindings) {}
  SealImage draw(const SealDesign& design, const Call& call) override {
    if (std::string(call.owner()) == bindings_.switched_off_for)
      throw Error("plugin.not_bound", {}, {}, CINNABAR_UNSUPPORTED);
    ++drawn;
    SealImage out;
    out.drawing = {Bytes("draws " + design.text + "/" + design.title), 119, 119};
    out.png = Bytes("png");
    out.width_um = out.height_um = 42'000;
    return out;
  }
  int drawn = 0;

 private:
  FakeBindings& bindings_;
};

class FakeAuthority final : public CertificateAuthority {
 public:
  Credential issue(const IssueRequest& in, const Call&) override {
    requests.push_back(in);
    const std::string number = std::to_string(requests.size());
    Credential out;
    out.key = {in.key_store, "key" + number};
    out.chain = {Bytes("own" + number), Bytes("root")};
    out.sha256 = "sha" + number;
    out.serial = "serial" + number;
    out.not_before_ms = starts_ms;
    out.not_after_ms = ends_ms;
    return out;
  }
  AuthorityInfo info(const AuthorityRequest&, const Call&) override { return {}; }
  Revoked revoke(const RevokeRequest& in, const Call&) override {
    if (unknown > 0 && unknown-- > 0) throw Error("certificate.unknown");
    if (down) throw Error("certificate.unreachable", {}, {}, CINNABAR_UNAVAILABLE);
    revoked.push_back(in);
    return {1};
  }
  ValidationData proof(const ProofRequest&, const Call&) override { return {}; }
  Crl crl(const CrlRequest&, const Call&) override { return {}; }
  OcspAnswer ocsp(const OcspQuery&, const Call&) override { return {}; }
  std::vector<RevokeRequest> revoked;
  int unknown = 0;  // so many next revocations are of certificates of somebody else
  bool down = false;
  std::vector<IssueRequest> requests;
  std::int64_t starts_ms = 0;
  std::int64_t ends_ms = 1'800'000'000'000;
};

}  // namespace cinnabar
