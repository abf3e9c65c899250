#!/usr/bin/env python3
"""Evidence: one file that a stranger can check, a log that only grows, and a signed report."""
import base64
import datetime
import hashlib
import json
import subprocess
import tempfile
from pathlib import Path

from case import CINNABAR, ProductCase, main
from product import SMALL_PDF, Api, Person, Refused, Server, contract_body, sign
from storage import database_of

import bundle as bundles

WITHIN = """
const bundle = Uint8Array.from(atob("%s"), (c) => c.charCodeAt(0));
(async () => {
  const out = { whole: await checkBundle(bundle, ""), flips: 0, missed: [] };
  for (let i = 0; i < bundle.length; i += i < 4000 || i > bundle.length - 6000 ? 7 : 997) {
    bundle[i] ^= 1;
    ++out.flips;
    if ((await checkBundle(bundle, "")).right) out.missed.push(i);
    bundle[i] ^= 1;
  }
  document.body.textContent = "BEGIN" + btoa(JSON.stringify(out)
    .replace(/[\\u0080-\\uffff]/g, (c) => "\\\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"))) + "END";
})();
"""


def check(content, *options):
    """(exit code, report) of `cinnabar evidence check`, which gets nothing but the file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bundle.zip"
        file.write_bytes(content)
        done = subprocess.run([CINNABAR, "evidence", "check", str(file), "--json", *options],
                              capture_output=True, text=True, timeout=120, cwd=folder)
        return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


def codes(report):
    return [finding["code"] for finding in report["findings"] if not finding["ok"]]


class LongTermEvidence(ProductCase):
    """At the highest level, where documents hold validation data and archive timestamps."""

    @classmethod
    def start(cls):
        config = cls.root / "cinnabar.toml"
        config.write_text('[plugin."cinnabar.contract"]\nsignature_level = "B-LTA"\n'
                          '[plugin."cinnabar.evidence"]\nsignature_level = "B-LTA"\n')
        return Server(CINNABAR, cls.root / "data", "--config", str(config))

    def test_a_bundle_is_right_and_its_report_is_archived(self):
        contract = self.filled()
        sign(self.company.api, contract, self.company.handler.signing_password)
        sign(self.person.api, contract, self.person.signing_password)
        report = self.company.api.raw("GET", f"/contracts/{contract}/report.pdf")[2]
        self.assertIn(b"/DocTimeStamp", report)
        (self.root / "report.pdf").write_bytes(report)
        self.assertEqual(subprocess.run([CINNABAR, "verify", self.root / "report.pdf"],
                                        capture_output=True).returncode, 0)
        bundle = self.company.api.raw("GET", f"/contracts/{contract}/evidence.zip")[2]
        code, found = check(bundle)
        self.assertEqual((code, codes(found)), (0, []), found)
        self.assertIn("report.pdf", bundles.parts_of(bundle))
        evidence = json.loads(bundles.parts_of(bundle)["evidence.json"])
        self.assertEqual({one["level"] for one in evidence["signatures"]}, {"B-LTA"})
        archive, = evidence["archives"]
        self.assertEqual(archive["timestamp"], evidence["signatures"][-1]["archived"])
        self.assertLess(archive["renewal_due"], archive["ends"])
        told = subprocess.run(["pdftotext", "-layout", self.root / "report.pdf", "-"], capture_output=True,
                              text=True).stdout
        for expected in ("B-LTA", "Archive timestamps", archive["ends"][:4]):
            self.assertIn(expected, told)


class Evidence(ProductCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls("completed")
        cls.earlier_checkpoint = cls.api.raw("GET", "/!log/checkpoint")[2]
        cls.contract = case.completed()
        status, headers, cls.bundle = cls.company.api.raw("GET", f"/contracts/{cls.contract}/evidence.zip")
        assert status == 200, cls.bundle
        assert headers["Content-Type"] == "application/zip", headers
        cls.parts = bundles.parts_of(cls.bundle)

    def completed(self):
        contract = self.filled()
        sign(self.company.api, contract, self.company.handler.signing_password)
        sign(self.person.api, contract, self.person.signing_password)
        return contract

    def root_file(self):
        certificates = self.company.api.get(f"/contracts/{self.contract}/certificates")["certificates"]
        file = self.root / "root.pem"
        file.write_text("".join(c["pem"] for c in certificates if c["subject"] == c["issuer"]))
        return str(file)

    def forge(self, change, resign=True, subject="/CN=Cinnabar"):
        """The bundle after change(parts), its manifest made anew and signed by somebody else."""
        somebody = self.somebody(subject)
        parts = dict(self.parts)
        change(parts)
        signature = parts.pop("manifest.p7s")
        manifest = json.loads(parts.pop("manifest.json"))
        manifest["parts"] = [{"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
                             for name, content in parts.items()]
        if resign:  # not before the certificate
            manifest["made"] = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        text = json.dumps(manifest, ensure_ascii=False, separators=(",", ":")).encode()
        parts["manifest.json"] = text
        parts["manifest.p7s"] = self.sign_as(somebody, text) if resign else signature
        return bundles.write(parts)

    def somebody(self, subject="/CN=Cinnabar"):
        """Key and certificate of somebody else, always the same."""
        name = hashlib.sha256(subject.encode()).hexdigest()[:8]
        key, certificate = self.root / f"{name}.key", self.root / f"{name}.pem"
        if not key.exists():
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                            "-nodes", "-keyout", key, "-out", certificate, "-subj", subject],
                           check=True, capture_output=True)
        return key, certificate

    def sign_as(self, somebody, text):
        key, certificate = somebody
        file = self.root / "text"
        file.write_bytes(text)
        return subprocess.run(["openssl", "cms", "-sign", "-binary", "-in", file, "-signer", certificate,
                               "-inkey", key, "-outform", "DER"], check=True, capture_output=True).stdout

    def evidence_changed(self, change):
        def work(parts):
            evidence = json.loads(parts["evidence.json"])
            change(evidence)
            parts["evidence.json"] = json.dumps(evidence, ensure_ascii=False, separators=(",", ":")).encode()
        return self.forge(work)

    # What is right.

    def test_a_bundle_is_right(self):
        code, report = check(self.bundle)
        self.assertEqual((code, report["verdict"]), (0, "right"), report)
        steps = {finding["step"] for finding in report["findings"] if finding["judged"]}
        self.assertEqual(steps, {"container", "manifest", "signature", "chain", "commitments", "authentication",
                                 "versions", "documents", "certificates", "log"})

    def test_a_bundle_is_right_by_the_platforms_root_and_log_key(self):
        key = self.api.raw("GET", "/!log/key")[2].decode().strip()
        code, report = check(self.bundle, "--trust", self.root_file(), "--log-key", key)
        self.assertEqual(code, 0, report)
        self.assertEqual([f["code"] for f in report["findings"] if not f["judged"]], [])

    def test_each_party_gets_a_bundle_that_is_right_and_masked(self):
        status, _, bundle = self.person.api.raw("GET", f"/contracts/{self.contract}/evidence.zip")
        self.assertEqual(status, 200)
        self.assertEqual(check(bundle)[0], 0)
        text = bundles.parts_of(bundle)["evidence.json"].decode()
        self.assertNotIn(self.company.handler.mobile, text)
        self.assertIn(self.person.mobile, text)

    def test_others_get_none(self):
        stranger = Person(self.api, "路人")
        for path in ("evidence.zip", "report.pdf", "certificates"):
            status, _, _ = stranger.api.raw("GET", f"/contracts/{self.contract}/{path}")
            self.assertIn(status, (403, 404), path)

    def test_ordinary_tools_open_it(self):
        self.assertIn("README.txt", self.parts)
        folder = self.root / "ordinary"
        folder.mkdir()
        for name in ("manifest.json", "manifest.p7s"):
            (folder / name).write_bytes(self.parts[name])
        subprocess.run(["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "manifest.p7s",
                        "-content", "manifest.json", "-CAfile", self.root_file(), "-purpose", "any",
                        "-out", "/dev/null"], cwd=folder, check=True, capture_output=True)
        self.assertEqual(bundles.write(self.parts), self.bundle, "another writer makes the same file")

    def test_every_kind_of_contract_has_a_bundle_that_is_right(self):
        def two_documents():
            files = [self.company.api.upload(SMALL_PDF)["id"], self.company.api.upload(SMALL_PDF + b"\n")["id"]]
            body = contract_body(self.company, self.person, files[0])
            body["files"] = files
            for control in list(body["controls"]):
                body["controls"].append(dict(control, id=control["id"] + "2", file=files[1]))
            contract = self.company.api.post("/contracts", body)["id"]
            self.company.api.post(f"/contracts/{contract}/send")
            self.person.api.post(f"/contracts/{contract}/fill", {"values": {"place": "杭州", "place2": "苏州"}})
            sign(self.company.api, contract, self.company.handler.signing_password)
            sign(self.person.api, contract, self.person.signing_password)
            return contract

        def refused():
            contract = self.filled()
            self.company.api.post(f"/contracts/{contract}/refuse", {"reason": "价格有误"})
            return contract

        for make in (self.draft, self.sent, self.filled, refused, two_documents):
            contract = make()
            bundle = self.company.api.raw("GET", f"/contracts/{contract}/evidence.zip")[2]
            code, report = check(bundle, "--trust", self.root_file())
            self.assertEqual((code, codes(report)), (0, []), make.__name__)
            self.assertEqual(check(bundle)[0], 0, make.__name__)

    # What is wrong.

    def test_any_changed_byte_is_found_and_its_part_named(self):
        at = 0
        for name, content in self.parts.items():
            begin = self.bundle.index(content, at) if content else at
            at = begin + len(content)
            last = max(len(content) - 1, 0)
            for offset in sorted({0, last // 2, last}):
                bad = bytearray(self.bundle)
                bad[begin + offset] ^= 1
                code, report = check(bytes(bad))
                self.assertEqual(code, 1, (name, offset))
                self.assertIn(name, [f["part"] for f in report["findings"] if not f["ok"]], (name, offset))
        for offset in list(range(0, 40, 3)) + list(range(len(self.bundle) - 60, len(self.bundle), 5)):
            bad = bytearray(self.bundle)
            bad[offset] ^= 0x80
            self.assertEqual(check(bytes(bad))[0], 1, offset)
        for bad in (self.bundle[:-1], self.bundle + b"x", b"", b"PK"):
            self.assertEqual(check(bad)[0], 1)

    def test_a_manifest_signed_by_somebody_else_is_not_trusted(self):
        forged = self.forge(lambda parts: None)
        for options in ((), ("--trust", self.root_file())):
            code, report = check(forged, *options)
            self.assertEqual((code, codes(report)), (1, ["signature.untrusted"]), report)

    def test_a_changed_part_does_not_have_the_manifests_signature(self):
        def change(parts):
            parts["README.txt"] += b"x"
        code, report = check(self.forge(change, resign=False))
        self.assertEqual((code, codes(report)), (1, ["signature.wrong"]), report)

    def test_a_signatory_cannot_vouch_for_a_bundle(self):
        subject = "/CN=Cinnabar/serialNumber=per-" + self.person.id[4:]
        forged = self.forge(lambda parts: None, subject=subject)
        both = self.root / "both.pem"
        both.write_text(Path(self.root_file()).read_text() + self.somebody(subject)[1].read_text())
        code, report = check(forged, "--trust", str(both))
        self.assertEqual((code, codes(report)), (1, ["signature.not_platform"]), report)

    def test_a_root_that_is_only_said_to_be_the_platforms_is_not_taken(self):
        root = subprocess.run(["openssl", "x509", "-in", self.somebody()[1], "-outform", "DER"],
                              capture_output=True, check=True).stdout

        def said(parts):
            evidence = json.loads(parts["evidence.json"])
            platform = next(s for s in evidence["signatures"] if not s.get("party"))
            platform["chain"].append(base64.b64encode(root).decode())
            parts["evidence.json"] = json.dumps(evidence, ensure_ascii=False, separators=(",", ":")).encode()
        self.assertIn("signature.untrusted", codes(check(self.forge(said))[1]))

    def test_roots_and_keys_from_elsewhere_count(self):
        code, report = check(self.bundle, "--trust", str(self.somebody()[1]))
        self.assertEqual(code, 1)
        self.assertIn("signature.untrusted", codes(report))
        self.assertIn("certificates.untrusted", codes(report))
        name = "example.com/log"
        material = b"\1" + bytes(32)
        key_id = hashlib.sha256(name.encode() + b"\n" + material).hexdigest()[:8]
        code, report = check(self.bundle, "--log-key", f"{name}+{key_id}+{base64.b64encode(material).decode()}")
        self.assertEqual((code, codes(report)), (1, ["log.key"]))

    def test_acts_that_are_changed_dropped_or_swapped_are_found(self):
        def edited(evidence):
            evidence["acts"][2]["data"]["party"] = "somebody"

        def restored(evidence):
            act = evidence["acts"][2]
            act["stored"] = act["stored"].replace("contract.", "contrast.", 1)

        def dropped(evidence):
            del evidence["acts"][3]

        def swapped(evidence):
            acts = evidence["acts"]
            acts[2], acts[3] = acts[3], acts[2]

        def cut(evidence):
            evidence["acts"].pop()

        for change, expected in ((edited, "chain.differs"), (restored, "chain.hash"), (dropped, "chain.order"),
                                 (swapped, "chain.order"), (cut, "log.count")):
            code, report = check(self.evidence_changed(change))
            self.assertEqual(code, 1)
            self.assertIn(expected, codes(report), change.__name__)

    def test_a_chain_that_was_made_anew_is_not_in_the_log(self):
        def anew(evidence):
            before = "0" * 64
            for act in evidence["acts"]:
                act["stored"] = act["stored"].replace("2026-", "2025-")
                act["at"] = act["at"].replace("2026-", "2025-")
                act["previous_hash"] = before
                before = act["hash"] = hashlib.sha256((before + act["stored"]).encode()).hexdigest()
        report = check(self.evidence_changed(anew))[1]
        self.assertIn("log.inclusion", codes(report))

    def test_signing_acts_without_an_authentication_of_their_own_are_found(self):
        def rewritten(change):
            def work(evidence):
                before = "0" * 64
                signed = [act for act in evidence["acts"] if act["type"] == "contract.signed"]
                change(evidence["acts"], *signed)
                for act in evidence["acts"]:
                    stored = json.loads(act["stored"])
                    stored.update(actor=act["actor"], data=act["data"])
                    act["stored"] = json.dumps(stored, ensure_ascii=False, separators=(",", ":"))
                    act["previous_hash"] = before
                    before = act["hash"] = hashlib.sha256((before + act["stored"]).encode()).hexdigest()
            return work

        def invented(acts, first, second):
            first["data"]["challenge"] = "chl_0"

        def twice(acts, first, second):
            second["data"]["challenge"] = first["data"]["challenge"]

        def of_another_version(acts, first, second):
            begun = next(act for act in acts if act["type"] == "contract.signing_begun")
            begun["data"]["version"] -= 1

        def by_another(acts, first, second):
            begun = next(act for act in acts if act["type"] == "contract.signing_begun")
            begun["actor"] = second["actor"]

        for change, expected in ((invented, ["missing"]), (twice, ["differs", "version", "twice"]),
                                 (of_another_version, ["version"]), (by_another, ["differs"])):
            found = codes(check(self.evidence_changed(rewritten(change)))[1])
            self.assertEqual([code.split(".")[1] for code in found if code.startswith("authentication.")],
                             expected, change.__name__)

    def test_a_signature_shown_at_another_level_is_found(self):
        def raised(evidence):
            evidence["signatures"][-1]["level"] = "B-LTA"
        self.assertIn("versions.signature", codes(check(self.evidence_changed(raised))[1]))

    def test_personal_data_that_was_not_committed_to_is_found(self):
        def renamed(evidence):
            evidence["parties"][1]["name"] = "别人"

        def moved(evidence):
            evidence["traces"][0]["address"] = "192.0.2.7"
        for change in (renamed, moved):
            self.assertIn("commitments.differs", codes(check(self.evidence_changed(change))[1]))

    def test_another_document_validly_signed_is_found(self):
        other = self.company.api.raw("GET", f"/contracts/{self.completed()}/document")[2]

        def replaced(parts):
            parts["documents/1.pdf"] = other
            evidence = json.loads(parts["evidence.json"])
            document = evidence["documents"][0]
            document["sha256"], document["size"] = hashlib.sha256(other).hexdigest(), len(other)
            base, at = document["base"], 0
            for piece in [base] + document["segments"]:
                content = other[at:at + piece["size"]]
                piece["content"] = "sha256:" + hashlib.sha256(content).hexdigest()
                at += piece["size"]
            document["segments"][-1]["size"] += len(other) - at
            parts["evidence.json"] = json.dumps(evidence, ensure_ascii=False, separators=(",", ":")).encode()
        found = codes(check(self.forge(replaced))[1])
        self.assertIn("versions.digest", found)

    def test_an_older_version_of_the_document_is_found(self):
        def cut(parts):
            evidence = json.loads(parts["evidence.json"])
            last = evidence["documents"][0]["segments"].pop()
            parts["documents/1.pdf"] = parts["documents/1.pdf"][:-last["size"]]
            content = parts["documents/1.pdf"]
            evidence["documents"][0].update(size=len(content), sha256=hashlib.sha256(content).hexdigest())
            evidence["signatures"].pop()
            parts["evidence.json"] = json.dumps(evidence, ensure_ascii=False, separators=(",", ":")).encode()
        self.assertIn("versions.signature", codes(check(self.forge(cut))[1]))

    def test_an_older_state_of_the_log_is_found(self):
        def replayed(parts):
            parts["log/checkpoint.txt"] = self.earlier_checkpoint
        found = codes(check(self.forge(replayed))[1])
        self.assertIn("log.inclusion", found)

    def test_it_says_what_is_wrong_in_both_languages(self):
        bad = bytearray(self.bundle)
        bad[self.bundle.index(self.parts["README.txt"])] ^= 1
        file = self.root / "bad.zip"
        file.write_bytes(bytes(bad))
        for lang, words in (("en", "The content of README.txt was changed"), ("zh", "README.txt 的内容被改动")):
            done = subprocess.run([CINNABAR, "evidence", "check", file, "--lang", lang], text=True,
                                  capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 1)
            self.assertIn(words, done.stdout)
        for wrong in (["check"], ["check", "a", "b"], ["look", "a"], ["check", "/nowhere"], ["check", "a", "--trust"]):
            done = subprocess.run([CINNABAR, "evidence", *wrong], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 2, wrong)

    # The page.

    def test_the_page_checks_a_bundle_in_a_browser_and_finds_changed_bytes(self):
        page = self.api.raw("GET", "/!evidence/check.html")[2].decode()
        self.assertNotIn("http://", page)
        self.assertNotIn("https://", page)
        script = "<script>" + WITHIN % base64.b64encode(self.bundle).decode() + "</script></body>"
        file = self.root / "check.html"
        file.write_text(page.replace("</body>", script))
        done = subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--timeout=60000",
                               "--virtual-time-budget=60000", f"--user-data-dir={self.root / 'browser'}", "--dump-dom",
                               file.as_uri()],
                              capture_output=True, text=True, timeout=180)
        self.assertIn("BEGIN", done.stdout, done.stderr[-2000:])
        out = json.loads(base64.b64decode(done.stdout.split("BEGIN")[1].split("END")[0]))
        self.assertTrue(out["whole"]["right"], out["whole"])
        self.assertGreater(out["flips"], 500)
        self.assertEqual(out["missed"], [])

    def test_the_page_is_served(self):
        status, headers, page = self.api.raw("GET", "/!evidence/check")
        self.assertEqual((status, headers["Content-Type"]), (200, "text/html; charset=utf-8"))
        for name in ("check.js", "check.css"):
            self.assertIn(f"/evidence/{name}".encode(), page)
            self.assertEqual(self.api.raw("GET", f"/!evidence/{name}")[0], 200)

    # The log.

    def test_the_logs_tiles_proofs_and_states_agree_with_another_implementation(self):
        folder = self.root / "log"
        folder.mkdir()
        for _ in range(540):  # two full tiles and more
            self.company.api.raw("GET", f"/contracts/{self.contract}/document")
        key = self.api.raw("GET", "/!log/key")[2].decode()
        self.settled(self.server, 512)
        note = self.api.raw("GET", "/!log/checkpoint")[2]
        now = bundles.Checkpoint(note, key, folder)
        hashes, entries = [], []
        for tile in range((now.size + 255) // 256):
            width = min(256, now.size - 256 * tile)
            path = f"{tile:03d}" + ("" if width == 256 else f".p/{width}")
            content = self.api.raw("GET", f"/!log/tile/0/{path}")[2]
            hashes += [content[i:i + 32] for i in range(0, len(content), 32)]
            content = self.api.raw("GET", f"/!log/tile/entries/{path}")[2]
            entries += [content[i + 2:i + 34] for i in range(0, len(content), 34)]
        self.assertEqual(len(hashes), now.size)
        self.assertEqual([bundles.entry_hash(entry) for entry in entries], hashes)
        self.assertEqual(bundles.root_of(hashes), now.root)
        for old in sorted({1, 2, 3, 7, 8, 13, 255, 256, 257, 300, 512, now.size // 2, now.size - 1, now.size}):
            answer = json.loads(self.api.raw("GET", f"/!log/consistency?from={old}&to={now.size}")[2])
            proof = [bytes.fromhex(one) for one in answer.get("hashes", [])]
            old_root = bundles.root_of(hashes[:old])
            self.assertEqual(bundles.roots_by_consistency(old, now.size, proof, old_root), (old_root, now.root))
        then = bundles.Checkpoint(self.parts["log/checkpoint.txt"], key, folder)
        self.assertEqual(bundles.root_of(hashes[:then.size]), then.root)
        acts = json.loads(self.parts["evidence.json"])["acts"]
        proofs = json.loads(self.parts["log/proofs.json"])["inclusions"]
        self.assertEqual(len(acts), len(proofs))
        for act, proof in zip(acts, proofs):
            leaf = bundles.entry_hash(bytes.fromhex(act["hash"]))
            self.assertEqual(leaf, hashes[proof["index"]])
            path = [bytes.fromhex(one) for one in proof["hashes"]]
            self.assertEqual(bundles.root_by_inclusion(leaf, proof["index"], then.size, path), then.root)
            one = self.company.api.get("/log/proof?event=" + proof["event"])
            self.assertEqual(one["inclusion"]["index"], proof["index"])
            path = [bytes.fromhex(step) for step in one["inclusion"]["hashes"]]
            root = bundles.root_by_inclusion(leaf, proof["index"], one["checkpoint"]["size"], path)
            self.assertEqual(root.hex(), one["checkpoint"]["root"])
        top = self.api.raw("GET", f"/!log/tile/1/000.p/{now.size // 256}")[2]
        self.assertEqual(top[:32], bundles.root_of(hashes[:256]))
        for path in ("0/999", "0/000.p/256", "x/000", "0/00", "9/000"):
            self.assertEqual(self.api.raw("GET", f"/!log/tile/{path}")[0], 404, path)

    def test_a_restored_backup_is_noticed(self):
        data = self.root / "rollback"
        server = Server(CINNABAR, data, log=self.root / "rollback.log")
        Person(Api(server.port), "甲")
        before = self.settled(server)
        server.stop()
        database, backup = database_of(data), self.root / "backup"
        database.back_up(backup)
        server = Server(CINNABAR, data, log=self.root / "rollback.log")
        Person(Api(server.port), "乙")
        self.assertGreater(self.settled(server, before), before)
        server.stop()
        good = {check["name"]: check for check in server.doctor()["checks"]}
        self.assertTrue(good["log.rollback"]["ok"], good["log.rollback"])
        database.restore(backup)
        server = Server(CINNABAR, data, log=self.root / "rollback.log")
        status, _, problem = Api(server.port).raw("GET", "/!log/checkpoint")
        server.stop()
        self.assertEqual((status, json.loads(problem)["code"]), (503, "log.rolled_back"))
        bad = {check["name"]: check for check in server.doctor()["checks"]}
        self.assertFalse(bad["log.rollback"]["ok"])

    def test_a_changed_entry_is_noticed(self):
        data = self.root / "changed"
        server = Server(CINNABAR, data, log=self.root / "changed.log")
        Person(Api(server.port), "甲")
        self.settled(server)
        server.stop()
        database_of(data).change(f"UPDATE tlog_entry SET entry = '{'0' * 64}' WHERE position = 0")
        found = {check["name"]: check for check in server.doctor()["checks"]}
        self.assertFalse(found["log.rollback"]["ok"], found)

    def settled(self, server, more_than=0):
        """The size of the log once it has grown."""
        for _ in range(200):
            status, _, note = Api(server.port).raw("GET", "/!log/checkpoint")
            size = int(note.split(b"\n")[1])
            if size > more_than:
                return size
        self.fail("the log does not grow")

    # Certificates and the report.

    def test_the_certificates_of_a_contract_are_told(self):
        told = self.company.api.get(f"/contracts/{self.contract}/certificates")["certificates"]
        roles = {certificate["role"] for certificate in told}
        self.assertEqual(roles, {"platform", "enterprise", "person", "authority"})
        for certificate in told:
            parsed = subprocess.run(["openssl", "x509", "-noout", "-serial"], input=certificate["pem"], text=True,
                                    capture_output=True, check=True).stdout
            self.assertEqual(int(parsed.split("=")[1], 16), int(certificate["serial"], 16))

    def test_the_report_is_signed_whole_and_always_the_same(self):
        first = self.company.api.raw("GET", f"/contracts/{self.contract}/report.pdf")
        second = self.person.api.raw("GET", f"/contracts/{self.contract}/report.pdf")
        self.assertEqual((first[0], first[2]), (200, second[2]))
        file = self.root / "report.pdf"
        file.write_bytes(first[2])
        told = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True).stdout
        self.assertIn("Signature is Valid", told)
        self.assertEqual(subprocess.run([CINNABAR, "verify", file], capture_output=True).returncode, 0)
        self.assertEqual(subprocess.run(["qpdf", "--check", file], capture_output=True).returncode, 0)
        text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True).stdout
        for expected in ("签署报告", self.contract, self.person.name, "签名 Signatures", "透明日志"):
            self.assertIn(expected, text)
        self.assertNotIn(self.person.mobile, text)

    def test_a_contract_that_goes_on_has_no_report_yet(self):
        with self.assertRaises(Refused) as refused:
            self.company.api.get(f"/contracts/{self.filled()}/report.pdf")
        self.assertEqual((refused.exception.status, refused.exception.code), (409, "evidence.not_ended"))

    # SIG-20.

    def test_every_act_is_an_event_with_who_when_and_from_where(self):
        contract = self.completed()
        self.person.api.get(f"/contracts/{contract}")
        self.person.api.raw("GET", f"/contracts/{contract}/document")
        bundle = self.person.api.raw("GET", f"/contracts/{contract}/evidence.zip")[2]
        report = self.person.api.raw("GET", f"/contracts/{contract}/report.pdf")[2]
        self.company.api.get(f"/contracts/{contract}/evidence")
        evidence = self.company.api.get(f"/contracts/{contract}/evidence")
        given = {act["type"]: act["data"]["digest"] for act in evidence["acts"] if "digest" in act["data"]}
        self.assertEqual(given["contract.evidence_downloaded"],
                         hashlib.sha256(bundles.parts_of(bundle)["manifest.json"]).hexdigest())
        self.assertEqual(given["contract.report_downloaded"], hashlib.sha256(report).hexdigest())
        self.assertEqual(given["contract.downloaded"], evidence["documents"][0]["sha256"])
        self.assertNotIn(self.person.name, json.dumps([act["data"] for act in evidence["acts"]], ensure_ascii=False))
        traces = {trace["id"]: trace for trace in evidence["traces"]}
        wanted = {"contract.sent", "contract.viewed", "contract.filled", "contract.signing_begun", "contract.signed",
                  "contract.downloaded", "contract.evidence_viewed", "contract.evidence_downloaded",
                  "contract.report_downloaded"}
        for act in evidence["acts"]:
            if act["type"] not in wanted:
                continue
            wanted.discard(act["type"])
            self.assertTrue(act["actor"] and act["at"], act)
            trace = traces[act["data"]["trace"]]
            for name in ("address", "user_agent"):
                committed = hashlib.sha256((trace["salt"] + ":" + trace[name]).encode()).hexdigest()
                self.assertEqual(act["data"][name], committed)
        self.assertEqual(wanted, set())

    def test_reading_on_is_not_noted_again(self):
        contract = self.completed()

        def acts():
            return [act["type"] for act in self.company.api.get(f"/contracts/{contract}/evidence")["acts"]]

        before = acts()
        for _ in range(3):
            self.assertEqual(self.person.api.get(f"/contracts/{contract}")["level"], "B-T")
            for path in ("pages/1.png?dpi=36", "text"):
                self.assertEqual(self.person.api.raw("GET", f"/contracts/{contract}/{path}")[0], 200)
            acts()
        self.assertEqual(acts()[len(before):], ["contract.evidence_viewed", "contract.viewed", "contract.viewed"])
        viewed = self.acts(contract, "contract.viewed")
        self.assertEqual([act["data"]["what"] for act in viewed], ["contract", "document"])
        self.assertEqual({act["data"]["shown_digest"] for act in viewed},
                         {self.person.api.get(f"/contracts/{contract}")["shown_digest"]})


if __name__ == "__main__":
    main()
