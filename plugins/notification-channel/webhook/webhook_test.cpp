// Endpoints, events and sending, through the plugin's entry and to a server on this machine.
#include "one_answer.hpp"
#include "signature.hpp"

#include <cinnabar/services/notification_channel.hpp>
#include <cinnabar/testing/domain_world.hpp>

#include <gtest/gtest.h>

extern "C" const cinnabar_plugin* cinnabar_plugin_v1();

namespace cinnabar {
namespace {

const std::string kOk = "HTTP/1.1 204 No Content\r\n\r\n";
const std::string kBusy = "HTTP/1.1 503 Service Unavailable\r\n\r\n";

class WebhookTest : public ::testing::Test {
 protected:
  WebhookTest() {
    world.host.set_config(R"({"allow_private":true})");
  }
  Json put(const char* name = "main", const char* event = "contract.*") {
    return world.call(admin, "webhook.put", {{"name", name}},
                      Json::object().set("url", server.url()).set("events",
                                                                  Json::array().add(event)));
  }
  void happen(std::int64_t sequence, const char* type = "contract.signed",
              const char* contract = "con_1") {
    StoredEvent event;
    event.sequence = event.chain_index = sequence;
    event.id = "evt_" + std::to_string(sequence);
    event.type = type;
    event.aggregate = contract;
    event.owner = "ent_1";
    event.data = Json::object().set("party", "p1");
    world.deliver(event);
  }
  std::vector<std::string> types() const {
    std::vector<std::string> out;
    for (const std::string& text : server.received())
      out.push_back(body(text)["type"].text());
    return out;
  }
  static Json body(const std::string& request) {
    return from_json<Json>(request.substr(request.find("\r\n\r\n") + 4));
  }
  static std::string header(const std::string& request, const std::string& name) {
    const std::size_t at = request.find("\r\n" + name + ": ") + name.size() + 4;
    return request.substr(at, request.find("\r\n", at) - at);
  }
  Json messages() {
    return world.call(admin, "webhook.messages", {{"name", "main"}})["messages"];
  }
  using Types = std::vector<std::string>;

  const SubjectInfo admin = testing::as("per_admin", "ent_1");
  OneAnswer server{kOk};
  testing::DomainWorld world{&cinnabar_plugin_v1, "cinnabar.webhook", __FILE__};
};

TEST_F(WebhookTest, AnEventIsSentSigned) {
  const auto key = webhook_key(put()["secret"].text());
  ASSERT_TRUE(key);
  happen(7);
  world.run_jobs();
  ASSERT_EQ(server.received().size(), 1u);
  const std::string sent = server.received()[0];
  EXPECT_EQ(body(sent)["type"].text(), "contract.signed");
  EXPECT_EQ(body(sent)["data"]["contract"].text(), "con_1");
  EXPECT_EQ(body(sent)["data"]["event_index"].integer(), 7);
  EXPECT_EQ(body(sent)["data"]["party"].text(), "p1");
  const std::string text = sent.substr(sent.find("\r\n\r\n") + 4);
  EXPECT_EQ(header(sent, "webhook-signature"),
            webhook_signature(*key, header(sent, "webhook-id"),
                              std::stoll(header(sent, "webhook-timestamp")), text));
  EXPECT_EQ(messages().items().at(0)["state"].text(), "delivered");
  EXPECT_EQ(messages().items().at(0)["status"].integer(), 204);
  EXPECT_TRUE(world.jobs.empty());
}

TEST_F(WebhookTest, NothingIsStoredOrSentForAnEventThatNobodyWants) {
  happen(1);
  put("main", "contract.completed");
  happen(2);
  EXPECT_TRUE(world.jobs.empty());
  happen(3, "contract.completed");
  world.run_jobs();
  EXPECT_EQ(types(), Types{"contract.completed"});
}

TEST_F(WebhookTest, TheNextEventOfAContractWaitsForTheOneBefore) {
  put();
  server.answer_with(kBusy);
  happen(1, "contract.sent");
  world.run_jobs();
  happen(2, "contract.signed");
  happen(3, "contract.sent", "con_2");
  world.run_jobs();
  EXPECT_EQ(types(), (Types{"contract.sent", "contract.sent"})) << "another contract does not wait";
  server.answer_with(kOk);
  world.host.advance_ms(5'000);
  world.run_jobs();
  EXPECT_EQ(types(), (Types{"contract.sent", "contract.sent", "contract.sent", "contract.sent",
                            "contract.signed"}));
  EXPECT_EQ(header(server.received()[0], "webhook-id"),
            header(server.received()[2], "webhook-id"))
      << "an attempt keeps the id";
}

TEST_F(WebhookTest, AnEventThatComesWhileOneIsSentDoesNotRepeatIt) {
  put();
  happen(1, "contract.sent");
  // The job has sent, then another event is committed and moves it: it is computed again.
  world.before_commit = [&] { happen(2, "contract.signed"); };
  world.run_jobs();
  EXPECT_EQ(types(), (Types{"contract.sent", "contract.signed"}));
  EXPECT_EQ(world.value("SELECT MAX(attempts) FROM webhook_message").integer(), 1);
}

TEST_F(WebhookTest, AReceiverThatIsGoneIsSwitchedOff) {
  put();
  server.answer_with("HTTP/1.1 410 Gone\r\n\r\n");
  happen(1);
  world.run_jobs();
  EXPECT_FALSE(world.call(admin, "webhook.list")["webhooks"].items().at(0)["enabled"].boolean());
  world.host.advance_ms(86'400'000);
  world.run_jobs();
  EXPECT_EQ(server.received().size(), 1u);
  EXPECT_EQ(messages().items().at(0)["state"].text(), "dead");
}

TEST_F(WebhookTest, InsideAddressesAreNotCalledUnlessTheOperatorAllows) {
  world.host.set_config("{}");
  put();
  world.call(admin, "webhook.test", {{"name", "main"}});
  world.run_jobs();
  EXPECT_TRUE(server.received().empty());
  EXPECT_NE(messages().items().at(0)["detail"].text().find("may not be called"),
            std::string::npos);
}

TEST_F(WebhookTest, ASecretIsShownOnceAndKept) {
  const std::string made = put()["secret"].text();
  EXPECT_TRUE(made.starts_with("whsec_"));
  EXPECT_TRUE(put()["secret"].is_null());
  EXPECT_EQ(to_json(world.call(admin, "webhook.list")).find("whsec_"), std::string::npos);
  EXPECT_EQ(world.value("SELECT secret FROM webhook_endpoint").text(), made);
}

TEST_F(WebhookTest, OnlyEnterprisesHaveThem) {
  const Json body = Json::object().set("url", server.url());
  EXPECT_EQ(world.refusal(testing::as("per_admin"), "webhook.put", {{"name", "x"}}, body),
            "webhook.enterprise_only");
}

TEST_F(WebhookTest, BadAddressesAndSecretsAndTooManyAreRefused) {
  const auto refusal = [&](const char* name, const char* url, const char* secret) {
    return world.refusal(admin, "webhook.put", {{"name", name}},
                         Json::object().set("url", url).set("secret", secret));
  };
  EXPECT_EQ(refusal("x", "file:///etc/passwd", ""), "webhook.url_invalid");
  EXPECT_EQ(refusal("x", "https://a.example/", "short"), "webhook.secret_invalid");
  EXPECT_EQ(refusal("x y", "https://a.example/", ""), "webhook.not_found");
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(refusal(("n" + std::to_string(i)).c_str(), "https://a.example/", ""), "");
  EXPECT_EQ(refusal("n10", "https://a.example/", ""), "webhook.too_many");
  EXPECT_EQ(refusal("n9", "https://b.example/", ""), "") << "a change is not one more";
}

TEST_F(WebhookTest, MessagesToTheEnterpriseItselfAreSentOnce) {
  put();
  Notification message;
  message.id = "msg_1";
  message.kind = "contract.expiring";
  message.enterprise = "ent_1";
  OwnCall call("ent_1");
  for (int i = 0; i < 2; ++i) {
    const Receipt receipt = world.client<NotificationChannel>(call.call()).deliver(message);
    EXPECT_TRUE(receipt.delivered);
    world.commit_contribution(receipt.writes);
  }
  world.run_jobs();
  EXPECT_EQ(types(), Types{"contract.expiring"});
  message.person = "per_1";
  EXPECT_FALSE(world.client<NotificationChannel>(call.call()).deliver(message).delivered);
}

TEST_F(WebhookTest, RemovingOneEndsItsMessages) {
  put();
  server.answer_with(kBusy);
  happen(1);
  world.run_jobs();
  world.call(admin, "webhook.remove", {{"name", "main"}});
  world.host.advance_ms(86'400'000);
  world.run_jobs();
  EXPECT_EQ(server.received().size(), 1u);
  EXPECT_TRUE(world.jobs.empty());
  EXPECT_EQ(world.value("SELECT COUNT(*) FROM webhook_message").integer(), 0);
}

}  // namespace
}  // namespace cinnabar
