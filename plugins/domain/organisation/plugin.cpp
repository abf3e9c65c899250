// cinnabar.organisation: people, enterprises, sign-in, and who they are for other plugins.
#include "attempts.hpp"
#include "credentials.hpp"
#include "hook_points.hpp"
#include "import_routes.hpp"

#include <cinnabar/plugin.hpp>

namespace cinnabar {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;

struct OrganisationConfig {
  bool open_registration = true;
  std::int64_t session_hours = 12;
};
CINNABAR_DESCRIBE(OrganisationConfig, open_registration, (session_hours, range(1, 720)))

class OrganisationPlugin final : public ImportRoutes, public Organisation {
 public:
  using Interfaces = Provides<Domain, Organisation>;

  explicit OrganisationPlugin(Host& host)
      : ImportRoutes(host), config_(host.config<OrganisationConfig>()) {
    using Self = OrganisationPlugin;
    route("POST", "/people", "person.register", this, &Self::register_person)
        .summary("Registers a person", "注册个人").open().idempotent().audited().status(201);
    route("POST", "/sessions", "session.open", this, &Self::open_session)
        .summary("Signs in", "登录").open().audited().status(201);
    route("DELETE", "/sessions/current", "session.close", this, &Self::close_session)
        .summary("Signs out", "退出登录").audited();
    route("GET", "/me", "person.me", this, &Self::me)
        .summary("Who is signed in, and for whom", "当前登录人");
    route("PUT", "/me/credentials/{method}", "person.set_credential", this, &Self::set_credential)
        .summary("Sets a credential for signing", "设置签署认证凭据").audited();
    route("POST", "/enterprises", "enterprise.found", this, &Self::found_enterprise)
        .summary("Adds an enterprise; the caller becomes its administrator", "创建企业")
        .idempotent().audited().status(201);
    route("GET", "/enterprises/{enterprise}", "enterprise.read", this, &Self::read_enterprise)
        .summary("An enterprise", "查看企业").on("enterprise", {"member", "admin"});
    route("POST", "/enterprises/{enterprise}/employees", "enterprise.add_employee", this,
          &Self::add_employee)
        .summary("Adds an employee", "添加员工").on("enterprise", {"admin"})
        .idempotent().audited().status(201);
    route("GET", "/enterprises/{enterprise}/employees", "enterprise.employees", this,
          &Self::list_employees)
        .summary("The employees", "员工列表").on("enterprise", {"member", "admin"});
    route("DELETE", "/enterprises/{enterprise}/employees/{person}", "enterprise.remove_employee",
          this, &Self::remove_employee)
        .summary("Removes an employee", "移除员工").on("enterprise", {"admin"}).audited();
    for (HookPointInfo& point : employee_hook_points())
      hook_point<EmployeeHookInput>(std::move(point));
    hook_point<SignInHookInput>(sign_in_hook_point());
    on("enterprise.employee_added", this, &Self::tell);
    on("enterprise.employee_removed", this, &Self::tell);
  }

  // Routes.

  Answer<PersonView> register_person(const NewPerson& in, const Request& request) {
    if (!config_.open_registration) throw Error("organisation.registration_closed");
    Answer<PersonView> answer;
    answer.body = view_of(PeopleTable(host(), request.call).register_person(in, answer.writes));
    return answer;
  }
  Answer<SessionView> open_session(const NewSession& in, const Request& request) {
    auto answer = sign_in(host(), request.call, in, config_.session_hours * kHourMs);
    if (!answer.problem && !in.acting_for.empty())
      ask_hook(host(), request.call, in.acting_for, kBeforeSignIn,
               SignInHookInput{answer.body.person.id, request.http.address,
                               request.http.user_agent});
    return answer;
  }
  Answer<Nothing> close_session(const Request& request) {
    Answer<Nothing> answer;
    answer.writes.revoked_sessions.push_back(request.subject().session);
    return answer;
  }
  Answer<Me> me(const Request& request) {
    const std::string& id = request.subject().person;
    const auto person = PeopleTable(host(), request.call).by_id(id);
    if (!person) throw Error("organisation.person_not_found", {{"person", id}});
    Answer<Me> answer;
    answer.body = {view_of(*person), request.subject().acting_for,
                   EnterprisesTable(host(), request.call).of_person(id),
                   credential_methods(host(), request.call, id)};
    return answer;
  }
  Answer<Nothing> set_credential(const CredentialChange& in, const Request& request) {
    return change_credential(host(), request.call, request.subject().person,
                             request.param("method"), in);
  }
  Answer<EnterpriseView> found_enterprise(const NewEnterprise& in, const Request& request) {
    Answer<EnterpriseView> answer;
    answer.body = EnterprisesTable(host(), request.call)
                      .found(in, request.subject().person, answer.writes);
    return answer;
  }
  Answer<EnterpriseView> read_enterprise(const Request& request) {
    const std::string& id = request.param("enterprise");
    const auto rows = EnterprisesTable(host(), request.call).by_ids({id});
    if (rows.empty()) throw Error("organisation.enterprise_not_found", {{"enterprise", id}});
    Answer<EnterpriseView> answer;
    answer.body = {rows[0].id, rows[0].name, rows[0].credit_code, request.http.object.roles};
    return answer;
  }
  Answer<EmployeeView> add_employee(const NewEmployee& in, const Request& request) {
    Answer<EmployeeView> answer;
    ask_hook(host(), request.call, request.param("enterprise"), kBeforeJoin,
             EmployeeHookInput{{}, in.name, in.mobile, in.admin, request.subject().person});
    answer.body = EnterprisesTable(host(), request.call)
                      .add_employee(request.param("enterprise"), in, request.subject().person,
                                    answer.writes);
    return answer;
  }
  Answer<EmployeeList> list_employees(const Request& request) {
    Answer<EmployeeList> answer;
    answer.body = EnterprisesTable(host(), request.call).employees(request.param("enterprise"));
    return answer;
  }
  Answer<Nothing> remove_employee(const Request& request) {
    Answer<Nothing> answer;
    ask_hook(host(), request.call, request.param("enterprise"), kBeforeLeave,
             EmployeeHookInput{request.param("person"), {}, {}, false, request.subject().person});
    EnterprisesTable(host(), request.call)
        .remove_employee(request.param("enterprise"), request.param("person"),
                         request.subject().person, answer.writes);
    return answer;
  }

  // Events.

  WriteSet tell(const StoredEvent& event, const Call& call) {
    const bool joined = event.type == "enterprise.employee_added";
    tell_hook(host(), call, event.owner, joined ? kAfterJoin : kAfterLeave,
              EmployeeHookInput{event.data["person"].text(), {}, {},
                                event.data["admin"].boolean(), event.actor});
    return {};
  }

  // Organisation, for other plugins.

  People people(const PeopleRequest& in, const Call& call) override {
    People out;
    for (const PersonRow& row : PeopleTable(host(), call).by_ids(in.ids))
      out.people.push_back(person_of(row));
    return out;
  }
  Enterprises enterprises(const PeopleRequest& in, const Call& call) override {
    return enterprises_of(EnterprisesTable(host(), call).by_ids(in.ids));
  }
  Enterprises find_enterprise(const FindEnterpriseRequest& in, const Call& call) override {
    return enterprises_of(EnterprisesTable(host(), call).by_name(in.name));
  }
  ResolvedPerson resolve_person(const ResolvePersonRequest& in, const Call& call) override {
    ResolvedPerson out;
    out.person = person_of(PeopleTable(host(), call).resolve(in.name, in.mobile, out.writes));
    out.made = !out.writes.empty();
    out.writes.stamp(CINNABAR_PLUGIN_ID);
    return out;
  }
  Membership membership(const MembershipRequest& in, const Call& call) override {
    const auto row = EnterprisesTable(host(), call).member(in.enterprise, in.person);
    return {row.has_value(), row && row->admin};
  }
  Credentials credentials(const CredentialsRequest& in, const Call& call) override {
    const auto row = find_credential(host(), call, in.person, in.method);
    return {row ? row->credentials : Json()};
  }

 private:
  // Nobody is verified until identity providers are plugged in.
  static Person person_of(const PersonRow& row) { return {row.id, row.name, row.mobile, false}; }
  static Enterprises enterprises_of(const std::vector<EnterpriseRow>& rows) {
    Enterprises out;
    for (const EnterpriseRow& row : rows)
      out.enterprises.push_back({row.id, row.name, row.credit_code, false});
    return out;
  }

  OrganisationConfig config_;
};

}  // namespace

CINNABAR_PLUGIN(OrganisationPlugin)

}  // namespace cinnabar
