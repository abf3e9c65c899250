#include "verify.hpp"

#include "answers.hpp"
#include "changes.hpp"
#include "coverage.hpp"
#include "covering.hpp"
#include "date.hpp"
#include "printable.hpp"
#include "readings.hpp"
#include "tail.hpp"

#include <cinnabar/pdf/limits.hpp>

#include <algorithm>
#include <new>

namespace cinnabar::pdf {

namespace {

using Kind = Object::Kind;

// Told of one file; more say nothing new.
constexpr std::size_t kProblemsMax = 200;
constexpr std::size_t kChangesMax = 500;

class Verification {
 public:
  Verification(const VerifyRequest& request)
      : request_(request), file_(request.document.view()), digests_(file_.bytes()) {}

  VerifyReport run() {
    report_.revisions = static_cast<std::int64_t>(file_.revisions().size());
    report_.encrypted = file_.encrypted();
    // A file that became encrypted by an update is no encrypted file.
    const bool all_encrypted =
        std::all_of(file_.revisions().begin(), file_.revisions().end(),
                    [](const Revision& one) { return one.trailer.has("Encrypt"); });
    if (all_encrypted && !file_.unlock(request_.password)) {
      report_.verdict = "encrypted";
      report_.problems.push_back("password_needed");
      return std::move(report_);
    }
    signatures_ = find_signatures(file_);
    drop_usage_rights();
    find_empty_signatures();
    if (signatures_.empty()) {
      look_outside_of_objects();
      report_.verdict = tampered_ ? "tampered" : unverifiable_ ? "damaged" : "no-signature";
      return std::move(report_);
    }
    results_.resize(signatures_.size());
    for (std::size_t i = 0; i < signatures_.size(); ++i) check(signatures_[i], results_[i]);
    check_gaps();
    look_outside_of_objects();
    check_updates();
    check_survival();
    const bool signed_to_the_end =
        std::any_of(report_.signatures.begin(), report_.signatures.end(),
                    [](const SignatureReport& one) { return one.covers_file; });
    if (!file_ends_clean(file_, signed_to_the_end)) tampered("bytes_after_the_end");
    if (linearization_misleads(file_)) tampered("two_documents");
    conclude();
    give_answers();
    return std::move(report_);
  }

 private:
  void note(const std::string& problem) {
    if (report_.problems.size() < kProblemsMax) report_.problems.push_back(problem);
  }
  void tampered(const std::string& problem) {
    tampered_ = true;
    note(problem);
  }

  // Traces of a signature in bytes that belong to no object: behind the last whole revision lies
  // the beginning of one; before it, a later chain leads around the signature.
  void look_outside_of_objects() {
    const std::string_view bytes = file_.bytes();
    std::vector<Span> known;
    for (const FoundSignature& signature : signatures_)
      if (signature.in_file())
        known.emplace_back(signature.dictionary.begin, signature.dictionary.end);
    std::sort(known.begin(), known.end());
    std::optional<std::vector<Span>> listed;  // costs a walk over all objects: if it must be
    for (std::size_t at = bytes.find("/ByteRange"); at != std::string_view::npos;
         at = bytes.find("/ByteRange", at + 1)) {
      if (holds(known, at)) continue;
      if (at >= file_.revisions().back().end) {
        unverifiable_ = true;
        note("signature_cut_off");
        return;
      }
      if (!listed) listed = listed_spans(file_);
      if (!holds(*listed, at)) {
        tampered("signature_hidden");
        return;
      }
    }
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

  // A field that says it is signed, by an object that is not there or no signature.
  void find_empty_signatures() {
    for (const FormField& field : form_fields(file_, file_.last())) {
      if (field.type != "Sig" || !field.node->has("V") || field.value->is(Kind::dictionary))
        continue;
      unverifiable_ = true;
      note("signature_missing:" + field.name);
    }
  }

  std::string text(const FoundSignature& signature, std::string_view key) const {
    const Object& value = file_.resolve_at(signature.dictionary, key, signature.revision);
    return value.is(Kind::string) ? to_utf8(value.text) : std::string();
  }

  void check(const FoundSignature& signature, CmsResult& cms) {
    SignatureReport out;
    const Object& dictionary = signature.dictionary;
    if (!signature.fields.empty()) out.field = signature.fields.front();
    out.sub_filter = file_.resolve_at(dictionary, "SubFilter", signature.revision).text;
    out.reason = text(signature, "Reason");
    out.claimed_time = date_to_rfc3339(text(signature, "M"));
    out.certification_level = certification_level(file_, signature);
    out.certification = out.certification_level != 0;
    out.revision = static_cast<std::int64_t>(signature.revision) + 1;
    const Coverage coverage = read_coverage(file_, signature);
    out.covers_revision = coverage.whole_revision;
    out.covers_file = coverage.whole_file;
    out.problems = coverage.problems;
    if (signature.fields.empty()) out.problems.push_back("signature_in_no_field");
    bool unknown = !coverage.usable() && coverage.problems.back() == "contents_empty";
    if (coverage.usable()) {
      covered_until_.push_back(coverage.revision);
      unknown = check_cms(signature, coverage, cms, out);
    }
    const bool sound = out.intact && coverage.problems.empty() && !signature.fields.empty();
    unverifiable_ |= !sound && unknown;
    tampered_ |= !sound && !unknown;
    report_.signatures.push_back(std::move(out));
  }

  // The bytes of /Contents are signed by nobody, so they must be nothing else as well: part of a
  // content stream, the entries of a section, the text of an annotation.
  void check_gaps() {
    std::vector<std::size_t> places;
    for (const FoundSignature& signature : signatures_) {
      if (!signature.in_file()) continue;
      places.push_back(signature.dictionary.at("Contents").begin);
      for (const char* key : {"Subtype", "Rect", "FT"})
        if (signature.dictionary.has(key)) tampered("contents_used_otherwise");
    }
    if (stands_in_several(file_, places)) tampered("contents_used_otherwise");
  }

  // Without the space that was reserved. Some writers encrypt that too, so that it reads as noise.
  std::string_view contents_of(const FoundSignature& signature) const {
    const std::string_view text = signature.dictionary.at("Contents").text;
    return file_.encrypted() ? text.substr(0, value_size(text)) : text;
  }

  // True when the signature can be called neither good nor bad.
  bool check_cms(const FoundSignature& signature, const Coverage& coverage, CmsResult& cms,
                 SignatureReport& out) {
    const Object* certificate =
        &file_.resolve_at(signature.dictionary, "Cert", signature.revision);
    if (certificate->is(Kind::array) && !certificate->items.empty())
      certificate = &file_.resolve(certificate->items[0], signature.revision);
    cms = check_contents(contents_of(signature), out.sub_filter,
                         {coverage.before, coverage.after}, certificate->text, digests_);
    out.intact = cms.intact;
    out.signer = cms.signer;
    out.issuer = cms.issuer;
    out.certificate_sha256 = cms.certificate_sha256;
    out.timestamp = cms.timestamp;
    out.problems.insert(out.problems.end(), cms.problems.begin(), cms.problems.end());
    return cms.unsupported;
  }

  // Every update after the first signed revision must be whole and explained.
  void check_updates() {
    if (covered_until_.empty()) return;
    const std::size_t first = *std::min_element(covered_until_.begin(), covered_until_.end());
    if (points_behind_its_end(file_, first)) tampered("two_documents");
    std::set<std::int64_t> touched;
    for (std::size_t revision = first + 1; revision <= file_.last(); ++revision)
      for (const auto& [number, entry] : file_.revisions()[revision].entries)
        touched.insert(number);
    Uses uses(file_, first, std::move(touched));
    PermissionHistory permissions;
    PageContents contents(file_);
    std::size_t signature = 0;
    for (std::size_t revision = first + 1; revision <= file_.last(); ++revision) {
      if (!update_is_tiled(file_, revision))
        tampered("bytes_unaccounted:" + std::to_string(revision + 1));
      if (hides_objects(file_, revision))
        tampered("objects_hidden:" + std::to_string(revision + 1));
      for (; signature < signatures_.size() && signatures_[signature].revision < revision;
           ++signature)
        permissions.add(file_, signatures_[signature]);
      for (const ChangeReport& change :
           explain_update(file_, revision, uses, permissions.now(), contents)) {
        if (!change.allowed) tampered(change.code + place_of(change));
        tell(change, revision);
      }
      uses.advance();
      file_.forget();
    }
  }

  static std::string place_of(const ChangeReport& change) {
    return change.object == 0 ? std::string() : ":" + std::to_string(change.object);
  }

  void tell(const ChangeReport& change, std::size_t revision) {
    for (std::size_t i = 0; i < signatures_.size(); ++i)
      if (signatures_[i].revision < revision && told_++ < kChangesMax)
        report_.signatures[i].changes.push_back(change);
  }

  // Each signature is still there, unchanged, in each field that ever had it.
  void check_survival() {
    std::map<std::string, const Object*> values;  // as of the newest revision
    for (const FormField& field : form_fields(file_, file_.last()))
      values.emplace(field.name, field.value);
    for (const FoundSignature& signature : signatures_) {
      const bool kept = std::all_of(signature.fields.begin(), signature.fields.end(),
                                    [&](const std::string& name) {
                                      const auto found = values.find(name);
                                      return found != values.end() &&
                                             signature.dictionary.is_same_place(*found->second);
                                    });
      if (!kept) tampered("signature_removed:" + signature.fields.front());
    }
  }

  void conclude() {
    report_.verdict = tampered_ ? "tampered" : unverifiable_ ? "damaged" : "not-tampered";
    if (unverifiable_) note("signature_unverifiable");
  }

  void give_answers() {
    Material material = read_material(file_, request_);
    for (const std::vector<Bytes>* anchors :
         {&request_.signer_anchors, &request_.timestamp_anchors})
      for (const Bytes& anchor : *anchors) material.add_certificate(anchor.view());
    std::vector<Judged> judged;
    for (std::size_t i = 0; i < signatures_.size(); ++i) {
      material.add(results_[i]);
      judged.push_back({&report_.signatures[i], &results_[i],
                        report_.signatures[i].sub_filter == "ETSI.RFC3161",
                        signatures_[i].revision});
    }
    answer(judged, material, request_);
  }

  const VerifyRequest& request_;
  File file_;
  Digests digests_;
  std::vector<FoundSignature> signatures_;
  std::vector<CmsResult> results_;
  VerifyReport report_;
  std::vector<std::size_t> covered_until_;  // revisions that signatures end at
  std::size_t told_ = 0;
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

VerifyReport judge(const VerifyRequest& request) {
  const std::string_view bytes = request.document.view();
  try {
    return Verification(request).run();
  } catch (const TooComplex& e) {
    VerifyReport out;
    out.verdict = "damaged";
    out.problems.push_back(std::string("too_complex: ") + e.what());
    return out;
  } catch (const Malformed& e) {
    return unreadable(bytes, e.what());
  } catch (const std::bad_alloc&) {
    return unreadable(bytes, "it needs too much memory");
  }
}

}  // namespace

VerifyReport verify_document(const VerifyRequest& request) {
  VerifyReport report = judge(request);
  make_printable(report);
  return report;
}

VerifyReport verify_document(std::string_view bytes) {
  VerifyRequest request;
  request.document = Bytes::borrowed(bytes);
  return verify_document(request);
}

}  // namespace cinnabar::pdf
