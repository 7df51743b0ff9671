import { stripVTControlCharacters } from "node:util";

/**
 * Letters and digits only, in lower case. What is put between the parts of a credential (line breaks, quotes, plus signs,
 * zero-width and bidirectional characters) is gone, and so are the signs by which alphabets of base64 differ.
 */
export const compact = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, "");

/** The compact texts that one text amounts to, to whoever reads, renders or runs it, where they differ from its own. */
export function* viewsOf(text: string): Generator<string> {
  const plain = withoutDisguise(text);
  const seen = new Set([text]);
  for (const view of [() => plain, () => withoutMarkup(plain), () => unescaped(plain)]) {
    const shown = view();
    if (!seen.has(shown)) yield compact(shown);
    seen.add(shown);
  }
}

/** Terminal escapes, full-width and accented forms of letters: different signs that read the same. */
const withoutDisguise = (text: string): string => {
  const plain = stripVTControlCharacters(text);
  return isAscii(plain) ? plain : plain.normalize("NFKD");
};

const isAscii = (text: string): boolean => !/[\u0080-\uffff]/.test(text);

/** Tags and comments are not seen, and letters and digits in them would part what is. */
const withoutMarkup = (text: string): string =>
  text.replace(/<[^<>\n]{0,200}>/g, "").replace(/\/\*[^*\n]{0,200}\*\//g, "");

const escapes = /%([0-9a-f]{2})|\\x([0-9a-f]{2})|\\u\{?([0-9a-f]{4})\}?|&#x([0-9a-f]{1,6});|&#(\d{1,7});/gi;

/** As URLs, string literals and HTML write characters; `0x` before a number says nothing of its value. */
const unescaped = (text: string): string =>
  text
    .replace(escapes, (_, url?: string, byte?: string, unit?: string, hex?: string, decimal?: string) => {
      const digits = url ?? byte ?? unit ?? hex;
      return character(digits === undefined ? Number(decimal) : Number.parseInt(digits, 16));
    })
    .replace(/0[xob](?=[0-9a-f])/gi, "");

const character = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : "");
