import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { type Receipt, receiptSchema } from "@ai-implement/contracts";
import { z } from "zod";
import { findReceipt, receiptText, type SealedReceipt } from "../../core/receipt/sealed-receipt.ts";

export type Verdict =
  | { readonly kind: "valid"; readonly receipt: Receipt }
  /** For a person: what is wrong with it. */
  | { readonly kind: "not-valid"; readonly reason: string };

export interface ReceiptSeal {
  /** The same receipt gets the same seal. */
  seal(receipt: Receipt): SealedReceipt;
  /** Of a description, or of a receipt alone. Never throws, whatever it is given. Constant time in the signature. */
  verify(document: string): Verdict;
}

/** In bytes. A description has at most 65,536 characters. */
export const longestDocument = 1024 * 1024;

const algorithm = "hmac-sha256";

/**
 * HMAC-SHA256 over the receipt's text to the letter. Its key is derived for this purpose alone: nothing signed with the
 * secret itself, as run tokens are, can be taken for a receipt, and no receipt for a token.
 */
export const createReceiptSeal = (secret: string): ReceiptSeal => {
  const key = Buffer.from(hkdfSync("sha256", secret, "", "ai-implement receipt 1", 32));
  const sign = (text: string): string =>
    `${algorithm}:${createHmac("sha256", key).update(text).digest("base64url")}`;

  const verifySealed = ({ text, signature }: SealedReceipt): Verdict => {
    // Compared as written: decoding forgives, so that several spellings would be one signature.
    const given = Buffer.from(signature);
    const expected = Buffer.from(sign(text));
    const isOurs = given.length === expected.length && timingSafeEqual(given, expected);
    const read = parse(text);
    if (read.kind === "not-valid") return read;
    return isOurs ? read : notValid(unsigned);
  };

  return {
    seal: (receipt) => {
      const text = receiptText(receipt);
      return { text, signature: sign(text) };
    },
    verify: (document) => {
      if (Buffer.byteLength(document) > longestDocument)
        return notValid("It has more than 1 MiB: that is no description of a pull request.");
      const found = findReceipt(document);
      switch (found.kind) {
        case "found":
          return verifySealed(found.sealed);
        case "none":
          return notValid("There is no receipt in it.");
        case "several":
          return notValid(
            `There are ${found.count} receipts in it. A pull request has one: somebody added to it.`,
          );
        case "garbled":
          return notValid(
            "Its receipt is not two lines, the receipt and the signature: it was cut or altered.",
          );
      }
    },
  };
};

const unsigned =
  "The signature is not that of this receipt: it was altered after it was signed, or signed with another secret.";

const notValid = (reason: string): Extract<Verdict, { kind: "not-valid" }> => ({ kind: "not-valid", reason });

const versionSchema = z.looseObject({ version: z.unknown() });

const parse = (text: string): Verdict => {
  const value = jsonOf(text);
  if (value === undefined) return notValid("Its receipt is not JSON: it was cut or altered.");
  const { data: outline } = versionSchema.safeParse(value);
  if (outline !== undefined && outline.version !== undefined && outline.version !== 1)
    return notValid(
      "Its version is not 1, the only one that this program knows: it was altered, or made by a later one.",
    );
  const receipt = receiptSchema.safeParse(value);
  return receipt.success
    ? { kind: "valid", receipt: receipt.data }
    : notValid("It does not say what a receipt says: it was altered.");
};

/** Undefined: it is none. */
const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};
