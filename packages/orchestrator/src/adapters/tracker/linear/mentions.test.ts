import { describe, expect, test } from "vitest";
import { withoutMentions } from "./mentions.ts";

const profile = "https://linear.app/acme/profiles/robin";

describe("§11 what an agent wrote notifies nobody in Linear", () => {
  test.each([
    ["an address", `Ask ${profile} please`, `Ask \`${profile}\` please`],
    ["at the end of a sentence", `See (${profile}).`, `See (\`${profile}\`).`],
    ["in angle brackets", `Ask <${profile}>`, `Ask \`${profile}\``],
    [
      "a link keeps what it says",
      `Ask [Robin **R.**](${profile} "T") now`,
      `Ask Robin **R.** (\`${profile}\`) now`,
    ],
    ["an empty link", `[](${profile})`, `\`${profile}\``],
    ["a reference", `[Robin][r]\n\n[r]: ${profile}`, `[Robin][r]\n\n\`r: ${profile}\``],
    ["a picture", `![x](${profile})`, `\`${profile}\``],
    ["in a heading", `# ${profile}`, `# \`${profile}\``],
    ["in a list in a quotation", `> - a ${profile}`, `> - a \`${profile}\``],
    ["in a table", `| a |\n| - |\n| ${profile}|`, `| a |\n| - |\n| \`${profile}\`|`],
    ["in HTML", `<a href="${profile}">R</a>`, `\`<a href="${profile}">\`R</a>`],
    ["in a block of HTML", `<div>\n${profile}\n</div>\n\nx`, `\`<div> ${profile} </div>\`\n\nx`],
    [
      "an issue",
      "https://linear.app/acme/issue/ACME-1/title",
      "`https://linear.app/acme/issue/ACME-1/title`",
    ],
    ["of the app", "linear://acme/profiles/robin", "`linear://acme/profiles/robin`"],
    ["without a scheme", "linear.app/acme/profiles/robin", "`linear.app/acme/profiles/robin`"],
    ["in other letters", "HTTPS://Linear.APP/acme/profiles/r", "`HTTPS://Linear.APP/acme/profiles/r`"],
    ["with a port", "https://linear.app:443/acme/profiles/r", "`https://linear.app:443/acme/profiles/r`"],
    ["with a user", "https://x@linear.app/acme/profiles/r", "`https://x@linear.app/acme/profiles/r`"],
    ["of a subdomain", "https://www.linear.app/acme/profiles/r", "`https://www.linear.app/acme/profiles/r`"],
    ["after an open backtick", `a \`${profile}`, `a \`\` \`${profile} \`\``],
    ["right after code", `\`x\`${profile}`, `\`x\` \`${profile}\``],
    ["with a tag of Linear's own", '<user id="1">Robin</user>', '`<user id="1">`Robin`</user>`'],
  ])("%s becomes code", (_, markdown, silent) => {
    expect(withoutMentions(markdown)).toBe(silent);
    expect(withoutMentions(silent)).toBe(silent);
  });

  test.each([
    ["an escape", "https://linear\\.app/acme/profiles/robin"],
    ["a number for a character", "https://linear&#46;app/acme/profiles/robin"],
    ["a name for a character", "https://linear&period;app/acme/profiles/robin"],
    ["per cent", "[r](https://linear%2Eapp/acme/profiles/robin)"],
    ["a wide full stop", "https://linear。app/acme/profiles/robin"],
    ["a soft hyphen", "https://lin\u00ADear.app/acme/profiles/robin"],
    ["wide letters", "https://ｌｉｎｅａｒ.app/acme/profiles/robin"],
    ["a final full stop", "https://linear.app./acme/profiles/robin"],
    ["a backslash", "[r](<https:\\\\linear.app\\acme\\profiles\\robin>)"],
  ])("an address that hides behind %s is found", (_, markdown) => {
    const silent = withoutMentions(markdown);
    expect(silent).toMatch(/^(?:r \()?`.+`\)?$/);
  });

  test.each([
    ["inline code", `Use \`curl ${profile}\`.`],
    ["a fence", `\`\`\`sh\ncurl ${profile}\n[a](${profile})\n\`\`\``],
    ["a fence of tildes, indented in a list", `- a\n\n  ~~~\n  ${profile}\n  ~~~`],
    ["an indented block", `a\n\n    ${profile}`],
  ])("code stays as it is: %s", (_, markdown) => {
    expect(withoutMentions(markdown)).toBe(markdown);
    expect(withoutMentions(`${profile}\n\n${markdown}`)).toBe(`\`${profile}\`\n\n${markdown}`);
  });

  test.each([
    "No address at all",
    "# A plan\n\n* odd   spacing\n+ stays\n\n[a](https://github.com/acme/shop/pull/1) @robin ACME-12",
    "https://notlinear.app/acme/profiles/robin",
    "https://linear.app.example.com/acme",
    "We use linear.app, and a linear-gradient; x &amp; y &copy;",
  ])("everything else stays to the letter: %j", (markdown) => {
    expect(withoutMentions(markdown)).toBe(markdown);
  });

  test("a text that would take long to understand, and has an address in it, is code as a whole", () => {
    for (const filler of [
      "> ".repeat(5_000),
      "[".repeat(30_000),
      "*a_".repeat(10_000),
      "x ".repeat(50_000),
    ]) {
      const text = `${filler}\n\`\`\`\`\n${profile}`;
      expect(withoutMentions(text)).toBe(`\`\`\`\`\`\n${text}\n\`\`\`\`\``);
      expect(withoutMentions(filler)).toBe(filler);
    }
  });
});
