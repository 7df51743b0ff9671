import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { receiptBlock } from "../../core/receipt/receipt-block.ts";
import { sealedBlock } from "../../core/receipt/sealed-receipt.ts";
import { aRunId } from "../../core/testing/builders.ts";
import { aReceipt } from "../../core/testing/receipts.ts";
import { createRunTokens } from "../runs/run-tokens.ts";
import { createReceiptSeal } from "./seal.ts";

const secret = "a secret of the tests, long enough for it";
const seal = createReceiptSeal(secret);
const receipt = aReceipt();
const sealed = seal.seal(receipt);
const block = sealedBlock(sealed);
const reasonOf = (document: string): string => {
  const verdict = seal.verify(document);
  return verdict.kind === "valid" ? "valid" : verdict.reason;
};

describe("the seal of a receipt (§11.3)", () => {
  it("verifies where it stands on the pull request, to what was signed", () => {
    const description = `> Words.\n\n${receiptBlock(receipt, sealed)}\n`;
    expect(seal.verify(description)).toEqual({ kind: "valid", receipt });
    expect(createReceiptSeal(secret).verify(description)).toEqual({ kind: "valid", receipt });
  });

  it("does not verify with any one character of the block replaced, removed or added", () => {
    const anywhere = fc.nat({ max: block.length - 1 });
    // A carriage return before a line feed is the same end of a line: the code host writes such.
    const character = fc.string({ unit: "binary", minLength: 1, maxLength: 1 }).filter((it) => it !== "\r");
    fc.assert(
      fc.property(anywhere, character, fc.constantFrom("replace", "remove", "add"), (at, other, how) => {
        const rest = block.slice(how === "add" ? at : at + 1);
        const altered = `${block.slice(0, at)}${how === "remove" ? "" : other}${rest}`;
        fc.pre(altered !== block);
        expect(seal.verify(altered).kind).toBe("not-valid");
      }),
      { numRuns: 3_000 },
    );
  });

  it("does not verify when a cost, an exit code or a commit is another", () => {
    for (const [from, to] of [
      ['"costUsd":0.25', '"costUsd":0.05'],
      ['"exitCode":0', '"exitCode":1'],
      [receipt.headCommit, "c".repeat(40)],
    ] as const) {
      expect(block).toContain(from);
      expect(reasonOf(block.replace(from, to))).toContain("altered after it was signed");
    }
  });

  it("does not verify with another secret", () => {
    const other = createReceiptSeal("another secret, which is as long as that one");
    expect(other.verify(block)).toMatchObject({
      kind: "not-valid",
      reason: expect.stringContaining("signed with another secret") as string,
    });
  });

  it("is no run token, and no run token is a seal: their keys differ (§8.1)", () => {
    const tokens = createRunTokens(secret);
    const [, , signature = ""] = tokens.issue("run", aRunId()).split(".");
    expect(reasonOf(sealedBlock({ text: sealed.text, signature: `hmac-sha256:${signature}` }))).not.toBe(
      "valid",
    );
    const mine = createReceiptSeal(secret).seal(receipt).signature.replace("hmac-sha256:", "");
    expect(tokens.verify("run", `run.${aRunId()}.${mine}`)).toBeNull();
  });

  it.each([
    ["nothing", "", "There is no receipt in it."],
    ["a description without one", "Words.\n\n```json\n{}\n```", "There is no receipt in it."],
    ["two of them", `${block}\n\n${block}`, "There are 2 receipts in it."],
    ["one that is cut off", block.slice(0, 200), "not two lines"],
    ["one that is not JSON", sealedBlock({ text: "{", signature: "x" }), "is not JSON"],
    [
      "JSON that is no receipt",
      sealedBlock({ text: "[1]", signature: "x" }),
      "does not say what a receipt says",
    ],
    [
      "one of a later version",
      sealedBlock({ text: sealed.text.replace('"version":1', '"version":2'), signature: sealed.signature }),
      "Its version is not 1",
    ],
    ["10 MB", "x".repeat(10_000_000), "more than 1 MiB"],
    ["10 MB after a receipt", `${block}\n${"x\n".repeat(5_000_000)}`, "more than 1 MiB"],
  ])("says of %s what is wrong", (_, document, words) => {
    expect(reasonOf(document)).toContain(words);
  });

  it("answers to anything", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(seal.verify(text).kind).toBe("not-valid");
        expect(seal.verify(sealedBlock({ text, signature: text })).kind).toBe("not-valid");
      }),
    );
  });
});
