import { randomBytes } from "node:crypto";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCanary } from "../canary.ts";
import { createCredentialSearches } from "./credential-search.ts";

const canary = createCanary();
const token = `ghs_12345_eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOjEyMzQ1fQ.${createCanary().value.slice(4)}Xy-_9`;
const { search, searchPatiently } = createCredentialSearches([canary.value, token, "short1", "twelve-chars"]);

const utf8 = (text: string) => Buffer.from(text, "utf8");
const codesOf = (text: string, base: number) => [...utf8(text)].map((byte) => byte.toString(base));
const bytesAsText = (bytes: Buffer) => bytes.toString("latin1");
const rot13 = (text: string) =>
  text.replace(/[a-z]/gi, (letter) => {
    const first = letter < "a" ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - first + 13) % 26) + first);
  });

/** Ways in which an agent may write down what it must not show. */
const encodings: Readonly<Record<string, (secret: string) => string>> = {
  "as it is": (secret) => secret,
  "in capitals": (secret) => secret.toUpperCase(),
  reversed: (secret) => [...secret].reverse().join(""),
  "rotated by 13": rot13,
  "in base64": (secret) => utf8(secret).toString("base64"),
  "in base64 behind one byte": (secret) => utf8(`x${secret}`).toString("base64"),
  "in base64 behind two bytes": (secret) => utf8(`xy${secret}tail`).toString("base64"),
  "in base64url": (secret) => utf8(`?${secret}>`).toString("base64url"),
  "in base64, reversed": (secret) => [...utf8(secret).toString("base64")].reverse().join(""),
  "in base64 of base64": (secret) => utf8(utf8(secret).toString("base64")).toString("base64"),
  "in base64 in short lines": (secret) => utf8(secret).toString("base64").replace(/.{10}/g, "$&\n# "),
  "in hexadecimal digits": (secret) => utf8(secret).toString("hex"),
  "in capital hexadecimal digits with colons": (secret) => codesOf(secret, 16).join(":").toUpperCase(),
  "as bytes of an array": (secret) =>
    codesOf(secret, 16)
      .map((code) => `0x${code}`)
      .join(", "),
  "in decimal codes": (secret) => codesOf(secret, 10).join(", "),
  "in octal escapes": (secret) =>
    codesOf(secret, 8)
      .map((code) => `\\${code}`)
      .join(""),
  "in bits": (secret) =>
    codesOf(secret, 2)
      .map((code) => code.padStart(8, "0"))
      .join(" "),
  "in hexadecimal escapes": (secret) =>
    codesOf(secret, 16)
      .map((code) => `\\x${code}`)
      .join(""),
  "in Unicode escapes": (secret) =>
    codesOf(secret, 16)
      .map((code) => `\\u00${code}`)
      .join(""),
  "in percent signs": (secret) =>
    codesOf(secret, 16)
      .map((code) => `%${code}`)
      .join(""),
  "half in percent signs": (secret) =>
    secret.replace(/[aeiou0-9_]/g, (sign) => `%${codesOf(sign, 16).join("")}`),
  "in HTML references": (secret) =>
    codesOf(secret, 10)
      .map((code) => `&#${code};`)
      .join(""),
  "in letters with tags between them": (secret) => secret.replace(/.{4}/g, "$&<b></b>"),
  "with comments between its letters": (secret) => secret.replace(/.{5}/g, "$&/* x */"),
  "with zero-width spaces": (secret) => [...secret].join("\u200b"),
  "with bidirectional controls": (secret) => `\u202e${[...secret].join("\u2066")}\u2069`,
  "in full-width letters": (secret) =>
    secret.replace(/[!-~]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)),
  "with terminal colours": (secret) => secret.replace(/.{6}/g, "$&\u001b[31m"),
  "in a terminal's title": (secret) => `\u001b]0;${secret}\u0007`,
  "in an HTML comment": (secret) => `<!-- ${secret} -->`,
  "one letter to a line": (secret) => [...secret].join("\n"),
  "as string literals put together": (secret) => (secret.match(/.{1,7}/g) ?? []).join('" + "'),
  "without its first letter": (secret) => secret.slice(1),
  "in two halves": (secret) =>
    `const a = "${secret.slice(0, secret.length / 2)}";\nconst b = "${secret.slice(secret.length / 2)}";`,
  "in gzip and base64": (secret) => gzipSync(utf8(`say ${secret}`)).toString("base64"),
  "in gzip and hexadecimal digits": (secret) => gzipSync(utf8(secret)).toString("hex"),
  "in zlib and base64": (secret) => deflateSync(utf8(secret)).toString("base64"),
  "in raw deflate and base64": (secret) => deflateRawSync(utf8(secret)).toString("base64"),
  "in base64 of gzip of base64, in lines": (secret) =>
    gzipSync(utf8(utf8(secret).toString("base64")))
      .toString("base64")
      .replace(/.{20}/g, "$&\n"),
  "in the bytes of gzip": (secret) => bytesAsText(gzipSync(utf8(secret))),
  "in UTF-16": (secret) => bytesAsText(Buffer.from(secret, "utf16le")),
};

/** What may stand around it in a file. */
const surroundings = fc.string({ unit: "grapheme-ascii", maxLength: 300 });

describe("a credential of the run is found, however it is written (§11.4)", () => {
  it.each(Object.entries(encodings))("%s, anywhere in a file", (_, encode) => {
    fc.assert(
      fc.property(surroundings, surroundings, (before, after) => {
        expect(search(`${before}\n${encode(canary.value)}\n${after}`)).toBe("found");
      }),
      { numRuns: 6 },
    );
  });

  it.each(Object.entries(encodings))(
    "%s, also of a long token whose beginning all have in common",
    (_, encode) => {
      expect(search(`a = ${encode(token)}`)).toBe("found");
    },
  );

  it("as it is, where it is too short to be told from chance in another form", () => {
    expect(search("the word is short1.")).toBe("found");
    expect(search("the word is SHORT1.")).toBe("none");
    expect(search("the word is twelve chars")).toBe("none");
    expect(search(`dHdlbHZlLWNoYXJz`)).toBe("none");
  });

  it.each([
    ["prose", "The token is read from the environment, and never printed. ".repeat(200)],
    [
      "another token of the same kind",
      `${createCanary().value} ghs_12345_eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOjEyMzQ1fQ.other`,
    ],
    [
      "hashes",
      Array.from({ length: 100 }, (_, n) => `sha512-${utf8(`${n}`.repeat(64)).toString("base64")}`).join(
        "\n",
      ),
    ],
    ["numbers", Array.from({ length: 20_000 }, (_, n) => n * 7).join(", ")],
  ])("and is not seen in %s", (_, text) => {
    expect(search(text)).toBe("none");
  });

  it("does not unpack without end: what is packed too large is unknown, which is not harmless", () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024)).toString("base64");
    expect(search(`a = "${bomb}"`)).toBe("unknown");
  });

  it("nor as long as it takes: of more streams than anybody packs, nothing is known", () => {
    const begun = Array.from({ length: 12_500 }, () => Buffer.concat([Buffer.of(0x63), randomBytes(20)]));
    expect(search(begun.map((bytes) => bytes.toString("base64")).join(" "))).toBe("unknown");
  });

  it.each([
    ["spaces", " "],
    ["quotes", '" '],
    ["digits", "A"],
    ["carets", "x^"],
    ["escapes", "\u001b]"],
    ["line breaks", "'\n"],
  ])("ends in a text that is nothing but %s, where a pattern would go back and forth", (_, part) => {
    expect(search(part.repeat(300_000))).toBe("none");
  });

  it("lets others have their turn while it looks through a megabyte of base64 in lines", async () => {
    const text = randomBytes(768 * 1024)
      .toString("base64")
      .replace(/.{76}/g, "$&\n");
    let turns = 0;
    const counting = setInterval(() => {
      turns += 1;
    }, 0);
    try {
      expect(await searchPatiently(`${text}\n${canary.value}`)).toBe("found");
      turns = 0;
      expect(await searchPatiently(text)).toBe("none");
    } finally {
      clearInterval(counting);
    }
    expect(turns).toBeGreaterThan(10);
  }, 60_000);

  it("knows no credential where there is none", () => {
    expect(createCredentialSearches([]).search("anything")).toBe("none");
  });
});

describe("the canary (§11.4)", () => {
  it("is another one in every run and looks like what every scanner knows", () => {
    const [one, other] = [createCanary(), createCanary()];
    expect(one.value).toMatch(/^ghp_[A-Za-z0-9]{36}$/);
    expect(one.value).not.toBe(other.value);
  });
});
