// Levels of a contract's signatures, and the care for archive timestamps after its completion, with
// a clock that is moved.
#include "scenario.hpp"

namespace cinnabar::contract {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

class Archive : public Scenario {
 protected:
  Archive() {
    world.restart(R"({"signature_level":"B-LTA"})");
    world.signatures.stamp_ends_ms = world.real_ms + 300 * kDayMs;
  }
  std::string completed() {
    const std::string id = signing();
    sign(company, id);
    sign(person, id);
    EXPECT_EQ(state(id), "completed");
    return id;
  }
  // Both clocks go on, and what is due runs, once.
  void wait(std::int64_t days) {
    world.real_ms += days * kDayMs;
    world.business_ms += days * kDayMs;
    std::vector<JobDraft> due;
    std::erase_if(world.jobs, [&](const JobDraft& job) {
      const bool now = job.kind == "archive" && job.run_at.ms <= world.business_ms;
      if (now) due.push_back(job);
      return now;
    });
    for (const JobDraft& job : due) world.run_job(job);
  }
  Json archive(const char* column) {
    return world.query(std::string("SELECT ") + column + " FROM contract_archive").rows[0][0];
  }
  std::int64_t open_jobs() {
    return std::count_if(world.jobs.begin(), world.jobs.end(),
                         [](const JobDraft& job) { return job.kind == "archive"; });
  }
  Check doctor() {
    const OwnCall own("");
    const Call call = own.call();
    for (Check& check : world.service<Doctor>(call).examine({}).checks)
      if (check.name == "contracts.archive") return check;
    throw failure("the doctor does not look at archives");
  }
};

TEST_F(Archive, EveryActGetsItsOwnPreparedField) {
  completed();
  ASSERT_EQ(world.signatures.requests.size(), 3u);
  std::set<std::string> fields;
  for (const SignRequest& request : world.signatures.requests) {
    EXPECT_EQ(request.level, "B-LTA");
    fields.insert(request.archive_field);
    EXPECT_EQ(request.map.fields.size(), request.marks.size() + 1) << "only what the act needs";
  }
  EXPECT_EQ(fields, (std::set<std::string>{"archive_timestamp_1", "archive_timestamp_2",
                                           "archive_timestamp_3"}));
  EXPECT_EQ(world.signatures.requests[1].vouched_for, "ent_1");
  EXPECT_EQ(world.signatures.requests[2].vouched_for, "per_li");
}

TEST_F(Archive, TheLevelAndTheTimestampsAreTold) {
  const std::string id = completed();
  EXPECT_EQ(world.call(company, "contract.view", id)["level"].text(), "B-LTA");
  const OwnCall own;
  const Call call = own.call();
  const Dossier dossier = world.service<Contracts>(call).dossier({id, "ent_1"});
  for (const DossierSignature& signature : dossier.signatures)
    EXPECT_EQ(signature.level, "B-LTA");
  EXPECT_FALSE(dossier.signatures.back().archived.empty());
  ASSERT_EQ(dossier.archives.size(), 1u);
  EXPECT_EQ(dossier.archives[0].timestamp, dossier.signatures.back().archived);
  EXPECT_EQ(dossier.archives[0].ends.ms, world.signatures.stamp_ends_ms);
  EXPECT_LT(dossier.archives[0].renewal_due.ms, dossier.archives[0].ends.ms);
  EXPECT_TRUE(dossier.archives[0].open);
}

TEST_F(Archive, AContractKeepsTheLevelItWasFrozenWith) {
  const std::string id = signing();
  world.restart(R"({"signature_level":"B-T"})");
  sign(company, id);
  sign(person, id);
  EXPECT_EQ(world.signatures.requests.back().level, "B-LTA");
  EXPECT_EQ(count("contract_archive"), 1);
}

TEST_F(Archive, BelowBLtaNothingIsPreparedOrRenewed) {
  world.restart(R"({"signature_level":"B-LT"})");
  completed();
  EXPECT_EQ(world.signatures.requests.back().level, "B-LT");
  EXPECT_EQ(world.signatures.requests.back().archive_field, "");
  EXPECT_EQ(count("contract_archive"), 0);
  EXPECT_EQ(open_jobs(), 0);
}

TEST_F(Archive, IsRenewedBeforeTheTimestampsCertificateEnds) {
  const std::string id = completed();
  const std::int64_t version = world.query("SELECT version FROM contract_contract").rows[0][0]
                                   .integer();
  wait(239);
  EXPECT_EQ(archive("renewals").integer(), 0);
  EXPECT_EQ(occurrences(id, "contract.archived"), 0);
  world.signatures.stamp_ends_ms += 200 * kDayMs;
  wait(2);
  EXPECT_EQ(archive("renewals").integer(), 1);
  EXPECT_EQ(occurrences(id, "contract.archived"), 1);
  EXPECT_EQ(state(id), "completed");
  EXPECT_EQ(world.query("SELECT version FROM contract_contract").rows[0][0].integer(), version + 1);
  EXPECT_NE(document(person, id).find("archived in archive_timestamp_4 after token of 3"),
            std::string::npos);
  EXPECT_TRUE(doctor().ok);

  world.signatures.stamp_ends_ms += 200 * kDayMs;
  wait(200);
  EXPECT_NE(document(person, id).find("in archive_timestamp_5 after token archive_timestamp_4"),
            std::string::npos);
  EXPECT_EQ(open_jobs(), 1);
}

TEST_F(Archive, AJobThatComesTwiceOrTooEarlyChangesNothing) {
  const std::string id = completed();
  const JobDraft job = *std::find_if(world.jobs.begin(), world.jobs.end(),
                                     [](const JobDraft& j) { return j.kind == "archive"; });
  world.run_job(job);
  EXPECT_EQ(archive("renewals").integer(), 0);
  world.real_ms += 250 * kDayMs;
  world.signatures.stamp_ends_ms += 200 * kDayMs;
  world.run_job(job);
  world.run_job(job);
  EXPECT_EQ(archive("renewals").integer(), 1);
  world.real_ms -= 400 * kDayMs;  // the clock went back
  world.run_job(job);
  EXPECT_EQ(archive("renewals").integer(), 1);
  EXPECT_EQ(occurrences(id, "contract.archived"), 1);
}

TEST_F(Archive, WhoeverIsSecondOfTwoFindsNothingDue) {
  completed();
  const JobDraft job = *std::find_if(world.jobs.begin(), world.jobs.end(),
                                     [](const JobDraft& j) { return j.kind == "archive"; });
  world.real_ms += 250 * kDayMs;
  world.signatures.stamp_ends_ms += 200 * kDayMs;
  const WriteSet first = world.writes_of(job);
  const WriteSet second = world.writes_of(job);
  world.commit(first);
  EXPECT_THROW(world.commit(second), Error);
}

TEST_F(Archive, AnAuthorityThatIsDownIsAskedAgainAndTheDoctorSaysSo) {
  const std::string id = completed();
  world.signatures.unreachable = true;
  wait(250);
  EXPECT_EQ(archive("renewals").integer(), 0);
  EXPECT_NE(archive("fault").text().find("signature.level_unreachable"), std::string::npos);
  EXPECT_EQ(open_jobs(), 1) << "it comes again";
  const Check check = doctor();
  EXPECT_FALSE(check.ok);
  EXPECT_NE(check.detail.find(id), std::string::npos) << check.detail;
  world.signatures.unreachable = false;
  world.signatures.stamp_ends_ms += 200 * kDayMs;
  wait(1);
  EXPECT_EQ(archive("renewals").integer(), 1);
  EXPECT_EQ(archive("fault").text(), "");
  EXPECT_TRUE(doctor().ok);
}

TEST_F(Archive, ATimestampThatEndsNoLaterIsNotTaken) {
  const std::string id = completed();
  const std::string before = document(person, id);
  wait(250);
  EXPECT_EQ(archive("renewals").integer(), 0);
  EXPECT_NE(archive("fault").text().find("contract.archive_not_longer"), std::string::npos);
  EXPECT_EQ(document(person, id), before) << "it would use up a field for nothing";
  EXPECT_EQ(open_jobs(), 1);
}

TEST_F(Archive, WhenTheFieldsAreUsedUpItSaysSoOnceAndStops) {
  const std::string id = completed();
  // Three controls or parties' acts and the platform's, of which three were used, and eight.
  for (int i = 0; i < 40 && open_jobs() > 0; ++i) {
    world.signatures.stamp_ends_ms += 300 * kDayMs;
    wait(300);
  }
  EXPECT_EQ(open_jobs(), 0);
  EXPECT_GE(archive("renewals").integer(), 8);
  EXPECT_EQ(archive("open").integer(), 0);
  EXPECT_EQ(occurrences(id, "contract.archive_full"), 1);
  EXPECT_EQ(occurrences(id, "contract.archived"), archive("renewals").integer());
  EXPECT_FALSE(doctor().ok);
}

}  // namespace
}  // namespace cinnabar::contract
