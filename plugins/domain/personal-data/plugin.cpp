// cinnabar.personal-data: people's keys for those who keep data of them, and what a person may ask:
// to see it and to have it gone.
#include "vault.hpp"

#include <cinnabar/domain_plugin.hpp>
#include <cinnabar/services/data_subject.hpp>
#include <cinnabar/services/kernel.hpp>

namespace cinnabar {
namespace {

// After the last key was wrapped anew the older wrapping keys stay for so long: a server that had
// read the file before may still have wrapped one under them.
constexpr std::int64_t kOlderKeptMs = 3'600'000;

struct OwnData {
  Json data;
};
CINNABAR_DESCRIBE(OwnData, (data, personal, doc("By plugin, what is kept of you.")))

struct ErasureOrder {
  std::string confirm;
};
CINNABAR_DESCRIBE(ErasureOrder, (confirm, required, length(0, 20),
                                 doc("\"erase\": it cannot be undone.")))

struct RotationView {
  std::int64_t left = 0;
};
CINNABAR_DESCRIBE(RotationView, (left, doc("Keys that are not under the new wrapping key yet.")))

class PersonalDataPlugin final : public DomainPlugin, public Personal {
 public:
  using Interfaces = Provides<Domain, Personal>;

  explicit PersonalDataPlugin(Host& host) : DomainPlugin(host) {
    using Self = PersonalDataPlugin;
    route("GET", "/me/data", "personal.export", this, &Self::export_own)
        .summary("Everything that is kept of oneself", "导出本人数据").self().audited();
    route("POST", "/me/erasure", "personal.erase_own", this, &Self::erase_own)
        .summary("Erases one's own data, for ever", "删除本人数据（不可恢复）").self().audited()
        .status(204);
    route("POST", "/people/{person}/erasure", "personal.erase", this, &Self::erase_other)
        .summary("Erases a person's data, for ever", "删除人员数据（不可恢复）").operators()
        .audited().status(204);
    route("POST", "/personal-keys/rotation", "personal.rotate", this, &Self::rotate)
        .summary("Wraps all people's keys under a new one", "更换个人数据封装密钥").operators()
        .audited().status(202);
    route("GET", "/personal-keys/rotation", "personal.rotation", this, &Self::rotation)
        .summary("How far that is", "查看封装密钥更换进度").operators();
    job("rotate", this, &Self::rotate_some);
  }

  // The data folder is there from here on.
  void start() { vault_ = std::make_unique<Vault>(host(), host().data_folder() + "/personal.key"); }

  // Personal, for other plugins.

  SealedCells seal(const PersonalCells& in, const Call& call) override {
    SealedCells out = vault_->seal(in, call);
    out.writes.stamp(CINNABAR_PLUGIN_ID);
    return out;
  }
  OpenedCells open(const PersonalCells& in, const Call& call) override {
    return vault_->open(in, call);
  }
  BlindIndexes index(const BlindIndexRequest& in, const Call&) override {
    return vault_->index(in);
  }
  Forgotten forget(const ForgetRequest& in, const Call& call) override {
    Forgotten out;
    vault_->forget(in.person, call, out.writes);
    out.writes.stamp(CINNABAR_PLUGIN_ID);
    return out;
  }

 private:
  std::vector<std::string> keepers(const Call& call) const {
    return host().service<Bindings>(call)
        .names({std::string(interface_id<DataSubject>())}).names;
  }

  Answer<OwnData> export_own(const Request& request) {
    Answer<OwnData> answer;
    answer.body.data = Json::object();
    for (const std::string& name : keepers(request.call)) {
      const KeptData kept =
          host().service<DataSubject>(request.call, name).kept({request.subject().person});
      if (!kept.data.is_null()) answer.body.data.set(name, kept.data);
    }
    return answer;
  }

  Answer<Nothing> erase_own(const ErasureOrder& in, const Request& request) {
    Answer<Nothing> answer = erase(in, request.subject().person, request);
    if (!request.subject().session.empty())
      answer.writes.revoked_sessions.push_back(request.subject().session);
    return answer;
  }
  Answer<Nothing> erase_other(const ErasureOrder& in, const Request& request) {
    return erase(in, request.param("person"), request);
  }
  Answer<Nothing> erase(const ErasureOrder& in, const std::string& person,
                        const Request& request) {
    if (in.confirm != "erase") throw Error("personal.not_confirmed", {}, "/confirm");
    Answer<Nothing> answer;
    std::string reasons;
    for (const std::string& name : keepers(request.call)) {
      Erasure erasure = host().service<DataSubject>(request.call, name).erase({person});
      for (const ErasureReason& reason : erasure.because) {
        reasons += (reasons.empty() ? "" : ", ") + reason.code;
        for (const auto& [param, value] : reason.params) reasons += " " + param + "=" + value;
      }
      answer.writes.merge(std::move(erasure.writes));
    }
    if (!reasons.empty()) throw Error("personal.still_needed", {{"reasons", reasons}});
    vault_->forget(person, request.call, answer.writes);
    answer.writes.events.push_back(
        {"person.erased", person, person, request.subject().person, Json::object()});
    return answer;
  }

  Answer<RotationView> rotate(const Request& request) {
    const std::int64_t left = vault_->left(request.call);
    if (left > 0) throw Error("personal.rotating", {{"left", std::to_string(left)}});
    vault_->begin_rotation();
    Answer<RotationView> answer;
    answer.body.left = vault_->left(request.call);
    answer.writes.jobs.push_back({"rotate", {}, {}, {}, Json::object()});
    return answer;
  }
  Answer<RotationView> rotation(const Request& request) {
    return {{vault_->left(request.call)}};
  }
  // In batches, until there are none; then once more an hour later, for what was made meanwhile.
  WriteSet rotate_some(const JobCall& job, const Call& call) {
    WriteSet writes;
    const bool some = vault_->rotate_some(call, writes);
    const bool last = job.data["last"].is_boolean() && job.data["last"].boolean();
    if (!some && last) {
      vault_->end_rotation();
      return writes;
    }
    writes.jobs.push_back({"rotate", {}, {},
                           some ? Time{} : Time{host().now().ms + kOlderKeptMs},
                           Json::object().set("last", !some)});
    return writes;
  }

  std::unique_ptr<Vault> vault_;
};

}  // namespace

CINNABAR_PLUGIN(PersonalDataPlugin)

}  // namespace cinnabar
