import { gunzipSync, gzipSync } from "node:zlib";

const rotate = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) => {
    const base = letter <= "Z" ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });

const digitsOf32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648, without its padding. */
const base32 = (bytes: Buffer): string =>
  (
    [...bytes]
      .map((byte) => byte.toString(2).padStart(8, "0"))
      .join("")
      .match(/.{1,5}/g) ?? []
  )
    .map((five) => digitsOf32.charAt(Number.parseInt(five.padEnd(5, "0"), 2)))
    .join("");

const characters = (secret: string, write: (code: number) => string): string =>
  [...Buffer.from(secret)].map(write).join("");

/** Ways to write a credential down so that whoever looks for it as it is does not see it. */
export const encodings: Readonly<Record<string, (secret: string) => string>> = {
  plain: (secret) => secret,
  base64: (secret) => Buffer.from(secret).toString("base64"),
  base64url: (secret) => Buffer.from(secret).toString("base64url"),
  "base64-twice": (secret) => Buffer.from(Buffer.from(secret).toString("base64")).toString("base64"),
  "base64-shifted": (secret) => Buffer.from(`k=${secret}`).toString("base64"),
  base32: (secret) => base32(Buffer.from(secret)),
  hex: (secret) => Buffer.from(secret).toString("hex"),
  "hex-upper": (secret) => Buffer.from(secret).toString("hex").toUpperCase(),
  decimal: (secret) => [...Buffer.from(secret)].join(", "),
  url: (secret) => characters(secret, (code) => `%${code.toString(16).padStart(2, "0")}`),
  html: (secret) => characters(secret, (code) => `&#${code};`),
  "unicode-escapes": (secret) => characters(secret, (code) => `\\u${code.toString(16).padStart(4, "0")}`),
  "full-width": (secret) =>
    characters(secret, (code) => String.fromCharCode(code > 32 && code < 127 ? code + 0xfee0 : code)),
  reversed: (secret) => [...secret].reverse().join(""),
  rot13: rotate,
  "upper-case": (secret) => secret.toUpperCase(),
  gzip: (secret) => gzipSync(secret).toString("base64"),
  "gzip-hex": (secret) => gzipSync(secret).toString("hex"),
  "zero-width": (secret) => [...secret].join("\u200b"),
  lines: (secret) => (secret.match(/.{1,7}/g) ?? []).join("\n"),
  concatenated: (secret) => (secret.match(/.{1,7}/g) ?? []).map((part) => `"${part}"`).join(" +\n  "),
  markup: (secret) => (secret.match(/.{1,3}/g) ?? []).join("<b></b>"),
};

/** What is left when all that people do not read, or only set apart with, is taken out. */
const letters = (text: string): string => text.replace(/[^A-Za-z0-9]+/g, "");

interface Needle {
  readonly name: string;
  /** In lower case. */
  readonly loose: readonly string[];
  /** Base64 says something else in another case. */
  readonly exact: readonly string[];
}

/** Of the three ways in which bytes can lie in base64, what is there wherever they begin. */
const base64Cores = (secret: string): readonly string[] =>
  [0, 1, 2].map((shift) => {
    const text = letters(Buffer.from(`${"x".repeat(shift)}${secret}`).toString("base64url"));
    return text.slice(shift === 0 ? 0 : 4, -4);
  });

const needleOf = ([name, secret]: readonly [string, string]): Needle => ({
  name,
  loose: [
    secret,
    [...secret].reverse().join(""),
    rotate(secret),
    Buffer.from(secret).toString("hex"),
    [...Buffer.from(secret)].join(""),
    // Where it begins in the middle of a group, it looks different.
    ...[0, 1, 2, 3, 4].map((shift) => base32(Buffer.from("x".repeat(shift) + secret)).slice(8, -8)),
  ].map((text) => letters(text).toLowerCase()),
  exact: base64Cores(secret),
});

/** Names the canaries that stand in the bytes, however they are written (see `encodings`). */
export type Detect = (bytes: Buffer | string) => readonly string[];

export const createDetector = (canaries: ReadonlyMap<string, string>): Detect => {
  const needles = [...canaries].map(needleOf);
  const look = (bytes: Buffer, depth: number): readonly string[] => {
    const texts = [bytes.toString("latin1"), bytes.toString("utf8"), bytes.toString("utf16le")];
    const found = new Set<string>();
    const read = (texts[1] ?? "").normalize("NFKD");
    for (const text of [...texts, read, unescaped(read), read.replace(/<[^<>]*>/g, "")]) {
      const bare = letters(text);
      const loose = bare.toLowerCase();
      for (const { name, ...needle } of needles)
        if (needle.loose.some((one) => loose.includes(one)) || needle.exact.some((one) => bare.includes(one)))
          found.add(name);
    }
    if (depth > 0)
      for (const inner of packedIn(bytes)) for (const name of look(inner, depth - 1)) found.add(name);
    return [...found];
  };
  return (bytes) => look(Buffer.from(bytes), 3);
};

/** Percent signs, and the escapes of JSON and HTML. */
const unescaped = (text: string): string =>
  text
    .replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
    .replace(/\\u([0-9a-f]{4})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
    .replace(/&#(\d{1,4});/g, (_, digits: string) => String.fromCharCode(Number(digits)));

const maxPacked = 8 * 1024 * 1024;

/** What is compressed or in base64 or hexadecimal digits inside. */
const packedIn = (bytes: Buffer): readonly Buffer[] => {
  const inner: Buffer[] = [];
  for (
    let at = bytes.indexOf("\x1f\x8b\x08", 0, "latin1");
    at >= 0;
    at = bytes.indexOf("\x1f\x8b\x08", at + 1, "latin1")
  ) {
    const opened = opens(bytes.subarray(at));
    if (opened !== null) inner.push(opened);
  }
  const text = bytes.toString("latin1");
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{24,}={0,2}/g))
    if (run.length < 4_000) inner.push(Buffer.from(run, "base64"));
  for (const [run] of text.matchAll(/(?:[0-9a-f]{2}){12,}/gi))
    if (run.length < 4_000) inner.push(Buffer.from(run, "hex"));
  return inner;
};

const opens = (bytes: Buffer): Buffer | null => {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxPacked });
  } catch {
    // It only began like something compressed.
    return null;
  }
};
