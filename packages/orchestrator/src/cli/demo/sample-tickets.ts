/** The three situations that the demo shows: one that can start, one that is blocked, one that waits for its turn. */
export const sampleTickets = {
  plain: "TALLY-1",
  blocked: "TALLY-2",
  waiting: "TALLY-3",
} as const;

export const sampleTicketFiles: Readonly<Record<string, string>> = {
  "TALLY-1.md": `---
id: TALLY-1
title: Compute the median of the numbers
status: Ready
priority: 1
---
People ask for the middle value, because one outlier spoils the mean.

- Add a function \`median(numbers)\` in \`src/median.js\`.
- An even count gives the mean of the two middle values.
- An empty list gives \`null\`, not \`NaN\`.
- The caller's list is not reordered.
`,
  "TALLY-2.md": `---
id: TALLY-2
title: Show the median in the summary
status: Ready
priority: 2
blocked_by: [TALLY-1]
---
\`tally\` should print the median after the sum:

    count 3, sum 12, median 4

Without any number it prints \`median -\`.
`,
  "TALLY-3.md": `---
id: TALLY-3
title: Refuse lines that are not numbers
status: Ready
priority: 3
---
A line such as \`12x\` is read as \`NaN\` today and spoils everything after it.

- \`parse\` throws an error that names the line's number and its text.
- \`1e3\` and \`-2.5\` stay valid.
`,
};
