#!/usr/bin/env python3
"""Checks an evidence bundle of a Sekisho gateway. Plain Python, nothing but its standard library.

    python3 verify.py BUNDLE.zip --policy YOUR-POLICY [--held CHECKPOINT] [--submitter HEX]
                      [--session ID ...] [--from TIME --to TIME] [--json]

YOUR-POLICY is the policy file you were given, not the one in the bundle. --held is a checkpoint you have from
elsewhere: what your own witness cosigned, or that of an earlier bundle. The first line of the answer is one word:

    VERIFIED               exit 0   all is there, all is as logged, your policy's witnesses cosigned the log
    TAMPERED               exit 1   something is not what was logged
    INCOMPLETE             exit 2   something that should be there is not
    VERIFIED-UNWITNESSED   exit 3   as VERIFIED, but nobody of your own policy vouches for the log

Formats: RFC 6962 (trees), c2sp.org/signed-note, /tlog-checkpoint, /tlog-tiles, /tlog-cosignature, /tlog-policy,
sigsum.org/v1 (ledger), and docs/formats/evidence-v1.md and bundle-v1.md of the program.
"""
import argparse
import base64
import binascii
import datetime
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import zipfile
import zlib

SEVERITY = {
    "tampered": "bundle_damaged policy_unreadable checkpoint_false held_differs root_differs tile_differs bundle_unreadable "
    "chain_broken session_twice leaf_outside chunk_order totals_differ object_differs object_says_other content_differs "
    "key_differs rotate_broken event_differs event_unlogged events_unreadable record_differs submitter_differs "
    "manifest_unreadable sum_differs file_unlisted",
    "missing": "checkpoint_missing bundle_missing held_newer leaf_unknown session_unknown session_open object_missing "
    "key_missing event_missing period_open clock_backwards clock_ahead ledger_missing record_missing file_missing",
    "unwitnessed": "policy_not_yours no_witness_asked witnesses_missing",
    "notice": "shredded rotated recovered keystrokes_left_out silence clock_odd submitter_not_yours",
}
SEVERITY_OF = {code: severity for severity, codes in SEVERITY.items() for code in codes.split()}
EXIT = {"VERIFIED": 0, "TAMPERED": 1, "INCOMPLETE": 2, "VERIFIED-UNWITNESSED": 3}
STREAMS = ("screen", "keystrokes")
SIGSUM = "sigsum.org/v1/tree/"
NOTE_MAX, POLICY_MAX, NAMES_MAX, SIGNATURES_MAX = 16 * 1024, 64 * 1024, 64, 100
CHUNK_MAX, CHUNK_HEADER_MAX, PLAINTEXT_MAX = 2 * 1024 * 1024 + 64 * 1024, 1024, 2 * 1024 * 1024
FILES_MAX, FILE_MAX, SAFE = 2_000_000, 512 * 1024 * 1024, 2**53 - 1
CLOCK_TOLERANCE, SILENCE = 60, 300


class Malformed(Exception):
    """What was read does not have its format."""


class Damaged(Exception):
    """The file is no bundle, or no longer one."""


def sha256(data):
    return hashlib.sha256(data).digest()


# ---------------------------------------------------------------- Ed25519 (RFC 8032 5.1.7, without the cofactor)

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
SMALL_ORDER_Y = {
    0, 1, P - 1,
    int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"),
    int.from_bytes(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"),
}


def point_add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_mul(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = point_add(result, point)
        point = point_add(point, point)
        scalar >>= 1
    return result


def recover_x(y, sign):
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * ROOT % P
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def point_encode(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def is_sound(key):
    """Refuses keys that any signature fits, and points written in a second way."""
    y = int.from_bytes(key, "little") & (1 << 255) - 1
    return len(key) == 32 and y < P and y not in SMALL_ORDER_Y


def verify_ed25519(key, message, signature):
    if not is_sound(key) or len(signature) != 64:
        return False
    number = int.from_bytes(key, "little")
    y, s = number & (1 << 255) - 1, int.from_bytes(signature[32:], "little")
    x = recover_x(y, number >> 255)
    if x is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    expected = point_add(point_mul(s, BASE), point_mul(k, (P - x, y, 1, (P - x) * y % P)))
    return point_encode(expected) == signature[:32] and openssl_agrees(key, message, signature)


def openssl_agrees(key, message, signature):
    """A second opinion from another implementation; without openssl the one above has to do."""
    if not OPENSSL:
        return True
    with tempfile.TemporaryDirectory() as place:
        files = {
            "key": bytes.fromhex("302a300506032b6570032100") + key, "message": message, "signature": signature,
        }
        for name, data in files.items():
            with open(f"{place}/{name}", "wb") as file:
                file.write(data)
        done = subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", f"{place}/key",
             "-in", f"{place}/message", "-sigfile", f"{place}/signature"],
            capture_output=True, check=False,
        )
        return done.returncode == 0


def has_openssl():
    try:
        text = subprocess.run(["openssl", "pkeyutl", "-help"], capture_output=True, check=False)
        return b"-rawin" in text.stderr + text.stdout
    except OSError:
        return False


OPENSSL = False


# ---------------------------------------------------------------- text and JSON

def decode(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("not UTF-8") from None


def base64_bytes(text):
    """Canonical base64 only: lax base64 lets one signature be written in several ways. None for any other."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if text and base64.b64encode(data).decode() == text else None


def decimal(text):
    if not re.fullmatch(r"0|[1-9][0-9]{0,15}", text, re.ASCII) or int(text) > SAFE:
        return None
    return int(text)


def has_control(text, allowed):
    return any((ord(c) < 32 or 127 <= ord(c) < 160) and c not in allowed for c in text)


def utf16(text):
    return text.encode("utf-16-be", "surrogatepass")


ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quote(text):
    if any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        raise Malformed("surrogate")
    return '"' + "".join(ESCAPES.get(c) or (f"\\u{ord(c):04x}" if ord(c) < 32 else c) for c in text) + '"'


def canonical(value):
    """RFC 8785, with safe integers as the only numbers."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        if abs(value) > SAFE:
            raise Malformed("number")
        return str(value)
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{quote(k)}:{canonical(v)}" for k, v in sorted(value.items(), key=lambda kv: utf16(kv[0]))) + "}"
    raise Malformed("number")


def parse_canonical(text):
    """The value of a canonical text; None for any other, so that no two readers see two things."""
    try:
        value = json.loads(text)
        return value if canonical(value) == text else None
    except (ValueError, RecursionError, Malformed):
        return None


# ---------------------------------------------------------------- what leaves, chunks and descriptions look like

HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
PSEUDONYM = re.compile(r"[a-z]-[0-9a-f]{32}", re.ASCII)
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
UUID = re.compile(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
    r"|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff", re.ASCII)


def like(pattern):
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def text_of(least, most):
    return lambda value: isinstance(value, str) and least <= len(utf16(value)) // 2 <= most


def count(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= SAFE


def one_of(*values):
    return lambda value: isinstance(value, (str, int)) and not isinstance(value, bool) and value in values


def shape(**fields):
    return lambda value: isinstance(value, dict) and value.keys() == fields.keys() and all(
        check(value[name]) for name, check in fields.items())


def list_of(check, least, most):
    return lambda value: isinstance(value, list) and least <= len(value) <= most and all(map(check, value))


stream = one_of(*STREAMS)
pair = shape(screen=like(HASH), keystrokes=like(HASH))
COMMON = {"v": one_of(2), "at": like(TIME), "type": lambda value: True}
SESSION = {**COMMON, "sid": like(UUID)}
LEAVES = {
    "session.open": shape(
        **SESSION, connection=like(PSEUDONYM), person=like(PSEUDONYM), target=like(PSEUDONYM),
        kind=like(re.compile(r"[a-z][a-z0-9_.-]{0,63}", re.ASCII)), meta=like(HASH), keys=pair, wraps=pair,
        beacon=lambda value: value is None or shape(size=count, root=like(HASH))(value), build=text_of(1, 200)),
    "session.chunk": shape(
        **SESSION, stream=stream, seq=count, object=like(HASH), bytes=count, first=count, frames=count, t0=count,
        t1=count, prev=like(HASH)),
    "session.close": shape(
        **SESSION, frames=count, screen=count, keystrokes=count, recovered=lambda value: isinstance(value, bool),
        prev=like(HASH)),
    "event": shape(**COMMON, n=count, kind=like(re.compile(r"[a-z][a-z0-9_.]{0,63}", re.ASCII)), commit=like(HASH)),
    "heartbeat": shape(**COMMON),
    "key.rotate": shape(**SESSION, stream=stream, **{"from": like(HASH)}, to=like(HASH)),
    "key.shred": shape(
        **SESSION, stream=stream, reason=text_of(0, 1000), basis=text_of(0, 1000), by=list_of(like(PSEUDONYM), 1, 16)),
}
CHUNK = shape(
    v=one_of(2), sid=like(UUID), stream=stream, seq=count, alg=one_of("none", "gzip", "zstd"), first=count,
    frames=lambda v: count(v) and v > 0, bytes=lambda v: count(v) and 0 < v <= PLAINTEXT_MAX, t0=count, t1=count)
SESSIONS_SCOPE = shape(kind=one_of("sessions"), sessions=list_of(like(UUID), 0, 100_000))
PERIOD_SCOPE = shape(kind=one_of("period"), **{"from": like(TIME)}, to=like(TIME))
MANIFEST = shape(
    v=one_of(1), type=one_of("sekisho.evidence"), made=like(TIME), build=text_of(1, 200),
    scope=lambda value: SESSIONS_SCOPE(value) or PERIOD_SCOPE(value),
    ticket=lambda value: value is None or count(value) and value > 0, streams=list_of(stream, 1, 2))


def parse_leaf(data):
    try:
        leaf = parse_canonical(decode(data))
    except Malformed:
        return None
    check = LEAVES.get(leaf.get("type")) if isinstance(leaf, dict) and isinstance(leaf.get("type"), str) else None
    return leaf if check and check(leaf) else None


def parse_chunk(data):
    if len(data) > CHUNK_MAX or len(data) < 12 or data[:8] != b"SKCHUNK\x02":
        raise Malformed("this is no chunk")
    end = 12 + int.from_bytes(data[8:12], "big")
    if end - 12 > CHUNK_HEADER_MAX or len(data) < end + 16:
        raise Malformed("the chunk is cut short")
    header = parse_canonical(decode(data[12:end]))
    if not CHUNK(header):
        raise Malformed("the header of the chunk cannot be read")
    return header


# ---------------------------------------------------------------- notes, checkpoints, policies

def is_key_name(name):
    return 0 < len(utf16(name)) // 2 <= 255 and "+" not in name and not has_control(name, "") and not re.search(
        r"[\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]", name)


def key_id(name, kind, key):
    return sha256(name.encode() + b"\n" + bytes([kind]) + key)[:4]


def parse_vkey(line):
    name, _, rest = line.partition("+")
    digest, _, encoded = rest.partition("+")
    typed = base64_bytes(encoded)
    if not typed or typed[0] not in (1, 4) or not is_key_name(name) or not is_sound(typed[1:]):
        raise Malformed(f"no verifier key: {line}")
    if key_id(name, typed[0], typed[1:]).hex() != digest:
        raise Malformed(f"the hash of the verifier key of {name} is another's")
    return {"name": name, "kind": typed[0], "key": typed[1:]}


def parse_policy(data):
    text = decode(data)
    if len(data) > POLICY_MAX or has_control(text, "\t\n"):
        raise Malformed("the policy is too long or has control characters")
    policy = {"logs": [], "witnesses": {}, "groups": [], "quorum": None}
    names, members = {}, set()

    def new_key(known, line, kind):
        key = parse_vkey(line)
        if key["kind"] != kind or any(other["key"] == key["key"] for other in known) or len(known) >= NAMES_MAX:
            raise Malformed(f"the key cannot stand here: {line}")
        return key

    for line in text.split("\n"):
        words = [word for word in re.split("[ \t]+", line) if word]
        if not words or words[0].startswith("#"):
            continue
        word, rest = words[0], words[1:]
        if word == "log" and 1 <= len(rest) <= 2:
            policy["logs"].append(new_key(policy["logs"], rest[0], 1))
        elif word == "witness" and 2 <= len(rest) <= 3 and rest[0] not in names and rest[0] != "none":
            policy["witnesses"][rest[0]] = new_key(policy["witnesses"].values(), rest[1], 4)
            names[rest[0]] = True
        elif word == "group" and len(rest) >= 3 and rest[0] not in names and rest[0] != "none":
            own = rest[2:]
            k = {"all": len(own), "any": 1}.get(rest[1]) or (
                int(rest[1]) if re.fullmatch("[1-9][0-9]{0,3}", rest[1], re.ASCII) else 0)
            if not 1 <= k <= len(own) or len(set(own)) != len(own) or any(m not in names or m in members for m in own):
                raise Malformed(f"the group cannot be so: {line}")
            members.update(own)
            names[rest[0]] = True
            policy["groups"].append((rest[0], k, own))
        elif word == "quorum" and len(rest) == 1 and policy["quorum"] is None and (rest[0] in names or rest[0] == "none"):
            policy["quorum"] = rest[0]
        else:
            raise Malformed(f"the line cannot be read: {line}")
    if policy["quorum"] is None:
        raise Malformed("the policy has no quorum line")
    return policy


def is_quorum(policy, witnesses):
    holds = set(witnesses)
    for name, k, members in policy["groups"]:
        if sum(member in holds for member in members) >= k:
            holds.add(name)
    return policy["quorum"] == "none" or policy["quorum"] in holds


def parse_note(data):
    if len(data) > NOTE_MAX:
        raise Malformed("the note is too long")
    text = decode(data)
    split = text.rfind("\n\n")
    if has_control(text, "\n") or split == -1 or not text.endswith("\n"):
        raise Malformed("this is no signed note")
    lines = text[split + 2:-1].split("\n")
    signatures = []
    for line in lines:
        parts = line.split(" ")
        blob = base64_bytes(parts[2]) if len(parts) == 3 else None
        if len(lines) > SIGNATURES_MAX or blob is None or parts[0] != "\u2014" or not is_key_name(parts[1]) or len(blob) <= 4:
            raise Malformed("a signature line cannot be read")
        signatures.append((parts[1], blob[:4], blob[4:]))
    return text[:split + 1], signatures


def parse_checkpoint(body):
    lines = body.split("\n")
    size = decimal(lines[1]) if len(lines) >= 4 else None
    root = base64_bytes(lines[2]) if size is not None else None
    if root is None or len(root) != 32 or not lines[0] or lines[-1] or "" in lines[3:-1]:
        raise Malformed("the note is no checkpoint")
    return {"origin": lines[0], "size": size, "root": root}


def open_note(note, policy):
    """The known keys that signed, with the times of witnesses. A false signature of a known key refuses the note."""
    body, signatures = note
    keys = [(None, key) for key in policy["logs"]] + list(policy["witnesses"].items())
    found = []
    for name, identity, blob in signatures:
        match = [(w, k) for w, k in keys if k["name"] == name and key_id(name, k["kind"], k["key"]) == identity][:1]
        if not match:
            continue
        witness, key = match[0]
        if any(other is key for _, other, _ in found):
            raise Malformed(f"{name} signed twice")
        time, message = None, body.encode()
        if key["kind"] == 4:
            time, blob = int.from_bytes(blob[:8], "big"), blob[8:]
            message = f"cosignature/v1\ntime {time}\n{body}".encode()
        if (time or 0) > SAFE or not verify_ed25519(key["key"], message, blob):
            raise Malformed(f"the signature of {name} is not one of this text")
        found.append((witness, key, time))
    return found


# ---------------------------------------------------------------- trees (RFC 6962 2.1)

class Tree:
    """Keeps every full subtree, level by level, so that tiles can be compared."""

    def __init__(self):
        self.size, self.levels, self.edge = 0, [], []

    def append(self, leaf_hash):
        node, index, level = leaf_hash, self.size, 0
        self.put(0, node)
        while index % 2:
            node = sha256(b"\x01" + self.edge.pop() + node)
            index, level = index // 2, level + 1
            self.put(level, node)
        self.edge.append(node)
        self.size += 1

    def put(self, level, node):
        if level == len(self.levels):
            self.levels.append([])
        self.levels[level].append(node)

    def root(self):
        result = None
        for node in reversed(self.edge):
            result = node if result is None else sha256(b"\x01" + node + result)
        return result or sha256(b"")

    def tiles(self):
        level, nodes = 0, self.size
        while nodes:
            row = self.levels[8 * level]
            for number in range((nodes + 255) // 256):
                hashes = row[256 * number:min(256 * number + 256, nodes)]
                yield level, number, f"tile/{level}/{tile_name(number, len(hashes))}", b"".join(hashes)
            level, nodes = level + 1, nodes // 256


def tile_name(number, width):
    groups = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03d}")
    return "/".join(groups) + ("" if width == 256 else f".p/{width}")


def bundles(size):
    for number in range((size + 255) // 256):
        yield number, min(256, size - 256 * number)


def parse_bundle(data, width):
    entries, at = [], 0
    while at < len(data) and len(entries) < width:
        end = at + 2 + int.from_bytes(data[at:at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            break
        entries.append(data[at + 2:end])
        at = end
    if at != len(data) or len(entries) != width:
        raise Malformed(f"not {width} entries and nothing else")
    return entries


# ---------------------------------------------------------------- the check

class Check:
    def __init__(self, read, paths, options):
        self.read, self.paths, self.options, self.found, self.scope = read, paths, options, [], options.scope

    def add(self, code, where, detail=""):
        self.found.append((code, where, str(detail)))

    def run(self):
        self.check_sums()
        manifest = self.read_manifest()
        whole = {"kind": "period", "from": "0000-01-01T00:00:00.000Z", "to": "9999-12-31T23:59:59.999Z"}
        self.scope = self.options.scope or (manifest["scope"] if manifest else whole)
        self.streams = manifest["streams"] if manifest else list(STREAMS)
        self.policy = self.read_policy()
        if self.policy:
            self.check_all()
        self.found.sort(key=lambda finding: list(SEVERITY).index(SEVERITY_OF[finding[0]]))
        kinds = {SEVERITY_OF[code] for code, _, _ in self.found}
        if "tampered" in kinds:
            return "TAMPERED"
        if "missing" in kinds:
            return "INCOMPLETE"
        return "VERIFIED-UNWITNESSED" if "unwitnessed" in kinds else "VERIFIED"

    def check_sums(self):
        data = self.read("SHA256SUMS")
        if data is None:
            return self.add("file_missing", "SHA256SUMS")
        sums = {}
        try:
            text = decode(data)
            if not text.endswith("\n"):
                raise Malformed("cut short")
            for line in text[:-1].split("\n"):
                match = re.fullmatch(r"([0-9a-f]{64})  ([!-~]+)", line, re.ASCII)
                if not match or match[2] in sums:
                    raise Malformed(line)
                sums[match[2]] = match[1]
        except Malformed:
            return self.add("sum_differs", "SHA256SUMS")
        for path in self.paths:
            if path != "SHA256SUMS" and path not in sums:
                self.add("file_unlisted", path)
        for path, digest in sums.items():
            data = self.read(path)
            if data is None:
                self.add("file_missing", path)
            elif sha256(data).hex() != digest:
                self.add("sum_differs", path)

    def read_manifest(self):
        data = self.read("manifest.json")
        if data is None:
            return self.add("file_missing", "manifest.json")
        try:
            text = decode(data)
        except Malformed:
            text = ""
        manifest = parse_canonical(text[:-1]) if text.endswith("\n") else None
        return manifest if MANIFEST(manifest) else self.add("manifest_unreadable", "manifest.json")

    def read_policy(self):
        if self.options.policy is not None:
            return parse_policy(self.options.policy)
        self.add("policy_not_yours", "policy")
        data = self.read("policy")
        if data is None:
            return self.add("file_missing", "policy")
        try:
            return parse_policy(data)
        except Malformed as problem:
            return self.add("policy_unreadable", "policy", problem)

    def check_all(self):
        held = []
        for data in self.options.held:
            note = parse_note(data)
            if not open_note(note, self.policy):
                raise Malformed("the checkpoint you hold is signed by nobody of the policy")
            held.append(parse_checkpoint(note[0]))
        inspector = Inspector(self)
        log = self.check_log("log", [h for h in held if not h["origin"].startswith(SIGSUM)], inspector.take)
        if log:
            for session in inspector.finish(min(log["times"]) if log["times"] else None):
                self.check_session(session)
        self.check_ledger([h for h in held if h["origin"].startswith(SIGSUM)])

    def check_log(self, place, held, visit):
        path = f"{place}/checkpoint"
        data = self.read(path)
        if data is None:
            return self.add("checkpoint_missing", path)
        try:
            note = parse_note(data)
            checkpoint = parse_checkpoint(note[0])
            signed = open_note(note, self.policy)
            if not any(w is None and k["name"] == checkpoint["origin"] for w, k, _ in signed):
                raise Malformed(f"no log of the policy signed the checkpoint of {checkpoint['origin']}")
        except Malformed as problem:
            return self.add("checkpoint_false", path, problem)
        by = {witness: time for witness, _, time in signed if witness is not None}
        if not is_quorum(self.policy, by):
            self.add("witnesses_missing", path, " ".join(w for w in self.policy["witnesses"] if w not in by))
        elif is_quorum(self.policy, ()):
            self.add("no_witness_asked", path)
        tree = self.read_entries(place, checkpoint, {h["size"]: h["root"] for h in held}, visit)
        if tree is None:
            return None
        difference = self.first_difference(place, tree)
        if tree.root() == checkpoint["root"]:
            if difference:
                self.add("tile_differs", difference[0])
            return {"times": list(by.values()), "size": tree.size}
        prefix = "" if place == "log" else f"{place} "
        where = f"{place}/tile/entries" if not difference else (
            f"{prefix}leaf {difference[1]}" if difference[1] is not None else difference[0])
        return self.add("root_differs", where)

    def read_entries(self, place, checkpoint, held, visit):
        tree = Tree()
        for size in held:
            if size > checkpoint["size"]:
                self.add("held_newer", f"{place}/checkpoint", f"{checkpoint['size']} < {size}")

        def compare():
            if tree.size in held and held[tree.size] != tree.root():
                self.add("held_differs", f"{place}/checkpoint", tree.size)

        compare()
        for number, width in bundles(checkpoint["size"]):
            path = f"{place}/tile/entries/{tile_name(number, width)}"
            data = self.read(path)
            if data is None:
                return self.add("bundle_missing", path)
            try:
                entries = parse_bundle(data, width)
            except Malformed as problem:
                return self.add("bundle_unreadable", path, problem)
            for entry in entries:
                leaf_hash = sha256(b"\x00" + entry)
                visit(tree.size, entry, leaf_hash)
                tree.append(leaf_hash)
                compare()
        return tree

    def first_difference(self, place, tree):
        for level, number, path, data in tree.tiles():
            there = self.read(f"{place}/{path}")
            if there is not None and there != data:
                at = next((i for i, byte in enumerate(data) if i >= len(there) or there[i] != byte), None)
                return f"{place}/{path}", 256 * number + at // 32 if level == 0 and at is not None else None
        return None

    def check_session(self, session):
        where, sid = f"session {session['sid']}", session["sid"]
        if session["close"] is None:
            self.add("session_open", where)
        elif session["close"]["recovered"]:
            self.add("recovered", where)
        for name in STREAMS:
            if name in session["shredded"]:
                shred = session["shredded"][name]
                self.add("shredded", where, f"{name} {shred['at']} {shred['basis']}")
        for leaf in session["rotated"]:
            self.add("rotated", where, f"{leaf['stream']} {leaf['at']}")
        if any(leaf["stream"] == "keystrokes" for leaf in session["chunks"]) and "keystrokes" not in self.streams:
            self.add("keystrokes_left_out", where)
        for leaf in session["chunks"]:
            if leaf["stream"] in self.streams:
                self.check_chunk(leaf)
        for name in self.streams:
            path = f"keys/{sid}.{name}.age"
            data = self.read(path)
            if data is None:
                if name not in session["shredded"]:
                    self.add("key_missing", path)
            elif sha256(data).hex() != session["wraps"][name]:
                self.add("key_differs", path)

    def check_chunk(self, leaf):
        path = f"objects/{leaf['object']}"
        data = self.read(path)
        about = f"session {leaf['sid']} {leaf['stream']} {leaf['seq']}"
        if data is None:
            return self.add("object_missing", path, about)
        if sha256(data).hex() != leaf["object"]:
            return self.add("object_differs", path, about)
        try:
            said = {**parse_chunk(data), "bytes": len(data)}
        except Malformed as problem:
            return self.add("object_says_other", path, problem)
        for name in ("sid", "stream", "seq", "first", "frames", "t0", "t1", "bytes"):
            if said[name] != leaf[name]:
                return self.add("object_says_other", path, name)

    def check_ledger(self, held):
        known = any(key["name"].startswith(SIGSUM) for key in self.policy["logs"])
        if self.read("ledger/checkpoint") is None:
            if known and self.scope["kind"] == "period":
                self.add("ledger_missing", "ledger")
            return
        leaves, times = [], []
        if not self.check_log("ledger", held, lambda index, entry, leaf_hash: leaves.append(entry)):
            return
        submitters = self.options.submitters
        if not submitters:
            text = (self.read("ledger/submitter") or b"").decode("utf-8", "replace").rstrip()
            submitters = [bytes.fromhex(text)] if HASH.fullmatch(text) else []
            self.add("submitter_not_yours" if submitters else "file_missing", "ledger/submitter")
        for index, leaf in enumerate(leaves):
            record = self.read(f"ledger/records/{index}.json")
            times.append(None if record is None else self.check_record(index, leaf, record, submitters))
        if self.scope["kind"] == "period":
            start, end = self.scope["from"], self.scope["to"]
            before = max((i for i, at in enumerate(times) if at is not None and at < start), default=-1)
            after = min((i for i, at in enumerate(times) if i > before and at is not None and at > end), default=len(times))
            for index in range(before + 1, after):
                if times[index] is None:
                    self.add("record_missing", f"ledger/records/{index}.json")

    def check_record(self, index, leaf, record, submitters):
        path = f"ledger/records/{index}.json"
        checksum = sha256(sha256(record))
        if len(leaf) != 128 or leaf[:32] != checksum:
            return self.add("record_differs", path)
        if not submitters:
            return None  # told already
        message = b"sigsum.org/v1/tree-leaf\x00" + checksum
        if not any(sha256(key) == leaf[96:] and verify_ed25519(key, message, leaf[32:96]) for key in submitters):
            return self.add("submitter_differs", path)
        try:
            value = parse_canonical(decode(record))
        except Malformed:
            value = None
        if not isinstance(value, dict) or not isinstance(value.get("at"), str):
            return self.add("record_differs", path, "at")
        return value["at"]


def seconds(time):
    """Unix seconds of a leaf's time; a time that cannot be is before all others."""
    try:
        whole = datetime.datetime.strptime(time[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=datetime.timezone.utc)
        return whole.timestamp() + int(time[20:23]) / 1000
    except ValueError:
        return None


class Inspector:
    """Follows sessions, events and times through the leaves."""

    def __init__(self, check):
        self.check, self.scope, self.told = check, check.scope, []
        self.period = self.scope if self.scope["kind"] == "period" else None
        self.asked = None if self.period else list(dict.fromkeys(self.scope["sessions"]))
        self.sessions, self.over = {}, set()
        self.started, self.ended, self.last = self.period is None, False, -1
        self.before, self.newest, self.backwards, self.silences = None, "", [], []
        self.seen, self.closed = set(), []
        self.events = self.read_events()

    def add(self, code, where, detail=""):
        self.told.append((code, where, detail))

    def read_events(self):
        data, events = self.check.read("events.jsonl"), {}
        if data is None:
            return events
        try:
            text = decode(data)
            if text and not text.endswith("\n"):
                raise Malformed("cut short")
            for line in text.split("\n")[:-1]:
                value = parse_canonical(line)
                if not isinstance(value, dict) or value.keys() != {"n", "salt", "event"} or not count(value["n"]) or not (
                        like(re.compile("[0-9a-f]{32}", re.ASCII))(value["salt"])) or not isinstance(value["event"], dict):
                    raise Malformed("a line is no event")
                if value["n"] in events:
                    raise Malformed(f"event {value['n']} stands there twice")
                body = canonical(value["event"]).encode()
                commit = sha256(b"sekisho/v2/event|" + bytes.fromhex(value["salt"]) + body).hex()
                events[value["n"]] = (commit, value["event"].get("type"))
            return events
        except Malformed as problem:
            self.check.add("events_unreadable", "events.jsonl", problem)
            return {}

    def take(self, index, data, leaf_hash):
        leaf = parse_leaf(data)
        if leaf is None:
            return self.add("leaf_unknown", f"leaf {index}")
        self.take_time(leaf["at"], index)
        if leaf["type"] == "event":
            self.take_event(leaf, index)
        elif leaf["type"] != "heartbeat":
            self.take_session(leaf, index, leaf_hash.hex())

    def take_time(self, at, index):
        if self.period:
            self.started = self.started or at >= self.period["from"]
            if self.started and at <= self.period["to"]:
                self.last = index
            self.ended = self.ended or at > self.period["to"]
        else:
            self.last = index
        now, then = seconds(at), seconds(self.before) if self.before else None
        if now is not None and then is not None:
            if now - then < -CLOCK_TOLERANCE:
                self.backwards.append((index, self.before, at))
            if now - then > SILENCE and (not self.period or self.started and self.before <= self.period["to"]):
                self.silences.append((self.before, at))
        self.before, self.newest = at, max(self.newest, at)

    def take_event(self, leaf, index):
        event = self.events.get(leaf["n"])
        if event is None:
            if self.started:
                self.closed.append((index, leaf["n"], leaf["kind"]))
            return
        where = f"event {leaf['n']}"
        if leaf["n"] in self.seen:
            self.add("event_unlogged", where, f"leaf {index}")
        self.seen.add(leaf["n"])
        if event != (leaf["commit"], leaf["kind"]):
            self.add("event_differs", where, f"leaf {index}")

    def take_session(self, leaf, index, leaf_hash):
        sid, where = leaf["sid"], f"leaf {index}"
        if self.asked is not None and sid not in self.asked:
            return
        if sid in self.over:
            if leaf["type"] == "session.open":
                self.add("session_twice", where, sid)
            return
        session = self.sessions.get(sid)
        if leaf["type"] == "session.open":
            if session:
                session["told"].append(("session_twice", where, sid))
            else:
                self.sessions[sid] = {
                    "sid": sid, "index": index, "chunks": [], "close": None, "wraps": dict(leaf["wraps"]), "rotated": [],
                    "shredded": {}, "prev": leaf_hash, "next": {name: (0, 0) for name in STREAMS}, "frames": 0, "told": [],
                }
        elif session is None:
            self.add("leaf_outside", where, sid)
        else:
            self.follow(session, leaf, where, leaf_hash)
        if not self.started and leaf["type"] == "session.close":
            self.sessions.pop(sid, None)
            self.over.add(sid)

    def follow(self, session, leaf, where, leaf_hash):
        def tell(code, detail=""):
            session["told"].append((code, where, detail))

        if leaf["type"] == "key.rotate":
            if session["wraps"][leaf["stream"]] != leaf["from"]:
                tell("rotate_broken", leaf["stream"])
            session["wraps"][leaf["stream"]] = leaf["to"]
            session["rotated"].append(leaf)
            return
        if leaf["type"] == "key.shred":
            session["shredded"].setdefault(leaf["stream"], leaf)
            return
        if leaf["prev"] != session["prev"]:
            tell("chain_broken")
        session["prev"] = leaf_hash
        if session["close"] is not None:
            tell("leaf_outside", leaf["sid"])
        elif leaf["type"] == "session.chunk":
            seq, frame = session["next"][leaf["stream"]]
            if leaf["seq"] != seq or leaf["first"] < frame or leaf["t1"] < leaf["t0"]:
                tell("chunk_order", f"{leaf['stream']} {leaf['seq']}")
            session["next"][leaf["stream"]] = (leaf["seq"] + 1, leaf["first"] + leaf["frames"])
            session["frames"] += leaf["frames"]
            session["chunks"].append(leaf)
        else:
            session["close"] = leaf
            if (leaf["frames"], leaf["screen"], leaf["keystrokes"]) != (
                    session["frames"], session["next"]["screen"][0], session["next"]["keystrokes"][0]):
                tell("totals_differ", f"{session['frames']} / {leaf['frames']}")

    def finish(self, cosigned):
        if self.period and not self.ended:
            self.add("period_open", "log/checkpoint", self.newest)
        for index, before, at in self.backwards[:20]:
            self.add("clock_backwards" if self.period else "clock_odd", f"leaf {index}", f"{before} > {at}")
        for before, at in self.silences[:20]:
            self.add("silence", "log", f"{before} - {at}")
        newest = seconds(self.newest) if self.newest else None
        if cosigned is not None and newest is not None and newest > cosigned + CLOCK_TOLERANCE:
            self.add("clock_ahead", "log/checkpoint", self.newest)
        sessions = [session for session in self.sessions.values() if session["index"] <= self.last]
        for session in sessions:
            self.told += session["told"]
        for sid in self.asked or []:
            if sid not in self.sessions:
                self.add("session_unknown", f"session {sid}")
        for number in self.events:
            if number not in self.seen:
                self.add("event_unlogged", f"event {number}")
        if self.period:
            for index, number, kind in self.closed:
                if index <= self.last:
                    self.add("event_missing", f"event {number}", f"leaf {index} {kind}")
        for finding in self.told:
            self.check.add(*finding)
        return sessions


# ---------------------------------------------------------------- the bundle and the command line

def open_bundle(path):
    """Nothing is unpacked to the disk; names and sizes are bounded; zipfile checks each CRC."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as problem:
        raise Damaged(problem) from None
    infos = archive.infolist()
    names = {info.filename: info for info in infos}
    if len(names) != len(infos) or len(infos) > FILES_MAX:
        raise Damaged("too many files, or two of one name")
    for name, info in names.items():
        if not re.fullmatch(r"(?!.*(^|/)\.{1,2}(/|$))[A-Za-z0-9][A-Za-z0-9._/-]{0,254}", name, re.ASCII) or name.endswith("/"):
            raise Damaged("a name in it is not allowed")
        if info.file_size > FILE_MAX or info.flag_bits & 1:
            raise Damaged(f"{name} is too large or encrypted")

    def read(name):
        try:
            return archive.read(names[name]) if name in names else None
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as problem:
            raise Damaged(problem) from None

    return read, list(names)


def time_of(text):
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise Malformed(f"say the time zone: {text}Z")
    moment = moment.astimezone(datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def main():
    global OPENSSL
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle")
    parser.add_argument("--policy")
    parser.add_argument("--held", action="append", default=[])
    parser.add_argument("--submitter", action="append", default=[])
    parser.add_argument("--session", action="append", default=[])
    parser.add_argument("--from", dest="start")
    parser.add_argument("--to", dest="end")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--no-openssl", action="store_true", help="rely on the Ed25519 in this file alone")
    options = parser.parse_args()
    OPENSSL = not options.no_openssl and has_openssl()

    def own(path):
        with open(path, "rb") as file:
            return file.read()

    try:
        options.policy = None if options.policy is None else own(options.policy)
        options.held = [own(path) for path in options.held]
        options.submitters = [bytes.fromhex(text) for text in options.submitter]
        options.scope = None
        if options.session:
            options.scope = {"kind": "sessions", "sessions": options.session}
        elif options.start or options.end:
            options.scope = {"kind": "period", "from": time_of(options.start or ""), "to": time_of(options.end or "")}
        try:
            check = Check(*open_bundle(options.bundle), options)
            verdict = check.run()
        except Damaged as problem:
            check, verdict = Check(None, [], options), "TAMPERED"
            check.add("bundle_damaged", "bundle", problem)
    except (Malformed, OSError, ValueError) as problem:
        print(f"verify.py: cannot be checked: {problem}", file=sys.stderr)
        return 64
    print(verdict)
    if options.json:
        found = [{"severity": SEVERITY_OF[c], "code": c, "where": w, "detail": d} for c, w, d in check.found]
        print(json.dumps({"scope": check.scope, "findings": found}, ensure_ascii=False))
    else:
        for code, where, detail in check.found:
            print(f"  {SEVERITY_OF[code]:<11} {where}: {code}" + (f" ({detail})" if detail else ""))
        print(f"asked for: {json.dumps(check.scope)}")
    return EXIT[verdict]


if __name__ == "__main__":
    sys.exit(main())
