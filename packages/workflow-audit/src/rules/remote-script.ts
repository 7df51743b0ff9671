import type { Rule } from "../finding.ts";
import { allSteps } from "../workflow/workflow.ts";

const download = String.raw`\b(?:curl|wget|iwr|Invoke-WebRequest|irm)\b`;
const interpreter = String.raw`(?:sudo\s+(?:-\S+\s+)*)?(?:env\s+)?(?:\/\S*\/)?(?:ba|z|da|k)?sh|python3?|node|perl|ruby|iex|Invoke-Expression`;
const piped = new RegExp(
  `${download}[^\\n;&]*\\|\\s*(?:sudo\\s+(?:-\\S+\\s+)*)?(?:${interpreter})(?![\\w.-])`,
);
const substituted = new RegExp(
  String.raw`(?:\b(?:${interpreter})\s+(?:-\w+\s+)*|\beval\s+|\bsource\s+|^\s*\.\s+)["']?(?:<\(|\$\(|` +
    `\`)\\s*${download}`,
  "m",
);

/** What comes over the network and is run at once was looked at by nobody. */
export const remoteScript: Rule = {
  id: "remote-script",
  check: (workflow) =>
    allSteps(workflow).flatMap(({ run, line }) => {
      const script = (run?.text ?? "").replaceAll(/\\\r?\n/g, " ");
      if (run === undefined || !(piped.test(script) || substituted.test(script))) return [];
      return [
        {
          line: run.line || line,
          message: "A script is downloaded and run at once.",
          fix: "Download it, compare its checksum with one that stands here, then run it.",
        },
      ];
    }),
};
