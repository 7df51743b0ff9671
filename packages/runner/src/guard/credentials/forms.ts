import { compact } from "./views.ts";

/** One way in which a credential may be written, made compact as the texts are that it is looked for in. */
interface Form {
  readonly text: string;
  /** Pieces of this length tell the credential from chance: the fewer signs an alphabet has, the longer. */
  readonly piece: number;
}

/** Below this a secret is a word, and any text holds it in one form or another: it is looked for as it is written only. */
export const shortestEncodable = 12;
/** The part that is looked for. Formats begin with what all of their kind have in common: a prefix, the header of a JWT. */
const distinctiveLength = 48;

/**
 * Every piece by which a credential is recognised, whole or in part, straight or backwards: as it is, rotated by 13, in
 * base64, base32 and hexadecimal digits at any offset, and as character codes. Empty for what is too short for it.
 */
export const piecesOf = (secret: string): readonly string[] => {
  if (compact(secret).length < shortestEncodable) return [];
  const forms = formsOf(distinctivePart(secret));
  return [
    ...new Set(
      forms.flatMap(({ text, piece }) => [...pieces(text, piece), ...pieces(reversed(text), piece)]),
    ),
  ];
};

const distinctivePart = (secret: string): string =>
  secret.length < 32 ? secret : secret.slice(-Math.min(distinctiveLength, Math.ceil(secret.length * 0.9)));

const formsOf = (secret: string): readonly Form[] => {
  const bytes = Buffer.from(secret, "utf8");
  const codes = (base: number, width: number): string =>
    [...bytes].map((byte) => byte.toString(base).padStart(width, "0")).join("");
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

/** Whatever stands before and after it in the encoded text: only the digits that are the credential's own are kept. */
const alignments = (
  bytes: Buffer,
  bitsPerDigit: number,
  group: number,
  encode: (data: Buffer) => string,
): readonly string[] =>
  Array.from({ length: group }, (_, offset) => {
    const encoded = encode(Buffer.concat([Buffer.alloc(offset), bytes]));
    const first = Math.ceil((offset * 8) / bitsPerDigit);
    const end = Math.floor(((offset + bytes.length) * 8) / bitsPerDigit);
    return compact(encoded.slice(first, end));
  });

const base32Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

const base32 = (data: Buffer): string => {
  const bits = [...data].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => base32Digits.charAt(Number.parseInt(five.padEnd(5, "0"), 2)))
    .join("");
};

const rotated = (text: string): string =>
  text.replace(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 97 + 13) % 26) + 97));

const reversed = (text: string): string => [...text].reverse().join("");

/** Whoever shows as much as two pieces shows one of these, wherever it was cut. A shorter text is its own piece. */
const pieces = (text: string, length: number): readonly string[] =>
  text.length < 2 * length
    ? [text]
    : Array.from({ length: Math.floor(text.length / length) }, (_, index) =>
        text.slice(index * length, (index + 1) * length),
      );
