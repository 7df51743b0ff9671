import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aRunId } from "../../core/testing/builders.ts";
import { createRunTokens } from "./run-tokens.ts";

const tokens = createRunTokens("a secret of at least thirty-two bytes");
const purposes = ["claim", "run"] as const;

describe("run tokens (§8.1, §11.8)", () => {
  it("say which run they were issued for", () => {
    for (const purpose of purposes)
      expect(tokens.verify(purpose, tokens.issue(purpose, aRunId(7)))).toBe(aRunId(7));
  });

  it("are good for their own purpose only: a claim token reports nothing, a run token claims nothing", () => {
    expect(tokens.verify("run", tokens.issue("claim", aRunId()))).toBeNull();
    expect(tokens.verify("claim", tokens.issue("run", aRunId()))).toBeNull();
  });

  it("cannot be bound to another purpose or another run by exchanging their words", () => {
    const [, id = "", signature = ""] = tokens.issue("claim", aRunId(1)).split(".");
    expect(tokens.verify("run", `run.${id}.${signature}`)).toBeNull();
    expect(tokens.verify("claim", `claim.${aRunId(2)}.${signature}`)).toBeNull();
  });

  it("of another installation are worth nothing", () => {
    const theirs = createRunTokens("another secret of thirty-two bytes!!");
    expect(tokens.verify("claim", theirs.issue("claim", aRunId()))).toBeNull();
  });

  it("are refused when anything is added or missing", () => {
    const token = tokens.issue("claim", aRunId());
    for (const wrong of [
      "",
      ".",
      "..",
      "claim",
      `${token}.more`,
      `${token}.`,
      token.slice(0, -1),
      `${token}A`,
      ` ${token}x`,
    ])
      expect(tokens.verify("claim", wrong)).toBeNull();
  });

  it("are never accepted when one character differs, and never throw whatever comes", () => {
    const token = tokens.issue("run", aRunId());
    fc.assert(
      fc.property(fc.nat({ max: token.length - 1 }), fc.string({ minLength: 1, maxLength: 1 }), (at, put) => {
        const forged = token.slice(0, at) + put + token.slice(at + 1);
        expect(tokens.verify("run", forged)).toBe(forged === token ? aRunId() : null);
      }),
      { numRuns: 1_000 },
    );
    // What a forgiving decoder would take for the same signature.
    for (const spelling of [token.replaceAll("-", "+").replaceAll("_", "/"), `${token}=`, `${token}!`])
      if (spelling !== token) expect(tokens.verify("run", spelling)).toBeNull();
    fc.assert(fc.property(fc.string(), (text) => tokens.verify("run", text) === null));
  });
});
