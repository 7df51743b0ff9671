import { describe, expect, it } from "vitest";
import { GuardRefusal } from "./guard-refusal.ts";

const ci = (path: string) => ({ path, rule: "ci", what: "runs at once" }) as const;

describe("what the guard says (§11.4)", () => {
  it("names every file and rule, and how a person goes on where approval is all it takes", () => {
    const { reason, message, needsApproval } = new GuardRefusal([ci(".github/a.yml"), ci(".github/b.yml")]);
    expect(reason).toBe("guard");
    expect(needsApproval).toEqual([".github/a.yml", ".github/b.yml"]);
    expect(message).toContain('".github/a.yml" (ci): runs at once');
    expect(message).toContain('".github/b.yml" (ci)');
    expect(message).toContain("approves them");
  });

  it("asks for no approval where one would not be enough", () => {
    const secret = { path: "a", rule: "secret", what: "holds a key" } as const;
    const { message, needsApproval } = new GuardRefusal([ci(".github/a.yml"), secret]);
    expect(needsApproval).toBeUndefined();
    expect(message).toContain("No approval lifts all of this");
  });

  it("shows a name on one line, without signs that a terminal, Markdown or a mention would obey", () => {
    const path = "a\n![x](http://evil)\u001b[31m@everyone`<b>\u202e|";
    const { message } = new GuardRefusal([{ path, rule: "unusual-name", what: "is odd" }]);
    expect(message.split("\n")).toHaveLength(3);
    for (const sign of "`<>[]|@!\u001b\u202e") expect(message).not.toContain(sign);
  });

  it("counts what it does not name, and asks nobody to approve more files than anybody reads", () => {
    const { message, needsApproval } = new GuardRefusal(Array.from({ length: 300 }, (_, n) => ci(`${n}`)));
    expect(message).toContain("and 250 more");
    expect(needsApproval).toBeUndefined();
  });
});
