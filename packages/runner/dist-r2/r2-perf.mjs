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

// packages/runner/src/guard/credentials/decodings.ts
var maxPacked = 1024 * 1024;
var streamsInARow = 100;
var runsInARow = 1e4;
var base64Run = /[A-Za-z0-9+/_-]{24,}={0,2}/g;
var hexRun = /(?:[0-9a-f]{2}){24,}/gi;
var lineBreaks = /(?:["'][ \t]*[+,\\.]?|\\)?[ \t]*\r?\n[ \t>|#*]*(?:[+.]?[ \t]*["'])?/g;
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
  const joined = text.replace(lineBreaks, "");
  yield;
  const decoded = [];
  const sources = joined === text ? [text] : [text, joined];
  for (const source of sources) {
    const runs = new Set(source.match(base64Run) ?? []);
    yield;
    let count = 0;
    for (const run of runs) {
      for (const offset of source === text ? [0] : [0, 1, 2, 3])
        decoded.push(Buffer.from(run.slice(offset), "base64"));
      count += 1;
      if (count % runsInARow === 0) yield;
    }
    for (const run of new Set(source.match(hexRun) ?? [])) decoded.push(Buffer.from(run, "hex"));
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
      const digits = url ?? byte ?? unit ?? hex;
      return character(digits === void 0 ? Number(decimal) : Number.parseInt(digits, 16));
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

// ../../tmp/r2-perf.mjs
import { randomBytes } from "node:crypto";

var { searchPatiently } = createCredentialSearches([
  "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
  "sk-ant-api03-" + "x9Y8z7W6v5U4t3S2".repeat(4),
  "run." + randomBytes(30).toString("hex"),
]);
var max = 0;
var last = performance.now();
var beat = setInterval(() => {
  const n = performance.now();
  max = Math.max(max, n - last);
  last = n;
}, 5);
var t = async (n, f) => {
  const s = performance.now();
  max = 0;
  last = s;
  const r = await f();
  console.log(n, Math.round(performance.now() - s), "ms", "longest", Math.round(max), r);
  return r;
};
var mb = 1024 * 1024 * Number(process.argv[2] ?? 1);
var raw = randomBytes((mb * 3) / 4);
var texts = {
  oneline: raw.toString("base64"),
  lines: raw.toString("base64").replace(/.{76}/g, "$&\n"),
  quoted: raw.toString("base64").replace(/.{60}/g, '"$&" +\n'),
  bytes: randomBytes(mb).toString("latin1"),
  hex: randomBytes(mb / 2).toString("hex"),
  words: "the quick brown fox jumps over lazy dogs. ".repeat(25e3),
  chunks: raw.toString("base64").replace(/.{30}/g, "$& "),
  gz: "\x8B\bx\x9C".repeat(2e4),
  cjk: "\u4E2D\u6587\u5B57".repeat(mb / 9),
  carets: "x^".repeat(mb / 2),
  twice: Buffer.from(raw.toString("base64").replace(/.{76}/g, "$&\n"))
    .toString("base64")
    .replace(/.{76}/g, "$&\n"),
  lt: "<".repeat(mb),
  pct: "%41".repeat(mb / 3),
};
for (const [n, x] of Object.entries(texts)) await t(n + " " + x.length, () => searchPatiently(x));
await t("bytes", () => searchPatiently(texts.bytes, "bytes"));
clearInterval(beat);
