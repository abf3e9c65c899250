#include "report_text.hpp"

#include <algorithm>
#include <cstdio>

namespace cinnabar::evidence {
namespace {

struct Term {
  const char* code;
  const char* text;
};

constexpr Term kActs[] = {
    {"contract.drafted", "起草 drafted"},
    {"contract.redrafted", "修改草稿 redrafted"},
    {"contract.sent", "发起 sent"},
    {"contract.viewed", "查看 viewed"},
    {"contract.values_saved", "暂存填写 values saved"},
    {"contract.filled", "填写 filled"},
    {"contract.frozen", "定稿 frozen"},
    {"contract.signing_begun", "开始签署认证 authentication begun"},
    {"contract.authentication_failed", "认证失败 authentication failed"},
    {"contract.signed", "签署 signed"},
    {"contract.completed", "签署完成 completed"},
    {"contract.refused", "拒签 refused"},
    {"contract.revoked", "撤销 revoked"},
    {"contract.archived", "存档续期 archived"},
    {"contract.archive_full", "存档已满 archive full"},
    {"contract.expired", "过期 expired"},
    {"contract.downloaded", "下载文件 downloaded"},
    {"contract.evidence_viewed", "查看证据 evidence viewed"},
    {"contract.evidence_downloaded", "下载证据 evidence downloaded"},
    {"contract.report_downloaded", "下载报告 report downloaded"},
};
constexpr Term kStates[] = {
    {"draft", "草稿 draft"},          {"filling", "填写中 filling"},
    {"signing", "签署中 signing"},    {"completed", "已完成 completed"},
    {"rejected", "已拒签 rejected"},  {"revoked", "已撤销 revoked"},
    {"expired", "已过期 expired"},    {"waiting", "待处理 waiting"},
    {"filled", "已填写 filled"},      {"signed", "已签署 signed"},
    {"refused", "已拒签 refused"},
};
constexpr Term kMethods[] = {{"password", "签署密码 password"}, {"code", "短信验证码 code"}};

template <std::size_t N>
std::string told(const Term (&terms)[N], const std::string& code) {
  for (const Term& term : terms)
    if (code == term.code) return term.text;
  return code;
}

class Writer {
 public:
  Writer(const Evidence& evidence, const LogProof& proof, std::int64_t minutes)
      : evidence_(evidence), proof_(proof), minutes_(minutes) {}

  ReportRequest write() {
    ReportRequest out;
    out.title = "签署报告 Signature report";
    out.subtitle = plain(evidence_.contract.name) + "  ·  " + evidence_.contract.id;
    out.footer = "Cinnabar · " + evidence_.contract.id;
    out.sections = {contract(), parties(), documents(), signatures(),
                    certificates(), acts(), log()};
    if (!evidence_.archives.empty())
      out.sections.insert(out.sections.begin() + kArchivesAt, archives());
    return out;
  }

 private:
  static constexpr int kArchivesAt = 4;  // behind the signatures

  // Names come from people: what is no text of one line is made into it.
  static std::string plain(std::string text) {
    for (char& c : text)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
    return text;
  }
  std::string time(Time at) const {
    if (at.ms == 0) return "-";
    const std::string text = to_rfc3339(Time{at.ms + minutes_ * 60'000});
    char zone[16];
    std::snprintf(zone, sizeof zone, " %+03d:%02d", static_cast<int>(minutes_ / 60),
                  static_cast<int>(std::abs(minutes_ % 60)));
    return text.substr(0, 10) + " " + text.substr(11, 8) + zone;
  }
  std::string time(const std::optional<Time>& at) const { return at ? time(*at) : "-"; }

  // Of a token, as it says itself: RFC 3339.
  static std::string utc(const std::string& text) {
    const std::size_t t = text.find('T');
    return t == std::string::npos || text.size() < t + 9
               ? text
               : text.substr(0, t) + " " + text.substr(t + 1, 8) + " UTC";
  }

  ReportSection contract() const {
    const EvidenceContract& c = evidence_.contract;
    ReportSection out{"合同 Contract", {}, {}, {}, ""};
    out.rows = {{"编号 Number", c.id},
                {"名称 Name", plain(c.name)},
                {"状态 State", told(kStates, c.state)},
                {"签署顺序 Order",
                 c.order == "sequential" ? "顺序签署 sequential" : "无序签署 unordered"},
                {"发起时间 Sent", time(c.sent)},
                {"结束时间 Ended", time(c.ended)},
                {"签署截止 Deadline", time(c.deadline)},
                {"报告时间 Report made", time(evidence_.made)}};
    if (!c.reason.empty()) out.rows.push_back({"原因 Reason", plain(c.reason)});
    return out;
  }

  ReportSection parties() const {
    ReportSection out{"签署方 Parties",
                      {"签署方 Party", "签署人 Signatory", "手机号 Mobile", "身份标识 Identity",
                       "状态 State", "签署时间 Signed"},
                      {20, 12, 14, 24, 12, 18},
                      {},
                      "手机号已脱敏。 Mobile numbers are masked."};
    for (const DossierParty& party : evidence_.parties)
      out.rows.push_back(
          {plain(party.enterprise_name.empty() ? party.name : party.enterprise_name),
           plain(party.name), party.mobile,
           party.enterprise.empty() ? party.person : party.enterprise + " " + party.person,
           told(kStates, party.state), time(party.signed_at)});
    return out;
  }

  ReportSection documents() const {
    ReportSection out{"文件 Documents",
                      {"序号 No.", "名称 Name", "页数 Pages", "字节 Bytes", "SHA-256"},
                      {8, 26, 10, 12, 44},
                      {},
                      ""};
    for (const DossierDocument& d : evidence_.documents)
      out.rows.push_back({std::to_string(d.number), plain(d.name), std::to_string(d.pages),
                          std::to_string(d.size), d.sha256});
    return out;
  }

  std::string party_name(const std::string& id) const {
    for (const DossierParty& party : evidence_.parties)
      if (party.id == id)
        return plain(party.enterprise_name.empty() ? party.name : party.enterprise_name);
    return id.empty() ? "平台认证 Platform" : id;
  }

  ReportSection signatures() const {
    ReportSection out{"签名 Signatures",
                      {"文件 Doc.", "签署方 Party", "认证方式 Method", "时间戳 Timestamp",
                       "等级 Level", "印章 Seals", "证书序列号 Serial", "签名摘要 Digest"},
                      {7, 16, 12, 15, 8, 14, 13, 23},
                      {},
                      "签名摘要为签名所覆盖内容的 SHA-256。 The digest is over what the signature "
                      "covers."};
    for (const DossierSignature& s : evidence_.signatures) {
      std::string seals;
      for (const std::string& seal : s.seals) seals += (seals.empty() ? "" : " ") + seal;
      out.rows.push_back({std::to_string(s.document), party_name(s.party),
                          s.method.empty() ? "-" : told(kMethods, s.method),
                          s.timestamp.empty() ? time(s.signed_at) : utc(s.timestamp), s.level,
                          seals.empty() ? "-" : seals, s.serial, s.digest});
    }
    return out;
  }

  ReportSection archives() const {
    ReportSection out{"存档时间戳 Archive timestamps",
                      {"文件 Doc.", "时间戳 Timestamp", "证书到期 Proves until",
                       "续期时间 Renewed by", "已续期 Renewals"},
                      {10, 24, 24, 24, 18},
                      {},
                      "到期前自动续期。 They are renewed before they end."};
    for (const DossierArchive& a : evidence_.archives)
      out.rows.push_back({std::to_string(a.document), utc(a.timestamp), time(a.ends),
                          a.open ? time(a.renewal_due) : "-", std::to_string(a.renewals)});
    return out;
  }

  ReportSection certificates() const {
    ReportSection out{"证书 Certificates",
                      {"主体 Subject", "颁发者 Issuer", "序列号 Serial", "有效期 Validity",
                       "密钥 Key"},
                      {30, 24, 16, 20, 10},
                      {},
                      ""};
    for (const auto& [sha256, certificate] : certificates_of(evidence_)) {
      const CertificateView view = read_certificate(certificate.view());
      out.rows.push_back({plain(view.subject), plain(view.issuer), view.serial,
                          view.not_before.substr(0, 10) + " – " + view.not_after.substr(0, 10),
                          view.key});
    }
    std::sort(out.rows.begin(), out.rows.end());
    return out;
  }

  ReportSection acts() const {
    ReportSection out{"操作记录 Acts",
                      {"序号 No.", "时间 Time", "操作 Act", "操作人 Actor", "日志序号 In log",
                       "证据哈希 Hash"},
                      {7, 19, 20, 14, 9, 31},
                      {},
                      "每次操作的哈希包含其前一操作的哈希。 Each hash is over the one before it."};
    for (std::size_t i = 0; i < evidence_.acts.size(); ++i) {
      const EvidenceAct& act = evidence_.acts[i];
      out.rows.push_back({std::to_string(act.index), time(act.at), told(kActs, act.type),
                          act.name.empty() ? (act.actor.empty() ? "系统 system" : act.actor)
                                           : plain(act.name),
                          std::to_string(proof_.inclusions[i].index), act.hash});
    }
    return out;
  }

  ReportSection log() const {
    ReportSection out{"透明日志 Transparency log", {}, {}, {}, ""};
    out.rows = {{"日志公钥 Key", proof_.key},
                {"条数 Entries", std::to_string(proof_.checkpoint.size)},
                {"根哈希 Root hash", proof_.checkpoint.root}};
    out.note =
        "本报告由平台签名。完整证据（文件、哈希链、证书、日志证明）见证据包，任何人可离线校验。 "
        "This report is signed by the platform. The evidence bundle holds everything that proves "
        "it and can be checked offline: cinnabar evidence check FILE.";
    return out;
  }

  const Evidence& evidence_;
  const LogProof& proof_;
  const std::int64_t minutes_;
};

}  // namespace

ReportRequest report_of(const Evidence& evidence, const LogProof& proof,
                        std::int64_t time_zone_minutes) {
  return Writer(evidence, proof, time_zone_minutes).write();
}

}  // namespace cinnabar::evidence
