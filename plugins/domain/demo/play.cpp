#include "play.hpp"

#include "placement.hpp"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <thread>

namespace cinnabar {
namespace {

void say(const std::string& text) { std::fprintf(stderr, "  %s\n", text.c_str()); }

std::string register_person(HttpClient& http, const DemoPerson& person) {
  http.use("");
  http.post("/people", Json::object()
                           .set("name", person.name)
                           .set("mobile", person.mobile)
                           .set("password", person.password));
  const Json session = http.post(
      "/sessions", Json::object().set("mobile", person.mobile).set("password", person.password));
  const std::string token = session["token"].text();
  http.use(token);
  http.put("/me/credentials/password",
           Json::object().set("answer", Json::object().set("password", person.signing_password)));
  return token;
}

Json party(const std::string& id, const std::string& kind, const DemoPerson& person, int position) {
  Json out = Json::object();
  out.set("id", id).set("kind", kind).set("name", person.name).set("mobile", person.mobile);
  out.set("position", position);
  return out;
}

Json contract_body(const Cast& cast, const std::string& title, const std::string& file,
                   const std::string& method, const std::vector<Placement>& placements) {
  Json enterprise = party("enterprise", "enterprise", cast.handler, 1);
  enterprise.set("enterprise_name", cast.enterprise.name);
  enterprise.set("auth_methods", Json::array().add("password"));
  Json person = party("person", "person", cast.person, 2);
  person.set("auth_methods", Json::array().add(method));

  Json controls = Json::array();
  for (const Placement& p : placements) {
    Json rect = Json::object();
    rect.set("x", p.rect.x).set("y", p.rect.y);
    rect.set("width", p.rect.width).set("height", p.rect.height);
    Json control = Json::object();
    control.set("id", p.id).set("party", p.party).set("kind", p.kind).set("rect", std::move(rect));
    control.set("label", p.label);
    if (p.page > 0) control.set("page", p.page);
    if (!p.value.empty()) control.set("required", true);
    controls.add(std::move(control));
  }
  Json body = Json::object();
  body.set("name", title).set("order", "sequential").set("files", Json::array().add(file));
  body.set("parties", Json::array().add(std::move(enterprise)).add(std::move(person)));
  body.set("controls", std::move(controls));
  return body;
}

void fill(HttpClient& http, const std::string& contract, const std::string& party,
          const std::vector<Placement>& placements) {
  Json values = Json::object();
  for (const Placement& p : placements)
    if (p.party == party && !p.value.empty())
      values.set(p.id, p.kind == "checkbox" ? Json(true) : Json(p.value));
  if (values.members().empty()) return;
  http.post("/contracts/" + contract + "/fill", Json::object().set("values", std::move(values)));
}

// The newest one-time code of so many digits in the signed-in person's inbox.
std::string code_from_inbox(HttpClient& http, std::size_t size) {
  // The code is delivered after the commit, by a job; the inbox has it a moment later.
  for (int attempt = 0; attempt < 100; ++attempt) {
    const Json inbox = http.get("/inbox");
    for (const Json& message : inbox["messages"].items()) {
      if (message["kind"].text() != "auth.code") continue;
      std::string digits;
      for (const char c : message["text"].text()) {
        if (c >= '0' && c <= '9')
          digits += c;
        else if (digits.size() == size)
          break;
        else
          digits.clear();
      }
      if (digits.size() == size) return digits;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  throw Error("demo.server", {{"reason", "no one-time code arrived in the inbox"}});
}

std::size_t digits_asked(const Json& prompt) {
  return prompt["digits"].is_integer() ? static_cast<std::size_t>(prompt["digits"].integer()) : 6;
}

void sign(HttpClient& http, const std::string& contract, const std::string& method,
          const std::string& password) {
  const std::string base = "/contracts/" + contract;
  const Json challenge = http.post(base + "/sign/begin", Json::object().set("method", method));
  Json answer = Json::object();
  if (method == "password")
    answer.set("password", password);
  else
    answer.set("code", code_from_inbox(http, digits_asked(challenge["prompt"])));
  Json body = Json::object();
  body.set("challenge_id", challenge["challenge_id"]).set("answer", std::move(answer));
  body.set("shown_digest", challenge["shown_digest"]).set("version", challenge["version"]);
  http.post(base + "/sign", body);
}

void write_file(const std::filesystem::path& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary);
  file << content;
  file.close();
  if (!file) throw Error("demo.usage", {{"reason", path.string() + " could not be written"}});
}

std::string timeline(const Json& evidence) {
  std::string out;
  for (const Json& act : evidence["acts"].items())
    out += act["at"].text() + "  " + act["type"].text() + "  " + act["actor"].text() + "\n";
  return out;
}

}  // namespace

Cast make_cast(HttpClient& http) {
  Cast cast;
  cast.handler = {"陈立", "13" + random_digits(9), "demo-" + random_digits(8), random_digits(6)};
  cast.person = {"李雪", "15" + random_digits(9), "demo-" + random_digits(8), random_digits(6)};
  cast.enterprise = {"朱砂（上海）信息技术有限公司" + random_digits(4), random_credit_code()};
  cast.handler_token = register_person(http, cast.handler);
  const Json enterprise =
      http.post("/enterprises", Json::object()
                                    .set("name", cast.enterprise.name)
                                    .set("credit_code", cast.enterprise.credit_code));
  cast.enterprise_id = enterprise["id"].text();
  const Json session = http.post("/sessions", Json::object()
                                                  .set("mobile", cast.handler.mobile)
                                                  .set("password", cast.handler.password)
                                                  .set("acting_for", cast.enterprise_id));
  cast.handler_token = session["token"].text();
  http.use(cast.handler_token);
  http.post("/seals", Json::object().set("type", "round").set("name", "合同专用章"));
  cast.person_token = register_person(http, cast.person);
  return cast;
}

void play_contract(HttpClient& http, const Cast& cast, const std::string& pdf,
                   const std::string& title, const std::string& method,
                   const std::filesystem::path& out) {
  http.use(cast.handler_token);
  say("uploads the document");
  const Json file = http.upload("/files", "application/pdf", pdf);
  std::vector<PageSize> pages;
  for (const Json& page : file["pages"].items())
    pages.push_back({page["width"].integer(), page["height"].integer(),
                     static_cast<int>(page["rotate"].integer())});
  const auto placements = place_controls(pages);

  // The person signs by a method that the enterprise switches on for its contracts.
  if (method != kUsualMethod)
    http.put("/enterprises/" + cast.enterprise_id + "/plugins/auth-method/" + method,
             Json::object().set("enabled", true));
  say("draws up and sends the contract");
  const Json draft =
      http.post("/contracts", contract_body(cast, title, file["id"].text(), method, placements));
  const std::string id = draft["id"].text();
  http.post("/contracts/" + id + "/send", Json::object());

  say("both parties fill in");
  fill(http, id, "enterprise", placements);
  http.use(cast.person_token);
  fill(http, id, "person", placements);

  say("the enterprise seals, the person signs");
  http.use(cast.handler_token);
  sign(http, id, "password", cast.handler.signing_password);
  http.use(cast.person_token);
  sign(http, id, method, "");

  std::filesystem::create_directories(out);
  const Json evidence = http.get("/contracts/" + id + "/evidence");
  write_file(out / "contract.pdf", http.download("/contracts/" + id + "/document"));
  write_file(out / "evidence.zip", http.download("/contracts/" + id + "/evidence.zip"));
  write_file(out / "evidence.json", to_json(evidence));
  write_file(out / "timeline.txt", timeline(evidence));
}

}  // namespace cinnabar
