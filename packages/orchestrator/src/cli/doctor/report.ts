import { headline } from "../../core/messages/foreign.ts";
import type { Finding, Section } from "./finding.ts";

export interface Report {
  readonly ok: boolean;
  readonly checks: number;
  readonly problems: number;
  readonly warnings: number;
  readonly next: readonly string[];
  readonly sections: readonly Section[];
}

/** No honest sentence is longer, in UTF-16 units; a vendor's answer may be. */
const longestText = 800;

/** Counts, and makes every text fit to be shown: one line, no control characters, no secret (§11.10). */
export const reportOf = (sections: readonly Section[], redact: (text: string) => string): Report => {
  const shown = (text: string): string => headline(redact(text), longestText);
  const cleaned = sections.map(({ title, findings, notes }) => ({
    title: shown(title),
    findings: findings.map((finding) => cleanFinding(finding, shown)),
    notes: notes.map(shown),
  }));
  const all = cleaned.flatMap(({ findings }) => findings);
  const count = (kind: Finding["kind"]): number => all.filter((finding) => finding.kind === kind).length;
  const ok = count("wrong") === 0;
  return {
    ok,
    checks: all.length - count("warning"),
    problems: count("wrong"),
    warnings: count("warning"),
    // Until then what comes next is to mend what is wrong.
    next: ok ? sections.flatMap(({ next = [] }) => next.map(shown)) : [],
    sections: cleaned,
  };
};

const cleanFinding = (finding: Finding, shown: (text: string) => string): Finding => {
  const subject = shown(finding.subject);
  if (finding.kind === "right") return { kind: finding.kind, subject };
  const { kind, what, fix } = finding;
  return { kind, subject, what: shown(what), fix: fix === null ? null : shown(fix) };
};
