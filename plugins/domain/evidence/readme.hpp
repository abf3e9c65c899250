// What README.txt of a bundle says.
#pragma once

namespace cinnabar::evidence {

inline constexpr const char* kReadmeText = R"(合同证据包 / Evidence of a contract

本文件包是一份合同的完整证据，任何人可离线校验，无需访问签署平台：
  cinnabar evidence check <本文件>
或在浏览器中打开校验页面（可从平台的 /evidence/check 下载，离线使用），选择本文件。

This file holds everything that proves what happened to one contract. Anybody can check it, offline,
without asking the platform:
  cinnabar evidence check <this file>
or open the checking page (from /evidence/check of the platform; it works offline) and choose it.

documents/N.pdf        最终文件；每个历史版本都是它的前缀，长度见 evidence.json
                       the documents as they ended; each earlier version is the beginning of one,
                       its length is in evidence.json
evidence.json          各方、签名、各次操作（哈希链）、印章位置、承诺的盐值
                       parties, signatures, acts in their hash chain, places of seals, salts
log/key.txt            透明日志的公钥 / the transparency log's verifier key
log/checkpoint.txt     日志的已签名状态 / a signed state of the log
log/earlier.txt        写入最后一次操作时的状态 / its state when it took in the last act
log/proofs.json        每次操作的包含证明与一致性证明 / inclusion and consistency proofs
certificates/          证书（DER），文件名为其 SHA-256 / certificates, named by their SHA-256
revocation/            吊销数据（CRL、OCSP）/ revocation data
report.pdf             签署报告（如有）/ the signature report, where there is one
manifest.json          以上各部分的大小与 SHA-256 / size and SHA-256 of each part above
manifest.p7s           对 manifest.json 的签名及时间戳（CMS，RFC 5652；RFC 3161）
                       the platform's signature over manifest.json with a timestamp

不借助本平台软件也可校验 / Without our software:
  sha256sum documents/1.pdf            # = manifest.json
  openssl cms -verify -binary -inform DER -in manifest.p7s -content manifest.json \
      -CAfile ROOT.pem -purpose any -out /dev/null
  pdfsig documents/1.pdf
哈希链 / chain: hash = SHA-256( previous_hash + stored )，见 evidence.json 的 method。
日志 / log: RFC 6962；条目为操作的 hash（32 字节）。An entry is an act's hash, 32 bytes.
个人信息以加盐哈希进入哈希链，其他方的盐值与手机号不在本包内。
Personal data enters the chain as salted hashes; other parties' salts and numbers are not in here.
)";

}  // namespace cinnabar::evidence
