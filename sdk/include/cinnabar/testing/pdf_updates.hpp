// Appends updates to frozen documents the way the signing side does: from the field map alone. For
// tests only; not thread-safe (it keeps one key).
#pragma once

#include <cinnabar/bytes.hpp>
#include <cinnabar/services/document_engine.hpp>
#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/x509.h>

#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace cinnabar::pdf::test {

// Writes one incremental update with a classic table.
class UpdateWriter {
 public:
  UpdateWriter(std::string file, const FieldMap& map, std::int64_t previous = 0,
               std::int64_t next_object = 0)
      : file_(std::move(file)),
        trailer_(map.trailer_dictionary),
        previous_(previous != 0 ? previous : map.start_xref),
        next_(next_object != 0 ? next_object : map.next_object) {}

  std::int64_t new_number() { return next_++; }
  std::int64_t next_object() const { return next_; }
  std::int64_t start_xref() const { return start_xref_; }
  std::size_t size() const { return file_.size(); }

  // Returns the offset of the body.
  std::size_t put(std::int64_t number, const std::string& body) {
    if (file_.back() != '\n') file_ += '\n';
    offsets_[number] = file_.size();
    file_ += std::to_string(number) + " 0 obj\n";
    const std::size_t at = file_.size();
    file_ += body + "\nendobj\n";
    return at;
  }

  std::string finish() {
    start_xref_ = static_cast<std::int64_t>(file_.size());
    file_ += "xref\n";
    for (const auto& [number, offset] : offsets_) {
      char line[64];
      std::snprintf(line, sizeof line, "%lld 1\n%010zu 00000 n \n", static_cast<long long>(number),
                    offset);
      file_ += line;
    }
    file_ += "trailer\n<< " + trailer_ + " /Size " + std::to_string(next_) + " /Prev " +
             std::to_string(previous_) + " >>\nstartxref\n" + std::to_string(start_xref_) +
             "\n%%EOF\n";
    return std::move(file_);
  }

 private:
  std::string file_;
  std::string trailer_;
  std::int64_t previous_;
  std::int64_t next_;
  std::int64_t start_xref_ = 0;
  std::map<std::int64_t, std::size_t> offsets_;
};

struct TestFree {
  void operator()(X509* p) const { X509_free(p); }
  void operator()(CMS_ContentInfo* p) const { CMS_ContentInfo_free(p); }
};

struct Identity {
  std::unique_ptr<X509, TestFree> certificate;
  EVP_PKEY* key = nullptr;  // lives as long as the test program
};

inline const Identity& identity() {
  static const Identity made = [] {
    Identity out;
    out.key = EVP_EC_gen("P-256");
    out.certificate.reset(X509_new());
    X509* certificate = out.certificate.get();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 7);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86'400);
    X509_set_pubkey(certificate, out.key);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>("Signer 张三"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_sign(certificate, out.key, EVP_sha256());
    return out;
  }();
  return made;
}

inline std::string cms_over(const std::string& covered) {
  BIO* content = BIO_new_mem_buf(covered.data(), static_cast<int>(covered.size()));
  const std::unique_ptr<CMS_ContentInfo, TestFree> cms(
      CMS_sign(identity().certificate.get(), identity().key, nullptr, content,
               CMS_BINARY | CMS_DETACHED | CMS_CADES));
  BIO_free(content);
  unsigned char* der = nullptr;
  const int size = i2d_CMS_ContentInfo(cms.get(), &der);
  std::string out(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

struct Signed {
  std::string file;
  std::int64_t start_xref = 0;
  std::int64_t next_object = 0;
};

inline constexpr std::size_t kReserved = 4096;  // bytes of Contents

// A signature dictionary with room for its ByteRange and Contents.
inline std::string signature_body(bool certify) {
  return "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /Reason (Test)"
         " /M (D:20240131120000+08'00')" +
         std::string(certify ? " /Reference [<< /Type /SigRef /TransformMethod /DocMDP"
                               " /TransformParams << /Type /TransformParams /P 2 /V /1.2 >> >>]"
                             : "") +
         " /ByteRange [0 **********" + " ********** **********] /Contents <" +
         std::string(2 * kReserved, '0') + "> >>";
}

// Fills in what signature_body() left open, once the whole update is written.
inline std::string with_signature(std::string file, std::size_t body) {
  const std::size_t open = file.find("/Contents <", body) + 10;
  const std::size_t resume = open + 2 + 2 * kReserved;
  const std::size_t range = file.find("[0 **********", body) + 3;
  char numbers[48];
  std::snprintf(numbers, sizeof numbers, "%010zu %010zu %010zu", open, resume,
                file.size() - resume);
  file.replace(range, 32, numbers);
  const std::string cms = cms_over(file.substr(0, open) + file.substr(resume));
  file.replace(open + 1, 2 * cms.size(), to_hex(cms));
  return file;
}

// Signs the fields (indexes into the map) with one shared signature.
inline Signed sign(const std::string& file, const FieldMap& map,
                   const std::vector<std::size_t>& fields, bool certify = false,
                   const Signed* before = nullptr) {
  UpdateWriter update(file, map, before ? before->start_xref : 0, before ? before->next_object : 0);
  const std::int64_t signature = update.new_number();
  const std::string value = " /V " + std::to_string(signature) + " 0 R";
  const std::size_t body = update.put(signature, signature_body(certify));
  for (const std::size_t field : fields) {
    const std::int64_t form = update.new_number();
    update.put(
        form, "<< /Type /XObject /Subtype /Form /BBox [0 0 1 1] /Length 0 >>\nstream\n\nendstream");
    update.put(map.fields[field].object, "<< " + map.fields[field].dictionary + value +
                                             " /AP << /N " + std::to_string(form) + " 0 R >> >>");
  }
  if (certify)
    update.put(map.catalog_object, "<< " + map.catalog_dictionary + " /Perms << /DocMDP " +
                                       std::to_string(signature) + " 0 R >> >>");
  Signed out;
  out.next_object = update.next_object();
  const std::string written = update.finish();
  out.start_xref = update.start_xref();
  out.file = with_signature(written, body);
  return out;
}

}  // namespace cinnabar::pdf::test
