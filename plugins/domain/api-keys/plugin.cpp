// cinnabar.api-keys: keys with which programs call, and who speaks by one.
#include "speaking.hpp"
#include "tokens.hpp"

#include <cinnabar/plugin.hpp>
#include <cinnabar/services/kernel.hpp>

namespace cinnabar {
namespace apikeys {
namespace {

constexpr std::int64_t kMinuteS = 60;
constexpr std::int64_t kFormSizeMax = 16 * 1024;

struct ApiKeysConfig {
  std::int64_t token_minutes = 60;
  std::int64_t keys_max = 100;
};
CINNABAR_DESCRIBE(ApiKeysConfig, (token_minutes, range(1, 1440)), (keys_max, range(1, 10'000)))

class ApiKeysPlugin final : public DomainPlugin, public Callers {
 public:
  using Interfaces = Provides<Domain, Callers>;

  explicit ApiKeysPlugin(Host& host) : DomainPlugin(host), config_(host.config<ApiKeysConfig>()) {
    using Self = ApiKeysPlugin;
    permission({std::string(kManage), "Issues and revokes keys for programs", "管理程序密钥", false,
                {}});
    managed("POST", "", "api_key.issue", &Self::issue)
        .summary("Issues a key for a program; its secret is shown once", "签发程序密钥（密文仅显示一次）")
        .audited().status(201);
    managed("GET", "", "api_key.list", &Self::list)
        .summary("The keys for programs", "程序密钥列表");
    managed("POST", "/{key}/rotate", "api_key.rotate", &Self::rotate)
        .summary("Gives a key another secret", "更换程序密钥的密文").audited();
    managed("DELETE", "/{key}", "api_key.revoke", &Self::revoke)
        .summary("Revokes a key and its access tokens", "吊销程序密钥及其访问令牌").audited();
    route("POST", "/oauth/token", "api_key.token", this, &Self::token)
        .summary("An access token for a program (OAuth 2.0, client credentials)",
                 "获取程序访问令牌（OAuth 2.0 客户端凭证）")
        .open().small_upload({"application/x-www-form-urlencoded"}, kFormSizeMax);
  }

  void start() {
    sealing_.emplace(std::filesystem::path(host().data_folder()) / "sealing.key",
                     host().random(Sealing::kKeySize));
  }

  Answer<IssuedApiKey> issue(const NewApiKey& in, const Request& request) {
    Answer<IssuedApiKey> answer;
    std::vector<std::string> known;
    for (PermissionInfo& one : host().service<Permissions>(request.call).list({}).permissions)
      known.push_back(std::move(one.name));
    answer.body =
        table(request).issue(in, request.subject().person, known, config_.keys_max, answer.writes);
    return answer;
  }
  Answer<ApiKeyList> list(const Request& request) {
    Answer<ApiKeyList> answer;
    answer.body.keys = table(request).list();
    return answer;
  }
  Answer<IssuedApiKey> rotate(const RotateApiKey& in, const Request& request) {
    Answer<IssuedApiKey> answer;
    answer.body = table(request).rotate(request.param("key"), in, request.subject().person,
                                        answer.writes);
    return answer;
  }
  Answer<Nothing> revoke(const Request& request) {
    Answer<Nothing> answer;
    table(request).revoke(request.param("key"), request.subject().person, answer.writes);
    return answer;
  }
  Answer<AccessToken> token(const Request& request) {
    Answer<AccessToken> answer;
    answer.body = issue_token(host(), request, *sealing_, config_.token_minutes * kMinuteS,
                              answer.writes);
    return answer;
  }

  Caller identify(const CallerRequest& request, const Call& call) override {
    Caller caller = who_speaks(host(), request, call, *sealing_);
    caller.writes.stamp(CINNABAR_PLUGIN_ID);
    return caller;
  }

 private:
  template <class Handler>
  Route& managed(const char* method, const char* path, const char* name, Handler handler) {
    return route(method, std::string("/enterprises/{enterprise}/api-keys") + path, name, this,
                 handler)
        .of("enterprise").may(std::string(kManage));
  }
  KeysTable table(const Request& request) const {
    return KeysTable(host(), request.call, request.param("enterprise"), *sealing_);
  }

  ApiKeysConfig config_;
  std::optional<Sealing> sealing_;
};

}  // namespace
}  // namespace apikeys

CINNABAR_PLUGIN(apikeys::ApiKeysPlugin)

}  // namespace cinnabar
