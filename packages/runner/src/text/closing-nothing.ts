/** GitHub's words before the number or the address of an issue: once on the default branch, the commit would close it. */
const closingWords =
  /\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)(?=:?\s+\S*(?:#\d|\bGH-\d|\/(?:issues|pull)\/\d))/gi;

/** What a ticket or an agent says must not close issues, here or in other repositories (§11). */
export const closingNothing = (text: string): string => text.replace(closingWords, "$1\u200B");
