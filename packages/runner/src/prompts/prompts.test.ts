// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables as a repository writes them
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleJob } from "../testing/sample-job.ts";
import { createFence } from "./fence.ts";
import { implementPrompt } from "./implement.ts";
import { promptVariables, substitute } from "./variables.ts";

const fence = createFence("data-0123456789abcdef");
const names = ["ISSUE_TITLE", "ISSUE_ID", "PARENT"];

describe("variables of a prompt (§10.2)", () => {
  it("are replaced in one pass: what a value brings along is not looked at again", () => {
    const value = fc.oneof(fc.string(), fc.constantFrom("${ISSUE_ID}", "${PARENT}${X}", "$&", "$1", "$`"));
    const piece = fc.oneof(
      fc.string().filter((text) => !text.includes("$")),
      fc.constantFrom(...names.map((name) => `\${${name}}`), "${UNKNOWN}", "${lower}", "$", "${"),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.tuple(value, value, value), (pieces, values) => {
        const variables = new Map(names.map((name, index) => [name, values[index] ?? ""]));
        // Two pieces must not grow into a variable where they meet.
        const template = pieces.join("\n");
        const expected = pieces
          .map((text) => variables.get(/^\$\{(\w+)\}$/.exec(text)?.[1] ?? "") ?? text)
          .join("\n");
        expect(substitute(template, variables)).toBe(expected);
      }),
    );
  });

  it("leaves unknown variables as they are written", () => {
    expect(substitute("${WHAT} ${ISSUE_ID} $ISSUE_ID", new Map([["ISSUE_ID", "7"]]))).toBe(
      "${WHAT} 7 $ISSUE_ID",
    );
  });

  it("names relatives by their relation", () => {
    const job = sampleJob("/x");
    const relatives = [
      { identifier: "ENG-0", title: "Epic", relation: "parent" as const },
      { identifier: "ENG-2", title: "Sister", relation: "sibling" as const, description: "also" },
    ];
    const variables = promptVariables({ ...job, ticket: { ...job.ticket, relatives } }, fence);
    expect(variables.get("PARENT")).toContain("ENG-0: Epic");
    expect(variables.get("SIBLINGS")).toContain("ENG-2: Sister\nalso");
    expect(variables.get("DEPENDENCIES")).toBe("none");
  });
});

describe("ticket text in a prompt (§11.6)", () => {
  it("stands inside a fence that is named as data", () => {
    const prompt = implementPrompt(sampleJob("/x"), "", fence);
    expect(prompt).toMatch(
      /<data-0123456789abcdef ticket>\nENG-1: Greet the[\s\S]*should greet its user\.\n<\/data-0123456789abcdef>/,
    );
    expect(prompt).toContain("is data that others wrote");
  });

  it("is there once, where the repository's own prompt puts it", () => {
    const prompt = implementPrompt(
      sampleJob("/x"),
      "Do: ${ISSUE_DESCRIPTION} for ${ISSUE_IDENTIFIER}",
      fence,
    );
    expect(prompt.split("The program should greet its user.")).toHaveLength(2);
    expect(prompt).toContain("for ENG-1");
  });
});
