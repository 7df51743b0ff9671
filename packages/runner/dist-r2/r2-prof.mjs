// packages/runner/src/guard/canary.ts
import { randomBytes } from "node:crypto";

var name = "RELEASE_SERVICE_TOKEN";
var digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
var createCanary = (random = randomBytes) => ({
  name,
  value: `ghp_${[...random(36)].map((byte) => digits.charAt(byte % digits.length)).join("")}`,
});

// packages/runner/src/guard/credentials/credential-search.ts
import { setImmediate } from "node:timers/promises";

// packages/runner/src/guard/credentials/deflate.ts
import { constants, inflateRawSync } from "node:zlib";

var maxInflated = 4 * 1024 * 1024;
var inflated = (bytes) => {
  try {
    const result = inflateRawSync(bytes, {
      maxOutputLength: maxInflated,
      // Without its end, a stream still gives what it had up to there.
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    return result.length === 0 ? null : result;
  } catch (error) {
    return error instanceof RangeError ? "too-large" : null;
  }
};
var unwrapped = (bytes) => bytes.subarray(headerLength(bytes));
var hasExtra = 4;
var hasName = 8;
var hasComment = 16;
var hasHeaderChecksum = 2;
var headerLength = (bytes) => {
  if (bytes[0] === 120) return 2;
  if (bytes[0] !== 31 || bytes[1] !== 139 || bytes.length < 18) return 0;
  const flags = bytes.readUInt8(3);
  let length = 10;
  if ((flags & hasExtra) !== 0) length += 2 + bytes.readUInt16LE(length);
  if ((flags & hasName) !== 0) length = bytes.indexOf(0, length) + 1;
  if ((flags & hasComment) !== 0) length = bytes.indexOf(0, length) + 1;
  return (flags & hasHeaderChecksum) !== 0 ? length + 2 : length;
};
var stored = 0;
var fixedCodes = 1;
var ownCodes = 2;
var mayBeDeflated = (bytes) => {
  if (bytes.length < 5) return false;
  switch ((bytes.readUInt8(0) >> 1) & 3) {
    case stored:
      return (bytes.readUInt16LE(1) ^ bytes.readUInt16LE(3)) === 65535;
    case fixedCodes:
      return true;
    case ownCodes:
      return hasCompleteCodes(bytes);
    default:
      return false;
  }
};
var maxLiteralCodes = 286;
var maxDistanceCodes = 30;
var hasCompleteCodes = (bytes) => {
  const at = (bit, width) => {
    const low = bytes[bit >> 3] ?? 0;
    const high = bytes[(bit >> 3) + 1] ?? 0;
    return (((high << 8) | low) >> (bit & 7)) & ((1 << width) - 1);
  };
  if (at(3, 5) + 257 > maxLiteralCodes || at(8, 5) + 1 > maxDistanceCodes) return false;
  const lengths = Array.from({ length: at(13, 4) + 4 }, (_, index) => at(17 + 3 * index, 3));
  const used = lengths.reduce((sum, length) => sum + (length === 0 ? 0 : 128 >> length), 0);
  return used === 128;
};

// packages/runner/src/guard/credentials/runs.ts
var signs = (text) => {
  const has = new Uint8Array(128);
  for (const sign of text) has[sign.charCodeAt(0)] = 1;
  return has;
};
var digits2 = "0123456789";
var letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
var base64 = {
  has: signs(`${letters}${letters.toLowerCase()}${digits2}+/_-`),
  shortest: 24,
  group: 1,
};
var hexadecimal = { has: signs(`${digits2}ABCDEFabcdef`), shortest: 48, group: 2 };
var runsOf = (text, { has, shortest, group }) => {
  const runs = /* @__PURE__ */ new Set();
  let start = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const code = at === text.length ? 128 : text.charCodeAt(at);
    if (code < 128 && has[code] === 1) continue;
    const length = at - start - ((at - start) % group);
    if (length >= shortest) runs.add(text.slice(start, start + length));
    start = at + 1;
  }
  return runs;
};
var withoutLineBreaks = (text) => {
  const lines = text.split("\n");
  return lines
    .map((line, index) => {
      const begun = index === 0 ? line : line.replace(lineStart, "");
      return index === lines.length - 1 ? begun : withoutLineEnd(begun);
    })
    .join("");
};
var lineStart = /^[ \t>|#*]*(?:[+.]?[ \t]*["'])?/;
var withoutLineEnd = (line) => {
  const text = line.trimEnd();
  if (/["']$/.test(text.slice(-1))) return text.slice(0, -1);
  if (!/[+,.\\]$/.test(text.slice(-1))) return text;
  const before = text.slice(0, -1).trimEnd();
  if (/["']$/.test(before.slice(-1))) return before.slice(0, -1);
  return text.endsWith("\\") ? before : text;
};

// packages/runner/src/guard/credentials/decodings.ts
var maxPacked = 1024 * 1024;
var streamsInARow = 100;
var runsInARow = 1e4;
function* decodingsOf(text, effort) {
  const parts = yield* decodedRuns(text);
  let complete = true;
  let tried = 0;
  const decoded = [...parts];
  for (const packed of chain(decoded, compressedIn(text))) {
    const bytes = unwrapped(packed);
    if (!mayBeDeflated(bytes)) continue;
    if (!effort.spend("streams", 1)) {
      complete = false;
      break;
    }
    const inner = inflated(bytes);
    if (inner === "too-large") complete = false;
    else if (inner !== null && effort.spend("characters", inner.length)) parts.push(inner);
    else if (inner !== null) complete = false;
    tried += 1;
    if (tried % streamsInARow === 0) yield;
  }
  yield;
  return { text: below(parts), readable: below(parts.filter(isReadable)), complete };
}
var below = (parts) => parts.map((bytes) => bytes.toString("latin1")).join("\n");
function* decodedRuns(text) {
  const joined = withoutLineBreaks(text);
  yield;
  const decoded = [];
  const sources = joined === text ? [text] : [text, joined];
  for (const source of sources) {
    const offsets = source === text ? [0] : [0, 1, 2, 3];
    let count = 0;
    for (const run of runsOf(source, base64)) {
      for (const offset of offsets) decoded.push(Buffer.from(run.slice(offset), "base64"));
      count += 1;
      if (count % runsInARow === 0) yield;
    }
    yield;
    for (const run of runsOf(source, hexadecimal)) decoded.push(Buffer.from(run, "hex"));
    yield;
  }
  return decoded;
}
function* chain(...all) {
  for (const one of all) yield* one;
}
var streamStart = /\x1f\x8b\x08|x[\x01\x5e\x9c\xda]/g;
function* compressedIn(text) {
  if (text.search(streamStart) === -1 || /[\u0100-\uffff]/.test(text)) return;
  const bytes = Buffer.from(text, "latin1");
  for (const { index } of text.matchAll(streamStart)) yield bytes.subarray(index, index + maxPacked);
}
var isReadable = (bytes) => {
  let controls = 0;
  for (const byte of bytes)
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 27) controls += 1;
  return controls * 16 <= bytes.length;
};

// packages/runner/src/guard/credentials/effort.ts
var most = { characters: 64 * 1024 * 1024, streams: 4e4 };
var createEffort = () => {
  const left = { ...most };
  return {
    spend: (what, amount) => {
      left[what] -= amount;
      return left[what] >= 0;
    },
  };
};

// packages/runner/src/guard/credentials/views.ts
import { stripVTControlCharacters } from "node:util";

var compact = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "");
function* viewsOf(text) {
  const plain = withoutDisguise(text);
  const seen = /* @__PURE__ */ new Set([text]);
  for (const view of [() => plain, () => withoutMarkup(plain), () => unescaped(plain)]) {
    const shown = view();
    if (!seen.has(shown)) yield compact(shown);
    seen.add(shown);
  }
}
var withoutDisguise = (text) => {
  const plain = stripVTControlCharacters(text);
  return isAscii(plain) ? plain : plain.normalize("NFKD");
};
var isAscii = (text) => !/[\u0080-\uffff]/.test(text);
var withoutMarkup = (text) => text.replace(/<[^<>\n]{0,200}>/g, "").replace(/\/\*[^*\n]{0,200}\*\//g, "");
var escapes = /%([0-9a-f]{2})|\\x([0-9a-f]{2})|\\u\{?([0-9a-f]{4})\}?|&#x([0-9a-f]{1,6});|&#(\d{1,7});/gi;
var unescaped = (text) =>
  text
    .replace(escapes, (_, url, byte, unit, hex, decimal) => {
      const digits3 = url ?? byte ?? unit ?? hex;
      return character(digits3 === void 0 ? Number(decimal) : Number.parseInt(digits3, 16));
    })
    .replace(/0[xob](?=[0-9a-f])/gi, "");
var character = (code) => (code <= 1114111 ? String.fromCodePoint(code) : "");

// packages/runner/src/guard/credentials/forms.ts
var shortestEncodable = 12;
var distinctiveLength = 48;
var piecesOf = (secret) => {
  if (compact(secret).length < shortestEncodable) return [];
  const forms = formsOf(distinctivePart(secret));
  return [
    ...new Set(
      forms.flatMap(({ text, piece }) => [...pieces(text, piece), ...pieces(reversed(text), piece)]),
    ),
  ];
};
var distinctivePart = (secret) =>
  secret.length < 32 ? secret : secret.slice(-Math.min(distinctiveLength, Math.ceil(secret.length * 0.9)));
var formsOf = (secret) => {
  const bytes = Buffer.from(secret, "utf8");
  const codes = (base2, width) =>
    [...bytes].map((byte) => byte.toString(base2).padStart(width, "0")).join("");
  return [
    { text: compact(secret), piece: 12 },
    { text: rotated(compact(secret)), piece: 12 },
    { text: codes(16, 2), piece: 16 },
    { text: codes(10, 0), piece: 18 },
    { text: codes(10, 3), piece: 18 },
    { text: codes(8, 0), piece: 18 },
    { text: codes(8, 3), piece: 18 },
    { text: codes(2, 7), piece: 64 },
    { text: codes(2, 8), piece: 64 },
    ...alignments(bytes, 6, 3, (data) => data.toString("base64")).map((text) => ({ text, piece: 12 })),
    ...alignments(bytes, 5, 5, base32).map((text) => ({ text, piece: 14 })),
  ];
};
var alignments = (bytes, bitsPerDigit, group, encode) =>
  Array.from({ length: group }, (_, offset) => {
    const encoded = encode(Buffer.concat([Buffer.alloc(offset), bytes]));
    const first = Math.ceil((offset * 8) / bitsPerDigit);
    const end = Math.floor(((offset + bytes.length) * 8) / bitsPerDigit);
    return compact(encoded.slice(first, end));
  });
var base32Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
var base32 = (data) => {
  const bits = [...data].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => base32Digits.charAt(Number.parseInt(five.padEnd(5, "0"), 2)))
    .join("");
};
var rotated = (text) =>
  text.replace(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 97 + 13) % 26) + 97));
var reversed = (text) => [...text].reverse().join("");
var pieces = (text, length) =>
  text.length < 2 * length
    ? [text]
    : Array.from({ length: Math.floor(text.length / length) }, (_, index) =>
        text.slice(index * length, (index + 1) * length),
      );

// packages/runner/src/guard/credentials/piece-finder.ts
var shortestPiece = 12;
var base = 131;
var slots = 1 << 20;
var oldest = Array.from({ length: shortestPiece - 1 }).reduce((power) => Math.imul(power, base), 1);
var createPieceFinder = (pieces2) => {
  const bySlot = /* @__PURE__ */ new Map();
  const isTaken = new Uint8Array(slots);
  for (const piece of pieces2) {
    if (piece.length < shortestPiece) continue;
    const slot = slotOf(hashOf(piece));
    isTaken[slot] = 1;
    bySlot.set(slot, [...(bySlot.get(slot) ?? []), piece]);
  }
  return (text) => {
    if (bySlot.size === 0 || text.length < shortestPiece) return false;
    let hash = hashOf(text);
    for (let start = 0; ; start += 1) {
      const slot = slotOf(hash);
      if (isTaken[slot] === 1 && (bySlot.get(slot) ?? []).some((piece) => text.startsWith(piece, start)))
        return true;
      const next = start + shortestPiece;
      if (next >= text.length) return false;
      const rest = (hash - Math.imul(text.charCodeAt(start), oldest)) | 0;
      hash = (Math.imul(rest, base) + text.charCodeAt(next)) | 0;
    }
  };
};
var hashOf = (text) => {
  let hash = 0;
  for (let index = 0; index < shortestPiece; index += 1)
    hash = (Math.imul(hash, base) + text.charCodeAt(index)) | 0;
  return hash;
};
var slotOf = (hash) => (hash ^ (hash >>> 12)) & (slots - 1);

// packages/runner/src/guard/credentials/credential-search.ts
var maxDepth = 4;
var shortestCredential = 6;
var createCredentialSearches = (credentials) => {
  const known = credentials.filter(({ length }) => length >= shortestCredential);
  const steps = stepsOf(known);
  return {
    search: (text, form = "characters") => (known.length === 0 ? "none" : inOneGo(steps(text, form))),
    searchPatiently: async (text, form = "characters") =>
      known.length === 0 ? "none" : await inTurns(steps(text, form)),
  };
};
var stepsOf = (known) => {
  const short = known.filter((credential) => compact(credential).length < shortestEncodable);
  const holdsPiece = createPieceFinder(known.flatMap(piecesOf));
  function* look(text, readable, depth, effort) {
    if (!effort.spend("characters", text.length)) return "unknown";
    if (short.some((credential) => text.includes(credential))) return "found";
    if (holdsPiece(compact(text))) return "found";
    yield;
    for (const view of viewsOf(readable)) {
      if (holdsPiece(view)) return "found";
      yield;
    }
    if (depth === maxDepth) return "none";
    const inner = yield* decodingsOf(text, effort);
    const outcome = inner.text === "" ? "none" : yield* look(inner.text, inner.readable, depth + 1, effort);
    return outcome === "none" && !inner.complete ? "unknown" : outcome;
  }
  return (text, form) => look(text, form === "bytes" ? "" : text, 0, createEffort());
};
var inOneGo = (steps) => {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
};
var inTurns = async (steps) => {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await setImmediate();
  }
};

// packages/runner/src/text/redact.ts
import { stripVTControlCharacters as stripVTControlCharacters2 } from "node:util";

var mask = "[redacted]";
var minSecretLength = 6;
var knownFormats = [
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g,
  /\bgh[oprsu]_[\w.-]{10,}/g,
  /\bgithub_pat_\w{10,}/g,
  /\bglpat-[\w-]{16,}/g,
  /\bsk-ant-[\w-]{8,}/g,
  /\bsk-(?:proj|svcacct|admin)-[\w-]{16,}/g,
  /\blin_(?:api|oauth|wh)_\w{8,}/g,
  /\bxox[a-z]-[\w-]{8,}/g,
  /\bxapp-[\w-]{8,}/g,
  /(?<=https:\/\/hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]+/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bATATT[\w=-]{16,}/g,
  /\bfm[12][a-z]?_[\w+/=-]{16,}/g,
  /\bnpm_[A-Za-z0-9]{36}\b/g,
  // What a runner of ours claims and reports with.
  /\b(?:claim|run)\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[\w-]{43}/g,
  // A JWT, such as a job's identity: a header and a payload in JSON, and a signature.
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/g,
];
var urlCredentials = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@]{1,2000}@/gi;
var createMask = (secrets) => {
  const spellings = [
    ...new Set(
      secrets
        .filter((secret) => secret.length >= minSecretLength)
        .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]),
    ),
  ].sort((a, b) => b.length - a.length);
  return (text) => {
    let masked = text;
    for (const spelling of spellings) masked = masked.replaceAll(spelling, mask);
    for (const format of knownFormats) masked = masked.replace(format, mask);
    return masked.replace(urlCredentials, `$1${mask}@`);
  };
};
var createRedactor = (secrets) => {
  const maskSecrets = createMask(secrets);
  return (text) => maskSecrets(withoutControls(text));
};
var withoutControls = (text) =>
  stripVTControlCharacters2(text)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, "")
    .replace(/\p{Surrogate}/gu, "\uFFFD");

// packages/runner/src/secrets.ts
var withheld = "[withheld: it holds a credential of this run, or something like it]";
var createSecrets = (initial, canary = createCanary()) => {
  const known = /* @__PURE__ */ new Set([canary.value]);
  let redact = (text) => text;
  let mask2 = redact;
  let searches = createCredentialSearches([]);
  const add = (values) => {
    for (const value of values) if (value !== void 0) known.add(value);
    redact = createRedactor([...known]);
    mask2 = createMask([...known]);
    searches = createCredentialSearches([...known]);
  };
  add(initial);
  return {
    add,
    redact: (text) => {
      const redacted = redact(text);
      return searches.search(redacted) === "none" ? redacted : withheld;
    },
    mask: (text) => mask2(text),
    search: (text, form) => searches.search(text, form),
    searchPatiently: (text, form) => searches.searchPatiently(text, form),
    canary,
  };
};

// packages/runner/src/guard/secret-scanner.ts
import { extname } from "node:path";
import { setImmediate as setImmediate2 } from "node:timers/promises";
import { lintSource } from "@secretlint/core";
import { rules } from "@secretlint/secretlint-rule-preset-recommend";

// packages/runner/src/guard/secret-rules.ts
var secretRules = [
  {
    name: "private-key",
    pattern:
      /-{4,5} ?BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}(?<value>(?:[^-]|-(?!-{3})){1,1200})/g,
    shortest: 40,
  },
  {
    name: "putty-private-key",
    pattern: /Private-Lines: ?\d{1,4}\s{1,4}(?<value>[\w+/=\s]{1,400})/g,
    shortest: 40,
  },
  { name: "age-secret-key", pattern: /AGE-SECRET-KEY-1(?<value>[0-9A-Z]{58})/g, shortest: 58 },
  {
    name: "aws-secret-access-key",
    pattern:
      /secret[_.-]?access[_.-]?key["'\]]{0,2}\s{0,8}(?:=>|:=|[=:>,])\s{0,8}["'`]?(?<value>[A-Za-z0-9/+]{40,64})(?![A-Za-z0-9/+])/gi,
    shortest: 40,
  },
  {
    name: "gitlab-token",
    pattern: /\bgl(?:pat|dt|rt|ptt|soat|ft|cbt|agent)-(?<value>[\w-]{20,64})/g,
    shortest: 20,
  },
  { name: "stripe-key", pattern: /\b[sr]k_live_(?<value>[A-Za-z0-9]{20,200})/g, shortest: 20 },
  { name: "google-api-key", pattern: /\bAIza(?<value>[\w-]{35})(?![\w-])/g, shortest: 20 },
  {
    name: "azure-account-key",
    pattern: /(?:AccountKey|SharedAccessKey)=(?<value>[A-Za-z0-9/+]{42,88}={1,2})/g,
    shortest: 42,
  },
  { name: "pypi-token", pattern: /\bpypi-AgE(?<value>[\w-]{50,400})/g, shortest: 50 },
  { name: "digitalocean-token", pattern: /\bdo[opr]_v1_(?<value>[a-f0-9]{64})/g, shortest: 64 },
  { name: "vault-token", pattern: /\bhv[sbr]\.(?<value>[\w-]{24,300})/g, shortest: 24 },
  { name: "atlassian-token", pattern: /\bATATT3(?<value>[\w=-]{60,400})/g, shortest: 60 },
  { name: "fly-token", pattern: /\bfm[12][a-z]?_(?<value>[\w+/=-]{40,2000})/g, shortest: 40 },
  { name: "twilio-key", pattern: /\bSK(?<value>[0-9a-f]{32})(?![0-9a-f])/g, shortest: 32 },
];

// packages/runner/src/guard/own-rules.ts
var ownLeaksIn = (text) =>
  secretRules.flatMap((rule) =>
    [...text.matchAll(rule.pattern)]
      .filter((match) => isRandom(match.groups?.["value"] ?? match[0], rule))
      .map(({ index, 0: found }) => ({ rule: rule.name, start: index, end: index + found.length })),
  );
var breaks = /\\[nrt]|["'`][ \t]{0,8}\+|(?:^|\n)[ \t>|#*]{0,40}|[\r\n"'`,;\\]/g;
var longRun = /[\w+/=-]{20,}/g;
var isRandom = (value, { shortest }) => {
  const runs = value.replace(breaks, "").match(longRun) ?? [];
  return runs.some(
    (run) =>
      run.length >= shortest && /\d/.test(run) && hasManySigns(run) && !/example|placeholder/i.test(run),
  );
};
var hasManySigns = (run) => new Set(run.slice(0, 64)).size >= 10;

// packages/runner/src/guard/secret-scanner.ts
var prefix = "@secretlint/secretlint-rule-";
var obeysComments = `${prefix}filter-comments`;
var configuration = {
  rules: rules.filter(({ meta }) => meta.id !== obeysComments).map((rule) => ({ id: rule.meta.id, rule })),
};
var timeoutMs = 3e4;
var window = 32 * 1024;
var overlap = 8 * 1024;
var scanForLeaks = async (text, path) => {
  const name2 = plainName(path);
  const endsAt = performance.now() + timeoutMs;
  const leaks = [];
  for (let start = 0; start === 0 || start + overlap < text.length; start += window - overlap) {
    if (performance.now() > endsAt) throw tooSlow();
    const part = text.slice(start, start + window);
    const found = [...(await within(scanWindow(part, name2))), ...ownLeaksIn(part)];
    leaks.push(...found.map((leak) => ({ ...leak, start: leak.start + start, end: leak.end + start })));
    await setImmediate2();
  }
  return leaks;
};
var scanWindow = async (text, name2) => {
  const { messages } = await lintSource({
    source: { content: text, contentType: "text", filePath: name2, ext: extname(name2) },
    options: { config: configuration, noPhysicFilePath: true, locale: "en" },
  });
  return messages.map(({ ruleId, range: [start, end] }) => ({
    rule: ruleId.startsWith(prefix) ? ruleId.slice(prefix.length) : ruleId,
    start,
    end,
  }));
};
var tooSlow = () => new Error("the secret scanner did not end in time");
var plainName = (path) =>
  `/${path
    .replace(/^.*\//s, "")
    .replace(/[^\w.-]/g, "_")
    .slice(-100)}`;
var within = async (work) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(tooSlow()), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

// ../../tmp/r2-prof.mjs
var s = createSecrets([
  "ghs_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
  "sk-ant-api03-" + "x9Y8z7W6v5U4t3S2r1".repeat(4),
]);
var t = "export const a = 1; // the quick brown fox\n".repeat(200);
for (const [n, f] of [
  ["search", () => s.searchPatiently(t)],
  ["scan", () => scanForLeaks(t, "a.ts")],
  ["name", () => s.searchPatiently("a.ts")],
]) {
  const b = performance.now();
  for (let i = 0; i < 20; i++) await f();
  console.log(n, (performance.now() - b) / 20);
}
