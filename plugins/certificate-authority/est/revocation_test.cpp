// Proof of a chain against an authority that is the tool `openssl`: its OCSP answers and lists.
#include <cinnabar/durable_file.hpp>
#include <cinnabar/revocation.hpp>
#include <cinnabar/testing/folder.hpp>

#include <gtest/gtest.h>

#include <map>

namespace cinnabar::est {
namespace {

constexpr const char* kSettings = R"(
[ ca ]
default_ca = issuing
[ issuing ]
database = ./index.txt
new_certs_dir = .
certificate = ./issuing.pem
private_key = ./issuing.key
serial = ./serial
crlnumber = ./crlnumber
default_md = sha256
default_days = 30
default_crl_days = 2
policy = any
unique_subject = no
[ root ]
database = ./root-index.txt
certificate = ./root.pem
private_key = ./root.key
crlnumber = ./crlnumber
default_md = sha256
default_crl_days = 2
[ any ]
commonName = supplied
[ authority ]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
[ issuing_authority ]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
crlDistributionPoints = URI:http://test/root.crl
[ signer ]
keyUsage = critical,digitalSignature
authorityInfoAccess = OCSP;URI:http://test/ocsp
crlDistributionPoints = URI:http://test/issuing.crl
[ nowhere ]
keyUsage = critical,digitalSignature
[ responder ]
keyUsage = critical,digitalSignature
extendedKeyUsage = OCSPSigning
noCheck = yes
[ req ]
distinguished_name = name
[ name ]
)";

class Proof : public ::testing::Test {
 protected:
  Proof() {
    write_durable(folder.path / "settings", kSettings);
    for (const char* name : {"index.txt", "root-index.txt"}) write_durable(folder.path / name, "");
    for (const char* name : {"serial", "crlnumber"}) write_durable(folder.path / name, "1000\n");
    for (const std::string name : {"root", "issuing", "responder", "signer", "other"}) {
      tool("ecparam -name prime256v1 -genkey -noout -out " + name + ".key");
      tool("req -new -config settings -key " + name + ".key -subj /CN=" + name + " -out " + name +
           ".csr");
    }
    tool(
        "x509 -req -in root.csr -signkey root.key -days 30 -extfile settings -extensions "
        "authority -out root.pem");
    tool(
        "x509 -req -in issuing.csr -CA root.pem -CAkey root.key -CAcreateserial -days 30 -extfile "
        "settings -extensions issuing_authority -out issuing.pem");
    issue("responder", "responder");
    issue("signer", "signer");
    issue("other", "nowhere");
  }

  void tool(const std::string& arguments) {
    const std::string command = "cd " + folder.path.string() + " && openssl " + arguments + " 2>&1";
    FILE* pipe = ::popen(command.c_str(), "r");
    std::string said;
    char line[512];
    while (std::fgets(line, sizeof line, pipe)) said += line;
    if (::pclose(pipe) != 0) throw std::runtime_error(command + "\n" + said);
  }
  void issue(const std::string& name, const std::string& profile) {
    tool("ca -batch -config settings -notext -in " + name + ".csr -extensions " + profile +
         " -out " + name + ".pem");
  }
  std::string content(const std::string& name) { return *read_small_file(folder.path / name); }
  std::string list(const std::string& name, const std::string& options = {}) {
    tool("ca -config settings -name " + name + " -gencrl " + options + " -out crl.pem");
    tool("crl -in crl.pem -outform DER -out crl.der");
    return content("crl.der");
  }
  // An answer to the request, signed by `signer`.
  std::string answer(const std::string& request, const std::string& signer = "responder") {
    write_durable(folder.path / "request", request);
    tool("ocsp -index index.txt -CA issuing.pem -rsigner " + signer + ".pem -rkey " + signer +
         ".key -reqin request -respout response -ndays 1");
    return content("response");
  }

  // What a place answers; the usual authority unless it is said otherwise.
  std::string fetch(const std::string& url, const std::string& body) {
    asked.push_back(url);
    if (const auto other = places.find(url); other != places.end()) return other->second(body);
    if (url == "http://test/ocsp") return answer(body);
    if (url == "http://test/root.crl") return list("root");
    if (url == "http://test/issuing.crl") return list("issuing");
    throw std::runtime_error("nobody is there");
  }

  // The proof of a certificate; why there is none is in `problem`.
  ValidationData prove(const std::string& name) {
    const auto chain = x509::from_pem(content("issuing.pem") + content("root.pem"));
    const auto leaf = x509::from_pem(content(name + ".pem"));
    const auto store = x509::trust(chain);
    revocation::Sources sources = more;
    sources.fetch = [this](const std::string& url, const std::string& body) {
      return fetch(url, body);
    };
    problem = {};
    try {
      const auto path = x509::path(leaf.at(0).get(), chain, store.get(), -1);
      return revocation::prove(path, store.get(), sources);
    } catch (const revocation::NotProven& caught) {
      problem = caught;
      if (problem.reason.empty()) problem.reason = "?";
      return {};
    }
  }
  bool says(const std::string& text) const {
    return problem.reason.find(text) != std::string::npos;
  }

  using Place = std::function<std::string(const std::string& body)>;
  static std::string down(const std::string&) { throw std::runtime_error("it is down"); }

  testing::TestFolder folder;
  std::map<std::string, Place> places;
  std::vector<std::string> asked;
  revocation::Sources more;
  revocation::NotProven problem;
};

TEST_F(Proof, HasAnAnswerForTheLeafAndAListForTheAuthority) {
  const ValidationData data = prove("signer");
  EXPECT_EQ(problem.reason, "");
  EXPECT_EQ(data.ocsps.size(), 1u);
  EXPECT_EQ(data.crls.size(), 1u);
  ASSERT_EQ(data.certificates.size(), 2u);
  EXPECT_EQ(data.certificates[0].view(),
            x509::to_der(x509::from_pem(content("issuing.pem"))[0].get()));
}

TEST_F(Proof, TakesTheListWhenTheResponderIsDown) {
  places["http://test/ocsp"] = &down;
  const ValidationData data = prove("signer");
  EXPECT_EQ(problem.reason, "");
  EXPECT_TRUE(data.ocsps.empty());
  EXPECT_EQ(data.crls.size(), 2u);
}

TEST_F(Proof, IsRefusedForARevokedCertificateByAnswerAndByList) {
  tool("ca -config settings -revoke signer.pem -crl_reason superseded");
  prove("signer");
  EXPECT_TRUE(problem.revoked) << problem.reason;
  EXPECT_TRUE(says("OCSP"));
  EXPECT_EQ(problem.serial, "1001");
  places["http://test/ocsp"] = &down;
  prove("signer");
  EXPECT_TRUE(problem.revoked);
  EXPECT_TRUE(says("list"));
}

TEST_F(Proof, SaysOfEveryPlaceWhyItProvedNothing) {
  places["http://test/ocsp"] = &down;
  places["http://test/issuing.crl"] = [](const std::string&) { return "<html>garbage</html>"; };
  prove("signer");
  EXPECT_FALSE(problem.revoked);
  EXPECT_TRUE(says("http://test/ocsp: it is down; http://test/issuing.crl: it is no list"))
      << problem.reason;
}

TEST_F(Proof, TakesNoAnswerAboutAnotherNorOneThatAnybodySigned) {
  places["http://test/issuing.crl"] = &down;
  tool("ocsp -issuer issuing.pem -cert other.pem -no_nonce -reqout other.req");
  places["http://test/ocsp"] = [&](const std::string&) { return answer(content("other.req")); };
  prove("signer");
  EXPECT_TRUE(says("another certificate")) << problem.reason;
  places["http://test/ocsp"] = [&](const std::string& body) { return answer(body, "other"); };
  prove("signer");
  EXPECT_TRUE(says("signature is not good")) << problem.reason;
  places["http://test/ocsp"] = [](const std::string&) {
    return std::string("\x30\x03\x0a\x01\x06");
  };
  prove("signer");
  EXPECT_TRUE(says("the responder says unauthorized")) << problem.reason;
}

TEST_F(Proof, TakesNoListThatIsOldOrOfTheFutureOrOfAnother) {
  places["http://test/ocsp"] = &down;
  const std::string old =
      list("issuing", "-crl_lastupdate 20250101000000Z -crl_nextupdate 20250102000000Z");
  places["http://test/issuing.crl"] = [&](const std::string&) { return old; };
  prove("signer");
  EXPECT_TRUE(says("out of date")) << problem.reason;
  const std::string future =
      list("issuing", "-crl_lastupdate 20400101000000Z -crl_nextupdate 20410102000000Z");
  places["http://test/issuing.crl"] = [&](const std::string&) { return future; };
  prove("signer");
  EXPECT_TRUE(says("of the future")) << problem.reason;
  places["http://test/issuing.crl"] = [&](const std::string&) { return list("root"); };
  prove("signer");
  EXPECT_TRUE(says("another issuer")) << problem.reason;
  std::string changed = list("issuing");
  changed[changed.size() - 5] = static_cast<char>(changed[changed.size() - 5] ^ 1);
  places["http://test/issuing.crl"] = [&](const std::string&) { return changed; };
  prove("signer");
  EXPECT_TRUE(says("signature is not good")) << problem.reason;
}

TEST_F(Proof, AsksWhereTheSettingsSayWhenTheCertificateSaysNothing) {
  prove("other");
  EXPECT_TRUE(says("name a place to ask")) << problem.reason;
  more.crl_urls = {"http://test/issuing.crl"};
  EXPECT_EQ(prove("other").crls.size(), 2u);
  EXPECT_EQ(problem.reason, "");
  more.ocsp_url = "http://test/ocsp";
  EXPECT_EQ(prove("other").ocsps.size(), 1u);
}

}  // namespace
}  // namespace cinnabar::est
