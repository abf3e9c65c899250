#include "verify.hpp"

#include "changes.hpp"
#include "cms.hpp"
#include "coverage.hpp"
#include "date.hpp"
#include "tail.hpp"

#include <algorithm>
#include <new>
#include <optional>

namespace cinnabar::pdf {

namespace {

using Kind = Object::Kind;

// Updates explained one by one; a file with more revisions is no contract of anybody's.
constexpr std::size_t kProblemsMax = 200;

class Verification {
 public:
  explicit Verification(std::string_view bytes)
      : file_(bytes), signatures_(find_signatures(file_)) {}

  VerifyReport run() {
    report_.revisions = static_cast<std::int64_t>(file_.revisions().size());
    drop_usage_rights();
    if (file_.encrypted() && !signatures_.empty()) {
      report_.problems.push_back("encrypted");
      report_.verdict = "damaged";
      return std::move(report_);
    }
    if (signatures_.empty()) {
      report_.verdict = signature_was_cut_off() ? "damaged" : "no-signature";
      return std::move(report_);
    }
    for (const FoundSignature& signature : signatures_) check(signature);
    check_updates();
    check_survival();
    if (!file_ends_clean(file_)) tampered("bytes_after_the_end");
    conclude();
    return std::move(report_);
  }

 private:
  void tampered(const std::string& problem) {
    tampered_ = true;
    if (report_.problems.size() < kProblemsMax) report_.problems.push_back(problem);
  }

  // Behind the last whole revision lies the beginning of one with a signature.
  bool signature_was_cut_off() {
    const std::string_view rest = file_.bytes().substr(file_.revisions().back().end);
    if (rest.find("/ByteRange") == std::string_view::npos) return false;
    report_.problems.push_back("signature_cut_off");
    return true;
  }

  // Usage rights (/Perms /UR3) are Adobe's permission to its own reader and sign nothing.
  void drop_usage_rights() {
    std::vector<std::int64_t> rights;
    for (std::size_t i = 0; i <= file_.last(); ++i) {
      const Object& perms = file_.resolve_at(file_.catalog(i), "Perms", i);
      for (const char* key : {"UR", "UR3"})
        if (perms.at(key).is(Kind::reference)) rights.push_back(perms.at(key).integer);
    }
    std::erase_if(signatures_, [&](const FoundSignature& signature) {
      return signature.fields.empty() && signature.number != 0 &&
             std::find(rights.begin(), rights.end(), signature.number) != rights.end();
    });
  }

  std::string text(const FoundSignature& signature, std::string_view key) const {
    const Object& value = file_.resolve_at(*signature.dictionary, key, signature.revision);
    return value.is(Kind::string) ? to_utf8(value.text) : std::string();
  }

  // P of a DocMDP transform; nothing when the signature does not certify.
  std::optional<std::int64_t> certified_level(const FoundSignature& signature) const {
    const std::size_t revision = signature.revision;
    for (const Object& item :
         file_.resolve_at(*signature.dictionary, "Reference", revision).items) {
      const Object& reference = file_.resolve(item, revision);
      if (!file_.resolve_at(reference, "TransformMethod", revision).is_name("DocMDP")) continue;
      const Object& parameters = file_.resolve_at(reference, "TransformParams", revision);
      const Object& level = file_.resolve_at(parameters, "P", revision);
      return level.is(Kind::integer) ? level.integer : 2;
    }
    return std::nullopt;
  }

  void check(const FoundSignature& signature) {
    SignatureReport out;
    const Object& dictionary = *signature.dictionary;
    if (!signature.fields.empty()) out.field = signature.fields.front();
    out.sub_filter = file_.resolve_at(dictionary, "SubFilter", signature.revision).text;
    out.reason = text(signature, "Reason");
    out.claimed_time = date_to_rfc3339(text(signature, "M"));
    out.certification = certified_level(signature).has_value();
    const Coverage coverage = read_coverage(file_, signature);
    out.covers_revision = coverage.whole_revision;
    out.covers_file = coverage.whole_file;
    out.problems = coverage.problems;
    if (signature.fields.empty()) out.problems.push_back("signature_in_no_field");
    bool unknown = !coverage.usable() && coverage.problems.back() == "contents_empty";
    if (coverage.usable()) {
      covered_until_.push_back(coverage.revision);
      unknown = check_cms(signature, coverage, out);
    }
    const bool sound = out.intact && coverage.problems.empty() && !signature.fields.empty();
    unverifiable_ |= !sound && unknown;
    tampered_ |= !sound && !unknown;
    report_.signatures.push_back(std::move(out));
  }

  // True when the signature can be called neither good nor bad.
  bool check_cms(const FoundSignature& signature, const Coverage& coverage, SignatureReport& out) {
    const Object* certificate =
        &file_.resolve_at(*signature.dictionary, "Cert", signature.revision);
    if (certificate->is(Kind::array) && !certificate->items.empty())
      certificate = &file_.resolve(certificate->items[0], signature.revision);
    const CmsResult cms = check_contents(signature.dictionary->at("Contents").text, out.sub_filter,
                                         {coverage.before, coverage.after}, certificate->text);
    out.intact = cms.intact;
    out.signer = cms.signer;
    out.issuer = cms.issuer;
    out.certificate_sha256 = cms.certificate_sha256;
    out.timestamp = cms.timestamp;
    out.problems.insert(out.problems.end(), cms.problems.begin(), cms.problems.end());
    return cms.unsupported;
  }

  Permissions permissions_before(std::size_t revision) const {
    Permissions out;
    for (const FoundSignature& signature : signatures_) {
      const std::optional<std::int64_t> level = certified_level(signature);
      if (signature.revision >= revision || !level) continue;
      out.certified = true;
      out.no_changes |= *level == 1;
    }
    return out;
  }

  // Every update after the first signed revision must be whole and explained.
  void check_updates() {
    if (covered_until_.empty()) return;
    const std::size_t first = *std::min_element(covered_until_.begin(), covered_until_.end());
    for (std::size_t revision = first + 1; revision <= file_.last(); ++revision) {
      if (!update_is_tiled(file_, revision))
        tampered("bytes_unaccounted:" + std::to_string(revision));
      for (const std::string& problem :
           unexplained_changes(file_, revision, permissions_before(revision)))
        tampered(problem);
    }
  }

  // Each signature is still there, unchanged, in each field that ever had it.
  void check_survival() {
    const std::vector<FormField> fields = form_fields(file_, file_.last());
    for (const FoundSignature& signature : signatures_) {
      const bool kept = std::all_of(
          signature.fields.begin(), signature.fields.end(), [&](const std::string& name) {
            return std::any_of(fields.begin(), fields.end(), [&](const FormField& field) {
              return field.name == name && field.value == signature.dictionary;
            });
          });
      if (!kept) tampered("signature_removed:" + signature.fields.front());
    }
  }

  void conclude() {
    report_.verdict = tampered_ ? "tampered" : unverifiable_ ? "damaged" : "not-tampered";
    if (unverifiable_) report_.problems.push_back("signature_unverifiable");
  }

  File file_;
  std::vector<FoundSignature> signatures_;
  VerifyReport report_;
  std::vector<std::size_t> covered_until_;  // revisions that signatures end at
  bool tampered_ = false;
  bool unverifiable_ = false;
};

// A file that cannot be followed without repair. If it bears the traces of a signature, then it is
// not the file that was signed; a reader that repairs might show anything.
VerifyReport unreadable(std::string_view bytes, const std::string& reason) {
  VerifyReport out;
  const bool was_signed = bytes.find("/ByteRange") != std::string_view::npos;
  const bool is_pdf = bytes.substr(0, 1024).find("%PDF-") != std::string_view::npos;
  const bool has_end = bytes.find("startxref") != std::string_view::npos;
  out.verdict = is_pdf && was_signed && has_end ? "tampered" : "damaged";
  out.problems.push_back(is_pdf ? "unreadable: " + reason : "not_pdf");
  return out;
}

}  // namespace

VerifyReport verify_document(std::string_view bytes) {
  try {
    return Verification(bytes).run();
  } catch (const Malformed& e) {
    return unreadable(bytes, e.what());
  } catch (const std::bad_alloc&) {
    return unreadable(bytes, "it needs too much memory");
  }
}

}  // namespace cinnabar::pdf
