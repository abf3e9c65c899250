#include "reference/reference.hpp"

#include <cinnabar/services/auth_method.hpp>
#include <cinnabar/services/caller.hpp>
#include <cinnabar/services/command.hpp>
#include <cinnabar/services/contract.hpp>
#include <cinnabar/services/doctor.hpp>
#include <cinnabar/services/document_verifier.hpp>
#include <cinnabar/services/hooks.hpp>
#include <cinnabar/services/kernel.hpp>
#include <cinnabar/services/notifier.hpp>
#include <cinnabar/services/organisation.hpp>
#include <cinnabar/services/seal.hpp>
#include <cinnabar/services/seal_type.hpp>
#include <cinnabar/services/spreadsheet.hpp>
#include <cinnabar/services/transparency_log.hpp>
#include <cinnabar/services/trust.hpp>

namespace cinnabar::authoring {
namespace {

enum class Status { stable, draft };
enum class Role { provide, call };

template <class I>
InterfaceInfo info(std::string_view header, Role role, Status status = Status::draft) {
  return {interface_id<I>(), header, status == Status::stable, role == Role::provide,
          &cinnabar_methods(static_cast<const I*>(nullptr))};
}

}  // namespace

const std::vector<InterfaceInfo>& described_interfaces() {
  static const std::vector<InterfaceInfo> kAll{
      info<AuthMethod>("auth_method", Role::provide, Status::stable),
      info<SealType>("seal_type", Role::provide, Status::stable),
      info<NotificationChannel>("notification_channel", Role::provide, Status::stable),
      info<Domain>("domain", Role::provide),
      info<Command>("command", Role::provide),
      info<DocumentEngine>("document_engine", Role::provide),
      info<DocumentVerifier>("document_verifier", Role::provide),
      info<SignatureEngine>("signature_engine", Role::provide),
      info<Spreadsheet>("spreadsheet", Role::provide),
      info<CertificateAuthority>("trust", Role::provide),
      info<TimestampAuthority>("trust", Role::provide),
      info<Doctor>("doctor", Role::provide),
      info<Callers>("caller", Role::provide),
      info<Hooks>("hooks", Role::call),
      info<Notifier>("notifier", Role::call),
      info<Organisation>("organisation", Role::call),
      info<Seals>("seal", Role::call),
      info<Contracts>("contract", Role::call),
      info<TransparencyLog>("transparency_log", Role::call),
      info<Events>("kernel", Role::call),
      info<Bindings>("kernel", Role::call),
      info<HookPoints>("kernel", Role::call)};
  return kAll;
}

}  // namespace cinnabar::authoring
