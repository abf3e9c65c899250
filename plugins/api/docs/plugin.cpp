// cinnabar.docs: the landing page, the description of the API for programs, and for people.
#include "openapi.hpp"
#include "pages.hpp"

#include <cinnabar/domain_plugin.hpp>
#include <cinnabar/services/kernel.hpp>

#include <mutex>

namespace cinnabar {
namespace {

// FNV-1a: tells two versions of a text apart, no more is asked of it.
std::string tag_of(std::string_view text) {
  std::uint64_t hash = 14'695'981'039'346'656'037u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211u;
  return std::to_string(hash);
}

FileAnswer content(std::string type, std::string text) {
  FileAnswer answer;
  answer.content_type = std::move(type);
  answer.etag = tag_of(text);
  answer.content = std::move(text);
  return answer;
}

class DocsPlugin final : public DomainPlugin {
 public:
  using Interfaces = Provides<Domain>;

  explicit DocsPlugin(Host& host) : DomainPlugin(host) {
    using Self = DocsPlugin;
    page("/", "docs.landing", &Self::landing);
    page("/docs", "docs.page", &Self::docs);
    page("/docs/script.js", "docs.script", &Self::script);
    page("/docs/style.css", "docs.style", &Self::style);
    page("/openapi.json", "docs.openapi", &Self::openapi);
  }

 private:
  void page(std::string path, std::string name, FileAnswer (DocsPlugin::*handler)(const Request&)) {
    route("GET", std::move(path), std::move(name), this, handler).open().site();
  }

  FileAnswer landing(const Request& request) {
    return content("text/html; charset=utf-8", landing_page(request.call.locale()));
  }
  FileAnswer docs(const Request& request) {
    return content("text/html; charset=utf-8", docs_page(request.call.locale()));
  }
  FileAnswer script(const Request&) {
    return content("text/javascript; charset=utf-8", std::string(kDocsScript));
  }
  FileAnswer style(const Request&) {
    return content("text/css; charset=utf-8", std::string(kDocsStyle));
  }

  // Routes change with the plugins, and then the epoch moves.
  FileAnswer openapi(const Request& request) {
    const std::lock_guard lock(mutex_);
    const auto bound =
        host().service<Bindings>(request.call).names({std::string(interface_id<Domain>())});
    if (document_.empty() || epoch_ != bound.epoch) {
      document_ = describe_all(request.call, bound);
      epoch_ = bound.epoch;
    }
    return content("application/json", document_);
  }

  std::string describe_all(const Call& call, const BindingNames& bound) {
    std::vector<DescribedDomain> domains;
    for (const std::string& name : bound.names)
      domains.push_back({name, host().service<Domain>(call, name).describe({})});
    return to_json(openapi_document(domains, CINNABAR_PLUGIN_VERSION));
  }

  std::mutex mutex_;
  std::string document_;
  std::int64_t epoch_ = 0;
};

}  // namespace
}  // namespace cinnabar

CINNABAR_PLUGIN(cinnabar::DocsPlugin)
