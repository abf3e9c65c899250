// cinnabar.organisation: people, enterprises, sign-in, and who they are for other plugins.
#include "administration.hpp"
#include "attempts.hpp"
#include "credentials.hpp"
#include "hook_points.hpp"
#include "import_routes.hpp"
#include "own_data.hpp"
#include "session_book.hpp"
#include "sign_ins.hpp"
#include "standing.hpp"
#include "verified.hpp"

#include <cinnabar/plugin.hpp>

namespace cinnabar {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;

struct OrganisationConfig {
  bool open_registration = true;
  std::int64_t session_hours = 12;
  std::vector<std::string> sign_in_methods{"code"};
};
CINNABAR_DESCRIBE(OrganisationConfig, open_registration, (session_hours, range(1, 720)),
                  (sign_in_methods, items(0, 10)))

class OrganisationPlugin final : public ImportRoutes,
                                 public Organisation,
                                 public Standings,
                                 public DataSubject {
 public:
  using Interfaces = Provides<Domain, Organisation, Standings, DataSubject>;

  explicit OrganisationPlugin(Host& host)
      : ImportRoutes(host), config_(host.config<OrganisationConfig>()), administration_(host) {
    using Self = OrganisationPlugin;
    route("POST", "/people", "person.register", this, &Self::register_person)
        .summary("Registers a person", "注册个人").open().idempotent().audited().status(201);
    route("POST", "/sessions", "session.open", this, &Self::open_session)
        .summary("Signs in", "登录").open().audited().status(201);
    route("POST", "/sign-ins", "session.begin", this, &Self::begin_sign_in)
        .summary("Begins to sign in by a one-time code", "以验证码登录：获取验证码").open().audited()
        .status(201);
    route("POST", "/sign-ins/{sign_in}", "session.finish", this, &Self::finish_sign_in)
        .summary("Signs in by the answer", "以验证码登录：提交验证码").open().audited().status(201);
    route("GET", "/me/sessions", "session.list", this, &Self::list_sessions)
        .summary("Where one is signed in", "登录设备列表").self();
    route("DELETE", "/me/sessions/{session}", "session.end", this, &Self::end_session)
        .summary("Ends a session", "下线指定登录").self().audited();
    route("DELETE", "/me/sessions", "session.end_others", this, &Self::end_other_sessions)
        .summary("Ends all sessions but this one", "下线其他登录").self().audited();
    route("DELETE", "/sessions/current", "session.close", this, &Self::close_session)
        .summary("Signs out", "退出登录").self().audited();
    route("GET", "/me", "person.me", this, &Self::me)
        .summary("Who is signed in, and for whom", "当前登录人").self();
    route("PUT", "/me/credentials/{method}", "person.set_credential", this, &Self::set_credential)
        .summary("Sets a credential for signing", "设置签署认证凭据").self().audited();
    route("GET", "/me/credentials/{method}", "person.credentials", this, &Self::see_credential)
        .summary("What is set for an authentication method", "查看签署认证凭据").self();
    route("POST", "/me/credentials/{method}/enrolments", "person.begin_enrolment", this,
          &Self::begin_credential)
        .summary("Begins to add a credential, a passkey", "开始设置通行密钥").self().audited()
        .status(201);
    route("POST", "/enterprises", "enterprise.found", this, &Self::found_enterprise)
        .summary("Adds an enterprise; the caller becomes its super administrator", "创建企业")
        .self().idempotent().audited().status(201);
    route("GET", "/enterprises/{enterprise}", "enterprise.read", this, &Self::read_enterprise)
        .summary("An enterprise", "查看企业").of("enterprise");
    name_permissions();
    department_routes();
    role_routes();
    employee_routes();
    route("POST", "/people/sealing", "person.seal_all", this, &Self::seal_people)
        .summary("Seals people's data that was kept before there were keys", "加密历史人员数据")
        .operators().audited().status(202);
    job("seal_people", this, &Self::seal_some_people);
    for (HookPointInfo& point : employee_hook_points())
      hook_point<EmployeeHookInput>(std::move(point));
    hook_point<SignInHookInput>(sign_in_hook_point());
    on("enterprise.cancelled", this, &Self::empty_enterprise);
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
    return let_in(sign_in(host(), request.call, in, config_.session_hours * kHourMs,
                          {"password", request.http.address, request.http.user_agent}),
                  request);
  }
  Answer<SignInBegun> begin_sign_in(const BeginSignIn& in, const Request& request) {
    return SignIns(host(), request.call, config_.sign_in_methods)
        .begin(in, request.http.address);
  }
  Answer<SessionView> finish_sign_in(const SignInAnswer& in, const Request& request) {
    return let_in(SignIns(host(), request.call, config_.sign_in_methods)
                      .finish(request.param("sign_in"), in, config_.session_hours * kHourMs,
                              {{}, request.http.address, request.http.user_agent}),
                  request);
  }
  // The enterprise that is acted for has a say, once who it is is known.
  Answer<SessionView> let_in(Answer<SessionView> answer, const Request& request) const {
    if (!answer.problem && !answer.body.acting_for.empty())
      ask_hook(host(), request.call, answer.body.acting_for, kBeforeSignIn,
               SignInHookInput{answer.body.person.id, request.http.address,
                               request.http.user_agent});
    return answer;
  }
  Answer<SessionList> list_sessions(const Request& request) {
    return {SessionBook(host(), request.call).list(request.subject())};
  }
  Answer<Nothing> end_session(const Request& request) {
    Answer<Nothing> answer;
    SessionBook(host(), request.call)
        .end(request.subject().person, request.param("session"), answer.writes);
    return answer;
  }
  Answer<Nothing> end_other_sessions(const Request& request) {
    Answer<Nothing> answer;
    SessionBook(host(), request.call)
        .end_all(request.subject().person, request.subject().session, answer.writes);
    return answer;
  }
  Answer<Nothing> close_session(const Request& request) {
    Answer<Nothing> answer;
    answer.writes.revoked_sessions.push_back(request.subject().session);
    answer.writes.run("DELETE FROM organisation_session WHERE token_sha256 = ?",
                      {request.subject().session});
    answer.cookie = SessionCookie{};
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
  Answer<CredentialsView> see_credential(const Request& request) {
    return see_credentials(host(), request.call, request.subject().person,
                           request.param("method"));
  }
  Answer<EnrolmentBegun> begin_credential(const Request& request) {
    return begin_enrolment(host(), request.call, request.subject().person,
                           request.param("method"));
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
  // Events.

  // An account that ended has no members: nobody acts for it any more. Its contracts stay.
  WriteSet empty_enterprise(const StoredEvent& event, const Call&) {
    WriteSet writes;
    writes.run("DELETE FROM organisation_holding WHERE owner = ?", {event.aggregate});
    writes.run("DELETE FROM organisation_employee WHERE enterprise = ?", {event.aggregate});
    writes.changed_owners.push_back(event.aggregate);
    return writes;
  }

  WriteSet tell(const StoredEvent& event, const Call& call) {
    const bool joined = event.type == "enterprise.employee_added";
    std::vector<std::string> roles;
    for (const Json& role : event.data["roles"].items()) roles.push_back(role.text());
    tell_hook(host(), call, event.owner, joined ? kAfterJoin : kAfterLeave,
              EmployeeHookInput{event.data["person"].text(), {}, {}, std::move(roles),
                                event.actor});
    return {};
  }

  // Organisation, for other plugins.

  People people(const PeopleRequest& in, const Call& call) override {
    People out;
    for (const PersonRow& row : PeopleTable(host(), call).by_ids(in.ids))
      out.people.push_back(person_of(row));
    mark_verified(host(), call, out);
    return out;
  }
  Enterprises enterprises(const PeopleRequest& in, const Call& call) override {
    return enterprises_of(EnterprisesTable(host(), call).by_ids(in.ids), call);
  }
  Enterprises find_enterprise(const FindEnterpriseRequest& in, const Call& call) override {
    return enterprises_of(EnterprisesTable(host(), call).by_name(in.name), call);
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
    return {row.has_value(), row ? row->department : std::string()};
  }
  Appointment appoint(const AppointRequest& in, const Call& call) override {
    Appointment out;
    EmployeesTable(host(), call, in.enterprise).appoint(in.role, in.person, out.writes);
    out.writes.stamp(CINNABAR_PLUGIN_ID);
    return out;
  }
  KeptData kept(const DataSubjectRequest& in, const Call& call) override {
    return {own_data(host(), call, in.person)};
  }
  Erasure erase(const DataSubjectRequest& in, const Call& call) override {
    Erasure out = erase_person(host(), call, in.person);
    out.writes.stamp(CINNABAR_PLUGIN_ID);
    return out;
  }
  Standing standing(const StandingRequest& in, const Call& call) override {
    return standing_of(host(), call, in.enterprise);
  }
  Credentials credentials(const CredentialsRequest& in, const Call& call) override {
    const auto row = find_credential(host(), call, in.person, in.method);
    return {row ? row->credentials : Json()};
  }

 private:
  Answer<Nothing> seal_people(const Request&) {
    Answer<Nothing> answer;
    answer.writes.jobs.push_back({"seal_people", {}, {}, {}, Json::object()});
    return answer;
  }
  WriteSet seal_some_people(const JobCall&, const Call& call) {
    WriteSet writes;
    if (PeopleRows(host(), call).seal_some(writes))
      writes.jobs.push_back({"seal_people", {}, {}, {}, Json::object()});
    return writes;
  }
  void name_permissions() {
    permission({"employee.view", "See employees and departments", "查看员工与部门", false,
                {{"it_administrator"}, {"contract_administrator"}, {"seal_administrator"},
                 {"template_administrator"}, {"department_administrator"}, {"business_staff"}}});
    permission({"employee.manage", "Add, move and remove employees", "管理员工", false,
                {{"it_administrator"}}});
    permission({"department.manage", "Add, change and delete departments", "管理部门", false,
                {{"it_administrator"}}});
    permission({"role.view", "See roles", "查看角色", false,
                {{"it_administrator"}, {"department_administrator"}}});
    permission({"role.manage", "Make roles and give them", "管理角色", false, {}});
    route("GET", "/permissions", "permission.list", &administration_, &Administration::permissions)
        .summary("Everything that a role may allow", "权限列表").self();
  }
  void department_routes() {
    const std::string base = "/enterprises/{enterprise}/departments";
    const std::string one = base + "/{department}";
    Administration* const by = &administration_;
    route("GET", base, "department.list", by, &Administration::list_departments)
        .summary("The departments", "部门列表").of("enterprise").may("employee.view");
    route("POST", base, "department.add", by, &Administration::add_department)
        .summary("Adds a department", "添加部门").of("enterprise").may("department.manage")
        .idempotent().audited().status(201);
    route("PUT", one, "department.change", by, &Administration::change_department)
        .summary("Renames or moves a department", "重命名或移动部门")
        .of("enterprise").may("department.manage").idempotent().audited();
    route("DELETE", one, "department.remove", by, &Administration::remove_department)
        .summary("Deletes a department; another one inherits what it had", "删除部门并指定继承部门")
        .of("enterprise").may("department.manage").idempotent().audited()
        .query("heir", "Id of the department, or of the enterprise, that inherits.", true);
  }
  void role_routes() {
    const std::string base = "/enterprises/{enterprise}/roles", one = base + "/{role}";
    Administration* const by = &administration_;
    route("GET", base, "role.list", by, &Administration::list_roles)
        .summary("The roles and what each allows", "角色列表").of("enterprise").may("role.view");
    route("POST", base, "role.add", by, &Administration::add_role)
        .summary("Makes a role", "新建角色").of("enterprise").may("role.manage")
        .idempotent().audited().status(201);
    route("PUT", one, "role.change", by, &Administration::change_role)
        .summary("Changes a role; it holds from the next request on", "修改角色，下一次请求即生效")
        .of("enterprise").may("role.manage").idempotent().audited();
    route("PUT", one + "/state", "role.switch", by, &Administration::switch_role)
        .summary("Enables or disables a role", "启用或停用角色")
        .of("enterprise").may("role.manage").idempotent().audited();
    route("DELETE", one, "role.remove", by, &Administration::remove_role)
        .summary("Deletes a disabled role", "删除已停用的角色")
        .of("enterprise").may("role.manage").idempotent().audited();
    route("PUT", one + "/holders/{person}", "role.give", by, &Administration::give_role)
        .summary("Gives a role to an employee", "为员工分配角色")
        .of("enterprise").may("role.manage").idempotent().audited();
    route("DELETE", one + "/holders/{person}", "role.take", by, &Administration::take_role)
        .summary("Takes a role from an employee", "移除员工的角色")
        .of("enterprise").may("role.manage").idempotent().audited();
  }
  void employee_routes() {
    const std::string base = "/enterprises/{enterprise}/employees", one = base + "/{person}";
    Administration* const by = &administration_;
    route("POST", base, "enterprise.add_employee", by, &Administration::add_employee)
        .summary("Adds an employee", "添加员工").of("enterprise").may("employee.manage")
        .idempotent().audited().status(201);
    route("GET", base, "enterprise.employees", by, &Administration::list_employees)
        .summary("The employees", "员工列表").of("enterprise").may("employee.view")
        .query("role", "Only holders of this role.")
        .query("department", "Only those of this department and below.")
        .query("name", "Only those whose name holds this.")
        .query("registered", "true or false.")
        .query("cursor", "`next` of the page before.")
        .query("limit", "1 to 1000; 100 unless given.");
    route("GET", one, "enterprise.employee", by, &Administration::read_employee)
        .summary("An employee", "查看员工").of("enterprise").may("employee.view");
    route("PUT", one, "enterprise.change_employee", by, &Administration::change_employee)
        .summary("Moves an employee to another department", "调整员工部门")
        .of("enterprise").may("employee.manage").idempotent().audited();
    route("DELETE", one, "enterprise.remove_employee", by, &Administration::remove_employee)
        .summary("Removes an employee", "移除员工").of("enterprise").may("employee.manage")
        .idempotent().audited();
  }

  static Person person_of(const PersonRow& row) { return {row.id, row.name, row.mobile, false}; }
  Enterprises enterprises_of(const std::vector<EnterpriseRow>& rows, const Call& call) const {
    Enterprises out;
    for (const EnterpriseRow& row : rows)
      out.enterprises.push_back({row.id, row.name, row.credit_code, false});
    mark_verified(host(), call, out);
    return out;
  }

  OrganisationConfig config_;
  Administration administration_;
};

}  // namespace

CINNABAR_PLUGIN(OrganisationPlugin)

}  // namespace cinnabar
