import fc from "fast-check";
import type { Nodes, Table } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { describe, expect, it } from "vitest";
import { aReceipt } from "../testing/receipts.ts";
import { aUsage } from "../testing/reports.ts";
import { receiptBlock } from "./receipt-block.ts";
import { receiptText } from "./sealed-receipt.ts";
import { longestDescription } from "./with-ending.ts";

const blockOf = (facts: Parameters<typeof aReceipt>[0] = {}): string => {
  const receipt = aReceipt(facts);
  return receiptBlock(receipt, { text: receiptText(receipt), signature: "hmac-sha256:abc" });
};
const parsed = (block: string) =>
  fromMarkdown(block, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });

const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom(
    "a | b",
    "\\| x |",
    "\\\\|",
    "```",
    "</details>",
    "<!--",
    "@acme closes #1",
    "`|`",
    "![x](https://a)",
  ),
);

describe("the receipt on a pull request (§11.3)", () => {
  it("is collapsed, with a table for people and the receipt in a block of its own", () => {
    const { children } = parsed(blockOf());
    expect(children.map(({ type }) => type)).toEqual(["html", "table", "table", "paragraph", "code", "html"]);
    expect(children.at(0)).toMatchObject({
      value: expect.stringMatching(/^<details>\n<summary>.*<\/summary>$/) as string,
    });
    expect(children.at(4)).toMatchObject({ lang: "ai-implement-receipt" });
  });

  it("names ticket, prompts, models, tokens, cost, commands and how far the agent was locked in", () => {
    const block = blockOf({ connectionsRefused: 3, claimsDropped: 2 });
    for (const words of [
      "| Ticket | `ACME-1`, SHA-256 `2222",
      "| Prompts | SHA-256 `1111",
      "| Model | `claude-sonnet-4-6` for `implement`, `review`: 4 turns, 1,000 tokens in",
      "$0.2500",
      "| `npm test` | `verify` | 0 | 12.3 |",
      "held by the runner, never by the agent",
      "| Network | enforced: only what is allowed could be reached; 3 connections refused |",
      "| Claims dropped | 2 ",
    ])
      expect(block).toContain(words);
  });

  it("says what was weaker, and why", () => {
    const block = blockOf({
      user: "shared",
      egress: "proxy-only",
      modelCredential: "agent",
      weakerBecause: ["nft is not installed"],
    });
    for (const words of [
      "**the runner's own**",
      "**proxy only**",
      "**held by the agent**",
      "| Weaker because | `nft is not installed` |",
    ])
      expect(block).toContain(words);
  });

  it("never shows what was not measured as nothing", () => {
    const use = { model: "claude-sonnet-4-6", purposes: ["implement"], usage: aUsage(null) };
    const block = blockOf({ models: [use] });
    expect(block).toMatch(/\| Model \|.*cost not measured/);
    expect(block).not.toContain("$0.0000");
  });

  it("says of a command without an exit code that it was ended", () => {
    const block = blockOf({ commands: [{ step: "setup", command: "make", exitCode: null, seconds: 600 }] });
    expect(block).toContain("| `make` | `setup` | none: it was ended | 600.0 |");
  });

  it("keeps its shape whatever the runner says", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const block = blockOf({
          models: [{ model: text, purposes: [text, text], usage: aUsage() }],
          weakerBecause: [text],
          commands: [{ step: text, command: text, exitCode: 1, seconds: 1 }],
        });
        const { children } = parsed(block);
        const tables = children.filter((node): node is Table => node.type === "table");
        expect(tables.map(({ children: rows }) => rows.map((row) => row.children.length))).toEqual([
          Array.from({ length: 13 }, () => 2),
          [4, 4],
        ]);
        expect(children.filter(({ type }) => type === "html")).toHaveLength(2);
        expect(children.flatMap(typesIn)).not.toEqual(expect.arrayContaining(["link", "image"]));
        expect(block).not.toMatch(/(?<!\w)@\w/);
      }),
      { numRuns: 300 },
    );
  });

  it("shows people fifteen of many commands, and keeps them all in the receipt", () => {
    const commands = Array.from({ length: 50 }, (_, index) => ({
      step: "verify",
      command: `check-${index} ${"x".repeat(900)}`,
      exitCode: 0,
      seconds: 1,
    }));
    const block = blockOf({ commands });
    expect(block).toContain("35 more: see below");
    expect(block.match(/^\| `check-/gm)).toHaveLength(15);
    expect(block.match(/check-49 x{900}/g)).toHaveLength(1);
  });

  it("leaves a quarter of a description to what it describes, whatever a runner says within its caps", () => {
    // A bar is written with a backslash, and so takes twice the room that it has in the receipt itself.
    const long = "|".repeat(200);
    const models = Array.from({ length: 50 }, () => ({
      model: long,
      purposes: Array.from({ length: 20 }, () => long),
      usage: aUsage(),
    }));
    const commands = Array.from({ length: 50 }, () => ({
      step: long,
      command: long.repeat(5),
      exitCode: null,
      seconds: 1e300,
    }));
    const receipt = aReceipt({ models, commands, weakerBecause: Array.from({ length: 10 }, () => long) });
    const table = receiptBlock(receipt, { text: "", signature: "" });
    const longestText = 20_000;
    expect(table.length + longestText).toBeLessThan((longestDescription * 3) / 4);
  });
});

const typesIn = (node: Nodes): readonly string[] => [
  node.type,
  ...("children" in node ? node.children.flatMap(typesIn) : []),
];
