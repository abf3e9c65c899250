// The loader against plugins and folders that are wrong in one way each: a clear reason, one
// quarantined plugin, and the rest goes on.
#include "fixture.hpp"
#include "kernel/plugin/library.hpp"

#include <cinnabar/package/elf.hpp>

#include <gtest/gtest.h>

namespace cinnabar::kernel {
namespace {

class DoorTest : public ::testing::Test {
 protected:
  // A copy of the probe, in process, with its manifest changed.
  std::filesystem::path probe(const std::string& folder, const std::function<void(Json&)>& change) {
    const std::filesystem::path from = std::filesystem::path(FIXTURES) / "test.probe";
    std::ifstream in(from / "plugin.json");
    Json manifest = from_json<Json>(std::string(std::istreambuf_iterator<char>(in), {}));
    manifest.set("isolation", "in_process");
    change(manifest);
    folder_.write(folder + "/plugin.json", to_json(manifest));
    std::filesystem::copy_file(from / "plugin.so", folder_.path / folder / "plugin.so");
    return folder_.path / folder;
  }
  // A folder with a manifest that names no library's work.
  void manifest(const std::string& folder, const char* id, const char* contract = "1.0") {
    Json json = Json::object().set("id", id).set("version", "1.0.0").set("contract", contract);
    folder_.write(folder + "/plugin.json", to_json(json.set("provides", Json::array())));
  }
  void load() {
    PluginSettings settings = fixture_settings();
    settings.folders = {folder_.path};
    settings.configs = configs_;
    host_ = std::make_unique<PluginHost>(std::move(settings), clocks_);
    host_->load();
    host_->start();
  }
  std::string reason(const std::string& id) const { return reason_for(*host_, id); }

  testing::TestFolder folder_;
  SystemClocks clocks_;
  std::map<std::string, Json> configs_;
  std::unique_ptr<PluginHost> host_;
};

TEST_F(DoorTest, APluginBuiltForTheNextContractIsRefusedInOneLine) {
  std::filesystem::copy(std::filesystem::path(FIXTURES) / "test.next-major", folder_.path / "next");
  probe("good", [](Json&) {});
  load();
  EXPECT_EQ(reason("test.next-major"), "quarantined: built for contract 2, this kernel speaks 1");
  EXPECT_EQ(reason("test.probe"), "started: ");
}

TEST_F(DoorTest, AManifestForTheNextContractIsRefusedBeforeItsCodeIsLookedAt) {
  manifest("next", "a.next", "2.0");
  load();
  EXPECT_EQ(reason("a.next"), "quarantined: built for contract 2, this kernel speaks 1");
}

TEST_F(DoorTest, WhatTheLibrarySaysMustBeWhatTheManifestSays) {
  probe("other", [](Json& m) { m.set("id", "test.other"); });
  load();
  EXPECT_EQ(reason("test.other"),
            "quarantined: the library says it is test.probe 1.2.3, its plugin.json says test.other "
            "1.2.3");
}

TEST_F(DoorTest, WhatTheManifestPromisesTheLibraryMustHave) {
  const auto promise_more = [](Json& m) {
    m.set("provides",
          Json::array().add(Json::object().set("interface", "test.more/1").set("name", "more")));
  };
  probe("more", promise_more);
  load();
  EXPECT_EQ(reason("test.probe"),
            "quarantined: its plugin.json says that it provides test.more/1, "
            "the library does not");
}

TEST_F(DoorTest, BrokenFoldersAreNamedAndTheRestGoesOn) {
  manifest("no-library", "a.b");
  folder_.write("no-json/plugin.json", "not JSON");
  manifest("text", "a.text");
  folder_.write("text/plugin.so", "this is not a library");
  folder_.write("empty/readme", "not a plugin at all");
  probe("good", [](Json&) {});
  load();
  EXPECT_NE(reason("a.b").find("cannot be opened"), std::string::npos);
  EXPECT_NE(reason("no-json").find("is not JSON at byte"), std::string::npos) << reason("no-json");
  EXPECT_NE(reason("a.text").find("is not an ELF file"), std::string::npos);
  EXPECT_EQ(reason("test.probe"), "started: ");
}

TEST_F(DoorTest, AWrongConfigurationIsNamedWithItsPlace) {
  probe("good", [](Json&) {});
  configs_["test.probe"] = Json::object().set("level", 12);
  load();
  EXPECT_EQ(reason("test.probe"),
            "quarantined: its configuration is wrong at /level: it is more than the maximum");
}

TEST_F(DoorTest, ADisabledPluginIsNotLoaded) {
  probe("good", [](Json&) {});
  PluginSettings settings = fixture_settings();
  settings.folders = {folder_.path};
  settings.disabled = {"test.probe"};
  host_ = std::make_unique<PluginHost>(std::move(settings), clocks_);
  host_->load();
  EXPECT_EQ(reason("test.probe"), "discovered: disabled in the configuration");
  EXPECT_EQ(host_->manifest("test.probe"), nullptr);
}

TEST_F(DoorTest, OfEachKindOfStorageOnlyTheOneThatIsUsedIsLoaded) {
  const auto provides = [](const char* name) {
    return [name](Json& manifest) {
      manifest.set("provides",
                   Json::array().add(
                       Json::object().set("interface", "cinnabar.database/1").set("name", name)));
    };
  };
  probe("good", provides("other"));
  PluginSettings settings = fixture_settings();
  settings.folders = {folder_.path};
  settings.storage = {{"cinnabar.database/1", "chosen"}};
  host_ = std::make_unique<PluginHost>(std::move(settings), clocks_);
  host_->load();
  EXPECT_EQ(reason("test.probe"), "discovered: the configuration uses chosen instead");
}

TEST_F(DoorTest, ALibraryRunsInProcessWithItsConfigurationAndStops) {
  probe("good", [](Json&) {});
  configs_["test.probe"] = Json::object().set("level", 3);
  load();
  const Client<Probe> probe(std::make_shared<ProbeCaller>(*host_, clocks_, "ent_a"));
  EXPECT_EQ(probe.echo({"x", 1, {}}).text, "x|ent_a|{\"level\":3}");
  host_->stop();
  EXPECT_EQ(reason("test.probe"), "stopped: ");
}

TEST_F(DoorTest, ExceptionsComeBackAsErrors) {
  probe("good", [](Json&) {});
  load();
  const Client<Probe> probe(std::make_shared<ProbeCaller>(*host_, clocks_, "ent_a"));
  EXPECT_THROW(probe.misbehave({"throw", 0, {}}), Error);
  EXPECT_THROW(probe.misbehave({"refuse", 0, {}}), Error);
}

TEST_F(DoorTest, UnknownServicesAndMethodsAreToldApart) {
  probe("good", [](Json&) {});
  load();
  CallContext context(*host_, clocks_, 0);
  const cinnabar_call call = context.call("ent_a", "t", "en");
  const cinnabar_message message{sizeof message, bytes_of("{}"), nullptr, 0};
  const auto code = [&](const char* interface, const char* name, const char* method) {
    ReplyBuffer reply;
    EXPECT_EQ(host_->invoke(*context.snapshot("ent_a"), call, interface, name, method, message,
                            reply.raw()),
              CINNABAR_UNSUPPORTED);
    return from_json<ErrorDocument>(reply.json()).code;
  };
  EXPECT_EQ(code("test.probe/2", "", "echo"), "plugin.not_bound");
  EXPECT_EQ(code("test.probe/1", "other", "echo"), "plugin.not_bound");
  EXPECT_EQ(code("test.probe/1", "probe", "nothing"), "plugin.method_unknown");
}

TEST_F(DoorTest, ACallAfterItsDeadlineIsNotMade) {
  probe("good", [](Json&) {});
  load();
  const Client<Probe> probe(
      std::make_shared<ProbeCaller>(*host_, clocks_, "ent_a", clocks_.real_ms() - 1));
  try {
    probe.echo({"x", 0, {}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), CINNABAR_DEADLINE);
  }
}

TEST(Elf, CutAndScrambledLibrariesAreErrorsAndNothingWorse) {
  std::ifstream in(std::filesystem::path(FIXTURES) / "test.next-major" / "plugin.so",
                   std::ios::binary);
  const std::string whole(std::istreambuf_iterator<char>(in), {});
  ASSERT_EQ(read_elf_symbols(whole).exported, std::vector<std::string>{"cinnabar_plugin_v2"});
  const auto survives = [](const std::string& bytes) {
    try {
      read_elf_symbols(bytes);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "plugin.library_invalid");
    }
  };
  for (std::size_t size = 0; size < whole.size(); size += 97) survives(whole.substr(0, size));
  for (std::size_t at = 0; at < 64; ++at)
    for (const char value : {'\x00', '\x7f', '\xff'}) {
      std::string bytes = whole;
      bytes[at] = value;
      survives(bytes);
    }
  for (std::size_t at = whole.size() - 2'500; at < whole.size(); at += 3) {
    std::string bytes = whole;
    bytes[at] = '\xff';
    survives(bytes);
  }
}

}  // namespace
}  // namespace cinnabar::kernel
