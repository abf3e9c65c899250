#include "@ident@.hpp"

#include <cinnabar/testing/folder.hpp>
#include <cinnabar/testing/local_service.hpp>

#include <gtest/gtest.h>

namespace @ident@_plugin {
namespace {

using namespace cinnabar;

// FIPS 180-4, example.
constexpr const char* kAbcDigest =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

class @Class@Test : public ::testing::Test {
 protected:
  std::string run(std::vector<std::string> arguments) {
    std::FILE* out = std::tmpfile();
    @Class@ command(out);
    CommandCall call;
    call.name = "@name@";
    call.arguments = std::move(arguments);
    std::string code;
    try {
      cinnabar::testing::LocalService<Command>(command)->run(call);
    } catch (const Error& error) {
      code = error.code();
    }
    std::rewind(out);
    char text[1000] = "";
    const std::size_t size = std::fread(text, 1, sizeof text - 1, out);
    std::fclose(out);
    return code.empty() ? std::string(text, size) : code;
  }

  cinnabar::testing::TestFolder folder_;
};

TEST_F(@Class@Test, SaysTheDigestOfEachFile) {
  const std::string abc = folder_.write("abc", "abc");
  EXPECT_EQ(run({abc}), kAbcDigest + std::string("  ") + abc + "\n");
  EXPECT_EQ(run({abc, "--json"}), "{\"" + abc + "\":\"" + kAbcDigest + "\"}\n");
}

TEST_F(@Class@Test, SaysWhatIsWrongWithItsArguments) {
  EXPECT_EQ(run({}), "@ident@.usage");
  EXPECT_EQ(run({"--colour"}), "@ident@.usage");
  EXPECT_EQ(run({folder_.path / "none"}), "@ident@.file");
  EXPECT_NE(run({"--help"}).find("cinnabar @name@"), std::string::npos);
}

}  // namespace
}  // namespace @ident@_plugin
