import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aReceipt } from "../testing/receipts.ts";
import { canonicalJson } from "./canonical-json.ts";
import { findReceipt, receiptText, sealedBlock } from "./sealed-receipt.ts";

const sealed = { text: receiptText(aReceipt()), signature: "hmac-sha256:abc" };
const block = sealedBlock(sealed);

describe("a receipt as text (§11.3)", () => {
  it("is the same however its keys were ordered", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(turned(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("is one line of visible ASCII that says the same, whatever was said to the runner", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (command) => {
        const receipt = aReceipt({ commands: [{ step: "verify", command, exitCode: 0, seconds: 1 }] });
        const text = receiptText(receipt);
        expect(text).toMatch(/^[ -~]+$/);
        expect(text).not.toMatch(/[#&<>@`]/);
        expect(JSON.parse(text)).toEqual(receipt);
      }),
    );
  });

  it("is found in a description, with the line ends of either kind, and alone in a file", () => {
    const found = { kind: "found", sealed };
    expect(findReceipt(`Words\n\n${block}\n\n</details>\n`)).toEqual(found);
    expect(findReceipt(`Words\n\n${block}\n\n</details>\n`.replaceAll("\n", "\r\n"))).toEqual(found);
    expect(findReceipt(`${sealed.text}\n${sealed.signature}\n`)).toEqual(found);
  });

  it("is not what a quotation or a list of somebody's words contains", () => {
    const quotation = block.replace(/^/gm, "> ");
    const item = `- ${block.replaceAll("\n", "\n  ")}`;
    expect(findReceipt([quotation, item].join("\n\n"))).toEqual({ kind: "none" });
    expect(findReceipt([quotation, item, block].join("\n\n"))).toEqual({ kind: "found", sealed });
  });

  it("is not there twice, nor in pieces", () => {
    expect(findReceipt(`${block}\n\n${block}`)).toEqual({ kind: "several", count: 2 });
    for (const cut of [
      block.slice(0, -4),
      block.replace(`${sealed.signature}\n`, ""),
      "```ai-implement-receipt",
    ])
      expect(findReceipt(cut)).toEqual({ kind: "garbled" });
    for (const other of ["", "Words.", "{}\n\nWords"]) expect(findReceipt(other)).toEqual({ kind: "none" });
  });
});

/** The same with its keys the other way around. */
const turned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, part]) => [key, turned(part)]),
  );
};
