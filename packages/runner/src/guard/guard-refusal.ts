import { StepFailure } from "../pipeline/step-failure.ts";
import { clip } from "../text/clip.ts";
import { type Finding, isApprovable } from "./change/findings.ts";
import { withoutInvisible } from "./invisible.ts";

/** How many findings a message names; the rest is counted. */
const maxNamed = 50;
/** The wire's cap. */
const maxApprovals = 200;
const maxName = 200;

/** The guard does not let this be published. `needsApproval`: the paths that a person could agree to, where that is all it takes. */
export class GuardRefusal extends StepFailure {
  constructor(findings: readonly Finding[]) {
    const needsApproval = pathsToApprove(findings);
    super("guard", messageOf(findings, needsApproval !== null), needsApproval ?? undefined);
    this.name = "GuardRefusal";
  }
}

/** Null: something else is the matter as well, or they are too many for a person to have looked at. */
const pathsToApprove = (findings: readonly Finding[]): readonly string[] | null => {
  const paths = [...new Set(findings.map(({ path }) => path).filter((path) => path !== null))];
  return findings.every(isApprovable) && paths.length <= maxApprovals ? paths : null;
};

const messageOf = (findings: readonly Finding[], canBeApproved: boolean): string => {
  const lines = findings
    .slice(0, maxNamed)
    .map(({ path, rule, what }) => `- ${path === null ? "the change" : harmless(path)} (${rule}): ${what}`);
  const more = findings.length > maxNamed ? [`- and ${findings.length - maxNamed} more`] : [];
  const next = canBeApproved
    ? "Nothing was published. A person who wants these files changed approves them, and the ticket is tried again."
    : "Nothing was published. No approval lifts all of this: change what the ticket asks for, or make this part by hand.";
  return ["The guard refuses this change:", ...lines, ...more, next].join("\n");
};

/** A name that an agent chose: on one line, without signs that a terminal, Markdown or a mention would obey. */
const harmless = (path: string): string => {
  const plain = withoutInvisible(path)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it removes
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, "?")
    .replace(/[`<>[\]|*!@&]/g, "?");
  return `"${clip(plain, maxName)}"`;
};
